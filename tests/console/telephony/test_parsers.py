"""What telephones say, in any pieces and with any rubbish: documents are found, and nothing grows without end."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.telephony import asterisk, baresip, cti
from console.telephony.asterisk import Exchange, Messages, action, answer_to
from console.telephony.baresip import Garbled, Netstrings
from desk.calls import CallEvent
from tests.factories import NOW
from tests.servers.baresip import netstring

DOCUMENTS = st.lists(
    st.dictionaries(st.text(max_size=8), st.text(max_size=40) | st.booleans() | st.integers(), max_size=5), max_size=5
)
CUTS = st.lists(st.integers(1, 40), min_size=1, max_size=30)


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """The bytes in pieces of these sizes, the sizes again and again."""
    pieces, place, turn = [], 0, 0
    while place < len(data):
        pieces.append(data[place : place + sizes[turn % len(sizes)]])
        place += sizes[turn % len(sizes)]
        turn += 1
    return pieces


@given(DOCUMENTS, CUTS)
def test_netstrings_come_through_in_any_pieces(documents: list[dict[str, object]], sizes: list[int]) -> None:
    parser = Netstrings()
    stream = b"".join(map(netstring, documents))
    found = [document for piece in cut(stream, sizes) for document in parser.feed(piece)]
    assert [json.loads(each) for each in found] == documents


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_rubbish_on_baresip_s_line_cuts_it_and_nothing_else(pieces: list[bytes]) -> None:
    parser = Netstrings()
    with suppress(Garbled):
        for piece in pieces:
            for document in parser.feed(piece):
                baresip.event_of(document, NOW)
    assert len(parser._rest) <= baresip.LARGEST + 200


@pytest.mark.parametrize("data", [b"99999999:", b"999999:x", b"-1:", b"a:b,", b"3:abcd", b": ,", b"12345678"])
def test_what_is_no_netstring_cuts_the_line(data: bytes) -> None:
    with pytest.raises(Garbled):
        list(Netstrings().feed(data))


def baresip_says(**more: object) -> bytes:
    told = {
        "event": True, "type": "CALL_INCOMING", "class": "call", "direction": "incoming", "id": "abc",
        "peeruri": "sip:+4930123456@127.0.0.1:15060", "peerdisplayname": "Erika", **more,
    }  # fmt: skip
    return json.dumps(told).encode()


def test_what_baresip_tells_of_a_call() -> None:
    uri = "sip:+4930123456@127.0.0.1:15060"
    assert baresip.event_of(baresip_says(), NOW) == CallEvent("baresip", "abc", "ringing", NOW, uri, "Erika")
    answered = baresip.event_of(baresip_says(type="CALL_ESTABLISHED", direction="outgoing"), NOW)
    assert answered == CallEvent("baresip", "abc", "answered", NOW, uri, "Erika", "out")
    ended = baresip.event_of(baresip_says(type="CALL_CLOSED", peeruri=7, peerdisplayname=None), NOW)
    assert ended == CallEvent("baresip", "abc", "ended", NOW)


@pytest.mark.parametrize("more", [{"type": "CALL_RTCP"}, {"event": False}, {"id": ""}, {"id": 5}, {"type": None}])
def test_what_is_nothing_of_a_call(more: dict[str, object]) -> None:
    assert baresip.event_of(baresip_says(**more), NOW) is None


@given(st.lists(st.dictionaries(st.from_regex(r"[A-Za-z]{1,8}", fullmatch=True),
                                st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20),
                                min_size=1, max_size=5), max_size=5),
       CUTS, st.booleans())  # fmt: skip
def test_messages_of_an_exchange_come_through_in_any_pieces(
    messages: list[dict[str, str]], sizes: list[int], greets: bool
) -> None:
    stream = b"Asterisk Call Manager/5.0.1\r\n" if greets else b""
    for message in messages:
        stream += "".join(f"{key}: {value}\r\n" for key, value in message.items()).encode() + b"\r\n"
    parser = Messages()
    assert [message for piece in cut(stream, sizes) for message in parser.feed(piece)] == messages


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_rubbish_of_an_exchange_is_let_pass(pieces: list[bytes]) -> None:
    parser, exchange = Messages(), Exchange("101")
    for piece in pieces:
        for message in parser.feed(piece):
            list(exchange.events(message, NOW))


def test_an_exchange_that_never_ends_a_message_fills_nothing() -> None:
    parser = Messages()
    for _ in range(40):
        assert list(parser.feed(b"Key: " + b"x" * 8192)) == []
        assert len(parser._rest) <= asterisk.LARGEST + 8192


def test_a_request_can_t_be_made_to_hold_two() -> None:
    assert (
        action("Login", Username="ana\r\nAction: Originate")
        == b"Action: Login\r\nUsername: anaAction: Originate\r\n\r\n"
    )


def test_the_answer_to_a_challenge_is_the_one_of_the_protocol() -> None:
    assert answer_to("840415273", "secret") == __import__("hashlib").md5(b"840415273secret").hexdigest()


OWN, OTHER, CALLER = "PJSIP/101-0000002a", "PJSIP/102-0000002b", "PJSIP/trunk-00000029"


def dial(kind: str, channel: str = CALLER, to: str = OWN, **more: str) -> dict[str, str]:
    return {"Event": kind, "Channel": channel, "DestChannel": to, "Linkedid": "29", "Uniqueid": "29",
            "DestUniqueid": "2a" if to == OWN else "2b", "CallerIDNum": "+4930123456", "CallerIDName": "Erika",
            **more}  # fmt: skip


def hung_up(uniqueid: str) -> dict[str, str]:
    return {"Event": "Hangup", "Channel": "any", "Uniqueid": uniqueid, "Linkedid": "29", "Cause": "16"}


def kinds(extension: str, *messages: dict[str, str]) -> list[tuple[str, str]]:
    exchange = Exchange(extension)
    found = [event for message in messages for event in exchange.events(message, NOW)]
    return [(event.kind, event.direction) for event in found]


@pytest.mark.parametrize("extension", ["101", "PJSIP/101", "pjsip/101"])
def test_a_call_at_this_telephone(extension: str) -> None:
    messages = (dial("DialBegin"), dial("DialEnd", DialStatus="ANSWER"), hung_up("29"), hung_up("2a"), hung_up("2a"))
    assert kinds(extension, *messages) == [("ringing", "in"), ("answered", "in"), ("ended", "in")]


def test_who_rings_is_told_as_it_is_shown() -> None:
    (event,) = Exchange("101").events(dial("DialBegin"), NOW)
    assert event == CallEvent("asterisk", "29", "ringing", NOW, "+4930123456", "Erika", "in")
    (hidden,) = Exchange("101").events(dial("DialBegin", CallerIDNum="<unknown>", CallerIDName="<unknown>"), NOW)
    assert (hidden.number, hidden.caller) == ("", "")


def test_a_call_at_somebody_else_s_is_nothing() -> None:
    assert (
        kinds("101", dial("DialBegin", to=OTHER), dial("DialEnd", to=OTHER, DialStatus="ANSWER"), hung_up("2b")) == []
    )
    assert kinds("10", dial("DialBegin")) == []


def test_a_queue_that_rings_again_is_one_call_until_the_caller_has_gone() -> None:
    messages = (dial("DialBegin"), dial("DialEnd", DialStatus="NOANSWER"), hung_up("2a"),
                dial("DialBegin"), hung_up("2a"), hung_up("29"))  # fmt: skip
    assert kinds("101", *messages) == [("ringing", "in"), ("ringing", "in"), ("ended", "in")]


def test_a_colleague_who_was_faster_is_no_missed_call() -> None:
    messages = (dial("DialBegin"), dial("DialBegin", to=OTHER), dial("DialEnd", to=OTHER, DialStatus="ANSWER"),
                dial("DialEnd", DialStatus="CANCEL"), hung_up("2a"))  # fmt: skip
    assert kinds("101", *messages) == [("ringing", "in"), ("elsewhere", "in")]


def test_a_call_that_is_answered_stays_so_when_it_is_dialled_once_more() -> None:
    messages = (dial("DialBegin"), dial("DialEnd", DialStatus="ANSWER"), dial("DialBegin", DestUniqueid="2c"),
                hung_up("2c"), hung_up("2a"))  # fmt: skip
    assert kinds("101", *messages) == [("ringing", "in"), ("answered", "in"), ("ringing", "in"), ("ended", "in")]


def test_a_call_from_this_telephone() -> None:
    out = {"channel": OWN, "to": CALLER, "Uniqueid": "29", "Exten": "030123456"}
    (event,) = Exchange("101").events(dial("DialBegin", **out), NOW)
    assert (event.number, event.direction) == ("030123456", "out")
    messages = (dial("DialBegin", **out), dial("DialEnd", **out, DialStatus="ANSWER"), hung_up("29"))
    assert kinds("101", *messages) == [("ringing", "out"), ("answered", "out"), ("ended", "out")]


def test_holds_of_this_telephone_and_of_no_other() -> None:
    def hold(kind: str, channel: str) -> dict[str, str]:
        return {"Event": kind, "Channel": channel, "Linkedid": "29"}

    messages = (dial("DialBegin"), dial("DialEnd", DialStatus="ANSWER"), hold("Hold", OWN), hold("Unhold", OWN),
                hold("Hold", CALLER))  # fmt: skip
    assert [kind for kind, _ in kinds("101", *messages)] == ["ringing", "answered", "held", "resumed"]


def test_calls_that_began_before_anybody_listened_are_known_by_the_list() -> None:
    exchange = Exchange("101")
    listed = {"Event": "CoreShowChannel", "Channel": OWN, "Uniqueid": "2a", "Linkedid": "29", "ChannelStateDesc": "Up"}
    assert exchange.alive(listed) is None
    assert exchange.alive({"Event": "CoreShowChannelsComplete"}) == frozenset({"29"})
    assert exchange.alive({"Event": "CoreShowChannelsComplete"}) == frozenset()
    assert [event.kind for event in exchange.events(hung_up("2a"), NOW)] == ["ended"]


def test_a_call_of_the_list_has_the_number_that_it_is_connected_with() -> None:
    exchange = Exchange("101")
    exchange.alive(
        {"Event": "CoreShowChannel", "Channel": OWN, "Uniqueid": "2a", "Linkedid": "29", "ChannelStateDesc": "Ringing",
         "ConnectedLineNum": "+4930123456", "ConnectedLineName": "<unknown>"}
    )  # fmt: skip
    (event,) = exchange.events(dial("DialEnd", DialStatus="ANSWER"), NOW)
    assert (event.kind, event.number, event.caller, event.direction) == ("answered", "+4930123456", "", "in")


def test_the_list_of_a_large_house_never_leaves_this_telephone_out() -> None:
    exchange = Exchange("101")
    list(exchange.events(dial("DialBegin", Linkedid="rang"), NOW))
    for name, channel in (*((str(each), "PJSIP/999-1") for each in range(asterisk.MOST_CALLS)), ("own", OWN)):
        exchange.alive({"Event": "CoreShowChannel", "Channel": channel, "Uniqueid": name, "Linkedid": name})
    exchange.alive({"Event": "CoreShowChannel", "Channel": "PJSIP/trunk-1", "Uniqueid": "rang", "Linkedid": "rang"})
    names = exchange.alive({"Event": "CoreShowChannelsComplete"})
    assert names is not None
    assert {"own", "rang"} <= names


def test_an_exchange_remembers_so_many_calls() -> None:
    exchange = Exchange("101")
    for number in range(asterisk.MOST_CALLS + 50):
        list(exchange.events(dial("DialBegin", Linkedid=str(number)), NOW))
    assert len(exchange._calls) == asterisk.MOST_CALLS


def head(text: str) -> cti.Head:
    return cti.head_of(text.replace("\n", "\r\n").encode())


def test_the_head_of_a_request() -> None:
    found = head("POST /api/v1/cti/s3cret?x=1 HTTP/1.1\nHost: a\nContent-Type: application/json\nContent-Length: 12")
    assert found == cti.Head("POST", "/api/v1/cti/s3cret", form=False, length=12)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("GET / HTTP/1.1\nContent-Length: 1", "405"),
        ("POST /", "400"),
        ("", "400"),
        ("POST / HTTP/1.1\nTransfer-Encoding: chunked", "411"),
        ("POST / HTTP/1.1\nContent-Length: -5", "411"),
        (f"POST / HTTP/1.1\nContent-Length: {cti.LARGEST_BODY + 1}", "413"),
        (f"POST / HTTP/1.1\nContent-Length: {'9' * 5000}", "413"),
    ],
)
def test_a_head_that_is_refused(text: str, status: str) -> None:
    with pytest.raises(cti.Wrong, match=status):
        head(text)


@pytest.mark.parametrize(
    ("target", "fits"),
    [
        ("/s3cret", True),
        ("/api/v1/cti/s3cret/", True),
        ("/s3cre", False),
        ("/S3cret", False),
        ("/", False),
        ("", False),
    ],
)
def test_a_token(target: str, fits: bool) -> None:
    assert cti.knows(target, "s3cret") is fits
    assert not cti.knows(target, "")


@given(st.binary(max_size=300))
def test_any_request_at_all_is_taken_or_refused(data: bytes) -> None:
    for form in (True, False):
        with suppress(cti.Wrong):
            cti.head_of(data)
        with suppress(cti.Wrong):
            cti.event_of(cti.fields_of(data, form=form), "101", NOW)


def told(extension: str = "", **fields: object) -> CallEvent | None:
    given_ = {
        "event": "newCall",
        "from": "493055571600",
        "to": "493012345",
        "direction": "in",
        "callId": "c1",
        **fields,
    }
    return cti.event_of(cti.fields_of(json.dumps(given_).encode(), form=False), extension, NOW)


def test_a_request_as_form_and_as_json() -> None:
    form = b"event=newCall&from=493055571600&to=49171&direction=in&callId=c1&user[]=Alice&user[]=Bob"
    event = CallEvent("cti", "c1", "ringing", NOW, "493055571600")
    assert cti.event_of(cti.fields_of(form, form=True), "", NOW) == event
    assert told() == event
    assert told(direction="out") == CallEvent("cti", "c1", "ringing", NOW, "493012345", "", "out")


@pytest.mark.parametrize(
    ("extension", "fields", "kind"),
    [
        ("", {"event": "answer"}, "answered"),
        ("", {"event": "hangup", "cause": "normalClearing"}, "ended"),
        ("", {"event": "hangup", "cause": "forwarded"}, "elsewhere"),
        ("101", {"event": "answer", "answeringNumber": "101"}, "answered"),
        ("101", {"event": "answer", "answeringNumber": "102"}, "elsewhere"),
        ("101", {"event": "answer", "direction": "out", "answeringNumber": "102"}, "answered"),
        ("101", {"event": "answer"}, "answered"),
        ("+49 30 12345", {}, "ringing"),
        ("Alice", {"user": ["bob", "alice"]}, "ringing"),
    ],
)
def test_what_a_request_means(extension: str, fields: dict[str, object], kind: str) -> None:
    event = told(extension, **fields)
    assert event is not None
    assert event.kind == kind


def test_a_call_for_somebody_else_is_nothing() -> None:
    assert told("102") is None
    assert told("Carol", user=["Alice", "Bob"]) is None


@pytest.mark.parametrize("fields", [{"event": "dance"}, {"callId": ""}, {"callId": None}, {"event": ["x"]}])
def test_a_request_that_says_nothing_of_a_call(fields: dict[str, object]) -> None:
    with pytest.raises(cti.Wrong, match="422"):
        told(**fields)  # type: ignore[arg-type]
