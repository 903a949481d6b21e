"""What holds for writing: it arrives once and as it was meant, and not at all where somebody else was first."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from desk.statuses import Priority, Status
from sync.conformance.kept import Kept, word
from sync.conformance.skipping import only_where
from sync.conformance.stage import Deed, Said, Stage, Standing
from sync.conformance.tests_of_reading import until_gone, until_told
from sync.protocol import Capability, Conflict, Operation, Receipt, Refused, Source
from sync.tickets import ChangeTicket, OutgoingFile, TickItem

_LOOKS = 40
_PAUSE = 0.25


class Hand:
    """Counts how often something was handed over; `when` is called each time."""

    def __init__(self, when: Callable[[], None] = lambda: None) -> None:
        self.times = 0
        self._when = when

    def __call__(self) -> None:
        """It leaves now."""
        self.times += 1
        self._when()


class Stopped(Exception):
    """Somebody stopped it at the last moment."""


def with_words(stage: Stage, ticket: str, words: str) -> list[Said]:
    """What stands on a ticket with these words in it."""
    return [said for said in stage.said(ticket) if words in said.body]


def begun(stage: Stage, source: Source) -> tuple[str, Kept]:
    """A customer's ticket that was read."""
    ticket = stage.add_ticket("Pump", "It drips.")
    kept = Kept()
    until_told(source, kept, ticket, "drips")
    return ticket, kept


def found(source: Source, operation: Operation) -> Receipt | None:
    """Look for something as long as a service may need until it shows it."""
    for _ in range(_LOOKS):
        receipt = source.find(operation)
        if receipt is not None:
            return receipt
        time.sleep(_PAUSE)
    return None


