"""What was written arrives as it was written: every mail is read back with the reader of incoming mail."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.mail.addresses import Address
from desk.mail.automatic import automatic_mark
from desk.mail.flowed import unflow
from desk.mail.html import html_to_text
from desk.mail.message import Mail, read_mail
from desk.mail.mime import content_bytes, parse
from desk.mail.names import safe_name
from desk.mail.quotes import find_folds, visible
from desk.text import clean
from sync.sources.mailbox.compose import (
    Answered,
    Composed,
    Enclosed,
    Letter,
    compose,
    recipients_in,
    reply_subject,
)
from sync.sources.mailbox.fields import MOST_REFERENCES
from sync.sources.mailbox.wording import Quoted, Quoting, as_html
from tests.hostile import HOSTILE

UID = bytes(range(16))
ANA = Address("Ana Ruiz", "ana@customer.example")
DESK = Address("Support", "support@desk.example")
ASKED = Quoted("Ana Ruiz", datetime(2026, 3, 1, 14, 3, tzinfo=timezone(timedelta(hours=1))), "Where is it?\n> older\n")
LETTER = Letter(uid=UID, at=1_772_373_780_123_456, sender=DESK, to=(ANA,), subject="Order 8841", body="It left today.")

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
HOSTILE_TEXTS = st.sampled_from([text for _, text in HOSTILE])
LINES = st.sampled_from(
    ["From here", ".", "..", "-- ", "> quoted", ">", ">_<", "=20", "=?utf-8?q?x?=", "x" * 1500, "word " * 300, "\tx",
     "שלום עולם", "👩‍👩‍👧‍👦 🇩🇪", "語" * 800, "--=_mixed_" + UID.hex(), "<html>", "&amp; &lt;b&gt;", "a\r\nb\rc\u2028d"]
)  # fmt: skip
BODIES = st.lists(TEXTS | HOSTILE_TEXTS | LINES, max_size=5).map("\n".join)
# The reader takes files in the body (uuencode) out of it, and reads HTML where a text only looks like it.
READ_OTHERWISE = re.compile(r"^begin \d|\A\s*<(?:!doctype|html|head|body|div|table|p)\b", re.MULTILINE | re.IGNORECASE)


def as_read(text: str) -> str:
    """What a reader has of a text: cleaned, without blanks at the ends of its lines and empty lines around it."""
    marked = re.sub(r"^(>+)$", r"\1 ", clean(text), flags=re.MULTILINE)
    read = "\n".join(line.rstrip(" ") for line in marked.split("\n")).strip("\n")
    return read if read.strip() else ""


def sound(composed: Composed) -> Mail:
    """The mail, read; and what every mail has to keep to."""
    raw = composed.raw
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert not re.search(rb"^From ", raw, re.MULTILINE)
    mail = read_mail(raw)
    assert mail.problems == ()
    assert mail.message_id == composed.message_id
    return mail


def test_a_plain_reply() -> None:
    answered = Answered("<q@customer.example>", ("<first@customer.example>", "<second@desk.example>"), ASKED)
    mail = sound(compose(replace(LETTER, answered=answered, signature="Support\ndesk.example")))
    assert (mail.sender, mail.to, mail.subject, mail.date) == (DESK, (ANA,), "Re: Order 8841", 1_772_373_780_000_000)
    assert mail.message_id == f"<heard.{UID.hex()}@desk.example>"
    assert mail.in_reply_to == "<q@customer.example>"
    assert mail.references == ("<first@customer.example>", "<second@desk.example>", "<q@customer.example>")
    assert mail.text.split("\n") == [
        "It left today.", "", "-- ", "Support", "desk.example", "",
        "On 1 Mar 2026 at 14:03, Ana Ruiz wrote:", "> Where is it?", ">> older",
    ]  # fmt: skip
    assert visible(mail.text, find_folds(mail.text)) == "It left today."


def test_the_answer_below_and_alone() -> None:
    answered = Answered("<q@customer.example>", (), ASKED)
    below = sound(compose(replace(LETTER, answered=answered, quoting=Quoting.BOTTOM, signature="Support"))).text
    assert below.index("> Where") < below.index("It left today.") < below.index("-- \nSupport")
    alone = sound(compose(replace(LETTER, answered=answered, quoting=Quoting.NONE))).text
    assert alone == "It left today."


@given(BODIES, st.booleans())
@example("語" * 2000, True)
@example("a " * 2000, True)
def test_any_body_arrives(body: str, enclosed: bool) -> None:
    files = (Enclosed("a.bin", "application/x-a", b"--=_mixed_"),) if enclosed else ()
    mail = sound(compose(replace(LETTER, body=body, html=False, enclosed=files)))
    if not READ_OTHERWISE.search(clean(body)):
        assert as_read(mail.text) == as_read(body)
        assert len(mail.attachments) == len(files)


@given(BODIES)
def test_the_html_says_the_same(body: str) -> None:
    mail = sound(compose(replace(LETTER, body=body)))
    if not READ_OTHERWISE.search(clean(body)):
        assert as_read(mail.text) == as_read(body)
        assert not mail.html_used


@given(BODIES)
def test_the_html_alone_holds_every_word(body: str) -> None:
    page = as_html(clean(body))
    assert "<script" not in page
    read = re.sub(r"[\s>]", "", html_to_text(page).text)
    for word in re.findall(r"[a-z]{3,}", clean(body)):
        assert word in read


@given(TEXTS | HOSTILE_TEXTS | st.text(st.characters(codec="ascii"), max_size=300))
@example("=?utf-8?q?Bcc:_evil?=")
@example("x" * 999)
@example("word " * 300)
@example("hi\r\nBcc: evil@example.com\r\n\r\nbody")
def test_any_subject_arrives_and_stays_a_subject(subject: str) -> None:
    mail = sound(compose(replace(LETTER, subject=subject)))
    expected = re.sub(r"[ \t\n]+", " ", clean(subject, lines=False)).strip(" ")
    assert mail.subject == expected[:1000]
    assert mail.text == LETTER.body
    assert (mail.to, mail.cc) == ((ANA,), ())


@given(TEXTS | HOSTILE_TEXTS | st.text(st.characters(codec="ascii"), max_size=100))
@example('Ana "the boss" Ruiz, Dr. <x@y.example>')
@example("O'Hara\r\nBcc: evil@example.com")
def test_any_name_arrives_and_stays_a_name(name: str) -> None:
    mail = sound(compose(replace(LETTER, to=(Address(name, ANA.address), Address("B", "b@customer.example")))))
    assert [each.address for each in mail.to] == [ANA.address, "b@customer.example"]
    assert mail.cc == ()
    # The reader takes quotes and commas off the ends of a name.
    around = "\"' \t,"
    expected = re.sub(r"[ \t\n]+", " ", clean(name, lines=False)).strip(around)
    assert mail.to[0].name.strip(around) == ("" if expected == ANA.address else expected)


@pytest.mark.parametrize(
    "address",
    ["", "ana", "ana@", "@x.example", "a b@x.example", "a@x.example\r\nBcc: b@y.example", "a@x.example>,<b@y.example",
     "a\x00@x.example", "a@-x-.example", "a@x_y.example", "a@x..", "a,b@x.example", "a\u202e@x.example", 'a"b@x.org'],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadInput):
        compose(replace(LETTER, to=(Address("Ana", address),)))
    with pytest.raises(BadInput):
        compose(replace(LETTER, sender=Address("Ana", address)))


@given(st.text(max_size=60))
def test_no_address_ends_its_field(address: str) -> None:
    try:
        composed = compose(replace(LETTER, copies=(Address("", address),)))
    except BadInput:
        return
    assert len(read_mail(composed.raw).cc) == 1
    assert parse(composed.raw).headers.raw("bcc") == b""


def test_addresses_of_the_whole_world() -> None:
    odd = ('"a,b"@x.example', "o'hara+tag=1@x.example", "a..b@docomo.example", "jörg@x.example", "a@[127.0.0.1]")
    there = Address("", "i@bücher.de")
    composed = compose(replace(LETTER, to=tuple(Address("", each) for each in odd), copies=(there,)))
    assert composed.recipients == (*odd, "i@xn--bcher-kva.de")
    assert [each.address for each in read_mail(composed.raw).to] == list(odd)


def test_the_hidden_stay_hidden_and_nobody_gets_it_twice() -> None:
    boss = Address("", "boss@desk.example")
    composed = compose(replace(LETTER, copies=(ANA,), blind=(boss,)))
    assert composed.recipients == (ANA.address, boss.address)
    assert b"boss" not in composed.raw
    only = compose(replace(LETTER, to=(), blind=(boss,)))
    assert sound(only).to == ()
    assert only.recipients == (boss.address,)
    with pytest.raises(BadInput):
        compose(replace(LETTER, to=()))


NAMES = st.sampled_from(["Rechnung März.pdf", 'a"b.txt', "a%b;c.txt", "=?utf-8?q?x?=.png", "語" * 200])
TYPES = st.sampled_from(
    ["application/pdf", "text/plain", "TEXT/html", "image/png; x=1", "a/b\r\nX: y", "message/rfc822", ""]
)
FILES = st.builds(Enclosed, name=TEXTS | HOSTILE_TEXTS | NAMES, type=TYPES, content=st.binary(max_size=300))


@given(st.lists(FILES, max_size=3))
def test_any_file_arrives(files: list[Enclosed]) -> None:
    mail = sound(compose(replace(LETTER, enclosed=tuple(files))))
    assert [each.content for each in mail.attachments] == [each.content for each in files]
    assert [each.name for each in mail.attachments] == [safe_name(safe_name(each.name)) for each in files]
    assert not any(each.inline for each in mail.attachments)
    assert all(re.fullmatch(r"[a-z]+/[a-z-]+", each.type) for each in mail.attachments)
    assert mail.text == LETTER.body


@given(BODIES, TEXTS, st.lists(FILES, max_size=2))
def test_the_same_letter_gives_the_same_bytes(body: str, subject: str, files: list[Enclosed]) -> None:
    letter = replace(LETTER, body=body, subject=subject, enclosed=tuple(files))
    assert compose(letter) == compose(replace(letter))
    assert compose(letter).raw == compose(letter).raw


def test_another_row_is_another_mail() -> None:
    assert compose(LETTER).message_id != compose(replace(LETTER, uid=bytes(16))).message_id
    assert compose(replace(LETTER, domain="mail.desk.example")).message_id.endswith("@mail.desk.example>")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Order", "Re: Order"), ("Re: Order", "Re: Order"), ("RE: re: AW: Order", "Re: Order"),
        ("Re[2]: Order", "Re: Order"), ("Re : x", "Re: x"),
        ("回复：订单", "Re: 订单"), ("", "Re:"), ("Return: policy", "Re: Return: policy"), ("Fwd: x", "Re: Fwd: x"),
    ],
)  # fmt: skip
def test_re_stands_there_once(subject: str, expected: str) -> None:
    assert reply_subject(subject) == expected


def test_a_long_thread_keeps_its_first_and_its_last() -> None:
    before = tuple(f"<{number}@thread.example>" for number in range(300))
    mail = sound(compose(replace(LETTER, answered=Answered("<300@thread.example>", before, ASKED))))
    assert len(mail.references) == MOST_REFERENCES
    assert mail.references[0] == "<0@thread.example>"
    assert mail.references[1:] == tuple(f"<{number}@thread.example>" for number in range(282, 301))
    assert mail.in_reply_to == "<300@thread.example>"


@given(st.lists(st.text(min_size=1, max_size=700), max_size=30), st.text(max_size=50))
def test_ids_from_strangers_break_nothing(before: list[str], answered: str) -> None:
    given_ids = tuple(f"<{each}>" for each in before)
    composed = compose(replace(LETTER, answered=Answered(answered, given_ids, ASKED)))
    sound(composed)
    assert composed.raw.partition(b"\r\n\r\n")[0].count(b"\r\nSubject:") == 1
    assert parse(composed.raw).headers.raw("bcc") == b""
    assert len(parse(composed.raw).headers.raw("references")) < 5_000


def test_a_machine_says_that_it_is_one() -> None:
    by_person, by_machine = compose(LETTER), compose(replace(LETTER, automatic=True))
    assert automatic_mark(parse(by_person.raw).headers, DESK) == ""
    headers = parse(by_machine.raw).headers
    assert automatic_mark(headers, DESK) == "Auto-Submitted: auto-replied"
    assert headers.word("x-auto-response-suppress") == "all"
    assert headers.word("precedence") == "auto_reply"
    assert "x-heard-loop" in headers


def test_html_is_escaped_links_are_links_and_quotes_are_quotes() -> None:
    body = 'See <b> & (https://desk.example/a?b=1&c="2").\n\njavascript:alert(1)\n  two  blanks'
    composed = compose(replace(LETTER, body=body, answered=Answered("<q@x.example>", (), ASKED), html=True))
    rich = next(part for part in parse(composed.raw).children if part.kind == "text/html")
    page = content_bytes(rich).decode().replace("\r\n", "\n")
    assert "See &lt;b&gt; &amp; (" in page
    assert '<a href="https://desk.example/a?b=1&amp;c=">https://desk.example/a?b=1&amp;c=</a>&quot;2&quot;).' in page
    assert page.count("<a ") == 1
    assert "<br>&nbsp;&nbsp;two &nbsp;blanks" in page
    assert page.count("<blockquote") == page.count("</blockquote>") == 2


def test_endless_quotes_are_cut() -> None:
    asked = replace(ASKED, text="\n".join(map(str, range(10_000))))
    text = sound(compose(replace(LETTER, answered=Answered("<q@x.example>", (), asked)))).text
    assert text.endswith("> 399\n> […]")


def test_what_a_person_typed_as_recipients() -> None:
    assert recipients_in('Ana <ana@x.example>, "B, C" <b@x.example>; d@x.example') == (
        Address("Ana", "ana@x.example"), Address("B, C", "b@x.example"), Address("", "d@x.example"),
    )  # fmt: skip
    assert recipients_in("  ") == ()
    with pytest.raises(BadInput):
        recipients_in("ana@x.example, nobody")


def test_the_date_is_the_row_s_own() -> None:
    assert (
        parse(compose(LETTER).raw).headers.raw("date")
        == datetime.fromtimestamp(LETTER.at // 10**6, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000").encode()
    )


# Without the odd blanks, which the standard library takes off.
WORDS = st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" "), min_size=1, max_size=120)


@given(WORDS, WORDS, WORDS)
@example("Größe 語 👩‍👩‍👧‍👦", 'Jörg "J" O\'Hara, Dr.', "Rechnung März.pdf")
def test_another_reader_agrees(body: str, name: str, file: str) -> None:
    """The standard library's: a mail that only our own reader understands would help nobody."""
    enclosed = (Enclosed(file, "application/pdf", b"%PDF"),)
    letter = replace(LETTER, body=body, subject=name, to=(Address(name, ANA.address),), enclosed=enclosed)
    mail = message_from_bytes(compose(letter).raw, policy=default)
    one_line = re.sub(r"[ \t\n]+", " ", clean(name, lines=False)).strip(" ")
    assert isinstance(mail, EmailMessage)
    assert not any(part.defects for part in mail.walk())
    assert mail["subject"] == one_line
    [address] = mail["to"].addresses
    assert address.addr_spec == ANA.address
    # It puts a blank between the encoded words of a name, against RFC 2047, 6.2.
    assert address.display_name.replace(" ", "") == one_line.replace(" ", "")
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert as_read(unflow(plain.get_content(), delete_space=False)) == as_read(body)
    assert [part.get_filename() for part in mail.iter_attachments()] == [safe_name(file)]
