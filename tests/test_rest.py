"""Waiting for rest waits for all that Textual may still have to do, and says what it was where rest never comes."""

from threading import Event

import pytest
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input, Static
from typing_extensions import override

from screens.jobs import Jobs
from storage.workspace import Workspace
from tests import rest
from tests.rest import PAUSE, PatientApp, handled, seen, settled, until


class Small(PatientApp):
    """A line of text and a field; `told` is what happened."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    @override
    def compose(self) -> ComposeResult:
        yield Static("before", id="line")
        yield Input()

    def chain(self, left: int) -> None:
        """Ways to put something off, one after the other, with as many widgets."""
        line = self.query_one("#line", Static)
        if not left:
            line.update("after")
            return
        ways = (line.call_later, line.call_after_refresh, self.call_next, self.screen.call_later)
        ways[left % len(ways)](self.chain, left - 1)


async def test_whatever_was_put_off_is_done_and_drawn() -> None:
    app = Small()
    async with app.run_test():
        app.chain(40)
        await settled(app)
        assert "after" in seen(app)


async def test_a_new_size_is_laid_out() -> None:
    app = Small()
    async with app.run_test() as pilot:
        for width in (60, 100, 20):
            await pilot.resize_terminal(width, 9)
            assert app.query_one("#line").size.width == width


async def test_what_is_mounted_is_there_and_what_is_removed_is_gone() -> None:
    app = Small()
    async with app.run_test():
        app.mount(Static("more", id="more"))
        await settled(app)
        assert "more" in seen(app)
        app.query_one("#more").remove()
        await settled(app)
        assert not app.query("#more")
        assert "more" not in seen(app)


async def test_each_key_is_heard_before_the_next() -> None:
    app = Small()
    async with app.run_test() as pilot:
        await pilot.press("tab", *"a+b", "left", "backspace", "space", "c")
        assert app.query_one(Input).value == "a cb"


async def test_what_follows_after_a_pause_has_followed() -> None:
    app = Small()
    async with app.run_test():
        app.set_timer(PAUSE, lambda: app.told.append("short"))
        app.set_timer(60, lambda: app.told.append("long"))
        await settled(app)
        assert app.told == ["short"]


async def test_a_question_has_its_answer_unless_only_messages_are_waited_for(workspace: Workspace) -> None:
    class Asking(Small):
        jobs: Jobs

    app = Asking()
    held = Event()
    async with app.run_test():
        app.jobs = Jobs(workspace, app.call_later, lambda error: app.told.append(str(error)))
        app.jobs.start(lambda: None)
        app.jobs.read("one", lambda _: held.wait(), lambda _: app.told.append("answered"))
        await handled(app)
        assert app.told == []
        held.set()
        await settled(app)
        assert app.told == ["answered"]
        await app.jobs.stop()


async def test_what_never_comes_to_rest_fails_with_the_reason_and_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Small()
    async with app.run_test():
        monkeypatch.setattr(rest, "DEADLINE", 0.05)

        def pass_on(first: Widget, second: Widget) -> None:
            if not app.told:
                second.call_later(pass_on, second, first)

        pass_on(app.query_one(Input), app.query_one("#line"))
        with pytest.raises(AssertionError, match=r"has messages to hear[^ß]*before"):
            await settled(app)
        with pytest.raises(AssertionError, match=r"did not come[^ß]*before"):
            await until(app, lambda: False)
        app.told.append("enough")


async def test_a_mistake_in_the_app_is_what_the_test_fails_with() -> None:
    app = Small()

    async def make_it() -> None:
        async with app.run_test():
            app.call_later(lambda: 1 // 0)
            await settled(app)

    with pytest.raises(ZeroDivisionError):
        await make_it()