class Writing:
    """Tests of writing."""

    def test_a_reply_arrives_once(self, stage: Stage) -> None:
        with closing(stage.source()) as source:
            assert Capability.DELIVERS in source.capabilities, "the source says that it takes no replies"
            assert Capability.KEEPS_SENT in source.capabilities, (
                "the source says that it keeps nothing of what it takes"
            )
            ticket, kept = begun(stage, source)
            words, hand = word(), Hand()
            reply = kept.reply(ticket, f"Turn the {words}.\n\nThen look & tell <us>.")
            receipt = source.push(reply, hand)
            assert isinstance(receipt, Receipt), f"a reply did not arrive: {receipt}"
            assert hand.times == 1, f"it was handed over {hand.times} times"
            there = with_words(stage, ticket, words)
            assert len(there) == 1, f"a reply stands there {len(there)} times"
            assert there[0].public, "a reply can't be read by the customer"
            assert there[0].by_agent, "a reply is said to be the customer's"
            assert "look & tell <us>" in there[0].body or "look &amp; tell &lt;us&gt;" in there[0].body, (
                f"a reply has lost some of its letters: {there[0].body}"
            )
            until_told(source, kept, ticket, words)
        told = [message for message in kept.messages.values() if words in message.body]
        assert [message.kind for message in told] == ["outbound"], "a reply of ours is told as something else"
        assert receipt.external_id == told[0].external_id, "the receipt names another message than is told later"
        assert told[0].operation in ("", reply.key), "a message is told to come from another operation"

    def test_a_reply_is_found(self, stage: Stage) -> None:
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            reply = kept.reply(ticket, f"Turn the {word()}.")
            assert source.find(reply) is None, "a reply is found before it was written"
            receipt = source.push(reply, Hand())
            assert isinstance(receipt, Receipt), f"a reply did not arrive: {receipt}"
        with closing(stage.source()) as source:
            again = found(source, reply)
            assert again is not None, "a reply that arrived isn't found"
            assert again.external_id == receipt.external_id, "a reply is found under another name"
            other = replace(reply, key=kept.reply(ticket, "").key, body=f"Turn the {word()}.")
            assert source.find(other) is None, "another reply is taken for one that is looked for"

    def test_the_same_words_twice_are_two_replies(self, stage: Stage) -> None:
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            words = word()
            first = kept.reply(ticket, f"Turn the {words}.")
            assert isinstance(source.push(first, Hand()), Receipt), "a reply did not arrive"
            until_told(source, kept, ticket, words)
            second = kept.reply(ticket, f"Turn the {words}.")
            assert source.find(second) is None, "an earlier reply of the same words is taken for a later one"
            assert isinstance(source.push(second, Hand()), Receipt), "a second reply of the same words did not arrive"
        assert len(with_words(stage, ticket, words)) == 2, "what an agent says twice isn't there twice"

    def test_a_note_stays_among_agents(self, stage: Stage) -> None:
        only_where("note" in stage.takes, "notes among agents")
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            words, hand = word(), Hand()
            note = kept.reply(ticket, f"He is {words}.", "note")
            receipt = source.push(note, hand)
            assert isinstance(receipt, Receipt), f"a note did not arrive: {receipt}"
            assert hand.times == 1, f"it was handed over {hand.times} times"
            assert [said.public for said in with_words(stage, ticket, words)] == [False], "a note is no note there"
            assert found(source, note) is not None, "a note that arrived isn't found"

    def test_nothing_empty_leaves(self, stage: Stage) -> None:
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            before = len(stage.said(ticket))
            for body in ("", " \n\t"):
                hand = Hand()
                outcome = source.push(kept.reply(ticket, body), hand)
                assert isinstance(outcome, Refused), f"an empty reply was not refused: {outcome}"
                assert hand.times == 0, "an empty reply was handed over"
        assert len(stage.said(ticket)) == before, "an empty reply stands there"

    def test_a_file_goes_along(self, stage: Stage) -> None:
        only_where(Deed.FILE in stage.deeds, "files")
        content = bytes(range(256)) * 200
        with TemporaryDirectory() as folder, closing(stage.source()) as source:
            drawing = Path(folder) / "stored"
            drawing.write_bytes(content)
            file = OutgoingFile("größe & maß.bin", "application/octet-stream", drawing)
            ticket, kept = begun(stage, source)
            words = word()
            receipt = source.push(replace(kept.reply(ticket, f"See the {words}."), files=(file,)), Hand())
            assert isinstance(receipt, Receipt), f"a reply with a file did not arrive: {receipt}"
            until_told(source, kept, ticket, words)
            told = next(message for message in kept.messages.values() if words in message.body)
            assert [each.name for each in told.files] == [file.name], "a file that went along has another name there"
            assert b"".join(source.fetch(told.files[0].external_id)) == content, "a file that went along is another one"
            alone = source.push(replace(kept.reply(ticket, ""), files=(file,)), Hand())
            assert isinstance(alone, Receipt), f"a file without words did not arrive: {alone}"

    def test_it_can_be_stopped_at_the_last_moment(self, stage: Stage) -> None:
        def stop() -> None:
            raise Stopped

        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            words, stopped = word(), False
            try:
                source.push(kept.reply(ticket, f"Turn the {words}."), Hand(stop))
            except Stopped:
                stopped = True
            assert stopped, "what stops a reply at the last moment isn't passed on"
            assert not with_words(stage, ticket, words), "a reply was handed over too late to be stopped"
            assert isinstance(source.push(kept.reply(ticket, f"Turn the {words}."), Hand()), Receipt), "it is stuck"

    def test_a_reply_waits_when_the_customer_wrote(self, stage: Stage) -> None:
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            words, news = word(), word()
            reply = kept.reply(ticket, f"Turn the {words}.")
            stage.customer_writes(ticket, f"It is mended: {news}.")
            hand = Hand()
            outcome = source.push(reply, hand)
            assert isinstance(outcome, Conflict), f"a reply crossed with the customer's next word: {outcome}"
            assert not with_words(stage, ticket, words), "a reply that was held stands there"
            until_told(source, kept, ticket, news)
            outcome = source.push(kept.reply(ticket, f"Turn the {words}."), Hand())
            assert isinstance(outcome, Receipt), f"a reply to the newest word is held too: {outcome}"
        assert len(with_words(stage, ticket, words)) == 1, "a reply stands there more than once"

    def test_a_reply_waits_when_a_colleague_answered(self, stage: Stage) -> None:
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            words = word()
            reply = kept.reply(ticket, f"Turn the {words}.")
            stage.colleague_writes(ticket, "I have it.", public=True)
            outcome = source.push(reply, Hand())
            assert isinstance(outcome, Conflict), f"two agents answered at once: {outcome}"
        assert not with_words(stage, ticket, words), "a reply that was held stands there"

    def test_a_change_waits_for_what_a_colleague_changed(self, stage: Stage) -> None:
        only_where("status" in stage.takes, "statuses that can be set")
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            change = replace(kept.change(ticket), status=Status.PENDING)
            only_where(bool(change.version), "versions of tickets")
            stage.colleague_changes(ticket, Status.SOLVED, word())
            before = stage.standing(ticket)
            outcome = source.push(change, Hand())
            assert isinstance(outcome, Conflict), f"a colleague's change was written over: {outcome}"
            assert stage.standing(ticket) == before, "something was changed in spite of a conflict"

    def test_status_and_the_rest_are_set(self, stage: Stage) -> None:
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            for status in (Status.SOLVED, Status.OPEN) if "status" in stage.takes else ():
                _change(source, kept, replace(kept.change(ticket), status=status))
                assert _standing(stage, ticket).status == status, f"{status.label} was not set"
                assert kept.tickets[ticket].status == status, f"{status.label} is told as something else"
            for agent in (*stage.agents[:2], "") if "assignee" in stage.takes else ():
                _change(source, kept, replace(kept.change(ticket), assignee=agent))
                assert _standing(stage, ticket).assignee == agent, f"{agent or 'nobody'} was not made assignee"
                assert (kept.tickets[ticket].assignee or "") == agent, "another assignee is told than was set"
            for priority in (Priority.URGENT, Priority.LOW) if "priority" in stage.takes else ():
                _change(source, kept, replace(kept.change(ticket), priority=priority))
                assert kept.tickets[ticket].priority == priority, "another priority is told than was set"
            for queue in stage.queues[:2] if "queue" in stage.takes else ():
                _change(source, kept, replace(kept.change(ticket), queue=queue))
                assert _standing(stage, ticket).queue == queue, f"it was not moved to {queue}"
                assert kept.tickets[ticket].queue == queue, "another queue is told than was set"

    def test_tags_of_others_stay(self, stage: Stage) -> None:
        only_where("tags" in stage.takes, "tags")
        theirs, ours = word(), word()
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            stage.colleague_changes(ticket, Status.OPEN, theirs)
            words = word()
            stage.customer_writes(ticket, f"And {words}.")
            until_told(source, kept, ticket, words)
            _change(source, kept, replace(kept.change(ticket), add_tags=(ours,)))
            assert {theirs, ours} <= _standing(stage, ticket).tags, "a tag was lost when another one was added"
            _change(source, kept, replace(kept.change(ticket), remove_tags=(ours,)))
            tags = _standing(stage, ticket).tags
        assert theirs in tags, "a tag was lost when another one was removed"
        assert ours not in tags, "a tag was not removed"

    def test_a_change_may_be_asked_for_twice(self, stage: Stage) -> None:
        only_where("status" in stage.takes, "statuses that can be set")
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            for _ in range(2):
                _change(source, kept, replace(kept.change(ticket), status=Status.SOLVED))
        assert _standing(stage, ticket).status == Status.SOLVED, "what was set twice isn't set"

    def test_two_tickets_are_merged(self, stage: Stage) -> None:
        only_where("merge" in stage.takes, "merging of tickets")
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            into = stage.add_ticket("Pump again", "It still drips.")
            until_told(source, kept, into, "still drips")
            merge = kept.merge(ticket, into)
            outcome = source.push(merge, Hand())
            assert isinstance(outcome, Receipt), f"two tickets were not merged: {outcome}"
            assert stage.standing(ticket) is None, "a merged ticket still stands by itself"
            again = source.push(merge, Hand())
            assert isinstance(again, Receipt), f"a merge that is done can't be asked for again: {again}"
            until_gone(source, kept, ticket)
        assert kept.gone[ticket] == into, "it is not told into which ticket one was merged"

    def test_a_step_is_ticked(self, stage: Stage) -> None:
        only_where(Deed.CHECKLIST in stage.deeds and "tick" in stage.takes, "checklists")
        with closing(stage.source()) as source:
            ticket = stage.add_ticket("Pump", "It drips.")
            stage.add_checklist(ticket, ["Ask for the number", "Look at the valve"])
            kept = Kept()
            until_told(source, kept, ticket, "drips")
            there = kept.checklists[ticket]
            for done, ticked in ((True, ["Look at the valve"]), (True, ["Look at the valve"]), (False, [])):
                change = kept.change(ticket)
                tick = TickItem(
                    change.key, ticket, there.external_id, there.items[1].external_id, done, change.changed_at
                )
                outcome = source.push(tick, Hand())
                assert isinstance(outcome, Receipt), f"a step was not ticked: {outcome}"
                assert list(stage.ticked(ticket)) == ticked, "other steps are ticked there than should be"


def _change(source: Source, kept: Kept, wanted: ChangeTicket) -> None:
    """Change a ticket as it stands now, and read what has become of it."""
    for _ in range(_LOOKS):
        present = kept.change(wanted.ticket)
        outcome = source.push(replace(wanted, key=present.key, version=present.version), Hand())
        kept.read(source)
        if not isinstance(outcome, Conflict):
            break
        time.sleep(_PAUSE)
    assert isinstance(outcome, Receipt), f"a change did not arrive: {outcome}"


def _standing(stage: Stage, ticket: str) -> Standing:
    standing = stage.standing(ticket)
    assert standing is not None, "a ticket is there no more"
    return standing
