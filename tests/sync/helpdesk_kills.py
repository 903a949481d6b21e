"""A helpdesk that is killed, a line that is cut, a sync that is ended: each reply and each note stands there once.

    python -m tests.sync.helpdesk_kills --desk rt --rounds 200 --seed 1

In every round an agent writes on some tickets, a sync begins, forked from a warm process, and at a moment that is drawn
from the whole of its time one thing happens: the sync is killed, the helpdesk is, the line is cut, or it is cut right
before the next answer comes back. Now and then the customer writes meanwhile. The invariant: this process has no
database open while others are killed.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from desk.times import MINUTE, now
from storage import sources
from storage.agents import me
from storage.connect import writing
from storage.deeds.by import By
from storage.deeds.outbox import retry
from storage.deeds.write import Kind, Outgoing, write
from storage.engine import deed_session, engine_over
from storage.helpdesk.settling import CUSTOMER_WROTE
from storage.workspace import Workspace, open_to_read, open_to_write
from sync.kinds import kind_named
from tests.servers.freshdesk import Freshdesk
from tests.servers.line import Line
from tests.servers.rt import RtServer
from tests.servers.zammad import Zammad
from tests.servers.zendesk import Zendesk
from tests.sync.far_desks import TOKEN, FarDesk, FarFreshdesk, FarRt, FarZammad, FarZendesk
from tests.sync.warm import NEEDED, Victim, Warm

NAME = "far"
VARIABLE = "HEARD_FAR_TOKEN"
FAULTS = ("the sync is killed", "the helpdesk is killed", "the line is cut", "an answer is cut off")
TICKETS, AT_ONCE = 12, 2
# How often the customer writes meanwhile: one round in so many.
CUSTOMER = 6
# A busy machine takes longer than it took when a round was measured.
LONGER = 1.15


@dataclass
class Report:
    """What happened, and what held."""

    faults: Counter[str] = field(default_factory=Counter)
    unclear: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    replies: int = 0
    notes: int = 0
    held: int = 0
    checks: int = 0
    seconds: float = 0.0

    def lines(self) -> Iterator[str]:
        """The report as a person reads it."""
        yield f"{self.rounds:,} rounds in {self.seconds / 60:.1f} min"
        for what, count in self.faults.most_common():
            yield f"  {count:5,}  {what}"
        had, had_not = self.unclear["was there"], self.unclear["was not"]
        yield f"{had + had_not:,} ends stayed unclear: {had:,} had arrived, {had_not:,} had not"
        yield f"{self.held:,} replies that the customer had overtaken were held, and sent by the agent"
        yield f"{self.replies:,} replies and {self.notes:,} notes accepted: each stands there exactly once"
        yield f"{self.checks:,} times the database passed its check"


class HelpdeskKills:
    """The loop over one helpdesk. `say` is told what goes on."""

    def __init__(self, desk: FarDesk, warm: Warm, folder: Path, seed: int, say: Callable[[str], object]) -> None:
        self._desk, self._warm, self._say = desk, warm, say
        self._chance = random.Random(seed)
        self.workspace = Workspace(folder / "workspace")
        self.report = Report()
        self._accepted: dict[str, int] = {}
        self._coming: list[str] = []
        self._cycle = 0.0
        takes = " ".join(sorted(kind_named(desk.kind).takes))
        with closing(open_to_write(self.workspace)) as connection, writing(connection):
            sources.add(connection, desk.kind, NAME, {**desk.settings, "takes": takes}, now())
            me(connection, "bo")

    def run(self, rounds: int, *, tickets: int = TICKETS) -> Report:
        """So many of them, and then the reckoning."""
        begun = time.monotonic()
        for number in range(tickets):
            self._desk.opens(f"Order {number}")
        self._sync_well()
        self._measure()
        while self.report.rounds < rounds:
            self._round()
            self.report.rounds += 1
            if self.report.rounds % 20 == 0:
                self._say(f"{self.report.rounds:,} rounds, {(time.monotonic() - begun) / 60:.1f} min")
        self._settle()
        self.report.seconds = time.monotonic() - begun
        return self.report

    def _round(self) -> None:
        # What is held keeps all from leaving that was written after it.
        self._let_go()
        tickets = self._chance.sample(sorted(self._tickets()), AT_ONCE)
        self._agent_writes(tickets)
        if self._chance.randrange(CUSTOMER) == 0:
            self._desk.customer_writes(self._tickets()[tickets[0]], "And now?")
        fault = self._next_fault()
        victim = self._sync()
        # Not to wait for anything: any moment is as good as another.
        time.sleep(self._chance.random() * self._cycle)
        if victim.runs:
            self.report.faults[fault] += 1
        self._strike(fault, victim)
        assert victim.wait() in (0, 1, -9), victim.out
        self._desk.line.cut_after = None
        self._desk.start()
        self._check()
        self._time_passes()

    def _next_fault(self) -> str:
        """Each as often as every other, in no order."""
        if not self._coming:
            self._coming = self._chance.sample(FAULTS, len(FAULTS))
        return self._coming.pop()

    def _strike(self, fault: str, victim: Victim) -> None:
        match fault:
            case "the sync is killed":
                victim.kill()
            case "the helpdesk is killed":
                self._desk.kill()
            case "the line is cut":
                self._desk.line.cut()
            case _:
                self._desk.line.cut_after = 0

    def _measure(self) -> None:
        """How long a round takes where nothing happens, in seconds."""
        self._agent_writes(sorted(self._tickets())[:AT_ONCE])
        begun = time.monotonic()
        self._sync_well()
        self._cycle = LONGER * (time.monotonic() - begun)

    def _sync(self) -> Victim:
        return self._warm.start("--workspace", str(self.workspace.folder), "sync", "--json")

    def _sync_well(self) -> None:
        victim = self._sync()
        status = victim.wait()
        assert status == 0, victim.out

    def _tickets(self) -> dict[int, str]:
        """The tickets here, with their names there."""
        return {int(str(ticket)): str(name) for ticket, name in self._rows("SELECT id, external_id FROM ticket")}

    def _agent_writes(self, tickets: list[int]) -> None:
        kinds: tuple[Kind, ...] = ("reply", "note")
        with closing(open_to_write(self.workspace)) as connection:
            by = By(me(connection, "bo").id, now(), 0)
            for ticket in tickets:
                for kind in kinds:
                    words = f"{kind}-{len(self._accepted):06}x"
                    with deed_session(engine_over(connection)) as session:
                        write(session, by, ticket, Outgoing(kind, f"This is {words}."))
                    self._accepted[words] = ticket

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        with closing(open_to_read(self.workspace)) as connection:
            return connection.execute(query).fetchall()

    def _check(self) -> None:
        """What holds at every moment: a sound database, and nothing there twice, or where it doesn't belong."""
        assert self._rows("PRAGMA integrity_check") == [("ok",)]
        assert self._rows("PRAGMA foreign_key_check") == []
        found = self._desk.found()
        twice = [words for words, count in found.items() if count > 1]
        assert not twice, f"written twice: {[(words, self._story(words[0])) for words in twice]}"
        wrong = [words for words, public in found if words.startswith("reply") != public]
        assert not wrong, f"for the wrong eyes: {wrong}"
        for (body,) in self._unclear():
            token = _token(body)
            there = any(found[token, public] for public in (True, False))
            self.report.unclear["was there" if there else "was not"] += 1
        self.report.checks += 1

    def _unclear(self) -> list[tuple[object, ...]]:
        return self._rows("SELECT m.body FROM outbox o JOIN message m ON m.id = o.message_id WHERE o.state = 'handed'")

    def _story(self, words: str) -> list[tuple[object, ...]]:
        """What the workspace knows of some words, for whoever looks for the fault."""
        return self._rows(
            "SELECT o.id, o.state, o.tries, o.error, m.external_id, m.ticket_id FROM outbox o "
            f"JOIN message m ON m.id = o.message_id WHERE instr(m.body, '{words}')"
        )

    def _time_passes(self) -> None:
        """Ten minutes."""
        with closing(open_to_write(self.workspace)) as connection, writing(connection):
            connection.execute("UPDATE outbox SET ready_at = ready_at - ? WHERE state <> 'sent'", (10 * MINUTE,))

    def _settle(self) -> None:
        """Let everything come to its end, with an agent who lets go what was held."""
        for _ in range(10):
            self._sync_well()
            if not self._rows("SELECT 1 FROM outbox WHERE state NOT IN ('sent','dropped')"):
                break
            self._let_go()
            self._time_passes()
        self._check()
        left = self._rows("SELECT kind, state, error FROM outbox WHERE state <> 'sent'")
        assert not left, left
        found = self._desk.found()
        for words in self._accepted:
            assert found[words, words.startswith("reply")] == 1, f"{words} is missing: {self._story(words)}"
            self.report.replies += words.startswith("reply")
            self.report.notes += words.startswith("note")
        here = Counter(_token(body) for (body,) in self._rows("SELECT body FROM message WHERE kind <> 'inbound'"))
        assert {words: here[words] for words in self._accepted} == dict.fromkeys(self._accepted, 1), "doubled here"

    def _let_go(self) -> None:
        held = self._rows("SELECT id, error FROM outbox WHERE state = 'held'")
        with closing(open_to_write(self.workspace)) as connection:
            by = By(me(connection, "bo").id, now())
            for row, error in held:
                assert error == CUSTOMER_WROTE, error
                self.report.held += 1
                with deed_session(engine_over(connection)) as session:
                    retry(session, by, [int(str(row))])


