"""The application: it makes the seat, tells the screens what has changed, and knows the way in and out.

The invariants: nothing here is about tickets; what is being written is on the disk before the process ends, whatever
ends it; keys become actions in `screens.desk_screen` and nowhere else.
"""

import gc
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from textual import on
from textual.screen import Screen
from typing_extensions import override

import screens
from console.clipboard import copy
from console.config import Config, load
from console.terminal import TERMINAL
from console.typed_ahead import TypedAhead
from desk.errors import HeardError
from desk.records import AgentRow
from desk.times import now
from screens import reading
from screens.ask import Choice, Question
from screens.command_line import command_question
from screens.confirm import ConfirmScreen
from screens.desk_screen import DeskScreen
from screens.jobs import Jobs
from screens.keymap import Keymap, keymap
from screens.palette import palette_question
from screens.seat import Seat
from screens.workspace import WorkspaceScreen
from screens.workspace_queue import QueueWork
from storage.agents import me
from storage.workspace import Workspace
from widgets.theme import DEFAULT, THEMES, VARIABLES

if TYPE_CHECKING:
    from console.reachable import Reachable
    from console.sync_process import SyncProcess
    from screens.alarms import AlarmBell
    from storage.incidents import Alarm
    from storage.sources import SourceRow

TICK_SECONDS = 1.0
# A slow disk must not keep the screen from coming up, nor keys from acting, if it only were to leave.
DRAW_SECONDS = 0.5
HOLD_SECONDS = 5.0
# What the first frame can do without is made when no key has come for so long.
REST_SECONDS = 0.3
# What others changed is shown when no key has come for so long; drawing a list anew takes as long as three keys. Who
# presses keys without a pause sees it at the latest after this time.
CALM_SECONDS = 0.2
LATEST_SECONDS = 5.0


