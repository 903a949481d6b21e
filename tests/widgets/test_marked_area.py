"""Marks on a text: drawn where their words are, moved with them, gone with them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from desk.review.marks import Mark
from tests.rest import settled
from tests.widgets.stage import Stage, drawn, text_of
from widgets.composer import Composer, Written
from widgets.editor import Editor

TEXT = "one two three\n\nfour five six and a long line that goes on and on and on until it has to be wrapped somewhere"


def mark(text: str, words: str, *, asks: bool = False, replacement: str | None = None) -> Mark:
    start = text.index(words)
    return Mark("rule", start, start + len(words), words, "Why it is so.", "What to do.", replacement, asks)


@asynccontextmanager
async def marked(text: str, *marks: Mark) -> AsyncIterator[tuple[Composer, Editor, Stage]]:
    composer = Composer()
    app = Stage(composer)
    async with app.test(width=60) as pilot:
        composer.open(Written("reply", body=text), title="Reply")
        composer.focus_text()
        composer.show_marks(marks)
        await pilot.pause()
        yield composer, composer.query_one(Editor), app


def underlined(editor: Editor) -> list[str]:
    """What is drawn underlined, in every line of the screen."""
    return [
        segment.text
        for y in range(editor.size.height)
        for segment in editor.render_line(y)
        if segment.style is not None and segment.style.underline and segment.text.strip()
    ]


async def test_marks_are_underlined_and_those_that_ask_are_bold_too() -> None:
    async with marked(TEXT, mark(TEXT, "two"), mark(TEXT, "five six", asks=True)) as (_, editor, _app):
        assert underlined(editor) == ["two", "five six"]
        bold = [
            segment.text for y in range(4) for segment in editor.render_line(y) if segment.style and segment.style.bold
        ]
        assert bold == ["five six"]


async def test_a_mark_runs_across_lines_and_wraps() -> None:
    async with marked(TEXT, mark(TEXT, "three\n\nfour"), mark(TEXT, "until it has to be wrapped")) as (_, editor, _app):
        assert "".join(underlined(editor)).replace(" ", "") == "threefouruntilithastobewrapped"


async def test_typing_moves_marks_and_drops_what_it_touches() -> None:
    async with marked(TEXT, mark(TEXT, "two"), mark(TEXT, "five")) as (composer, editor, _app):
        editor.insert("zero ", (0, 0))
        assert underlined(editor) == ["two", "five"]
        editor.insert("x", (0, 10))
        assert [each.text for each in composer.marks] == ["five"]
        assert underlined(editor) == ["five"]
        editor.delete((0, 0), (2, 0))
        # The cursor stands on its first letter now.
        assert "".join(underlined(editor)) == "five"


async def test_an_undo_never_leaves_a_mark_on_other_words() -> None:
    async with marked(TEXT) as (composer, editor, app):
        editor.insert("new words, then ", (0, 0))
        composer.show_marks((mark(editor.text, "then one"),))
        composer.undo()
        await settled(app)
        assert editor.text == TEXT
        assert composer.marks == ()


async def test_next_goes_round_and_the_line_speaks_of_the_one_at_the_cursor() -> None:
    marks = (mark(TEXT, "two", replacement="2"), mark(TEXT, "five"))
    async with marked(TEXT, *marks) as (composer, editor, app):
        assert composer.mark == marks[0]
        assert composer.next_mark()
        assert editor.cursor_location == (0, 4)
        assert composer.next_mark()
        assert editor.cursor_location == (2, 5)
        assert composer.mark == marks[1]
        assert not composer.fix_mark()
        assert composer.next_mark()
        assert composer.fix_mark()
        assert editor.text.startswith("one 2 three")
        composer.undo()
        assert editor.text == TEXT
        assert "What to do." in text_of(drawn(app))


async def test_without_marks_the_line_is_gone() -> None:
    async with marked(TEXT, mark(TEXT, "two")) as (composer, _editor, app):
        assert composer.review_line.region.height == 2
        composer.show_marks(())
        await settled(app)
        assert composer.review_line.region.height == 0
        assert not composer.next_mark()
        assert not composer.fix_mark()
        assert composer.mark is None


async def test_the_line_that_is_typed_stays_in_sight_when_a_mark_takes_room() -> None:
    text = "\n".join(f"line {number}" for number in range(60))
    async with marked(text) as (composer, editor, app):
        composer.set_text(text)
        await settled(app)
        before = editor.size.height
        assert editor.cursor_screen_offset.y < editor.region.bottom
        composer.show_marks((mark(text, "line 3"),))
        await settled(app)
        assert editor.size.height == before - 2
        assert editor.region.y <= editor.cursor_screen_offset.y < editor.region.bottom
        assert "line 59" in text_of(drawn(app))
