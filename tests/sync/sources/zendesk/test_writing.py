"""What Zendesk makes hard in writing: stamps of whole seconds, closed tickets, keys, jobs, and what it refuses."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.statuses import Priority, Status
from sync.conformance.kept import Kept
from sync.protocol import Conflict, Receipt, Refused, Source, Unclear
from sync.sources.zendesk import vocabulary
from sync.sources.zendesk.telling import OPERATION
from sync.tickets import ChangeTicket, OutgoingFile
from tests.servers import zendesk
from tests.servers.service import Json
from tests.servers.zendesk_rows import Row, iso, number, rows, seconds, texts
from tests.sync.sources.zendesk.stage import ZendeskStage


@pytest.fixture
def stage(fake: zendesk.Zendesk) -> ZendeskStage:
    """The fake, with people in it."""
    return ZendeskStage(fake)


@contextmanager
def begun(stage: ZendeskStage) -> Iterator[tuple[Source, str, Kept]]:
    """A ticket of Zoe's that was read."""
    ticket = stage.add_ticket("Pump", "It drips.")
    with closing(stage.source()) as source:
        yield source, ticket, known(source)


def known(source: Source) -> Kept:
    """All that there is."""
    kept = Kept()
    kept.read(source)
    return kept


def row(stage: ZendeskStage, ticket: str) -> Row:
    """A ticket as it stands there."""
    return stage.account.tickets[int(ticket)]


def bodies(stage: ZendeskStage, ticket: str) -> list[str]:
    """What stands on it."""
    return [said.body for said in stage.said(ticket)]


def closes(stage: ZendeskStage, ticket: str) -> None:
    """Zendesk closes a ticket for good, as it does with what was solved long ago."""
    with stage.turn():
        row(stage, ticket)["status"] = "closed"
        stage.account.touch(int(ticket))


def nothing() -> None:
    """It is handed over."""


def test_an_update_is_a_safe_one_and_bears_its_key(stage: ZendeskStage) -> None:
    """The stamp is that of the state which was read; the key stands in the audit, and in the comment."""
    with begun(stage) as (source, ticket, kept):
        stamp = row(stage, ticket)["updated_at"]
        reply = kept.reply(ticket, "Turn it.")
        assert isinstance(source.push(reply, nothing), Receipt)
        sent = stage.fake.asked_for(f"/tickets/{ticket}", "PUT")[0].fields()["ticket"]
        kept.read(source)
    assert isinstance(sent, dict)
    assert (sent["safe_update"], sent["updated_stamp"], sent["metadata"]) == (True, stamp, {OPERATION: reply.key})
    assert [message.operation for message in kept.messages.values()] == ["", reply.key]


@pytest.mark.parametrize("rises", [False, True])
def test_a_reply_is_found_in_a_long_history(stage: ZendeskStage, *, rises: bool) -> None:
    """In whichever order it comes, and however old it begins."""
    stage.fake.audits_rise = rises
    with begun(stage) as (source, ticket, kept):
        reply = kept.reply(ticket, "Turn it.")
        history, old = stage.account.audits[int(ticket)], iso(stage.fake.now() - 86_400)
        history[:0] = [{"id": number, "created_at": old, "events": []} for number in range(120)]
        stage.fake.faults.cut(after=True, method="PUT")
        assert isinstance(source.push(reply, nothing), Unclear)
        assert source.find(reply) is not None


def test_somebody_who_writes_at_the_last_moment_is_first(stage: ZendeskStage) -> None:
    """Between the look and the write: Zendesk refuses the older stamp."""
    with begun(stage) as (source, ticket, kept):
        stage.fake.faults.meanwhile(lambda: stage.customer_writes(ticket, "It is mended."), method="PUT")
        outcome = source.push(kept.reply(ticket, "Turn it."), nothing)
    assert isinstance(outcome, Conflict)
    assert bodies(stage, ticket)[1:] == ["<p>It is mended.</p>"]


def test_a_state_of_this_very_second_is_waited_out(stage: ZendeskStage) -> None:
    """So that no other state can have the same stamp."""
    stage.fake.leap = 0.0
    with begun(stage) as (source, ticket, kept):
        stage.customer_writes(ticket, "Quick!")
        kept.read(source)
        stamp = seconds(row(stage, ticket)["updated_at"])
        assert isinstance(source.push(kept.reply(ticket, "Turn it."), nothing), Receipt)
    assert seconds(row(stage, ticket)["updated_at"]) > stamp


def test_a_change_by_a_rule_holds_no_reply(stage: ZendeskStage) -> None:
    """Nobody has said anything: what an agent wrote fits as it did."""
    with begun(stage) as (source, ticket, kept):
        reply = kept.reply(ticket, "Turn it.")
        stage.colleague_changes(ticket, Status.PENDING, "swept")
        assert isinstance(source.push(reply, nothing), Receipt)
    assert row(stage, ticket)["tags"] == ["swept"]


