"""What the walks through the practice share: words typed into the field that has the keys."""

from textual.widgets import Input

from console.app import HeardApp
from tests.rest import settled
from tests.screens.room import press


async def answer(app: HeardApp, text: str) -> None:
    """Write into the field that has the keys, and press Enter."""
    field = app.focused
    assert isinstance(field, Input), "no field has the keys"
    field.value = text
    await field.action_submit()
    await settled(app)


async def step(app: HeardApp, key: str, text: str) -> None:
    """A key that asks for words, and the words."""
    await press(app, key)
    await answer(app, text)
