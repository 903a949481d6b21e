"""Whose number rings, and what is on the card: exactly one, several, a company's, nobody's, or none shown."""

import pytest

from desk.callers import Repeated
from desk.ids import new_uid
from desk.lookup import IdentityKind
from desk.times import DAY, HOUR
from storage.callers import caller_card, match
from storage.connect import Connection
from storage.inbound import after_inbound
from tests.factories import NOW, make_customer, make_identity, make_message, make_tag, make_ticket

DE, US = ("DE",), ("US",)


def has(connection: Connection, name: str, *numbers: str, known: bool = True) -> int:
    customer = make_customer(connection, name)
    for number in numbers:
        make_identity(connection, customer, IdentityKind.PHONE, number, known=known)
    return customer


def names(connection: Connection, text: str, regions: tuple[str, ...] = DE) -> tuple[str, list[str]]:
    found = match(connection, text, regions)
    return found.kind, [hit.name for hit in found.hits]


@pytest.mark.parametrize(
    "shown",
    ["+4930123456", "0049 30 123456", "030/123 456", "tel:+49-30-123456", "sip:030123456@pbx;user=phone", "4930123456",
     "0030123456", '"E" <sip:+4930123456@10.0.0.1>'],
)  # fmt: skip
def test_exactly_one_in_any_notation(connection: Connection, shown: str) -> None:
    erika = has(connection, "Erika Muster", "+4930123456")
    has(connection, "Li Wei", "+4930123457")
    found = match(connection, shown, DE)
    assert (found.kind, found.number, found.customer_id, found.maybe_id) == ("one", "+4930123456", erika, None)


def test_a_number_that_was_only_seen_is_a_maybe(connection: Connection) -> None:
    erika = has(connection, "Erika Muster", "+4930123456", known=False)
    found = match(connection, "+4930123456", DE)
    assert found.customer_id == erika
    assert connection.execute("SELECT normal FROM identity WHERE id = ?", (found.maybe_id,)).fetchone() == (
        "+4930123456",
    )


def test_several_who_share_a_number(connection: Connection) -> None:
    has(connection, "Erika Muster", "+4930123456")
    has(connection, "Max Muster", "+4930123456")
    assert names(connection, "+4930123456") == ("several", ["Max Muster", "Erika Muster"])
    assert match(connection, "+4930123456", DE).customer_id is None


def test_who_was_merged_has_no_number_any_more(connection: Connection) -> None:
    erika, gone = has(connection, "Erika Muster", "+4930123456"), has(connection, "E. Muster", "+4930123456")
    connection.execute("UPDATE customer SET merged_into_id = ? WHERE id = ?", (erika, gone))
    assert names(connection, "+4930123456") == ("one", ["Erika Muster"])


def test_a_company_s_number_with_extensions(connection: Connection) -> None:
    has(connection, "Erika Muster", "+4930123456x12")
    has(connection, "Max Muster", "+4930123456x34")
    assert names(connection, "+4930123456") == ("company", ["Max Muster", "Erika Muster"])
    assert names(connection, "+49 30 123456 ext. 12") == ("one", ["Erika Muster"])
    found = match(connection, "tel:+4930123456;ext=56", DE)
    assert (found.kind, found.number, found.extension) == ("company", "+4930123456", "56")
    has(connection, "Beispiel GmbH", "+4930123456")
    kind, people = names(connection, "+4930123456")
    assert (kind, sorted(people)) == ("company", ["Beispiel GmbH", "Erika Muster", "Max Muster"])


def test_an_extension_behind_a_main_number_that_is_known(connection: Connection) -> None:
    company = has(connection, "Beispiel GmbH", "+49301234560")
    assert names(connection, "+493012345678") == ("none", [])
    connection.execute(
        "INSERT INTO organization(uid, name, domain, note, created_at) VALUES(?, 'Beispiel', '', '', 0)", (new_uid(),)
    )
    connection.execute("UPDATE customer SET organization_id = 1 WHERE id = ?", (company,))
    found = match(connection, "+493012345678", DE)
    assert (found.kind, found.number, found.extension) == ("company", "+49301234560", "78")
    has(connection, "Somebody", "+14155550130")
    assert names(connection, "+14155550134", US) == ("none", [])


@pytest.mark.parametrize(
    "shown", ["", "anonymous", "sip:anonymous@anonymous.invalid", "Unknown", "00000", "\x1b]0;x\x07"]
)
def test_no_number_is_shown(connection: Connection, shown: str) -> None:
    assert match(connection, shown, DE).kind == "withheld"


@pytest.mark.parametrize("shown", ["Erika", "sip:erika@example.org", "#1042", "+499999999999999999999"])
def test_nobody_has_it(connection: Connection, shown: str) -> None:
    has(connection, "Erika Muster", "+4930123456")
    assert match(connection, shown, DE).kind == "none"


def test_an_internal_number_is_nobody_s_by_chance(connection: Connection) -> None:
    has(connection, "Erika Muster", "+49301011011")
    assert names(connection, "101") == ("none", [])
    has(connection, "Hausmeister", "101")
    assert names(connection, "101") == ("one", ["Hausmeister"])


