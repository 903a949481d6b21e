"""The suite finds what is wrong: each of these sources has one fault, and the test that is about it fails."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from docs.examples.slate.heard_slate import KIND, NEWS, PAST, Slate
from sync.conformance import Conformance
from sync.errors import Broken, SourceError
from sync.http import Ask, Http
from sync.protocol import Operation, Outcome, Page, Receipt, Refused, Stream, Unclear
from sync.tickets import ChangeTicket, MessageNews, TicketGone, TicketNews, WriteMessage
from tests.servers.slate import TOKEN, SlateService
from tests.sync.conformance.slate_stage import SlateStage

HandOver = Callable[[], None]


class ForgetsOne(Slate):
    """Loses the last ticket of a full page."""

    def pull(self, stream: Stream, cursor: str) -> Page:
        page = super().pull(stream, cursor)
        told = [record.external_id for record in page.records if isinstance(record, TicketNews)]
        lost = told[-1] if page.more and len(told) > 9 else ""
        kept = tuple(r for r in page.records if lost not in (getattr(r, "external_id", "-"), getattr(r, "ticket", "-")))
        return replace(page, records=kept)


class NamesAnew(Slate):
    """Gives each message another name every time."""

    told = 0

    def pull(self, stream: Stream, cursor: str) -> Page:
        page = super().pull(stream, cursor)
        NamesAnew.told += 1
        return replace(
            page,
            records=tuple(
                replace(r, external_id=f"{r.external_id}-{self.told}") if isinstance(r, MessageNews) else r
                for r in page.records
            ),
        )


class WordsFirst(Slate):
    """Tells what was said before the ticket on which it was said."""

    def pull(self, stream: Stream, cursor: str) -> Page:
        page = super().pull(stream, cursor)
        return replace(page, records=page.records[::-1])


class NeverEnds(Slate):
    """Has always more."""

    def pull(self, stream: Stream, cursor: str) -> Page:
        return replace(super().pull(stream, cursor), more=True)


class RemembersItself(Slate):
    """Keeps its place beside the cursor, as in a file of its own."""

    place = ""

    def pull(self, stream: Stream, cursor: str) -> Page:
        if stream != PAST:
            return super().pull(stream, cursor)
        page = super().pull(stream, RemembersItself.place if cursor else "")
        RemembersItself.place = page.cursor
        return page


class TellsAllAgain(Slate):
    """Reads everything whenever it is asked for news."""

    def pull(self, stream: Stream, cursor: str) -> Page:
        return super().pull(stream, "0" if stream == NEWS and not cursor.endswith("0") else cursor)


class Touches(Slate):
    """Marks what it has read, there."""

    def pull(self, stream: Stream, cursor: str) -> Page:
        page = super().pull(stream, cursor)
        for record in page.records:
            if isinstance(record, TicketNews) and record.label == "open":
                read = {"state": "waiting", "add_tags": [], "remove_tags": []}
                path, known = f"/api/tickets/{record.external_id}", {"If-Match": record.version}
                self._http.write(Ask(path, method="PATCH", json=read, headers=known, accept=(412,)), lambda: None)
        return page


class HidesTheGone(Slate):
    """Says nothing of what is there no more."""

    def pull(self, stream: Stream, cursor: str) -> Page:
        page = super().pull(stream, cursor)
        return replace(page, records=tuple(r for r in page.records if not isinstance(r, TicketGone)))


class Crosses(Slate):
    """Reads what stands there right before it writes, so that nothing is ever in its way."""

    def push(self, operation: Operation, hand_over: HandOver) -> Outcome:
        assert isinstance(operation, WriteMessage | ChangeTicket)
        there = self._http.ask(Ask(f"/api/tickets/{operation.ticket}")).json()
        assert isinstance(there, dict)
        return super().push(replace(operation, version=str(there["version"])), hand_over)


class WritesAgain(Slate):
    """Takes a lost answer for a reason to write again."""

    def push(self, operation: Operation, hand_over: HandOver) -> Outcome:
        outcome = super().push(operation, hand_over)
        if isinstance(outcome, Unclear) and isinstance(operation, WriteMessage):
            again = replace(operation, version=str(int(operation.version) + 1))
            return super().push(again, lambda: None)
        return outcome


class SaysDone(Slate):
    """Takes a lost answer for a good one."""

    def push(self, operation: Operation, hand_over: HandOver) -> Outcome:
        outcome = super().push(operation, hand_over)
        return Receipt("0") if isinstance(outcome, Unclear) else outcome


class HandsOverNothing(Slate):
    """Never says that something leaves."""

    def push(self, operation: Operation, hand_over: HandOver) -> Outcome:
        return super().push(operation, lambda: None)


class HandsOverTooLate(Slate):
    """Says that something leaves when it has left."""

    def push(self, operation: Operation, hand_over: HandOver) -> Outcome:
        outcome = super().push(operation, lambda: None)
        hand_over()
        return outcome


class SendsAnything(Slate):
    """Sends what is empty, too."""

    def push(self, operation: Operation, hand_over: HandOver) -> Outcome:
        outcome = super().push(operation, hand_over)
        if isinstance(outcome, Refused) and isinstance(operation, WriteMessage):
            return super().push(replace(operation, body="-"), hand_over)
        return outcome


class SaysAloud(Slate):
    """Sends notes to the customer."""

    def push(self, operation: Operation, hand_over: HandOver) -> Outcome:
        assert isinstance(operation, WriteMessage)
        return super().push(replace(operation, kind="reply"), hand_over)


class FindsNothing(Slate):
    """Never finds what has arrived."""

    def find(self, operation: Operation) -> Receipt | None:
        return None


class FindsByWords(Slate):
    """Takes the same words for the same reply."""

    def find(self, operation: Operation) -> Receipt | None:
        assert isinstance(operation, WriteMessage)
        there = str(self._http.ask(Ask(f"/api/tickets/{operation.ticket}")).json())
        return Receipt("1") if operation.body in there else None


class Presses(Slate):
    """Asks on in spite of a pause."""

    def pull(self, stream: Stream, cursor: str) -> Page:
        try:
            return super().pull(stream, cursor)
        except SourceError:
            self._http.close()
            self._http = Http(self._http.site, lambda: {"Authorization": f"Bearer {TOKEN}"})
            return super().pull(stream, cursor)


class Chatters(Slate):
    """Shows what it logs in with."""

    def pull(self, stream: Stream, cursor: str) -> Page:
        try:
            return super().pull(stream, cursor)
        except SourceError as error:
            raise Broken(f"{TOKEN} was not taken: {error}") from error


class TakesTagsAway(Slate):
    """Sets the tags that it knows, and no others."""

    def push(self, operation: Operation, hand_over: HandOver) -> Outcome:
        assert isinstance(operation, ChangeTicket)
        there = self._http.ask(Ask(f"/api/tickets/{operation.ticket}")).json()
        assert isinstance(there, dict)
        tags = there["tags"]
        assert isinstance(tags, list)
        return super().push(replace(operation, remove_tags=tuple(str(tag) for tag in tags)), hand_over)


SUITE = Conformance()
FOUND = [
    (ForgetsOne, SUITE.test_everything_comes_once_and_in_order),
    (NamesAnew, SUITE.test_reading_again_tells_the_same),
    (WordsFirst, SUITE.test_everything_comes_once_and_in_order),
    (NeverEnds, SUITE.test_a_quiet_service_is_asked_little),
    (RemembersItself, SUITE.test_it_goes_on_from_every_cursor),
    (TellsAllAgain, SUITE.test_what_is_new_comes_without_the_rest),
    (Touches, SUITE.test_reading_changes_nothing),
    (HidesTheGone, SUITE.test_what_is_deleted_is_told),
    (Crosses, SUITE.test_a_reply_waits_when_the_customer_wrote),
    (Crosses, SUITE.test_a_reply_waits_when_a_colleague_answered),
    (Crosses, SUITE.test_a_change_waits_for_what_a_colleague_changed),
    (WritesAgain, SUITE.test_a_lost_answer_is_no_second_reply),
    (WritesAgain, SUITE.test_a_failure_after_the_fact_is_no_second_reply),
    (SaysDone, SUITE.test_what_never_arrived_is_written_again),
    (HandsOverNothing, SUITE.test_a_reply_arrives_once),
    (HandsOverTooLate, SUITE.test_it_can_be_stopped_at_the_last_moment),
    (SendsAnything, SUITE.test_nothing_empty_leaves),
    (SaysAloud, SUITE.test_a_note_stays_among_agents),
    (FindsNothing, SUITE.test_a_reply_is_found),
    (FindsByWords, SUITE.test_the_same_words_twice_are_two_replies),
    (Presses, SUITE.test_a_pause_that_is_asked_for_is_kept),
    (Chatters, SUITE.test_no_secret_is_shown),
    (TakesTagsAway, SUITE.test_tags_of_others_stay),
]


@pytest.fixture
def stage() -> Iterator[SlateStage]:
    with SlateService() as service:
        yield SlateStage(service, KIND)


@pytest.mark.parametrize(("faulty", "test"), FOUND)
def test_a_fault_is_found(
    faulty: type[Slate], test: Callable[[SlateStage], None], stage: SlateStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.conformance.kept.PAGES", 60)
    monkeypatch.setattr("sync.conformance.tests_of_reading._PAUSE", 0)
    monkeypatch.setattr("sync.conformance.tests_of_writing._LOOKS", 2)
    monkeypatch.setattr("sync.conformance.tests_of_writing._PAUSE", 0)
    stage.kind = replace(KIND, open=faulty)
    with pytest.raises(AssertionError, match=" "):
        test(stage)
