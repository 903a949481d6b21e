"""What holds when something goes wrong: nothing arrives twice, nothing is lost, nobody is pressed, no secret leaves."""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from desk.statuses import Status
from sync.conformance.canary import all_of, everything_logged, holds
from sync.conformance.kept import word
from sync.conformance.skipping import only_where
from sync.conformance.stage import PAUSE, Stage, Trouble
from sync.conformance.tests_of_reading import until_told
from sync.conformance.tests_of_writing import Hand, begun, found, with_words
from sync.errors import Denied, SourceError, Throttled
from sync.protocol import Later, Operation, Outcome, Receipt, Source, Unclear

# So many requests may be made before a refused login, or a pause that was asked for, is believed.
_TRIES = 6
_LOOKS = 40
_PAUSE = 0.25


class Weather:
    """Tests of bad weather."""

    def test_a_lost_answer_is_no_second_reply(self, stage: Stage) -> None:
        self._lost(stage, Trouble.LOST)

    def test_a_failure_after_the_fact_is_no_second_reply(self, stage: Stage) -> None:
        self._lost(stage, Trouble.FAILS_AFTER)

    def test_an_answer_that_comes_too_late_is_no_second_reply(self, stage: Stage) -> None:
        self._lost(stage, Trouble.SLOW)

    def test_what_never_arrived_is_written_again(self, stage: Stage) -> None:
        only_where(Trouble.UNDONE in stage.troubles, "change that breaks off before it is done")
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            words = word()
            reply = kept.reply(ticket, f"Turn the {words}.")
            stage.make(Trouble.UNDONE)
            outcome, _ = tried(source, reply)
            stage.calm()
            assert not isinstance(outcome, Receipt), "a reply that was not taken is said to have arrived"
            assert source.find(reply) is None, "a reply that was not taken is found"
            assert isinstance(source.push(reply, Hand()), Receipt), "it can't be written again"
        assert len(with_words(stage, ticket, words)) == 1, "a reply stands there more than once"

    def test_a_failure_is_no_reply(self, stage: Stage) -> None:
        """Whatever a push makes of a failure in front of it: it does not lose the reply, and does not double it."""
        for trouble in (Trouble.CUT, Trouble.FAILS):
            only_where(trouble in stage.troubles, "such trouble")
            with closing(stage.source()) as source:
                ticket, kept = begun(stage, source)
                words = word()
                reply = kept.reply(ticket, f"Turn the {words}.")
                stage.make(trouble)
                outcome, _ = tried(source, reply)
                stage.calm()
                there = len(with_words(stage, ticket, words))
                assert there == (1 if isinstance(outcome, Receipt) else 0), (
                    f"{outcome}, and it stands there {there} times"
                )

    def test_a_change_whose_answer_is_lost_is_asked_for_again(self, stage: Stage) -> None:
        only_where(Trouble.LOST in stage.troubles and "status" in stage.takes, "change whose answer can be lost")
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            stage.make(Trouble.LOST)
            outcome, _ = tried(source, replace(kept.change(ticket), status=Status.SOLVED))
            stage.calm()
            assert not isinstance(outcome, Receipt), "a change is said to have arrived, and nobody has said so"
            kept.read(source)
            again, error = tried(source, replace(kept.change(ticket), status=Status.SOLVED))
            assert isinstance(again, Receipt), f"a change can't be asked for again: {again or error}"
        standing = stage.standing(ticket)
        assert standing is not None
        assert standing.status == Status.SOLVED, "a change was lost"

    def test_a_pause_that_is_asked_for_is_kept(self, stage: Stage) -> None:
        only_where(Trouble.BUSY in stage.troubles, "pause that it asks for")
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            stage.make(Trouble.BUSY)
            before = stage.requests()
            for _ in range(3):
                self._throttled(lambda: kept.read(source))
            words = word()
            for _ in range(2):
                outcome, error = tried(source, kept.reply(ticket, f"Turn the {words}."))
                span = outcome.seconds if isinstance(outcome, Later) else getattr(error, "again_in", 0)
                assert PAUSE / 2 < span <= PAUSE + 1, f"a pause of {PAUSE} s is told as {outcome or error!r}"
            assert stage.requests() - before <= 2, "the service asked for a pause, and was asked on"
        stage.calm()
        assert not with_words(stage, ticket, words), "a reply is there that should wait"

    def test_a_refused_login_is_told_and_not_tried_on(self, stage: Stage) -> None:
        only_where(Trouble.DENIED in stage.troubles, "login that can be refused")
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            stage.make(Trouble.DENIED)
            before = stage.requests()
            health = source.check()
            assert not health.works, "a refused login is said to work"
            assert health.steps[-1].mend, "nobody is told what to do about a refused login"
            assert not health.steps[-1].works, "the last step that was tried is the one that failed"
            error = failed(lambda: kept.read(source))
            assert isinstance(error, Denied), f"a refused login is told as {error!r}"
            assert stage.requests() - before <= _TRIES, "a refused login is tried on and on"
            words = word()
            outcome, error = tried(source, kept.reply(ticket, f"Turn the {words}."))
            assert isinstance(error, Denied), f"a refused login is told as {outcome or error!r}"
            stage.calm()
            source.close()
            assert source.check().works, "a login that is good again is not taken"
            kept.read(source)
        assert not with_words(stage, ticket, words), "a reply is there that was refused"

    def test_it_goes_on_after_it_was_closed(self, stage: Stage) -> None:
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            source.close()
            words = word()
            stage.customer_writes(ticket, f"And {words}.")
            until_told(source, kept, ticket, words)
            source.close()

    def test_a_wait_ends_when_it_is_woken(self, stage: Stage) -> None:
        with closing(stage.source()) as source:
            source.wait(0)
            waiting = threading.Thread(target=lambda: source.wait(600), daemon=True)
            waiting.start()
            source.wake()
            waiting.join(60)
            assert not waiting.is_alive(), "a wait can't be ended"

    def test_no_secret_is_shown(self, stage: Stage) -> None:
        """Neither in an error, nor in what it drags along, nor in a log, nor where an object is printed."""
        shown: list[str] = []
        with everything_logged() as lines, closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            words = word()
            shown += [repr(source), str(source.check()), repr(kept.tickets[ticket])]
            for trouble in stage.troubles - {Trouble.SLOW}:
                stage.make(trouble)
                for job in (
                    lambda: kept.read(source),
                    lambda: shown.append(repr(source.push(kept.reply(ticket, f"The {words}."), Hand()))),
                    lambda: shown.append(str(source.check())),
                ):
                    shown.append(all_of(failed(job), __file__))
                stage.calm()
                source.close()
            shown += lines
        for text in shown:
            assert not holds(text, stage.secret), f"the secret is shown: {text[:2_000]}"
        assert not any(words in line for line in lines), "a log holds what an agent wrote"

    def _lost(self, stage: Stage, trouble: Trouble) -> None:
        """A reply is done there, and nobody says so."""
        only_where(trouble in stage.troubles, "such trouble")
        with closing(stage.source()) as source:
            ticket, kept = begun(stage, source)
            words, hand = word(), Hand()
            reply = kept.reply(ticket, f"Turn the {words}.")
            stage.make(trouble)
            outcome, error = tried(source, reply, hand)
            assert isinstance(outcome, Unclear), f"a reply whose answer is lost ends as {outcome or error!r}"
            assert hand.times == 1, f"it was handed over {hand.times} times"
            stage.calm()
            assert found(source, reply) is not None, "a reply that arrived isn't found"
            until_told(source, kept, ticket, words)
            assert len(with_words(stage, ticket, words)) == 1, "a reply stands there more than once"

    def _throttled(self, job: Callable[[], None]) -> None:
        error = failed(job)
        assert isinstance(error, Throttled), f"a pause that was asked for is told as {error!r}"
        assert PAUSE / 2 < error.again_in <= PAUSE + 1, f"a pause of {PAUSE} s is told as one of {error.again_in} s"


def tried(source: Source, operation: Operation, hand: Hand | None = None) -> tuple[Outcome | None, SourceError | None]:
    """What comes of an operation: its outcome, or the error that it ended in."""
    try:
        return source.push(operation, hand or Hand()), None
    except SourceError as error:
        return None, error


def failed(job: Callable[[], None]) -> SourceError | None:
    """The error that something ends in, if any."""
    try:
        job()
    except SourceError as error:
        return error
    return None