def test_the_card_has_it_all(connection: Connection) -> None:
    erika = has(connection, "Erika Muster", "+4930123456")
    old = make_ticket(
        connection, subject="Refund for the kettle", customer_id=erika, status=3, created_at=NOW - 6 * DAY
    )
    new = make_ticket(connection, subject="Kettle refund still missing", customer_id=erika, created_at=NOW - DAY)
    other = make_ticket(connection, subject="A new password", customer_id=erika, created_at=NOW - 3 * DAY)
    for ticket, when, body in (
        (old, 6 * DAY, "Where is it?"),
        (other, 3 * DAY, "Locked out"),
        (new, DAY, "Still\nnothing"),
    ):
        make_message(connection, ticket, customer_id=erika, at=NOW - when, body=body)
    make_message(connection, new, kind="outbound", at=NOW - HOUR, body="By Friday")
    make_message(connection, new, kind="outbound", at=NOW - HOUR // 2, body="Out of office", automatic="reply")
    connection.execute(
        "INSERT INTO promise(uid, ticket_id, words, made_at, due_at, target_at, state)"
        " VALUES(?,?,'By Friday',0,?,?,'open')",
        (new_uid(), new, NOW + DAY, NOW),
    )
    connection.execute(
        "INSERT INTO call(uid, direction, state, way, external_id, number, caller, customer_id, rang_at, held_seconds,"
        " goal, notes, outcome, follow_up) VALUES(?,'in','missed','baresip','','','',?,?,0,'','','','')",
        (new_uid(), erika, NOW - 2 * DAY),
    )
    after_inbound(connection, [old, new, other])
    found = caller_card(connection, erika, NOW)
    assert [row.subject for row in found.open_tickets] == ["Kettle refund still missing", "A new password"]
    assert [(each.kind, each.preview) for each in found.contacts][:2] == [
        ("outbound", "By Friday"),
        ("inbound", "Still nothing"),
    ]
    assert [(each.words, each.due_at, each.ticket_number) for each in found.promises] == [
        ("By Friday", NOW + DAY, 1002)
    ]
    assert found.repeated == Repeated(2, 6, "Kettle refund still missing", (new, old))
    assert (found.calls, found.missed, found.card.name) == (1, 1, "Erika Muster")


def test_the_card_leaves_out_what_is_over(connection: Connection) -> None:
    erika = has(connection, "Erika Muster", "+4930123456")
    kept, left = (make_ticket(connection, subject=each, customer_id=erika) for each in ("Kept", "Merged away"))
    for ticket in (kept, left):
        make_message(connection, ticket, customer_id=erika, body=f"On {ticket}")
    connection.execute("UPDATE ticket SET merged_into_id = ? WHERE id = ?", (kept, left))
    for state in ("kept", "open"):
        connection.execute(
            "INSERT INTO promise(uid, ticket_id, words, made_at, due_at, target_at, state) VALUES(?,?,?,0,1,1,?)",
            (new_uid(), kept, state, state),
        )
    calls = (("missed", NOW - 30 * DAY), ("missed", NOW - DAY), ("done", NOW - DAY), ("ringing", NOW))
    for state, at in calls:
        connection.execute(
            "INSERT INTO call(uid, direction, state, way, external_id, number, caller, customer_id, rang_at,"
            " held_seconds, goal, notes, outcome, follow_up) VALUES(?,'in',?,'pop','','','',?,?,0,'','','','')",
            (new_uid(), state, erika, at),
        )
    found = caller_card(connection, erika, NOW)
    assert [row.subject for row in found.open_tickets] == ["Kept"]
    assert [each.preview for each in found.contacts] == [f"On {kept}"]
    assert [each.words for each in found.promises] == ["open"]
    assert (found.calls, found.missed) == (3, 1), "this call isn't one of those before, nor is last month's of late"


def test_what_is_known_stands_before_what_may_be(connection: Connection) -> None:
    erika = has(connection, "Erika Muster", "+4930123456", known=False)
    make_identity(connection, erika, IdentityKind.PHONE, "+4930123456x12")
    found = match(connection, "+4930123456", DE)
    assert [(hit.name, hit.known) for hit in found.hits] == [("Erika Muster", True)]


def test_tickets_with_a_tag_in_common_are_one_topic(connection: Connection) -> None:
    erika = has(connection, "Erika Muster", "+4930123456")
    for subject in ("Nothing came", "Hello?"):
        ticket = make_ticket(connection, subject=subject, customer_id=erika)
        make_message(connection, ticket, customer_id=erika, at=NOW - HOUR)
        make_tag(connection, ticket, "delivery")
    found = caller_card(connection, erika, NOW).repeated
    assert found is not None
    assert (found.times, found.days) == (2, 1)


def test_one_who_came_about_different_things_does_not_come_again(connection: Connection) -> None:
    erika = has(connection, "Erika Muster", "+4930123456")
    for subject in ("Kettle broken", "Change my address"):
        make_message(
            connection, make_ticket(connection, subject=subject, customer_id=erika), customer_id=erika, at=NOW - HOUR
        )
    assert caller_card(connection, erika, NOW).repeated is None


def test_nothing_is_read_whole(connection: Connection) -> None:
    """Every statement of a ring is answered by an index, however many customers there are."""
    seen: list[str] = []
    has(connection, "Erika Muster", "+4930123456")
    connection.set_trace_callback(seen.append)
    match(connection, "+4930123456", DE)
    caller_card(connection, 1, NOW)
    connection.set_trace_callback(None)
    asked = [statement for statement in seen if statement.lstrip().startswith(("SELECT", "WITH"))]
    plans = [row[3] for statement in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    scans = {plan for plan in plans if plan.startswith("SCAN") and "json_each" not in plan}
    assert any("identity_normal" in plan for plan in plans)
    assert scans <= {"SCAN own", "SCAN last", "SCAN wanted VIRTUAL TABLE INDEX 1:", "SCAN CONSTANT ROW"}, scans
