"""The checklist says what the agent did, and shows the state of each step by its sign."""

from datetime import UTC

import pytest
from textual.widgets import Input

from desk.checklists import ChecklistTemplate, Step, StepField
from desk.records import RunRow, TickRow
from tests.hostile import HOSTILE
from tests.widgets.stage import NOW, Stage, assert_harmless, drawn, lines_of, text_of
from widgets.checklist import ChecklistPanel, StepLines

HEARD = ChecklistTemplate(
    "heard",
    "HEARD",
    (
        Step("hear", "Hear", "Let them finish.", tip="Count to two.", done_when="they stopped"),
        Step("empathize", "Empathize", "Say it in your words.", snippet="feel"),
        Step("apologize", "Apologize", "Once, and meant."),
        Step("resolve", "Resolve", "Fix it.", field=StepField.GESTURE),
        Step("diagnose", "Diagnose", "Why?", later=True),
    ),
)
TEN = ChecklistTemplate(
    "ten", "Ten steps", tuple(Step(f"s{n}", f"Step {n}", "Do it.", field=StepField.GOAL) for n in range(1, 11))
)


def run(*ticks: TickRow, checklist: str = "heard", id: int = 1) -> RunRow:
    return RunRow(id, checklist, ticks)


def done(step: str, text: str = "") -> TickRow:
    return TickRow(step, "done", "mara", NOW, "", text)


def panel(*runs: tuple[ChecklistTemplate, RunRow]) -> tuple[ChecklistPanel, Stage]:
    widget = ChecklistPanel(clock=lambda: NOW, zone=UTC)
    return widget, Stage(widget)


def shown(app: Stage) -> list[str]:
    return text_of(drawn(app)).split("\n")


async def test_it_shows_progress_signs_and_help_at_the_first_open_step() -> None:
    view, app = panel()
    async with app.test(40, 24) as pilot:
        view.show([(HEARD, run(done("hear"), TickRow("empathize", "skipped", "mara", NOW, "no time", "")))])
        await pilot.pause()
        lines = shown(app)
        assert lines[0].split() == ["HEARD", "1/5"]
        assert lines[1].split() == ["✓", "1", "Hear", "mara"]
        assert lines[2].split() == ["–", "2", "Empathize", "mara"]
        assert lines[3].strip() == "skipped: no time"
        assert lines[4].split() == ["·", "3", "Apologize"]
        assert lines[5].strip() == "Once, and meant."
        assert lines[7].split() == ["·", "5", "Diagnose", "later"]
        assert (view.checklist, view.step) == ("heard", "apologize")


async def test_digits_tick_and_tick_again_unticks() -> None:
    view, app = panel()
    async with app.test(40, 24) as pilot:
        view.show([(HEARD, run(done("hear")))])
        view.digit(3)
        view.digit(1)
        view.digit(9)
        await pilot.pause()
        assert [(told.checklist, told.step) for told in app.told(ChecklistPanel.StepTicked)] == [("heard", "apologize")]
        assert [told.step for told in app.told(ChecklistPanel.StepUnticked)] == ["hear"]


async def test_zero_is_the_tenth_step() -> None:
    view, app = panel()
    async with app.test(40, 24) as pilot:
        view.show([(TEN, run(checklist="ten"))])
        view.digit(0)
        await pilot.pause()
        assert [told.step for told in app.told(ChecklistPanel.StepTicked)] == ["s10"]
        assert view.step == "s10"


async def test_a_skip_needs_a_reason() -> None:
    view, app = panel()
    async with app.test(40, 24) as pilot:
        view.show([(HEARD, run())])
        view.skip()
        await pilot.pause()
        field = view.query_one(Input)
        assert field.has_focus
        await pilot.press("enter")
        assert app.told(ChecklistPanel.StepSkipped) == []
        field.value = "they hung up"
        await pilot.press("enter")
        (told,) = app.told(ChecklistPanel.StepSkipped)
        assert (told.checklist, told.step, told.reason) == ("heard", "hear", "they hung up")
        assert not field.display


async def test_escape_leaves_the_question() -> None:
    view, app = panel()
    async with app.test(40, 24) as pilot:
        view.show([(HEARD, run())])
        view.skip()
        await pilot.press("x", "escape", "enter")
        assert app.told(ChecklistPanel.StepSkipped) == []
        assert not view.query_one(Input).display


