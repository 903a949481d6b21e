"""Writing: a note looks like one, fields are jumped through, triggers are announced, nothing harmful gets in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from desk.mail.quotes import Fold
from tests.hostile import HOSTILE
from tests.widgets.stage import NOW, Stage, assert_harmless, drawn, lines_of, message, text_of
from widgets.composer import Composer, ComposerFoot, ComposerTitle, Written
from widgets.editor import Editor
from widgets.quoting import quoted

REPLY = Written("reply", recipients="ana@example.com", subject="Re: Refund")


def shown(app: Stage) -> str:
    return text_of(drawn(app))


@asynccontextmanager
async def writing(written: Written = REPLY) -> AsyncIterator[tuple[Composer, Pilot[None], Stage]]:
    """A composer that was opened with this, its text ready for keys."""
    composer = Composer()
    app = Stage(composer)
    async with app.test() as pilot:
        composer.open(written, title=written.kind)
        composer.focus_text()
        yield composer, pilot, app


async def test_a_reply_shows_to_whom_it_goes() -> None:
    composer = Composer()
    app = Stage(composer)
    async with app.test() as pilot:
        composer.open(REPLY, title="Reply to Ana Ruiz")
        composer.set_status_after("solved")
        await pilot.pause()
        lines = shown(app).split("\n")
        assert "Reply to Ana Ruiz" in lines[0]
        assert "then solved" in lines[0]
        assert lines[1].split() == ["To", "ana@example.com"]
        assert composer.written == REPLY
        assert not composer.is_note


async def test_a_note_says_that_the_customer_wont_see_it_and_asks_for_no_address() -> None:
    async with writing(Written("note")) as (composer, pilot, app):
        await pilot.pause()
        assert "NOTE Internal note: the customer won't see this" in shown(app)
        assert "To" not in shown(app).split()
        ground = composer.query_one(Editor).styles.background.hex.lower()
        assert ground == app.theme_variables["note-background"]
        composer.send()
        await pilot.pause()
        assert [told.written.kind for told in app.told(Composer.NoteSaved)] == ["note"]
        assert app.told(Composer.SendAsked) == []


async def test_opening_a_draft_is_no_change_and_typing_is() -> None:
    async with writing(Written("reply", body="Hello there", cursor=5)) as (composer, pilot, app):
        await pilot.pause()
        assert app.told(Composer.Changed) == []
        assert composer.written.cursor == 5
        await pilot.press("!")
        assert composer.written.body == "Hello! there"
        assert len(app.told(Composer.Changed)) == 1
        composer.query(Input).first().value = "li@example.com"
        await pilot.pause()
        assert len(app.told(Composer.Changed)) == 2
        assert composer.written.recipients == "li@example.com"


async def test_typing_can_be_undone_but_not_beyond_the_draft() -> None:
    async with writing(Written("reply", body="draft", cursor=5)) as (composer, pilot, _):
        await pilot.press("x", "ctrl+z")
        assert composer.written.body == "draft"
        composer.undo()
        assert composer.written.body == "draft"


async def test_sending_tells_what_is_written() -> None:
    composer = Composer()
    app = Stage(composer)
    async with app.test() as pilot:
        composer.open(REPLY, title="Reply")
        assert composer.empty
        composer.set_text("Done.")
        composer.attach("/home/ana/refund.pdf")
        composer.attach("/home/ana/other.pdf")
        await pilot.pause()
        place = shown(app).split("\n")[-1].index("other.pdf")
        await pilot.click(composer, offset=(place + 1, 23))
        await pilot.pause()
        assert "refund.pdf" in shown(app)
        assert "other.pdf" not in shown(app)
        composer.send()
        await pilot.pause()
        (told,) = app.told(Composer.SendAsked)
        assert told.written == Written(
            "reply", "ana@example.com", "", "Re: Refund", "Done.", ("/home/ana/refund.pdf",), cursor=5
        )


async def test_a_word_behind_a_semicolon_asks_for_snippets_until_it_is_left() -> None:
    async with writing() as (composer, pilot, app):
        await pilot.press("a", "space", ";", "r", "e")
        assert [told.query for told in app.told(Composer.SnippetAsked)] == ["", "r", "re"]
        await pilot.press("tab")
        assert [told.trigger for told in app.told(Composer.TriggerTyped)] == ["re"]
        composer.insert("refund is on its way")
        await pilot.pause()
        assert composer.written.body == "a refund is on its way"
        assert len(app.told(Composer.SnippetLeft)) == 1


async def test_tab_goes_from_field_to_field_and_digits_pick() -> None:
    async with writing() as (composer, pilot, app):
        composer.insert("{{ask: amount}} {{choose: by card | as voucher}} {{ask: amount}}{{nope}}")
        await pilot.pause()
        assert composer.open_fields == 3
        assert "fill in: amount" in shown(app)
        await pilot.press("tab")
        assert "1 by card  2 as voucher" in shown(app)
        await pilot.press("2")
        assert composer.written.body == "{{ask: amount}} as voucher {{ask: amount}}{{nope}}"
        await pilot.press("4", "0")
        assert composer.written.body == "{{ask: amount}} as voucher 40{{nope}}"
        await pilot.press("shift+tab")
        await pilot.press("5")
        assert composer.written.body == "5 as voucher 40{{nope}}"
        assert composer.open_fields == 0
        assert "“nope” is no variable" in shown(app)
        assert not composer.next_field()


async def test_equal_choices_are_answered_together() -> None:
    async with writing(Written("reply", body="x {{choose: a | bb}} y {{choose: a | bb}} z")) as (composer, pilot, _):
        composer.next_field(-1)
        await pilot.press("2")
        assert composer.written.body == "x bb y bb z"
        await pilot.pause()
        assert composer.written.cursor == len("x bb y bb")


async def test_what_is_typed_over_a_field_goes_into_its_equals_with_tab_and_one_undo_takes_it_back() -> None:
    async with writing() as (composer, pilot, _):
        composer.insert("On {{ask: day}} or {{ask: hour}}:\nyes, {{ask: day}}. {{ask: day}}")
        await pilot.press("M", "o", "n")
        typed = "On Mon or {{ask: hour}}:\nyes, {{ask: day}}. {{ask: day}}"
        assert composer.written.body == typed
        await pilot.press("tab")
        assert composer.written.body == "On Mon or {{ask: hour}}:\nyes, Mon. Mon"
        assert composer.query_one(Editor).selected_text == "{{ask: hour}}"
        composer.undo()
        assert composer.written.body == typed
        await pilot.press("ctrl+y", "tab", "9", "tab")
        assert composer.written.body == "On Mon or 9:\nyes, Mon. Mon"


async def test_the_last_answer_goes_into_a_field_before_it_and_tab_stays_in_the_text() -> None:
    async with writing(Written("reply", body="{{ask: day}} and {{ask: day}}.")) as (composer, pilot, _):
        composer.next_field(-1)
        await pilot.press("9", "tab")
        assert composer.written.body == "9 and 9."
        assert composer.written.cursor == len("9 and 9")
        assert composer.query_one(Editor).has_focus
        await pilot.press("ctrl+z")
        assert composer.written.body == "{{ask: day}} and 9."


async def test_a_field_is_left_as_it_is_where_the_text_around_it_was_changed() -> None:
    async with writing() as (composer, pilot, _):
        composer.insert("On {{ask: day}} or {{ask: day}}")
        await pilot.press("9", "home", "x", "tab")
        assert composer.written.body == "xOn 9 or {{ask: day}}"


async def test_without_room_copies_and_subject_fold_away_until_a_field_has_the_keys() -> None:
    composer = Composer()
    app = Stage(composer)
    async with app.test(80, 12) as pilot:
        composer.set_small(True)
        composer.open(
            Written("reply_all", "ana@example.com", "bo@example.com, li@example.com", "Re: Refund"), title="R"
        )
        composer.focus_text()
        await pilot.pause()
        assert composer.query_one(Editor).size.height == 9
        assert "Subject" not in shown(app)
        assert "+2 in Copies" in shown(app)
        for key in ("up", "shift+tab"):
            await pilot.press(key)
            await pilot.pause()
            assert "Subject" in shown(app)
            assert "bo@example.com" in shown(app)
            assert "in Copies" not in shown(app)
            assert isinstance(app.focused, Input)
            await pilot.press("enter")
            await pilot.pause()
            assert composer.query_one(Editor).has_focus
            assert "Subject" not in shown(app)
        await pilot.press("a", "enter", "b", "up")
        assert composer.query_one(Editor).has_focus


async def test_with_room_all_fields_are_shown_and_a_note_has_none() -> None:
    async with writing(Written("reply_all", "ana@example.com", "bo@example.com", "Re: Refund")) as (
        composer,
        pilot,
        app,
    ):
        await pilot.pause()
        assert "Subject" in shown(app)
        assert "in Copies" not in shown(app)
        composer.set_small(True)
        composer.open(Written("note"), title="Note")
        await pilot.press("up")
        assert composer.query_one(Editor).has_focus


async def test_digits_are_digits_where_nothing_is_to_be_picked() -> None:
    async with writing() as (composer, pilot, _):
        await pilot.press("1", "2")
        assert composer.written.body == "12"


async def test_the_cursor_stands_where_the_snippet_wants_it() -> None:
    composer = Composer()
    app = Stage(composer)
    async with app.test():
        composer.open(Written("reply", body="Hi\n", cursor=3), title="Reply")
        composer.insert("one\ntwo", cursor=3)
        assert composer.written.body == "Hi\none\ntwo"
        assert composer.written.cursor == 6


async def test_arrows_go_from_the_fields_to_the_text() -> None:
    composer = Composer()
    app = Stage(composer)
    async with app.test() as pilot:
        composer.open(REPLY, title="Reply")
        composer.query(Input).first().focus()
        await pilot.press("down", "down", "down")
        assert composer.query_one(Editor).has_focus
        composer.query(Input).first().focus()
        await pilot.press("enter")
        assert composer.query_one(Editor).has_focus


@pytest.mark.parametrize("kind", ["reply", "note"])
async def test_hostile_text_is_cleaned_and_drawn_as_text(kind: str) -> None:
    composer = Composer()
    app = Stage(composer)
    short = [text[:3_000] for _, text in HOSTILE]
    async with app.test() as pilot:
        for text in short:
            composer.open(Written(kind, text, text, text, text, (text,)), title=text)
            composer.set_status_after(text)
            for part in (
                composer.query_one(ComposerTitle),
                composer.query_one(ComposerFoot),
                composer.query_one(Editor),
            ):
                assert_harmless(lines_of(part), part.scrollable_content_region.width)
        await pilot.pause()
        assert_harmless(drawn(app), 80)


async def test_pasted_control_bytes_do_not_get_in() -> None:
    composer = Composer()
    app = Stage(composer)
    async with app.test() as pilot:
        composer.open(REPLY, title="Reply")
        field = composer.query(Input).first()
        composer.focus_text()
        await pilot.pause()
        app.post_message(events.Paste("a\x1b]52;c;eA==\x07b\x9b31m\r\nc\u202e"))
        await pilot.pause()
        assert composer.written.body == "ab\nc"
        field.focus()
        await pilot.pause()
        app.post_message(events.Paste("x\x1b[2Jy\nz"))
        await pilot.pause()
        assert "\x1b" not in composer.written.recipients
        assert composer.written.recipients.endswith("xy z")


@pytest.mark.parametrize(("end", "wrapped"), [("\n", True), (" ", False)])
async def test_a_paste_of_a_megabyte_arrives_whole_and_one_line_of_it_isnt_wrapped(end: str, wrapped: bool) -> None:
    composer = Composer()
    app = Stage(composer)
    pasted = ("a line of a log that someone pastes, with some words in it" + end) * 17_000
    async with app.test() as pilot:
        composer.open(REPLY, title="Reply")
        composer.focus_text()
        await pilot.pause()
        app.post_message(events.Paste(pasted))
        await pilot.pause()
        assert composer.written.body == pasted
        assert composer.query_one(Editor).soft_wrap is wrapped
        composer.open(REPLY, title="Reply")
        assert composer.query_one(Editor).soft_wrap


def test_a_quotation_names_its_author_and_leaves_older_quotes_out() -> None:
    entry = message(1, "It isn't there\n>> older\n\n> old\n\n", at=NOW, folds=(Fold(3, 4, "quote"),))
    assert quoted(entry, UTC) == ("On Tue 4 Aug 2026 at 14:03, Ana Ruiz wrote:\n> It isn't there\n>>> older\n")
