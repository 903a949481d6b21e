"""What is written to a Zammad: to whom, by which way, and what is said where it does otherwise than it was asked."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest

from desk.statuses import Priority, Status
from desk.times import now
from sync.protocol import Conflict, DeliverMail, Later, Outcome, Receipt, Refused, Unclear
from sync.sources.zammad.source import Zammad
from sync.tickets import ChangeTicket, HelpdeskOperation, MergeTicket, OutgoingFile, TickItem, WriteMessage
from tests.servers.zammad import Zammad as Fake
from tests.servers.zammad_desk import NOBODY, Article, Case
from tests.sync.sources.zammad.stage import connected


class Office:
    """A fake with one customer's ticket, and a source that writes to it."""

    def __init__(self, fake: Fake, source: Zammad) -> None:
        self.fake = fake
        self.desk = fake.desk
        self.source = source
        self.case: Case = fake.desk.opens(10, "Brake", "It squeaks.")
        self.handed = 0

    def push(self, operation: HelpdeskOperation) -> Outcome:
        """Ask for something."""

        def hand_over() -> None:
            self.handed += 1

        return self.source.push(operation, hand_over)

    def message(self, body: str, kind: Literal["reply", "note"] = "reply") -> WriteMessage:
        """An answer to all that was said."""
        seen = str(self.desk.of(self.case.id)[-1].id)
        return WriteMessage(uuid4().hex, str(self.case.id), kind, body, (), (), (), "", seen, now())

    def change(self) -> ChangeTicket:
        """A change of the ticket as it stands."""
        version = str(self.case.told()["updated_at"])
        return ChangeTicket(uuid4().hex, str(self.case.id), version, now())

    def last(self) -> Article:
        """What was written last."""
        return self.desk.of(self.case.id)[-1]


@pytest.fixture
def office() -> Iterator[Office]:
    """An office that is closed afterwards."""
    with Fake() as fake:
        source = connected(fake)
        try:
            yield Office(fake, source)
        finally:
            source.close()


def test_a_reply_answers_the_customers_last_mail(office: Office) -> None:
    """At the address that it asks to be answered at."""
    office.desk.says(office.case.id, 10, "Write to my office.").reply_to = "Office <office@customer.example>"
    asked = office.last()
    receipt = office.push(office.message("Turn it."))
    written = office.last()
    assert receipt == Receipt(str(written.id), found=receipt.found if isinstance(receipt, Receipt) else None)
    assert (written.type, written.to, written.internal) == ("email", "office@customer.example", False)
    assert written.in_reply_to == asked.message_id
    assert office.desk.sent == [(written.id, "office@customer.example")]
    assert isinstance(receipt, Receipt)
    assert receipt.found is not None
    assert receipt.found.version == office.change().version


def test_a_reply_goes_where_the_agent_says(office: Office) -> None:
    """To others, with copies, and with a file."""
    file = OutgoingFile("plan.txt", "text/plain", Path(__file__))
    reply = replace(
        office.message(""), recipients=("x@one.example", "y@two.example"), copies=("z@three.example",), files=(file,)
    )
    assert isinstance(office.push(reply), Receipt)
    written = office.last()
    assert (written.to, written.cc, written.body) == ("x@one.example, y@two.example", "z@three.example", "plan.txt")
    assert [(one.filename, one.data) for one in written.files] == [("plan.txt", Path(__file__).read_bytes())]


def test_a_call_is_answered_by_mail(office: Office) -> None:
    """What came by telephone or by a form has the customer's own address."""
    office.case = office.desk.opens(11, "Call", "He wants a bike.")
    office.last().type, office.last().written_from = "phone", "+442079460018"
    assert isinstance(office.push(office.message("We have one.")), Receipt)
    assert office.last().to == "ben@customer.example"


def test_a_customer_without_an_address_is_not_written_to(office: Office) -> None:
    """Nothing leaves, and it is said why."""
    office.case = office.desk.opens(11, "Call", "He wants a bike.")
    office.last().type, office.desk.people[11].email = "phone", ""
    outcome = office.push(office.message("We have one."))
    assert isinstance(outcome, Refused)
    assert "no address" in outcome.why
    assert office.handed == 0


def test_what_no_mail_answers_is_left_to_zammad(office: Office) -> None:
    """A chat has rules of its own."""
    office.last().type = "telegram personal-message"
    outcome = office.push(office.message("Turn it."))
    assert isinstance(outcome, Refused)
    assert "telegram" in outcome.why
    assert office.desk.sent == []


