"""Reading a conversation: where it opens, how it moves, what is folded, selected and announced."""

from collections.abc import Sequence
from datetime import UTC

import pytest
from textual.geometry import Offset
from textual.selection import Selection

from desk.mail.quotes import Fold
from desk.records import Message
from desk.times import HOUR, SECOND
from tests.hostile import HOSTILE
from tests.rest import settled
from tests.widgets.stage import NOW, Stage, assert_harmless, attachment, clock, drawn, message, text_of
from widgets.conversation import LAID_OUT, Conversation
from widgets.message_lines import GUTTER
from widgets.transcript import CURSOR_BAR, Transcript


def conversation(count: int, lines: int = 8) -> list[Message]:
    body = "\n".join(f"line {number}" for number in range(lines))
    return [
        message(number, f"message {number}\n{body}", at=NOW - (count - number + 1) * HOUR)
        for number in range(1, count + 1)
    ]


def transcript() -> Transcript:
    return Transcript(clock=clock)


def shown(app: Stage) -> str:
    """The screen without the scroll bar."""
    return text_of([strip.crop(0, strip.cell_length - 1) for strip in drawn(app)])


async def test_a_read_ticket_opens_at_its_newest_message() -> None:
    view = transcript()
    app = Stage(view)
    async with app.test() as pilot:
        view.show(1, conversation(20))
        await pilot.pause()
        assert view.current is not None
        assert view.current.id == 20
        assert "message 20" in shown(app)


async def test_an_unread_ticket_opens_at_what_is_new() -> None:
    view = transcript()
    app = Stage(view)
    async with app.test() as pilot:
        view.show(1, conversation(20), read_until=NOW - 6 * HOUR)
        await pilot.pause()
        assert view.current is not None
        assert view.current.id == 16
        lines = shown(app).split("\n")
        divider = next(number for number, line in enumerate(lines) if " new " in line)
        assert divider < next(number for number, line in enumerate(lines) if "message 16" in line)


async def test_it_opens_where_it_should_also_when_shown_before_it_has_a_size() -> None:
    view = transcript()
    view.show(1, conversation(20))
    app = Stage(view)
    async with app.test() as pilot:
        await pilot.pause()
        assert "message 20" in shown(app)


async def test_something_new_leaves_the_reader_where_they_are() -> None:
    view = transcript()
    app = Stage(view)
    messages = conversation(20)
    async with app.test() as pilot:
        view.show(1, messages)
        view.go_to(5)
        await pilot.pause()
        before = shown(app)
        view.show(1, [*messages, message(21, "new one", at=NOW)])
        await pilot.pause()
        assert shown(app) == before
        assert view.current is not None
        assert view.current.id == 5
        view.show(2, conversation(3))
        await pilot.pause()
        assert view.current.id == 3


async def test_messages_are_stepped_through_and_events_passed_over() -> None:
    view = transcript()
    app = Stage(view)
    messages: Sequence[Message] = [message(1), message(2, "Mara set status to hold", kind="event"), message(3)]
    async with app.test() as pilot:
        view.show(1, messages)
        view.next_message(-1)
        assert view.current is not None
        assert view.current.id == 1
        view.next_message(-1)
        assert view.current.id == 1
        view.next_message(1)
        await pilot.pause()
        assert view.current.id == 3
        assert [told.message_id for told in app.told(Transcript.MessageReached)] == [3, 1, 3]


async def test_only_the_current_message_has_the_bar() -> None:
    view = transcript()
    app = Stage(view)
    async with app.test() as pilot:
        view.show(1, [message(1, "one"), message(2, "two")])
        await pilot.pause()
        barred = [strip.text for strip in drawn(app) if strip.text.startswith(CURSOR_BAR)]
        assert len(barred) == 2
        assert "two" in barred[1]


async def test_it_scrolls_by_lines_pages_and_to_its_ends() -> None:
    view = transcript()
    app = Stage(view)
    async with app.test() as pilot:
        view.show(1, conversation(30))
        view.home()
        assert view.scroll_offset.y == 0
        assert view.current is not None
        assert view.current.id == 1
        view.scroll_lines(3)
        view.page(1)
        assert view.scroll_offset.y == 25
        view.half_page(-1)
        assert view.scroll_offset.y == 13
        view.end()
        await pilot.pause()
        assert view.scroll_offset.y == view.max_scroll_y
        assert view.current.id == 30