class HeardApp(TypedAhead, inherit_bindings=False):
    """The console on one workspace."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "Heard"
    # Textual reads a screen's own style sheet when it is pushed; the one that is there from the start isn't.
    CSS_PATH = Path(screens.__file__).parent / "workspace.tcss"

    def __init__(
        self, workspace: Workspace, config: Config, keys: Keymap, opening: reading.Opening | None = None
    ) -> None:
        super().__init__()
        self.config = config
        # Textual mounts two widgets for these in every screen, and lays it out again for one that shows nothing.
        self._disable_tooltips = self._disable_notifications = True
        # Before anything is mounted, or all of it would be styled twice.
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = config.theme if config.theme in self.available_themes else DEFAULT
        self.jobs = Jobs(workspace, self.call_later, self.failed)
        self.seat = Seat(
            jobs=self.jobs,
            keymap=keys,
            me=opening.me if opening else AgentRow(0, config.agent_handle, config.agent_name),
            zone=config.zone,
            clock=now,
            copy=self._copy,
            undo_seconds=config.undo_seconds,
            editor=config.editor_command,
            layout=config.layout,
            regions=config.phone_regions,
            kind_words=self._kind_words,
            browse=self._browse,
        )
        self.workspace = WorkspaceScreen(self.seat)
        self.workspace.opening = opening
        self.workspace.begun = self._move_first
        self.unsaved: tuple[HeardError, ...] = ()
        self._held = ExitStack()
        self._shown = False
        self._stale = False
        self.demo_wanted = False
        self.sync: SyncProcess | None = None
        self.reachable: Reachable | None = None
        self._ticked = False
        self._bell: AlarmBell | None = None

    # The way in

    @override
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return VARIABLES

    @override
    def get_default_screen(self) -> Screen[object]:
        return self.workspace  # type: ignore[return-value]  # a screen's result type is only read where it is dismissed

    def on_mount(self) -> None:
        """Textual calls this of every class that has one, a subclass's beside it: what may be another is `begin`."""
        self.begin()

    def begin(self) -> None:
        """Start the threads; where the first rows aren't there yet, find out who sits here, and then read them.

        Nothing is drawn until they are there, so that the first paint is never covered by an empty list.
        """
        self.jobs.start(
            self.changed,
            reading.fingerprint,
            (reading.sources_fingerprint, self.read_sources),
            (reading.calls_fingerprint, self.read_calls),
            (reading.alerts_fingerprint, self.read_alerts),
            (reading.banners_fingerprint, self.read_banners),
            beside=((self.look_around, self.read_company),),
        )
        if self.workspace.opening is None:
            self._held.enter_context(self.batch_update())
            self.set_timer(DRAW_SECONDS, self.draw)
            self.set_timer(HOLD_SECONDS, self.listed)
            handle, name = self.config.agent_handle, self.config.agent_name
            self.jobs.keep(lambda connection: me(connection, handle, name), self._seated, self._not_seated)
        self.set_interval(TICK_SECONDS, self.tick)

    def draw(self) -> None:
        """Let the first frame be drawn; once, and at the latest after `DRAW_SECONDS`."""
        if not self._shown:
            self._shown = True
            self._held.close()
            self.call_after_refresh(self._drawn)

    @on(QueueWork.ListRead)
    async def listed(self) -> None:
        """The list is there, or failed, or is waited for no longer: keys act."""
        self.draw()
        if not self._listed:
            self._listed = True
            await self.act_early()

    def _drawn(self) -> None:
        """After the first frame: telephones may tell who rings; all else waits for a moment's rest."""
        from console.reachable import Reachable

        self.reachable = Reachable(self.jobs, self.config, self.ring, self.failed)
        # A call that was open when the last console ended is offered at once.
        self.read_calls()
        self._rest(self._furnish)

    def _rest(self, then: Callable[[], object]) -> None:
        """Call it after a moment's rest, so that no key waits for it."""
        self.set_timer(REST_SECONDS, partial(self._when_calm, then, REST_SECONDS, inf))

    def _when_calm(self, then: Callable[[], object], seconds: float, latest: float) -> None:
        """Call it when no key has come for so many seconds, or at `latest`."""
        wait = min(self._last_key + seconds, latest) - monotonic()
        if wait > 0:
            self.set_timer(wait, partial(self._when_calm, then, seconds, latest))
        else:
            then()

    def _furnish(self) -> None:
        if not self.workspace.furnished:
            self.workspace.furnish()
        self._rest(self._warm)

    def _warm(self) -> None:
        # What is loaded now stays, and is left out of every collection: to look through all of it takes 50 ms.
        gc.freeze()
        gc.enable()
        # Importing what deeds need takes a third of a second of the interpreter's time.
        self.jobs.warm(gc.freeze)

    def _seated(self, agent: AgentRow) -> None:
        self.seat.me = agent
        self.workspace.begin()

    def _not_seated(self, error: HeardError) -> None:
        self.workspace.begin()
        self.failed(error)

    # What all screens hear

    def changed(self) -> None:
        """Somebody committed something: let the screens read it when the keys are calm."""
        if not self._stale:
            self._stale = True
            self._when_calm(self._read_anew, CALM_SECONDS, monotonic() + LATEST_SECONDS)

    def _read_anew(self) -> None:
        self._stale = False
        self._read_alarms()
        # A call that was written down and taken back is as it was before: its own watch may have seen neither.
        self.read_calls()
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.changed()

    def tick(self) -> None:
        """A second has passed."""
        if front := self._front:
            front.tick()
        if not self._ticked:
            self._ticked = True
            self.read_sources()
            self._read_alarms()
            self.read_alerts()
            self.read_banners()
        elif self.seat.sources:
            self._attend_sync()
        self._sound()
        if self.reachable is not None:
            self.reachable.attend(self._last_key)
        self.attend()
        self.attend_alerts()
        self.attend_banners()
        if self.workspace.waiting:
            from sync.outbox import deliver_local

            at = now()
            self.jobs.keep(lambda connection: deliver_local(connection, at))

    def _read_alarms(self) -> None:
        """When customers hear of each incident again."""
        from storage.incidents import alarms

        self.jobs.read("alarms", alarms, self._alarms_read)

    def _alarms_read(self, found: "tuple[Alarm, ...]") -> None:
        self.seat.alarms = found
        self._sound()

    def _sound(self) -> None:
        """The terminal's bell where an update has come due; the top line and the banner say which."""
        if not self.seat.alarms:
            return
        # Nobody needs it while no incident is open.
        from screens.alarms import AlarmBell

        self._bell = self._bell or AlarmBell()
        if self._bell.ring(self.seat.alarms, self.seat.clock()):
            self.bell()

    def read_sources(self) -> None:
        """How the sources are doing, for every screen; again whenever the sync process has written it down."""
        from storage.sources import connected

        self.jobs.read("sources", connected, self._sources_read)

    def _sources_read(self, found: "tuple[SourceRow, ...]") -> None:
        self.seat.sources = found
        if self.seat.mark_sources((row.id, row.name) for row in found):
            self.workspace.queue.tick()
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.sources_changed()

    def _attend_sync(self) -> None:
        if self.sync is None:
            from console.sync_process import SyncProcess

            self.sync = SyncProcess(self.jobs.workspace)
        told = self.sync.in_trouble
        self.sync.attend()
        if self.sync.in_trouble and not told:
            self.failed(HeardError("Nothing is synced: the process for it ends by itself", "`heard sync` says why."))

    def give_secret(self, source: str, secret: str) -> None:
        """A person gave a source's secret for this run."""
        from sync.secret import Secret

        self._attend_sync()
        if self.sync is not None:
            self.sync.give(source, Secret(secret))

    def failed(self, error: HeardError) -> None:
        """Something went wrong where nobody listened: the screen in front says it."""
        if front := self._front:
            front.fail(error)
        self.call_later(self.listed)

    def _copy(self, text: str) -> str:
        driver = self._driver
        return copy(text, driver.write if driver is not None else lambda _: None).words

    # Actions that every screen shares

    def action_console_command(self, text: str) -> None:
        """The command line."""
        if front := self._front:
            front.ask(command_question(front, text))

    def action_console_palette(self) -> None:
        """Every command, with its key."""
        if front := self._front:
            front.ask(palette_question(front))

    def action_console_sync(self) -> None:
        """Look for news everywhere, now."""
        from screens.sources import ask_for_a_round

        at = now()
        if not self.seat.sources:
            self.failed(HeardError("Nothing is connected", "Ctrl+N on F6 does that, or `heard connect KIND`."))
            return
        if self.sync is not None:
            self.sync.hurry()
        self.jobs.keep(lambda connection: ask_for_a_round(connection, at))
        if front := self._front:
            front.notice("Looking for news")

    def action_console_theme(self, text: str) -> None:
        """Another theme."""
        names = tuple(theme.name for theme in THEMES)
        if text in names:
            self.theme = text
        elif front := self._front:
            choices = tuple(Choice(name, name) for name in names)
            front.ask(Question("Theme", self.action_console_theme, choices=choices))

    def start_demo(self) -> None:
        """Leave this workspace for the demo team's; `run` starts it."""
        self.demo_wanted = True
        self.run_worker(self._leave())

    # The way out

    def action_console_quit(self) -> None:
        """Leave, after a question."""
        lines = ["Drafts are kept, and what waits in the outbox goes out with the next start."]
        self.push_screen(ConfirmScreen(self.seat, "Leave Heard?", lines), self._quit_answered)

    async def _quit_answered(self, yes: bool | None) -> None:
        if yes:
            await self._leave()

    async def _leave(self) -> None:
        self.workspace.remember()
        await self.save_before_leaving()
        self.exit(0)

    @override
    async def save_before_leaving(self) -> None:
        self.workspace.save_draft()
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.save_typed()
        self.unsaved = await self.jobs.stop()

    async def on_unmount(self) -> None:
        """However it ended, the threads end with it."""
        if self.sync is not None:
            self.sync.leave()
        if self.reachable is not None:
            self.reachable.leave()
        self.leave_company()
        self.leave_alerts()
        with suppress(HeardError):
            await self.jobs.stop()


def run(folder: Path) -> int:
    """Run the console on a workspace's folder; the exit status.

    Raises BadInput where the configuration or its keys can't be used.
    """
    config, workspace = load(), Workspace(folder)
    found = reading.opening(workspace, config.agent_handle, now(), config.zone)
    app = HeardApp(workspace, config, keymap(config.keys), found)
    status = app.run(mouse=config.mouse)
    for error in app.unsaved:
        raise error
    if app.demo_wanted:
        TERMINAL.release()
        # The demo lives in a folder of its own, never in the workspace that was just left.
        elsewhere = {name: value for name, value in os.environ.items() if name != "HEARD_WORKSPACE"}
        os.execve(sys.executable, (sys.executable, "-m", "console", "demo"), elsewhere)  # noqa: S606  # our own program
    return app.return_code or status or 0
