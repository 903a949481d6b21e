"""Fetching ahead: what was fetched is what would have been, and the source never has two threads in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

import pytest

from storage import sources
from storage.connect import Connection
from sync import reader
from sync.ahead import Ahead
from sync.errors import Unreachable
from sync.protocol import Capability, FlagsChanged, Health, Operation, Outcome, Page, Receipt, Role, Stream
from sync.sources.mailbox import reading
from tests.sync.office import Office, mail

INBOX, SENT = Stream("INBOX", "INBOX", Role.INBOX), Stream("Sent", "Sent", Role.SENT)


@dataclass
class Counting:
    """A source whose pages are named after the question. `slow`: a pull waits until it is set."""

    name: str = "support"
    kind: str = "mailbox"
    asked: list[str] = field(default_factory=list)
    slow: Event = field(default_factory=Event)
    inside: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.slow.set()

    def _alone(self, what: str) -> None:
        assert self.inside.acquire(blocking=False), f"{what} beside another call"
        try:
            self.asked.append(what)
            assert self.slow.wait(60)
        finally:
            self.inside.release()

    @property
    def capabilities(self) -> frozenset[Capability]:
        self._alone("capabilities")
        return frozenset()

    def check(self) -> Health:
        self._alone("check")
        return Health(())

    def streams(self) -> tuple[Stream, ...]:
        self._alone("streams")
        return (INBOX, SENT)

    def pull(self, stream: Stream, cursor: str) -> Page:
        self._alone(f"{stream.name} {cursor}")
        if cursor == "broken":
            raise Unreachable("The line was cut")
        records = (FlagsChanged(stream.key, 1, 1, ()),) if cursor == "news" else ()
        return Page(records, f"{cursor}+", more=True)

    def push(self, operation: Operation, hand_over: Callable[[], None]) -> Outcome:
        self._alone("push")
        raise NotImplementedError

    def find(self, operation: Operation) -> Receipt | None:
        self._alone("find")
        return None

    def fetch(self, file: str) -> Iterator[bytes]:
        self._alone(f"fetch {file}")
        return iter((b"bytes",))

    def wait(self, seconds: float) -> bool:
        self._alone("wait")
        return False

    def wake(self) -> None:
        self.asked.append("wake")

    def close(self) -> None:
        self._alone("close")


def test_what_was_fetched_ahead_is_not_asked_again() -> None:
    source = Counting()
    ahead = Ahead(source)
    ahead.begin(INBOX, "a")
    assert ahead.pull(INBOX, "a").cursor == "a+"
    assert ahead.pull(INBOX, "a+").cursor == "a++"
    assert source.asked == ["INBOX a", "INBOX a+"]


@pytest.mark.parametrize(("stream", "cursor"), [(SENT, "a"), (INBOX, "b")])
def test_another_question_gets_its_own_answer_and_the_page_waits(stream: Stream, cursor: str) -> None:
    source = Counting()
    ahead = Ahead(source)
    ahead.begin(INBOX, "a")
    assert ahead.pull(stream, cursor).cursor == f"{cursor}+"
    ahead.begin(INBOX, "a")
    assert ahead.pull(INBOX, "a").cursor == "a+"
    assert source.asked == ["INBOX a", f"{stream.name} {cursor}"]


def test_what_was_fetched_before_newer_records_came_is_fetched_again() -> None:
    source = Counting()
    ahead = Ahead(source)
    ahead.begin(SENT, "a")
    assert ahead.pull(INBOX, "news").records
    ahead.begin(SENT, "a")
    assert ahead.pull(SENT, "a").cursor == "a+"
    assert source.asked == ["Sent a", "INBOX news", "Sent a"]


def test_what_is_forgotten_is_asked_again() -> None:
    source = Counting()
    ahead = Ahead(source)
    ahead.begin(SENT, "a")
    ahead.forget()
    assert ahead.pull(SENT, "a").cursor == "a+"
    assert source.asked == ["Sent a", "Sent a"]


def test_an_error_comes_to_who_asks() -> None:
    ahead = Ahead(Counting())
    ahead.begin(INBOX, "broken")
    with pytest.raises(Unreachable, match="The line was cut"):
        ahead.pull(INBOX, "broken")
    ahead.begin(INBOX, "broken")
    ahead.forget()
    assert ahead.pull(INBOX, "a").cursor == "a+"


@pytest.mark.parametrize(
    "call",
    [
        lambda ahead: ahead.check(), lambda ahead: ahead.streams(), lambda ahead: ahead.wait(0),
        lambda ahead: ahead.close(), lambda ahead: ahead.fetch("f"),
        lambda ahead: ahead.capabilities, lambda ahead: ahead.pull(SENT, "x"),
        lambda ahead: ahead.begin(SENT, "x") or ahead.pull(SENT, "x"),
    ],
)  # fmt: skip
def test_whatever_is_called_meanwhile_waits(call: Callable[[Ahead], object]) -> None:
    source = Counting()
    source.slow.clear()
    ahead = Ahead(source)
    ahead.begin(INBOX, "a")
    calling = Thread(target=call, args=(ahead,))
    calling.start()
    ahead.wake()
    assert "wake" in source.asked, "nothing waits for the fetch but the wish to end a wait"
    source.slow.set()
    calling.join()
    assert len([what for what in source.asked if what != "wake"]) == 2


def test_a_mailbox_is_read_once_with_its_folders_in_turn(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_MAILS", 2)
    monkeypatch.setattr(reader, "TURN", 3)
    office.account.put(*(mail(f"Order {n}", name=f"m{n}") for n in range(9)))
    office.account.put(*(mail(f"Sent {n}", name=f"s{n}") for n in range(3)), folder="Sent")
    office.connect()
    assert office.sync().pulled == 12
    pages = [(told["stream"], told["records"]) for told in office.told if told["event"] == "page"]
    assert pages == [("INBOX", 2), ("Sent", 2), ("INBOX", 2), ("INBOX", 2), ("INBOX", 2), ("Sent", 1), ("INBOX", 1)]


def test_a_page_that_was_fetched_and_not_stored_comes_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_MAILS", 2)
    office.account.put(*(mail(f"Order {n}", name=f"m{n}") for n in range(7)))
    office.connect()
    keep, kept = sources.keep_cursor, []

    def full(connection: Connection, source_id: int, stream: str, cursor: str, at: int) -> None:
        kept.append(stream)
        if len(kept) == 3:
            raise OSError("the disk is full")
        keep(connection, source_id, stream, cursor, at)

    monkeypatch.setattr(sources, "keep_cursor", full)
    office.fails()
    assert kept == ["INBOX", "Sent", "INBOX"]
    assert office.rows("SELECT count(*) FROM message") == [(4,)]
    office.sync()
    assert sorted(office.tickets(), key=str) == [f"Order {n}" for n in range(7)]
    assert office.rows("SELECT count(*) FROM mail_copy") == [(7,)]
