"""Letting widgets hear what was sent to them, before the next key is given to anybody.

The invariant: no widget that is busy keeps the console from leaving.
"""

from asyncio import Event, timeout
from contextlib import suppress

from textual.app import App
from textual.message_pump import MessagePump
from textual.widget import Widget

# A field that is busy for longer is left alone.
TAKE_IN_SECONDS = 1.0


def around(field: Widget) -> tuple[MessagePump, ...]:
    """A field twice, as what it sends itself comes behind what was sent to it, and all that it stands in."""
    return (field, *(node for node in field.ancestors_with_self if not isinstance(node, App)))


async def heard(*pumps: MessagePump | None) -> None:
    """Let each of them, one after the other, hear what was sent to it; one that is busy for too long is left."""
    with suppress(TimeoutError):
        async with timeout(TAKE_IN_SECONDS):
            for pump in pumps:
                told = Event()
                if pump is not None and pump.is_running and pump.call_later(told.set):
                    await told.wait()