def test_a_group_without_an_address_sends_nothing(office: Office) -> None:
    """Zammad would only say that it failed, and the words would be looked for in vain."""
    office.desk.addresses[1] = None
    outcome = office.push(office.message("Turn it."))
    assert isinstance(outcome, Refused)
    assert "“Support” has no address" in outcome.why
    assert isinstance(office.push(office.message("He is angry.", "note")), Receipt)


def test_a_note_is_internal_and_sent_to_nobody(office: Office) -> None:
    """Whatever the ticket's channel is."""
    office.last().type = "telegram personal-message"
    assert isinstance(office.push(office.message("He is angry.", "note")), Receipt)
    assert (office.last().type, office.last().internal, office.desk.sent) == ("note", True, [])


def test_what_only_happened_holds_no_reply(office: Office) -> None:
    """Zammad writes notes of its own; a colleague's note is another thing."""
    reply = office.message("Turn it.")
    office.desk.says(office.case.id, NOBODY, "Escalated.", kind="note", internal=True)
    assert isinstance(office.push(reply), Receipt)
    second = office.message("Now.")
    office.desk.says(office.case.id, 4, "I am on it.", kind="note", internal=True)
    assert isinstance(office.push(second), Conflict)


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_words_are_found_though_zammad_drops_the_key(office: Office, kind: Literal["reply", "note"]) -> None:
    """By who wrote them, and when; a colleague's, or a customer's, are others."""
    message = office.message("Turn it.\n\nThen look.", kind)
    office.desk.says(office.case.id, 4, message.body, kind="note" if kind == "note" else "email")
    assert office.source.find(message) is None
    assert isinstance(office.push(replace(message, seen=str(office.last().id))), Receipt)
    written = office.last()
    written.preferences, written.body, written.content_type = {}, "<p>Turn it.</p><br>Then look.", "text/html"
    assert office.source.find(message) == Receipt(str(written.id))
    assert office.source.find(replace(message, begun_at=now() + 3_600_000_000)) is None
    assert office.source.find(replace(message, kind="reply" if kind == "note" else "note")) is None


def test_words_are_found_on_the_ticket_that_theirs_became(office: Office) -> None:
    """A merge moves them."""
    message = office.message("Turn it.")
    receipt = office.push(message)
    into = office.desk.opens(10, "Bike", "It is old.")
    office.desk.merges(office.case.id, into.id)
    assert isinstance(receipt, Receipt)
    assert office.source.find(message) == Receipt(receipt.external_id)
    assert isinstance(office.push(office.message("More.")), Conflict)


def test_a_pending_state_gets_a_time(office: Office) -> None:
    """A day, as in Zammad's own pages, or the one that it has."""
    assert isinstance(office.push(replace(office.change(), status=Status.PENDING)), Receipt)
    assert office.case.state_id == 3
    assert office.case.pending_time is not None
    assert office.case.pending_time > str(office.case.told()["updated_at"])
    office.case.pending_time = "2099-01-01T00:00:00.000Z"
    assert isinstance(office.push(replace(office.change(), status=Status.PENDING, label="pending close")), Receipt)
    assert (office.case.state_id, office.case.pending_time) == (7, "2099-01-01T00:00:00.000Z")


@pytest.mark.parametrize(
    ("status", "label", "state"),
    [
        (Status.OPEN, "", 2),
        (Status.OPEN, "new", 1),
        (Status.HOLD, "", 8),
        (Status.HOLD, "pending reminder", 3),
        (Status.SOLVED, "", 4),
        (Status.SOLVED, "resolved by phone", 9),
        (Status.SOLVED, "merged", 4),
        (Status.CLOSED, "", 4),
    ],
)
def test_a_status_becomes_the_teams_own_state(office: Office, status: Status, label: str, state: int) -> None:
    """The one of that name, where it was called so before; nothing is ever called merged."""
    office.desk.sets(office.case.id, priority_id=3)
    assert isinstance(office.push(replace(office.change(), status=status, label=label)), Receipt)
    assert office.case.state_id == state


def test_what_zammad_does_otherwise_is_said(office: Office) -> None:
    """An owner without rights in the group is dropped there in silence, and there may be no urgent priority."""
    outcome = office.push(replace(office.change(), assignee="4", queue="Sales::Germany", priority=Priority.URGENT))
    assert isinstance(outcome, Receipt)
    assert "did not give it" in outcome.said
    assert "“3 high”" in outcome.said
    assert outcome.found is not None
    assert (outcome.found.assignee, outcome.found.queue) == ("", "Sales::Germany")