def _token(body: object) -> str:
    match = TOKEN.search(str(body))
    return match.group() if match else ""


@contextmanager
def begun(
    desk: FarDesk, folder: Path, seed: int, say: Callable[[str], object] = lambda _: None
) -> Iterator[HelpdeskKills]:  # fmt: skip
    """A loop that is ready to run."""
    more = ("pydantic", "httpx", f"sync.sources.{desk.kind}.source")
    with Warm({**os.environ, VARIABLE: desk.secret}, (*NEEDED, *more)) as warm:
        yield HelpdeskKills(desk, warm, folder, seed, say)


@contextmanager
def far_rt(server: RtServer) -> Iterator[FarRt]:
    """A Request Tracker, of whose tickets none is in sight yet."""
    server.sweep()
    with Line(server.port) as line:
        yield FarRt(server, line)


@contextmanager
def far_zammad() -> Iterator[FarZammad]:
    """A Zammad of its own."""
    with Zammad() as service, Line(service.port) as line:
        yield FarZammad(service, line)


@contextmanager
def far_freshdesk() -> Iterator[FarFreshdesk]:
    """A Freshdesk of its own, whose rate limit is not what is tried here."""
    with Freshdesk(most=1_000_000) as service, Line(service.port) as line:
        yield FarFreshdesk(service, line)