def test_what_is_written_to_a_closed_ticket_begins_another(stage: ZendeskStage) -> None:
    """For its requester, with its subject; it is found again there, and is never begun twice."""
    with begun(stage) as (source, ticket, kept):
        closes(stage, ticket)
        kept.read(source)
        assert kept.tickets[ticket].final
        reply = kept.reply(ticket, "Once more.")
        stage.fake.faults.cut(after=True, method="POST", path="/tickets")
        assert isinstance(source.push(reply, nothing), Unclear)
        found = source.find(reply)
        again = source.push(reply, nothing)
    assert isinstance(found, Receipt)
    assert isinstance(again, Receipt)
    assert found.found is not None
    assert again.found is not None
    begun_there = row(stage, found.found.external_id)
    assert found.external_id == again.external_id
    assert again.found.external_id == found.found.external_id != ticket
    assert (begun_there["requester_id"], begun_there["subject"]) == (stage.zoe, "Pump")
    assert len(stage.account.tickets) == 2
    assert "follow-up" in again.said


def test_a_closed_ticket_keeps_its_fields(stage: ZendeskStage) -> None:
    """But for tags and priority, which Zendesk lets be changed; and nothing is tried in vain."""
    with begun(stage) as (source, ticket, kept):
        closes(stage, ticket)
        kept.read(source)
        refused = source.push(replace(kept.change(ticket), status=Status.OPEN), nothing)
        assert isinstance(refused, Refused)
        assert "follow-up" in refused.mend
        tagged = source.push(replace(kept.change(ticket), add_tags=("vip",), priority=Priority.HIGH), nothing)
    assert isinstance(tagged, Receipt)
    assert (row(stage, ticket)["tags"], row(stage, ticket)["priority"]) == (["vip"], "high")


def test_solving_needs_an_assignee(stage: ZendeskStage) -> None:
    """Whoever solves it gets it, and is told so; another one keeps it."""
    with begun(stage) as (source, ticket, kept):
        outcome = source.push(replace(kept.change(ticket), status=Status.SOLVED), nothing)
    assert isinstance(outcome, Receipt)
    assert "assigned to you" in outcome.said
    assert row(stage, ticket)["assignee_id"] == stage.fake.agent
    with begun(stage) as (source, ticket, kept):
        outcome = source.push(replace(kept.change(ticket), status=Status.SOLVED, assignee=str(stage.ben)), nothing)
    assert (outcome.said if isinstance(outcome, Receipt) else outcome) == ""
    assert row(stage, ticket)["assignee_id"] == stage.ben


def test_on_hold_where_it_is_not_switched_on_is_pending(stage: ZendeskStage) -> None:
    """Its word comes back, so that it can be known for what it was."""
    offered: list[Json] = [{"name": name.capitalize(), "value": name} for name in ("open", "pending", "solved")]
    stage.account.fields = [{"id": 1, "type": "status", "title": "Status", "system_field_options": offered}]
    with begun(stage) as (source, ticket, kept):
        outcome = source.push(replace(kept.change(ticket), status=Status.HOLD), nothing)
        assert isinstance(outcome, Receipt)
        assert outcome.found is not None
        assert (outcome.found.label, outcome.found.status) == ("Pending", Status.PENDING)
        kept.read(source)
        # What it was given already isn't given again.
        before = len(stage.account.audits[int(ticket)])
        source.push(replace(kept.change(ticket), status=Status.HOLD, label="Pending"), nothing)
    assert len(stage.account.audits[int(ticket)]) == before


def test_statuses_of_the_teams_own_go_both_ways(stage: ZendeskStage) -> None:
    """Their words are told, and set again."""
    names = (("open", "Open", True), ("pending", "Pending", True), ("pending", "With the bank", False))
    stage.account.statuses = [
        {"id": place, "status_category": category, "agent_label": label, "active": True, "default": default}
        for place, (category, label, default) in enumerate(names, 1)
    ]
    with begun(stage) as (source, ticket, kept):
        outcome = source.push(replace(kept.change(ticket), status=Status.PENDING, label="With the bank"), nothing)
        kept.read(source)
    assert isinstance(outcome, Receipt)
    assert row(stage, ticket)["custom_status_id"] == 3
    assert (kept.tickets[ticket].label, kept.tickets[ticket].status) == ("With the bank", Status.PENDING)


def test_nothing_is_made_new_again(stage: ZendeskStage) -> None:
    """Zendesk refuses that: a ticket that was new, and is to be open, becomes what is usually open."""
    names = (("new", "New"), ("open", "Open"), ("pending", "Pending"))
    stage.account.statuses = [
        {"id": place, "status_category": category, "agent_label": label, "active": True, "default": True}
        for place, (category, label) in enumerate(names, 1)
    ]
    with begun(stage) as (source, ticket, kept):
        source.push(replace(kept.change(ticket), status=Status.PENDING), nothing)
        kept.read(source)
        outcome = source.push(replace(kept.change(ticket), status=Status.OPEN, label="New"), nothing)
    assert isinstance(outcome, Receipt)
    assert outcome.found is not None
    assert (outcome.found.label, outcome.found.status) == ("Open", Status.OPEN)