def test_several_fields_and_tags_are_one_change(office: Office) -> None:
    """Handed over once, at the first request."""
    office.case.tags = ["old", "kept"]
    change = replace(office.change(), assignee="4", add_tags=("new one", "new"), remove_tags=("old", "none"))
    outcome = office.push(change)
    assert isinstance(outcome, Receipt)
    assert (office.case.owner_id, office.case.tags, office.handed) == (4, ["kept", "new one", "new"], 1)
    assert outcome.found is not None
    assert outcome.found.tags == ("kept", "new one", "new")
    assert isinstance(office.push(replace(office.change(), assignee="")), Receipt)
    assert office.case.owner_id == NOBODY


def test_a_group_that_isnt_there_is_refused(office: Office) -> None:
    """Before anything is written."""
    outcome = office.push(replace(office.change(), queue="Kitchen"))
    assert isinstance(outcome, Refused)
    assert (outcome.why, office.handed) == ("There is no group “Kitchen” in Zammad", 0)


def test_what_zammad_refuses_is_told_in_its_words(office: Office) -> None:
    """And is over."""
    office.fake.faults.refuse(422, method="POST", path="/ticket_articles", body=b'{"error": "The body is too large."}')
    outcome = office.push(office.message("Turn it."))
    assert isinstance(outcome, Refused)
    assert outcome.why == "Zammad refused the message: The body is too large."
    office.fake.faults.refuse(403, method="PUT", body=b"no JSON at all")
    outcome = office.push(replace(office.change(), status=Status.SOLVED))
    assert isinstance(outcome, Refused)
    assert (outcome.why, bool(outcome.mend)) == ("Zammad refused the change (status 403)", True)


def test_what_was_taken_is_no_failure_because_nothing_more_is_heard(office: Office) -> None:
    """The look back afterwards may fail; an answer that can't be read leaves it open."""
    reply = office.message("Turn it.")
    office.fake.faults.refuse(418, path="/tags", times=9)
    assert office.push(reply) == Receipt(str(office.last().id))
    office.fake.faults.clear()
    # Somebody in between answers in Zammad's place.
    office.fake.faults.refuse(200, method="POST", path="/ticket_articles", body=b"<html>")
    assert isinstance(office.push(office.message("Now.")), Unclear)


def test_a_pause_that_a_proxy_asks_for_is_kept(office: Office) -> None:
    """Nothing was written."""
    office.fake.faults.refuse(429, method="POST", path="/ticket_articles", retry_after=7)
    outcome = office.push(office.message("Turn it."))
    assert isinstance(outcome, Later)
    assert outcome.seconds == 7
    assert office.desk.sent == []


def test_a_ticket_that_is_gone_takes_nothing(office: Office) -> None:
    """Neither words nor fields, nor another ticket."""
    asks: list[Callable[[], HelpdeskOperation]] = [
        lambda: office.message("Turn it."),
        lambda: replace(office.change(), status=Status.SOLVED),
        lambda: MergeTicket(uuid4().hex, "999", str(office.case.id), now()),
        lambda: MergeTicket(uuid4().hex, str(office.case.id), "999", now()),
    ]
    wanted = [ask() for ask in asks]
    office.desk.deletes(office.case.id)
    assert [type(office.push(operation)) for operation in wanted] == [Refused] * 4
    assert office.handed == 0


def test_a_merge_is_asked_for_once_however_often(office: Office) -> None:
    """Zammad itself would refuse the second, or go on with a ticket that isn't one any more."""
    into, third = office.desk.opens(10, "Bike", "It is old."), office.desk.opens(10, "Shop", "Open?")
    merge = MergeTicket(uuid4().hex, str(office.case.id), str(into.id), now())
    assert office.source.find(merge) is None
    assert isinstance(office.push(merge), Receipt)
    assert office.source.find(merge) == Receipt(str(into.id))
    assert isinstance(office.push(merge), Receipt)
    assert office.handed == 1
    assert isinstance(office.push(replace(merge, into=str(third.id))), Conflict)
    assert isinstance(office.push(replace(merge, ticket=str(third.id), into=str(office.case.id))), Conflict)


def test_a_step_that_is_gone_is_refused(office: Office) -> None:
    """Nothing else of the list is touched."""
    checklist = office.desk.lists(office.case.id, "Repair", "Look")
    tick = TickItem(uuid4().hex, str(office.case.id), str(checklist.id), "99999", True, now())
    assert isinstance(office.push(tick), Refused)
    assert isinstance(office.push(replace(tick, item=str(checklist.items[0].id))), Receipt)
    assert checklist.items[0].checked


def test_mails_are_not_its_business(office: Office) -> None:
    """A helpdesk sends its own."""
    mail = DeliverMail("k", "<m@x>", b"", "a@x.example", ("b@x.example",), 0)
    assert isinstance(office.source.push(mail, lambda: None), Refused)
    assert office.source.find(mail) is None