async def test_quotes_unfold_for_one_message_and_for_all() -> None:
    view = transcript()
    app = Stage(view)
    quoting = [message(number, "Thanks\n> older", folds=(Fold(1, 2, "quote"),)) for number in (1, 2)]
    async with app.test() as pilot:
        view.show(1, quoting)
        await pilot.pause()
        assert shown(app).count("··· 1 quoted line") == 2
        view.toggle_quotes()
        await pilot.pause()
        assert shown(app).count("··· 1 quoted line") == 1
        assert shown(app).index("1 quoted line") < shown(app).index("│ older")
        view.toggle_all_quotes()
        await pilot.pause()
        assert shown(app).count("│ older") == 2
        view.toggle_all_quotes()
        await pilot.pause()
        assert "│ older" not in shown(app)


async def test_a_click_unfolds_opens_files_and_addresses() -> None:
    view = transcript()
    app = Stage(view)
    entry = message(
        1, "see https://example.com/a\n> older", folds=(Fold(1, 2, "quote"),), attachments=(attachment("dent.png"),)
    )
    async with app.test() as pilot:
        view.show(1, [entry])
        await pilot.pause()
        await pilot.click(view, offset=(GUTTER + 6, 1))
        assert [told.url for told in app.told(Transcript.LinkChosen)] == ["https://example.com/a"]
        await pilot.click(view, offset=(GUTTER + 1, 4))
        assert [told.attachment_id for told in app.told(Transcript.AttachmentChosen)] == [7]
        await pilot.click(view, offset=(GUTTER + 1, 2))
        await pilot.pause()
        assert "│ older" in shown(app)


async def test_the_countdown_goes_on() -> None:
    now = [NOW]
    view = Transcript(clock=lambda: now[0])
    app = Stage(view)
    async with app.test() as pilot:
        view.show(1, [message(kind="outbound", delivery="undoable", ready_at=NOW + 15 * SECOND)])
        await pilot.pause()
        assert "leaves in 15 s" in shown(app)
        now[0] += 5 * SECOND
        view.tick()
        await pilot.pause()
        assert "leaves in 10 s" in shown(app)


async def test_selected_text_is_what_was_written() -> None:
    view = transcript()
    app = Stage(view)
    async with app.test(40, 12) as pilot:
        view.show(1, [message(1, "alpha beta gamma delta epsilon zeta eta theta\nsecond")])
        await pilot.pause()
        # From "beta" in the first line of the text to the "sec" of its second line.
        chosen = Selection(Offset(GUTTER + 6, 1), Offset(GUTTER + 3, 3))
        app.screen.selections = {view: chosen}
        await pilot.pause()
        assert app.screen.get_selected_text() == "beta gamma delta epsilon zeta eta theta\nsec"
        highlighted = app.screen.get_component_rich_style("screen--selection").bgcolor
        coloured = [s.text for s in drawn(app)[1] if s.style is not None and s.style.bgcolor == highlighted]
        assert "".join(coloured).strip().startswith("beta gamma")


async def test_the_mouse_selects() -> None:
    view = transcript()
    app = Stage(view)
    async with app.test(60, 12) as pilot:
        view.show(1, [message(1, "alpha beta gamma\nsecond 日本 line")])
        await pilot.pause()
        await pilot.mouse_down(view, offset=(GUTTER + 6, 1))
        await pilot.hover(view, offset=(GUTTER + 9, 2))
        await pilot.mouse_up(view, offset=(GUTTER + 9, 2))
        await pilot.pause()
        selected = app.screen.get_selected_text()
        assert selected is not None
        assert selected.startswith("beta gamma\nsecond ")


async def test_where_a_composer_leaves_less_room_the_message_that_is_answered_stays_in_sight() -> None:
    view = transcript()
    app = Stage(view)
    async with app.test(height=20) as pilot:
        view.show(1, conversation(2, lines=6))
        await settled(app)
        assert view.current is not None
        assert view.current.id == 2
        await pilot.resize_terminal(80, 8)
        await settled(app)
        assert view.current.id == 2
        assert "message 2" in shown(app)
        assert "line 4" in shown(app)


async def test_where_a_composer_leaves_less_room_a_reader_in_the_middle_stays_there() -> None:
    view = transcript()
    app = Stage(view)
    async with app.test(height=20) as pilot:
        view.show(1, conversation(3, lines=60))
        await settled(app)
        view.scroll_lines(10)
        await settled(app)
        top = shown(app).split("\n")[0]
        await pilot.resize_terminal(80, 8)
        await settled(app)
        assert shown(app).split("\n")[0] == top


