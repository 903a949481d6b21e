"""Keys and pastes in the order in which they were typed, each for what stands there when those before it are done.

The invariant: nothing typed is lost, however fast. What is typed for a list, a field or a screen that isn't there yet
waits for it; what is typed behind a key that closes something is meant for what comes behind it. Only what would answer
a question that nobody can have seen, and whose answer can't be taken back, is dropped (`screens.confirm`).
"""

from time import monotonic

from textual import events, on
from typing_extensions import override

from console.announcing import Announcing
from console.hearing import around, heard
from screens.ask import AskPanel
from screens.confirm import ConfirmScreen
from screens.desk_screen import DeskScreen
from screens.keymap import key_name


class TypedAhead(Announcing, inherit_bindings=False):
    """Hands keys to the screen in front. `_early` are those that wait, once `_listed` only for what others open."""

    def __init__(self) -> None:
        super().__init__()
        self._early: list[events.Key | events.Paste] = []
        self._listed = False
        self._behind = False
        self._last_front: DeskScreen[object] | None = None

    @override
    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._last_key = monotonic()
            # Where the screen that it waited for has gone meanwhile, nobody else would say that it may act.
            self._early.append(event)
            await self.act_early()
            return
        field = self.focused if isinstance(event, events.Key) and self._behind else None
        await super().on_event(event)
        if field is not None:
            await heard(*around(field))

    def _move_first(self) -> None:
        """What was typed before there was a list, and moves in it, is seen in the first frame."""
        while self._early and isinstance(event := self._early[0], events.Key):
            if not self.workspace.move_first(key_name(event.key, event.character)):
                break
            del self._early[0]

    @property
    def _front(self) -> DeskScreen[object] | None:
        """The screen that keys and words are for; none while the app ends, which timers and answers may outlive."""
        screen = next(reversed(self.screen_stack), None)
        return screen if isinstance(screen, DeskScreen) else None

    @property
    def _holding(self) -> bool:
        front = self._front
        return not self._listed or self._behind or (front is not None and front.holding)

    @on(DeskScreen.Ready)
    async def act_early(self) -> None:
        """What was typed ahead acts now, in its order."""
        while self._early and not self._holding:
            before, self._last_front = self._last_front, self._front
            if before is not None and before not in self.screen_stack:
                self._behind = self.call_later(self._answered)
            else:
                await self._act(self._early.pop(0))

    async def _act(self, event: events.Key | events.Paste) -> None:
        screen = self._front
        if isinstance(screen, ConfirmScreen) and not screen.hears(event.time):
            return
        if screen is None or isinstance(event, events.Paste):
            if screen is None or not isinstance(event, events.Paste) or not screen.take_paste(event.text):
                await super().on_event(event)
            return
        field = self.focused if screen.typing and not event.is_printable else None
        # The field takes in what was typed before: Ctrl+S sends all of it, however fast it was.
        await heard(field)
        if screen.take_key(key_name(event.key, event.character)):
            event.stop()
        else:
            await super().on_event(event)
        if field is not None:
            # What Enter does is done when it comes back from the field, behind keys that are here already: as long as
            # it isn't, those would still be text in the field.
            await heard(*around(field))
            self._behind = self.call_later(self._caught_up)

    async def _answered(self) -> None:
        """A screen has gone: whoever asked for it hears its answer, and does what it says, before the next key."""
        front = self._front
        await heard(front.query_one_optional(AskPanel) if front is not None else None, front)
        # What they do with the focus comes by this queue.
        self._behind = self.call_later(self._caught_up)

    async def _caught_up(self) -> None:
        self._behind = False
        await self.act_early()
