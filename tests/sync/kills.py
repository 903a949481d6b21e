"""`kill -9` at random moments, as often as one likes: nothing is lost, nothing leaves twice, the database is sound.

    python -m tests.sync.kills --rounds 1000 --seed 1

Three rounds in four end a sync and an agent who writes without a pause, both forked from a warm process, so that the
moments fall on work and not on imports; where each was hit is told from its own traceback. The fourth ends the console
in a terminal and the sync process that it has started. Moments are drawn from the whole of the cycle, which is measured
first; what had ended by itself before does not count as killed.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sync.lock import is_synced
from tests.servers.mail import PASSWORD, MailServer
from tests.servers.processes import until
from tests.sync.places import place
from tests.sync.seat import Seat
from tests.sync.team import NAMES, Team
from tests.sync.warm import Victim, Warm

SECRETS = {f"HEARD_{name.upper()}_TOKEN": PASSWORD for name in NAMES}
# A workspace and its mailboxes serve so many rounds; then all that was promised in them is reckoned up.
SEASON = 50
NEW_MAILS, REPLIES = 3, 4
# A busy machine takes longer than it took when the cycle was measured.
LONGER, SOONER = 1.15, 0.97


@dataclass
class Report:
    """What was killed, where, and what held."""

    killed: Counter[str] = field(default_factory=Counter)
    places: dict[str, Counter[str]] = field(default_factory=dict)
    decided: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    ended_before: int = 0
    replies: int = 0
    drafts: int = 0
    mails: int = 0
    checks: int = 0
    seconds: float = 0.0

    def hit(self, who: str, where: str) -> None:
        """One process was killed there."""
        self.killed[who] += 1
        self.places.setdefault(who, Counter())[where] += 1

    def lines(self) -> Iterator[str]:
        """The report as a person reads it."""
        yield f"{self.rounds:,} rounds in {self.seconds / 60:.1f} min, {self.killed.total():,} processes killed"
        for who, places in self.places.items():
            yield f"{who}: {self.killed[who]:,}"
            for where, count in places.most_common():
                yield f"  {count:5,}  {where}"
        yield f"{self.ended_before:,} had ended by themselves before their moment, and don't count"
        yield f"{self.replies:,} replies accepted: each has left exactly once"
        yield f"{self.drafts:,} drafts that were on the disk, or on the screen for a second: all there"
        yield f"{self.mails:,} mails of customers: each is there exactly once"
        yield f"{self.checks:,} times the database passed its check"
        had, had_not = self.decided["had left"], self.decided["had not"]
        yield f"{had + had_not:,} ends stayed unclear and were asked about: {had:,} had left, {had_not:,} had not"


class Kills:
    """The loop. `say` is told what goes on."""

    def __init__(self, server: MailServer, warm: Warm, folder: Path, seed: int, say: Callable[[str], object]) -> None:
        self._server, self._warm, self._folder, self._say = server, warm, folder, say
        self._chance = random.Random(seed)
        self.report = Report()
        self._words = 0

    def run(self, rounds: int, *, consoles: int = 4) -> Report:
        """Kill in so many rounds, a console in every `consoles`-th of them."""
        begun = time.monotonic()
        season = 0
        while self.report.rounds < rounds:
            season += 1
            folder = self._folder / str(season)
            folder.mkdir()
            team = Team(self._server, self._warm, folder, season)
            self._season(team, min(SEASON, rounds - self.report.rounds), consoles)
            self._count(team)
            self.report.seconds = time.monotonic() - begun
            self._say(f"{self.report.rounds:,} rounds, {self.report.seconds / 60:.1f} min")
        return self.report

    def _season(self, team: Team, rounds: int, consoles: int) -> None:
        team.customers_write(8)
        assert self._warm.start(*_sync(team)).wait() == 0
        cycles = self._measure(team)
        seat = Seat(team, SECRETS, self._chance)
        seat.measure(self._new_words)
        self._say(
            f"a sync takes {cycles['sync']:.2f} s, a writer {cycles['writer']:.2f} s, a console {seat.cycle:.2f} s"
        )
        done = 0
        while done < rounds:
            number = self.report.rounds + 1
            killed = self._console_round(team, seat) if number % consoles == 0 else self._round(team, cycles)
            team.check()
            self.report.checks += 1
            if killed:
                done += 1
                self.report.rounds += 1
        team.settle()

    def _round(self, team: Team, cycles: dict[str, float]) -> bool:
        """A sync and a writer, each at a moment of its own, and both at the same one by the clock."""
        moments = {who: self._chance.random() * cycle for who, cycle in cycles.items()}
        orders = self._orders(team)
        victims: dict[str, Victim] = {}
        begun = time.monotonic()
        for who in sorted(moments, key=lambda who: -moments[who]):
            _sleep_until(begun + max(moments.values()) - moments[who])
            victims[who] = self._warm.start(*orders[who])
        _sleep_until(begun + max(moments.values()))
        order = list(victims)
        self._chance.shuffle(order)
        killed = [self._kill(who, victims[who], cycles) for who in order]
        team.heard_from_writer(victims["writer"].out)
        return any(killed)

    def _kill(self, who: str, victim: Victim, cycles: dict[str, float]) -> bool:
        """Whether it was killed; what had ended by itself is no kill, and the next moment comes sooner."""
        traceback = victim.place
        if victim.kill():
            self.report.hit(who, place(traceback))
            return True
        assert victim.status == 0, f"{who} ended with {victim.status}"
        self.report.ended_before += 1
        cycles[who] *= SOONER
        return False

    def _measure(self, team: Team) -> dict[str, float]:
        """How long each takes where nobody ends it, in seconds."""
        taken = {"sync": 0.0, "writer": 0.0}
        for _ in range(2):
            # The writer first, so that the sync has something to send.
            for who, order in reversed(self._orders(team).items()):
                begun = time.monotonic()
                victim = self._warm.start(*order)
                assert victim.wait() == 0
                taken[who] = max(taken[who], LONGER * (time.monotonic() - begun))
                if who == "writer":
                    team.heard_from_writer(victim.out)
        return taken

    def _orders(self, team: Team) -> dict[str, tuple[str, ...]]:
        team.customers_write(NEW_MAILS)
        folder = str(team.workspace.folder)
        jobs = (str(each) for ticket in team.unanswered(REPLIES + 1) for each in (ticket, self._new_words()))
        return {"sync": _sync(team), "writer": ("writer", folder, *jobs)}

    def _console_round(self, team: Team, seat: Seat) -> bool:
        """The console, and the sync process that it has started."""
        team.customers_write(1)
        for who, where in seat.round(self._new_words):
            self.report.hit(who, where)
        until(lambda: not is_synced(team.workspace), "the end of the sync process, after that of its console")
        return True

    def _new_words(self) -> str:
        self._words += 1
        return f"answer-{self._words:06}x"

    def _count(self, team: Team) -> None:
        report = self.report
        report.replies += len(team.accepted)
        report.drafts += len(team.drafted)
        report.mails += len(team.put)
        report.decided.update(team.decided)


def _sync(team: Team) -> tuple[str, ...]:
    return ("--workspace", str(team.workspace.folder), "sync", "--json")


def _sleep_until(moment: float) -> None:
    # Not to wait for anything: any moment is as good as another.
    time.sleep(max(0.0, moment - time.monotonic()))


@contextmanager
def begun(server: MailServer, folder: Path, seed: int, say: Callable[[str], object]) -> Iterator[Kills]:
    """A loop that is ready to run."""
    with Warm({**os.environ, **SECRETS}) as warm:
        yield Kills(server, warm, folder, seed, say)


def _say(words: str) -> None:
    print(words, flush=True)


def main() -> int:
    """Run the loop, and print its report."""
    parser = argparse.ArgumentParser(description="kill -9 at random moments, again and again")
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    # No setting and no secret of whoever runs this is seen.
    with tempfile.TemporaryDirectory(prefix="heard-kills-") as folder:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            os.environ[f"XDG_{name}_HOME"] = f"{folder}/{name.lower()}"
        with MailServer() as server, begun(server, Path(folder), given.seed, _say) as kills:
            report = kills.run(given.rounds)
    print("\n".join(report.lines()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