async def test_a_narrower_screen_keeps_the_place() -> None:
    view = transcript()
    app = Stage(view)
    async with app.test(100, 20) as pilot:
        view.show(1, [message(number, "word " * 100) for number in range(1, 30)])
        view.go_to(12)
        await pilot.pause()
        await pilot.resize_terminal(60, 20)
        await settled(app)
        assert view._conversation.anchor(view.scroll_offset.y)[0] == 12
        assert all(strip.cell_length == 60 for strip in drawn(app))


@pytest.mark.parametrize("width", [16, 80])
async def test_hostile_mail_is_drawn_as_text(width: int) -> None:
    view = transcript()
    app = Stage(view)
    async with app.test(width, 24) as pilot:
        for number, (_, text) in enumerate(HOSTILE):
            view.show(number, [message(number, text, subject=text, author=text, attachments=(attachment(text),))])
            assert_harmless([view.render_line(y) for y in range(24)], view.cells)
        await pilot.pause()
        assert_harmless(drawn(app), width)


async def test_nothing_to_show_is_drawn_too() -> None:
    view = transcript()
    app = Stage(view)
    async with app.test() as pilot:
        view.show(1, [])
        view.next_message(1)
        view.end()
        view.toggle_quotes()
        view.clear()
        await pilot.pause()
        assert view.current is None
        assert shown(app).strip() == ""


def test_of_a_very_long_conversation_the_older_part_waits() -> None:
    laid = Conversation(conversation(1_000, lines=50), NOW, UTC)
    laid.lay_out(80)
    assert laid.height < LAID_OUT + 100
    assert laid.earlier > 900
    first = laid.line(0)[1]
    assert f"··· {laid.earlier} earlier messages" in first.pieces[0][0]
    assert laid.show_earlier()
    assert laid.height > LAID_OUT + 100
    laid.show_all()
    assert laid.earlier == 0
    assert not laid.show_earlier()


def test_all_of_a_very_long_conversation_is_laid_out_at_once() -> None:
    times = 0

    class Counting(Conversation):
        def lay_out(self, cells: int) -> None:
            nonlocal times
            times += 1
            super().lay_out(cells)

    laid = Counting(conversation(1_000, lines=50), NOW, UTC)
    laid.lay_out(80)
    laid.show_all()
    assert (times, laid.earlier) == (2, 0)


async def test_going_back_beyond_what_is_laid_out_works() -> None:
    view = transcript()
    app = Stage(view)
    async with app.test() as pilot:
        view.show(1, conversation(1_000, lines=20))
        await pilot.pause()
        oldest = view._conversation.anchor(0)[0]
        view.go_to(oldest)
        view.next_message(-1)
        await pilot.pause()
        assert view.current is not None
        assert view.current.id == oldest - 1
        view.home()
        assert view.current.id == 1


@pytest.mark.parametrize("offset", [0, 3])
def test_an_anchor_stays_when_something_unfolds_above(offset: int) -> None:
    quoting = [message(n, "a\n> b\n> c\nd", folds=(Fold(1, 3, "quote"),)) for n in range(1, 10)]
    laid = Conversation(quoting, NOW, UTC)
    laid.lay_out(60)
    line = laid.line_of(6, offset)
    assert laid.anchor(line) == (6, offset)
    laid.toggle(2)
    laid.lay_out(60)
    assert laid.line_of(6, offset) == line + 1


def test_a_ticket_opens_at_the_customer_s_words_not_at_our_acknowledgement() -> None:
    asked, answered = message(1), message(2, kind="outbound", automatic="Auto-Submitted: auto-replied")
    assert Conversation((asked, answered), NOW, UTC).first_to_read() == 1
    assert Conversation((asked, message(2, kind="outbound")), NOW, UTC).first_to_read() == 2
    assert Conversation((answered,), NOW, UTC).first_to_read() == 2


async def test_the_current_message_follows_the_wheel() -> None:
    view = transcript()
    app = Stage(view)
    async with app.test() as pilot:
        view.show(1, conversation(30))
        await pilot.pause()
        for _ in range(20):
            view._scroll_up_for_pointer(animate=False)
        await pilot.pause()
        assert view.current is not None
        assert f"message {view.current.id}\n" in shown(app) + "\n"
        assert view.current.id < 30


async def test_where_the_current_message_is_gone_another_one_is_current() -> None:
    view = transcript()
    app = Stage(view)
    messages = conversation(3)
    async with app.test():
        view.show(1, messages)
        view.show(1, messages[:2])
        assert view.current is not None
        assert view.current.id == 2