def test_copies_are_put_and_taken(stage: ZendeskStage) -> None:
    """As the agent wants them; whoever asked always gets the reply."""
    with begun(stage) as (source, ticket, kept):
        row(stage, ticket)["email_cc_ids"] = [stage.account.add_user("Kim", "kim@example.test")]
        addressed = replace(
            kept.reply(ticket, "Turn it."), recipients=("ZOE@customer.example",), copies=("new@example.test",)
        )
        assert isinstance(source.push(addressed, nothing), Receipt)
        emails = [stage.account.users[int(user)]["email"] for user in texts(row(stage, ticket)["email_cc_ids"])]
        assert emails == ["new@example.test"]
        kept.read(source)
        two = replace(kept.reply(ticket, "Turn it."), copies=("new@example.test", "newer@example.test"))
        assert isinstance(source.push(two, nothing), Receipt)
        sent = stage.fake.asked_for(f"/tickets/{ticket}", "PUT")[-1].fields()["ticket"]
        assert isinstance(sent, dict)
        assert sent["email_ccs"] == [{"user_email": "newer@example.test", "action": "put"}]
        kept.read(source)
        alone = replace(kept.reply(ticket, "Turn it."), recipients=("other@example.test",))
        refused = source.push(alone, nothing)
    assert isinstance(refused, Refused)
    assert len(bodies(stage, ticket)) == 3


def test_files_go_ahead(stage: ZendeskStage, tmp_path: Path) -> None:
    """And hang on the comment; a message of files alone has their names for words."""
    (tmp_path / "kept").write_bytes(b"drip")
    file = OutgoingFile("plan ü.txt", "text/plain", tmp_path / "kept")
    with begun(stage) as (source, ticket, kept):
        assert isinstance(source.push(replace(kept.reply(ticket, ""), files=(file,)), nothing), Receipt)
    said = stage.said(ticket)[-1]
    assert (said.files, said.public) == (("plan ü.txt",), True)
    assert "plan ü.txt" in said.body
    attachment = rows(stage.account.comments[int(ticket)][-1]["attachments"])[0]
    assert stage.account.attachments[f"F{number(attachment, 'id')}"] == b"drip"


def test_a_merge_that_fails_says_why(stage: ZendeskStage) -> None:
    """The job is asked until it ends; what is closed is refused beforehand."""
    with begun(stage) as (source, ticket, kept):
        into = stage.add_ticket("Pump again", "It drips.")
        stage.fake.faults.meanwhile(lambda: closes(stage, into), method="POST", path="/merge")
        outcome = source.push(kept.merge(ticket, into), nothing)
        assert isinstance(outcome, Refused)
        assert f"{into} is closed" in outcome.why
        asked = len(stage.fake.asked_for("/merge"))
        assert isinstance(source.push(kept.merge(ticket, into), nothing), Refused)
        assert len(stage.fake.asked_for("/merge")) == asked


@pytest.mark.parametrize(
    ("wanted", "words"),
    [({"assignee": "zoe"}, "isn't known"), ({"queue": "Nobody's"}, "no group"), ({"assignee": "7"}, "Assignee")],
)
def test_what_can_not_be_set_is_refused_in_words(stage: ZendeskStage, wanted: dict[str, str], words: str) -> None:
    """Zendesk's own, or ours; nothing is changed."""
    with begun(stage) as (source, ticket, kept):
        before = dict(row(stage, ticket))
        change: ChangeTicket = replace(kept.change(ticket), **wanted)  # type: ignore[arg-type]  # of two texts
        outcome = source.push(change, nothing)
    assert isinstance(outcome, Refused)
    assert words in outcome.why
    assert row(stage, ticket) == before


def test_an_agent_who_may_not_is_told(stage: ZendeskStage) -> None:
    """A light agent's reply is refused, and the source is not taken for locked out."""
    with begun(stage) as (source, ticket, kept):
        stage.fake.faults.refuse(403, method="PUT")
        outcome = source.push(kept.reply(ticket, "Turn it."), nothing)
        assert isinstance(outcome, Refused)
        assert source.check().works


@given(status=st.sampled_from(Status), offered=st.sets(st.sampled_from(["open", "pending", "hold", "solved"])))
def test_a_status_goes_there_and_back(status: Status, offered: set[str]) -> None:
    """Wherever the account has one of its category."""
    name = vocabulary.name_of(status, offered)
    if status is Status.HOLD and offered and "hold" not in offered:
        assert name == "pending"
    else:
        assert vocabulary.status(name) is status