async def test_a_field_is_edited_in_place_and_shown() -> None:
    view, app = panel()
    async with app.test(40, 24) as pilot:
        view.show([(TEN, run(done("s1", "a kettle without a dent"), checklist="ten"))])
        await pilot.pause()
        assert "    Goal: a kettle without a dent" in text_of(drawn(app))
        view.move(-5)
        view.edit()
        await pilot.pause()
        assert view.query_one(Input).value == "a kettle without a dent"
        view.query_one(Input).value = "her money back"
        await pilot.press("enter")
        (told,) = app.told(ChecklistPanel.FieldEdited)
        assert (told.checklist, told.step, told.text) == ("ten", "s1", "her money back")


async def test_a_settled_step_says_by_whom_and_when() -> None:
    view, app = panel()
    async with app.test(60, 24) as pilot:
        view.show([(HEARD, run(done("hear"), TickRow("empathize", "skipped", "", NOW, "no time", "")))])
        view.move(-5)
        await pilot.pause()
        assert "Done by mara, 14:03" in text_of(drawn(app))
        view.move(1)
        await pilot.pause()
        assert "Skipped, 14:03" in text_of(drawn(app))


async def test_in_a_call_a_step_shows_what_to_say() -> None:
    view, app = panel()
    async with app.test(60, 24) as pilot:
        view.show([(HEARD, run())])
        view.move(1)
        await pilot.pause()
        assert "Snippet ;feel" in text_of(drawn(app))
        view.show([(HEARD, run())], words={"feel": "You planned the launch around this."})
        await pilot.pause()
        assert "Say: You planned the launch around this." in text_of(drawn(app))
        assert ";feel" not in text_of(drawn(app))


async def test_a_step_without_a_field_has_nothing_to_edit() -> None:
    view, app = panel()
    async with app.test(40, 24):
        view.show([(HEARD, run())])
        view.edit()
        assert not view.query_one(Input).display


async def test_several_lists_and_a_suggestion() -> None:
    view, app = panel()
    async with app.test(40, 24) as pilot:
        view.show([], suggestion="Customer sounds angry: HEARD suggested")
        await pilot.pause()
        assert shown(app)[0].strip() == "! Customer sounds angry: HEARD"
        assert view.checklist == view.step == view.snippet == ""
        view.tick()
        view.skip()
        view.edit()
        view.move(1)
        view.next_list(1)
        await pilot.pause()
        assert len(app.told(ChecklistPanel.SuggestionTaken)) == 1
        view.show([(HEARD, run(done("hear"))), (TEN, run(checklist="ten", id=2))])
        await pilot.pause()
        assert "also Ten steps  0/10" in text_of(drawn(app))
        assert view.snippet == "feel"
        view.next_list(1)
        assert view.checklist == "ten"


async def test_the_cursor_stays_when_a_tick_comes_back() -> None:
    view, app = panel()
    async with app.test(40, 8) as pilot:
        view.show([(HEARD, run())])
        view.move(3)
        view.show([(HEARD, run(done("resolve")))])
        await pilot.pause()
        assert view.step == "resolve"
        assert any("4 Resolve" in line for line in shown(app)), "it is scrolled into sight"


async def test_the_mouse_points_and_ticks() -> None:
    view, app = panel()
    async with app.test(40, 24) as pilot:
        view.show([(HEARD, run())])
        await pilot.pause()
        row = next(number for number, line in enumerate(shown(app)) if "4 Resolve" in line)
        await pilot.click(offset=(6, row))
        await pilot.pause()
        assert view.step == "resolve"
        row = next(number for number, line in enumerate(shown(app)) if "4 Resolve" in line)
        await pilot.click(offset=(6, row), times=2)
        await pilot.pause()
        assert [told.step for told in app.told(ChecklistPanel.StepTicked)] == [view.step] == ["resolve"]


@pytest.mark.parametrize("width", [12, 40])
async def test_hostile_wording_is_drawn_as_text(width: int) -> None:
    view, app = panel()
    async with app.test(width, 24) as pilot:
        for number, (_, text) in enumerate(HOSTILE):
            text = text[:2_000]
            template = ChecklistTemplate("x", text, (Step("a", text, text, tip=text, done_when=text, snippet=text),))
            ticks = (TickRow("a", "skipped", text, NOW, text, text),)
            view.show([(template, RunRow(number, "x", ticks)), (template, RunRow(-number, "x", ()))], suggestion=text)
            steps = view.query_one(StepLines)
            assert_harmless(lines_of(steps), steps.cells)
        await pilot.pause()
        assert_harmless(drawn(app), width)


async def test_the_keys_go_to_no_checklist_that_has_gone() -> None:
    """An answer of the database may come when the page is being left."""
    view, app = panel()
    async with app.test(40, 24):
        view.show([(HEARD, run())])
        await view.remove()
        view.focus_steps()
        assert app.focused is None
