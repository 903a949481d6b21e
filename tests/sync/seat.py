"""An agent at a real console in a terminal, whose process and whose sync process end suddenly at any moment.

The agent opens the first ticket, answers it, and begins another reply. What counts as promised is what the console has
shown: a reply when it said so, a draft when its words stood on the screen for a second.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Self

from storage.workspace import Workspace
from sync.lock import is_synced
from tests.servers.processes import until
from tests.sync.team import Team
from tests.terminal.desk import Desk
from tests.terminal.term import DEADLINE

# A draft is on the disk after a second. Where the machine is too busy even for that, three times what it took unharmed.
SECOND = 1.0
CONSOLE, SYNC = "console in a terminal", "sync process of that console"


class TimeIsUp(Exception):
    """The moment has come."""


class MortalDesk(Desk):
    """A console beside which things happen at their `moments`, in the middle of whatever the agent waits for."""

    def __init__(self, workspace: Workspace, environment: Mapping[str, str]) -> None:
        self.moments: list[tuple[float, Callable[[], object]]] = []
        super().__init__(workspace, columns=100, rows=30, undo_seconds=0, environment=environment)

    def wait_for(self, wanted: str | Callable[[Self], bool], seconds: float = DEADLINE) -> float:
        """Read until it is so, whatever happens meanwhile."""
        give_up = time.perf_counter() + seconds
        while self.amid_a_frame or not (wanted in self.text if isinstance(wanted, str) else wanted(self)):
            now = time.perf_counter()
            if self.moments and now >= self.moments[0][0]:
                self.moments.pop(0)[1]()
            elif now > give_up or self.process.poll() is not None:
                raise AssertionError(f"{wanted!r} did not come; the screen was:\n{self.text}")
            else:
                self.read(max(0.0, min(0.05, self.moments[0][0] - now)) if self.moments else 0.05)
        return self.last_read - self.started


class Seat:
    """Where the agent sits."""

    def __init__(self, team: Team, secrets: Mapping[str, str], chance: Random) -> None:
        self._team, self._chance = team, chance
        self._secrets = dict(secrets)
        self.cycle = 0.0
        self._second = SECOND
        self._at = ""
        self._shown: dict[str, float] = {}

    def measure(self, words: Callable[[], str]) -> None:
        """How long it takes where nothing ends, and how long a draft takes to the disk."""
        with self._open() as desk:
            begun = time.perf_counter()
            for draft in self._work(desk, words):
                shown = self._shown[draft]
                desk.comes_true("SELECT 1 FROM draft WHERE instr(body, ?)", draft)
                self._second = max(SECOND, 3 * (time.perf_counter() - shown))
                self._team.drafted.add(draft)
            desk.comes_true("SELECT NOT EXISTS(SELECT 1 FROM outbox WHERE state NOT IN ('sent','dropped','handed'))")
            self.cycle = time.perf_counter() - begun + self._second
            desk.quit()
        until(lambda: not is_synced(self._team.workspace), "the end of the sync process")

    def round(self, words: Callable[[], str]) -> list[tuple[str, str]]:
        """Sit down, work, and be ended; who was ended, and at what."""
        how = self._chance.choice(("both", "both", "both", "the console alone", "the sync process first"))
        ended: list[tuple[str, str]] = []
        self._shown.clear()
        with self._open() as desk:
            moment = self._chance.random() * self.cycle

            def end_sync() -> None:
                for pid in _children(desk.process.pid):
                    os.kill(pid, signal.SIGKILL)
                    ended.append((SYNC, f"while the agent was {self._at}"))

            def end() -> None:
                assert desk.process.poll() is None, f"the console has ended by itself:\n{desk.text}"
                victims = [(desk.process.pid, CONSOLE)]
                if how != "the console alone":
                    victims += [(pid, SYNC) for pid in _children(desk.process.pid)]
                self._chance.shuffle(victims)
                for pid, who in victims:
                    os.kill(pid, signal.SIGKILL)
                    ended.append((who, f"while the agent was {self._at}"))
                raise TimeIsUp

            if how == "the sync process first":
                desk.moments.append((desk.started + moment / 2, end_sync))
            desk.moments.append((desk.started + moment, end))
            with suppress(TimeIsUp):
                for _ in self._work(desk, words):
                    desk.wait_for(lambda _: False)
            ended_at = time.perf_counter()
        self._team.drafted.update(draft for draft, at in self._shown.items() if ended_at - at > self._second)
        return ended

    def _open(self) -> MortalDesk:
        return MortalDesk(self._team.workspace, self._secrets)

    def _work(self, desk: MortalDesk, words: Callable[[], str]) -> Iterator[str]:
        """All that the agent does; gives each draft when it stands on the screen."""
        self._at = "starting the console"
        desk.wait_until_live()
        self._at = "opening a ticket"
        desk.press("7", "enter")
        desk.wait_for(lambda desk: "All open" in desk.lines[0] and "#" in desk.lines[0])
        self._at = "writing a reply"
        reply = words()
        self._write(desk, reply)
        self._at = "sending it"
        desk.press("ctrl+s")
        # The line that says so goes with the time to undo, and there is none here.
        desk.wait_for(lambda desk: "Ctrl+S send" not in desk.text and reply in desk.text)
        self._team.accepted.add(reply)
        self._at = "reading on, and it leaves"
        draft = words()
        self._write(desk, draft)
        self._at = "looking at a draft"
        yield draft

    def _write(self, desk: MortalDesk, words: str) -> None:
        desk.send("r")
        desk.wait_for("Ctrl+S send")
        desk.send(words)
        desk.wait_for(words)
        self._shown[words] = time.perf_counter()


def _children(pid: int) -> list[int]:
    """The processes that one has started, as long as it lives."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for children in threads for child in children.read_text(encoding="ascii").split()]