@contextmanager
def far_zendesk() -> Iterator[FarZendesk]:
    """A Zendesk of its own, whose rate limit is not what is tried here."""
    with Zendesk(most=1_000_000) as service, Line(service.port) as line:
        yield FarZendesk(service, line)


@contextmanager
def _far_rt_alone() -> Iterator[FarRt]:
    with RtServer() as server, far_rt(server) as desk:
        yield desk


DESKS: Mapping[str, Callable[[], AbstractContextManager[FarDesk]]] = {
    "rt": _far_rt_alone,
    "zammad": far_zammad,
    "zendesk": far_zendesk,
    "freshdesk": far_freshdesk,
}


def main() -> int:
    """Run the loop, and print its report."""
    parser = argparse.ArgumentParser(description="kill a helpdesk and its sync at random moments, again and again")
    parser.add_argument("--desk", choices=tuple(DESKS), default="rt")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    # No setting and no secret of whoever runs this is seen.
    with tempfile.TemporaryDirectory(prefix="heard-kills-") as folder, ExitStack() as stack:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            os.environ[f"XDG_{name}_HOME"] = f"{folder}/{name.lower()}"
        desk = stack.enter_context(DESKS[given.desk]())
        kills = stack.enter_context(begun(desk, Path(folder), given.seed, lambda words: print(words, flush=True)))
        report = kills.run(given.rounds)
    print("\n".join(report.lines()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
