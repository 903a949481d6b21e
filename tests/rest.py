"""Waiting for an app in a test: for facts, never for time, so that a slow and busy machine changes nothing.

The invariant: an app is called at rest only when each of its message pumps stands waiting for a message that nobody has
sent, the screen is laid out and drawn, no job is unanswered, and no pause is running after which something follows by
itself. Textual's Pilot guesses all this from the processor time of the process, which a busy machine proves wrong.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import TypeVar

from textual.app import App
from textual.events import Key
from textual.keys import _character_to_key
from textual.message import Message
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen
from typing_extensions import override

from screens.jobs import Jobs

# A test that waits for longer than this waits for something that never comes.
DEADLINE = 60.0
# The pauses after which something follows by itself (a search, a ticket beside the list) are shorter than this; what
# waits longer is the end of somebody's patience, or a draft that is saved: a test waits for what it does, with `until`.
PAUSE = 0.25
POLL = 0.002
CHARACTERS = {"enter": "\r", "tab": "\t", "space": " ", "escape": "\x1b", "backspace": "\x7f"}

Result = TypeVar("Result")


async def until(app: App[Result], fact: Callable[[], object]) -> None:
    """Until the fact holds; where it never does, the test fails with what was on the screen."""
    end = monotonic() + DEADLINE
    while not fact():
        _fail_at(end, app, "what the test waits for did not come")
        await asyncio.sleep(POLL)


async def settled(app: App[Result]) -> None:
    """Until the app is at rest: whatever was begun is done, answered and drawn."""
    await _until_none(app, lambda: (*_moving(app), *_awaited(app)))


async def handled(app: App[Result]) -> None:
    """Until every message was heard and drawn; what the threads were asked may still be without an answer."""
    await _until_none(app, lambda: tuple(_moving(app)))


class PatientPilot(Pilot[None]):
    """A Pilot that looks whether the app is at rest."""

    @override
    async def press(self, *keys: str) -> None:
        """Press keys, each when the one before it was heard and drawn, and wait until the app is at rest."""
        for key in keys:
            event = _key_event(key)
            event.set_sender(self.app)
            self.app.post_message(event)
            await handled(self.app)
        await settled(self.app)

    @override
    async def pause(self, delay: float | None = None) -> None:
        """Until the app is at rest; a delay would prove nothing."""
        assert delay is None, "wait for a fact, not for time"
        await settled(self.app)


class PatientApp(App[None]):
    """An app whose tests get a patient pilot."""

    @override
    @asynccontextmanager
    async def run_test(
        self,
        *,
        headless: bool = True,
        size: tuple[int, int] | None = (80, 24),
        tooltips: bool = False,
        notifications: bool = False,
        message_hook: Callable[[Message], None] | None = None,
    ) -> AsyncGenerator[Pilot[None], None]:
        """Run it without a terminal, and wait until it is at rest for the first time."""
        async with super().run_test(
            headless=headless, size=size, tooltips=tooltips, notifications=notifications, message_hook=message_hook
        ):
            await settled(self)
            yield PatientPilot(self)


def _key_event(name: str) -> Key:
    """A key as the terminal's driver sends it."""
    if len(name) == 1:
        return Key(name if name.isalnum() else _character_to_key(name), name)
    return Key(name, CHARACTERS.get(name))


async def _until_none(app: App[Result], reasons: Callable[[], tuple[str, ...]]) -> None:
    end = monotonic() + DEADLINE
    while not app._exit and (found := reasons()):
        _fail_at(end, app, "it never came to rest: " + ", ".join(found[:9]))
        await asyncio.sleep(POLL)


def _fail_at(end: float, app: App[Result], words: str) -> None:
    if app._exception is not None:
        raise app._exception
    assert monotonic() < end, words + "\n" + seen(app)


def seen(app: App[Result]) -> str:
    """The screen as plain text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips[: app.size.height])


def _moving(app: App[Result]) -> Iterator[str]:
    """Messages that are not heard yet, and what is not laid out or drawn."""
    if vars(asyncio.get_running_loop())["_ready"]:
        yield "the loop has calls to make"
    if app._resize_event is not None or app._resize_timer is not None:
        yield "a new size of the terminal is not taken up"
    if app._batch_count:
        yield "drawing is put off"
    if app.animator._animations or app.animator._scheduled:
        yield "something is animated"
    for pump in (app, *app._registry):
        if not _waits(pump):
            yield repr(pump) + " has messages to hear"
        if isinstance(pump, Screen) and not _drawn(pump, in_front=pump is app.screen):
            yield repr(pump) + " is not drawn"


def _waits(pump: MessagePump) -> bool:
    """Whether a pump stands and waits for a message that nobody has sent."""
    waiters = vars(pump._message_queue.ready_event)["_waiters"]
    return (
        any(not waiter.done() for waiter in waiters)
        and not pump.message_queue_size
        and pump._pending_message is None
        and not pump._next_callbacks
    )


def _drawn(screen: Screen[object], *, in_front: bool) -> bool:
    """Whether a screen has nothing to lay out, to draw or to call afterwards; one that lies behind may put that off."""
    refreshing = vars(screen._update_timer).get("_active")
    assert refreshing is None or isinstance(refreshing, asyncio.Event)
    return not (refreshing and refreshing.is_set()) and not (
        in_front
        and (
            screen._layout_required
            or screen._scroll_required
            or screen._repaint_required
            or screen._recompose_required
            or screen._dirty_widgets
            or screen._callbacks
        )
    )


def _awaited(app: App[Result]) -> Iterator[str]:
    """Questions without an answer, and pauses after which something follows."""
    jobs = getattr(app, "jobs", None)
    if isinstance(jobs, Jobs) and jobs.busy:
        yield "a job is not answered"
    if any(not worker.is_finished for worker in app.workers):
        yield "a worker is at work"
    for pump in (app, *app._registry):
        for timer in pump._timers:
            if timer._repeat == 0 and timer._interval <= PAUSE and timer._task is not None and not timer._task.done():
                yield repr(pump) + " makes a pause"
