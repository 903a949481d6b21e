"""What Zendesk tells of merges: a tag that follow-ups inherit, words of a comment, jobs that end in their own time."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from sync.conformance.kept import Kept
from sync.protocol import Conflict, Receipt, Refused
from sync.sources.zendesk.source import Zendesk
from tests.servers import zendesk
from tests.servers.zendesk_rows import MERGED, Row, texts
from tests.sync.sources.zendesk.stage import ZendeskStage, connected


class Scene:
    """Two tickets of Zoe's that were read."""

    def __init__(self, fake: zendesk.Zendesk, source: Zendesk) -> None:
        self.stage, self.source, self.kept = ZendeskStage(fake), source, Kept()
        self.ticket, self.into = self.stage.add_ticket("Pump", "It drips."), self.stage.add_ticket("Valve", "It leaks.")
        self.read()

    def read(self) -> None:
        """All that there is."""
        self.kept.read(self.source)

    def row(self, ticket: str) -> Row:
        """A ticket as it stands there."""
        return self.stage.account.tickets[int(ticket)]

    def closed(self, ticket: str, body: str, *, by: int | None = None, follows: bool = False) -> None:
        """Somebody says something last on a ticket, which is then closed, and bears the tag of what was merged."""
        with self.stage.turn():
            said: Row = {"body": body, "public": False}
            self.stage.account.add_comment(int(ticket), self.stage.ben if by is None else by, said, {})
            row = self.row(ticket)
            row["status"], row["tags"] = "closed", [*texts(row["tags"]), MERGED]
            if follows:
                row["via"] = {"channel": "web", "source": {"from": {"ticket_id": 3}, "to": {}, "rel": "follow_up"}}


@pytest.fixture
def scene(fake: zendesk.Zendesk) -> Iterator[Scene]:
    """The tickets, and the source."""
    with closing(connected(fake)) as source:
        yield Scene(fake, source)


@pytest.mark.parametrize(
    "words",
    [
        'This request was closed and merged into request #{into} "Valve #77".',
        "Diese Anfrage #{ticket} wurde geschlossen und mit der Anfrage #{into} „Ventil“ zusammengeführt.",
    ],
)
def test_a_merged_ticket_is_told_by_the_last_words_on_it(scene: Scene, words: str) -> None:
    """In any language; its own number, and what else is named afterwards, is not the other one's."""
    scene.closed(scene.ticket, words.format(ticket=scene.ticket, into=scene.into))
    scene.read()
    assert scene.kept.gone[scene.ticket] == scene.into


def test_a_number_that_was_named_before_is_no_merge(scene: Scene) -> None:
    """Only the last comment is the merge's own."""
    scene.closed(scene.ticket, f"See #{scene.into}.")
    with scene.stage.turn():
        scene.stage.account.add_comment(int(scene.ticket), scene.stage.ben, {"body": "Closing.", "public": False}, {})
    scene.read()
    assert scene.ticket not in scene.kept.gone
    assert scene.kept.tickets[scene.ticket].final


def test_a_follow_up_of_a_merged_ticket_stands_by_itself(scene: Scene) -> None:
    """It has the tags of what it follows; an order's number in its last words is no ticket."""
    scene.closed(scene.ticket, f"Order #{scene.into} was sent.", follows=True)
    scene.read()
    assert scene.ticket not in scene.kept.gone
    assert scene.kept.tickets[scene.ticket].final


def test_a_follow_up_can_be_merged_too(scene: Scene) -> None:
    """The service's own words say so."""
    scene.closed(scene.ticket, f'This request was closed and merged into request #{scene.into} "Valve".', follows=True)
    scene.read()
    assert scene.kept.gone[scene.ticket] == scene.into


def test_a_customers_last_words_merge_nothing(scene: Scene) -> None:
    """Whatever number they write."""
    scene.closed(scene.ticket, f"My order is #{scene.into}", by=scene.stage.zoe)
    scene.read()
    assert scene.ticket not in scene.kept.gone


def test_no_follow_up_is_begun_of_what_was_merged_meanwhile(scene: Scene) -> None:
    """The conversation goes on elsewhere: the agent decides."""
    reply = scene.kept.reply(scene.ticket, "Turn it.")
    scene.stage.merge(scene.ticket, scene.into)
    outcome = scene.source.push(reply, lambda: None)
    assert isinstance(outcome, Conflict)
    assert "merged" in outcome.why
    assert len(scene.stage.account.tickets) == 2


def test_words_that_crossed_hold_a_reply_to_a_ticket_that_was_closed_since(scene: Scene) -> None:
    """What was said before it was closed is read before a follow-up is begun."""
    reply = scene.kept.reply(scene.ticket, "Turn it.")
    scene.stage.customer_writes(scene.ticket, "Never mind.")
    with scene.stage.turn():
        scene.row(scene.ticket)["status"] = "closed"
        scene.stage.account.touch(int(scene.ticket))
    assert isinstance(scene.source.push(reply, lambda: None), Conflict)
    assert len(scene.stage.account.tickets) == 2


def test_a_merge_that_was_asked_for_twice_is_done(scene: Scene) -> None:
    """The first job was slow; the second one fails, since there is nothing left to merge."""
    merge = scene.kept.merge(scene.ticket, scene.into)
    faults = scene.stage.fake.faults
    faults.meanwhile(lambda: scene.stage.merge(scene.ticket, scene.into), method="POST", path="/merge")
    outcome = scene.source.push(merge, lambda: None)
    assert isinstance(outcome, Receipt)
    assert outcome.external_id == scene.into


def test_a_job_that_ends_without_merging_is_no_merge(scene: Scene) -> None:
    """It is called completed, and says of the ticket itself that it failed."""
    results = [{"id": int(scene.ticket), "action": "update", "success": False, "details": "Requester is suspended"}]
    told = {"job_status": {"id": "82de0b04", "status": "completed", "message": "Completed", "results": results}}
    job = json.dumps(told).encode()
    scene.stage.fake.faults.refuse(200, method="POST", path="/merge", body=job)
    scene.stage.fake.faults.refuse(200, path="/job_statuses", body=job)
    outcome = scene.source.push(scene.kept.merge(scene.ticket, scene.into), lambda: None)
    assert isinstance(outcome, Refused)
    assert "Requester is suspended" in outcome.why
