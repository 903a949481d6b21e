"""Cards, views and bars: what they show, what they announce, and that strangers' text is only text."""

from datetime import UTC

import pytest

from desk.flags import Flag
from desk.lookup import IdentityKind
from desk.records import IdentityRow, ViewRow
from desk.times import DAY, SECOND
from tests.hostile import HOSTILE
from tests.widgets.stage import NOW, Stage, assert_harmless, card, clock, drawn, text_of, ticket
from widgets.bars import HeaderBar, HeaderFacts, HintBar, NoticeBar
from widgets.customer_card import CustomerPanel, card_lines
from widgets.views import ViewList

TEXTS = [text for _, text in HOSTILE]


def shown(app: Stage) -> list[str]:
    return text_of(drawn(app)).split("\n")


# The customer's card


def card_text(**changes: object) -> list[str]:
    lines = card_lines(card(**changes), 40, NOW, UTC)
    return ["".join(text for text, _ in line.pieces).rstrip() for line in lines]


def test_a_card_says_who_since_when_and_how_it_stands() -> None:
    flags = (Flag("VIP"), Flag("abusive", "shouts"))
    lines = card_text(mood=2, promised_at=NOW + DAY, contacts_today=2, flags=flags, note="Call after 4 pm")
    assert lines[0].startswith("Ana Ruiz")
    assert lines[0].endswith("! angry")
    assert lines[1:3] == ["Ruiz Ceramics", "Pro since 2021"]
    for line in ("3 open · 11 resolved", "↻ 2nd contact this week", "↻ 2nd contact today", "◆ promised for tomorrow"):
        assert line in lines
    assert "! VIP" in lines
    assert "! abusive: shouts · U hands over" in lines
    assert "♥ Angry after 5 years with us: keep them" in lines
    assert "┃ Call after 4 pm" in lines


def test_a_maybe_is_told_from_what_is_known() -> None:
    lines = card_text()
    assert "✓ ana@example.com" in lines
    assert "? +1 415 555 0134" in lines


def test_names_that_stand_above_are_not_repeated() -> None:
    identities = (
        IdentityRow(1, IdentityKind.NAME, "Ana Ruiz", known=True),
        IdentityRow(2, IdentityKind.NAME, "Anita Ruiz", known=False),
        IdentityRow(3, IdentityKind.COMPANY, "Ruiz Ceramics", known=True),
    )
    lines = card_text(identities=identities)
    assert "? also Anita Ruiz" in lines
    assert sum("Ruiz Ceramics" in line for line in lines) == 1


def test_a_promise_that_was_not_kept_is_said() -> None:
    assert "◆ promised for yesterday, not kept" in card_text(promised_at=NOW - DAY)


def test_a_long_note_is_cut_with_a_sign() -> None:
    assert card_text(note="word " * 200).count("┃ …") == 1


async def test_last_contacts_open_by_a_click() -> None:
    view = CustomerPanel(clock=clock)
    app = Stage(view)
    async with app.test(40, 24) as pilot:
        view.show(card(recent=(ticket(5), ticket(6))))
        await pilot.pause()
        row = next(number for number, line in enumerate(shown(app)) if "Refund for" in line)
        await pilot.click(view, offset=(5, row + 1))
        assert [told.ticket_id for told in app.told(CustomerPanel.TicketChosen)] == [6]
        view.clear()
        await pilot.pause()
        assert shown(app)[0].strip() == "No customer"


@pytest.mark.parametrize("width", [8, 33])
async def test_a_hostile_card_is_drawn_as_text(width: int) -> None:
    view = CustomerPanel(clock=clock)
    app = Stage(view)
    async with app.test(width, 30):
        for text in TEXTS:
            identities = (IdentityRow(1, IdentityKind.EMAIL, text, known=True),)
            view.show(
                card(
                    name=text,
                    organization=text,
                    plan=text,
                    note=text,
                    flags=(Flag(text, text),),
                    details=((text, text),),
                    identities=identities,
                    recent=(ticket(1, subject=text),),
                )
            )
            assert_harmless([view.render_line(y) for y in range(30)], view.cells)


# Views


async def test_views_show_digits_counts_and_which_is_active() -> None:
    view = ViewList()
    app = Stage(view)
    async with app.test(24, 10) as pilot:
        view.show_views([ViewRow(11, 1, "Mine", "", "due"), ViewRow(12, 2, "Unassigned", "", "due")])
        view.set_counts({11: 12, 12: 4_000})
        view.activate(12)
        await pilot.pause()
        assert [line.split() for line in shown(app)[:2]] == [["1", "Mine", "12"], ["›2", "Unassigned", "4,000"]]
        view.move(-1)
        view.open()
        await pilot.pause()
        assert [told.view_id for told in app.told(ViewList.ViewChosen)] == [11]


async def test_hostile_views_are_drawn_as_text() -> None:
    view = ViewList()
    app = Stage(view)
    async with app.test(24, 30) as pilot:
        view.show_views([ViewRow(number, number, text, "", "") for number, text in enumerate(TEXTS)])
        for step in range(0, len(TEXTS), 25):
            view.go_to(step)
            await pilot.pause()
            assert_harmless(drawn(app), 24)


# Bars


def facts(**changes: object) -> HeaderFacts:
    known: dict[str, object] = {
        "place": ("Queue", "Mine 12"),
        "synced": "synced 4 s",
        "waiting": 1,
        "agent": "Ana",
        "state": "available",
        "time": "14:03",
    }
    return HeaderFacts(**{**known, **changes})  # type: ignore[arg-type]  # a test names real fields


async def test_the_top_line_says_where_you_are_and_how_the_world_is() -> None:
    bar = HeaderBar()
    app = Stage(bar)
    async with app.test(100, 3) as pilot:
        bar.show(facts())
        await pilot.pause()
        line = shown(app)[0]
        assert line.startswith(" Heard  Queue · Mine 12 ")
        assert line.endswith("  ● synced 4 s   ↑1   Ana (available)   14:03")
        for mood, mark in (("busy", "◌"), ("partly", "○"), ("trouble", "○")):
            bar.show(facts(mood=mood, synced="so it is"))
            await pilot.pause()
            assert mark + " so it is   ↑1" in shown(app)[0]


async def test_what_the_sources_do_comes_before_being_available_and_being_away_before_both() -> None:
    bar = HeaderBar()
    app = Stage(bar)
    async with app.test(80, 3) as pilot:
        bar.show(facts())
        await pilot.pause()
        assert shown(app)[0].endswith("  ● synced 4 s   ↑1   Ana   14:03")
        bar.show(facts(state="away 12m, lunch", away=True))
        await pilot.pause()
        assert shown(app)[0].endswith("   ↑1   Ana (away 12m, lunch)   14:03")


async def test_on_a_narrow_screen_the_top_line_keeps_place_and_time() -> None:
    bar = HeaderBar()
    app = Stage(bar)
    async with app.test(40, 3) as pilot:
        bar.show(facts())
        await pilot.pause()
        assert shown(app)[0].startswith(" Heard  Queue · Mine 12 ")
        assert shown(app)[0].endswith("  ↑1   14:03")


@pytest.mark.parametrize(
    ("mood", "kept"),
    [("well", "● synced 12 s   ↑1   Ana Ruiz   14:03"), ("busy", "◌ syncing 42 %   ↑1   Ana Ruiz   14:03"),
     ("trouble", "○ offline 12 min   ↑1   14:03")],
)  # fmt: skip
async def test_what_is_under_way_or_wrong_is_worth_more_room_than_a_name(mood: str, kept: str) -> None:
    bar = HeaderBar()
    app = Stage(bar)
    async with app.test(80, 3) as pilot:
        words = {"well": "synced 12 s", "busy": "syncing 42 %", "trouble": "offline 12 min"}[mood]
        bar.show(facts(mood=mood, synced=words, agent="Ana Ruiz"))
        await pilot.pause()
        assert shown(app)[0].endswith("  " + kept)


async def test_hints_are_shown_whole_or_not_at_all_and_help_always() -> None:
    bar = HintBar()
    app = Stage(bar)
    async with app.test(30, 3) as pilot:
        bar.show([("j/k", "move"), ("⏎", "open"), ("r", "reply"), ("z", "snooze"), ("?", "keys")])
        await pilot.pause()
        assert shown(app)[0].split("  ") == [" j/k move", "⏎ open", "? keys"]


async def test_a_notice_takes_a_line_while_there_is_one_and_counts_down() -> None:
    now = [NOW]
    bar = NoticeBar(clock=lambda: now[0])
    app = Stage(bar)
    async with app.test(60, 3) as pilot:
        assert not bar.display
        bar.count_down("Reply sent to Ana Ruiz", NOW + 15 * SECOND)
        await pilot.pause()
        assert shown(app)[0].split("  ")[0] == " ✓ Reply sent to Ana Ruiz"
        assert "u undo  ━━━━━━━━━━━━━━━  15 s" in shown(app)[0]
        now[0] += 10 * SECOND
        bar.tick()
        await pilot.pause()
        assert "━━━━━──────────   5 s" in shown(app)[0]
        now[0] += 5 * SECOND
        bar.tick()
        assert not bar.display
        bar.notice("The mail server did not answer", "error")
        await pilot.pause()
        assert shown(app)[0] == " × The mail server did not answer"
        bar.tick()
        assert bar.text
        bar.clear()
        assert not bar.display


@pytest.mark.parametrize("width", [10, 90])
async def test_hostile_bars_are_drawn_as_text(width: int) -> None:
    header, hints, notice = HeaderBar(), HintBar(), NoticeBar(clock=clock)
    app = Stage(header)
    async with app.test(width, 6) as pilot:
        await app.mount(hints, notice)
        await pilot.pause()
        for text in TEXTS:
            header.show(HeaderFacts((text, text), text, "trouble", 3, text, text, text))
            hints.show([(text, text), (text, text)])
            notice.count_down(text, NOW + SECOND)
            for bar in (header, hints, notice):
                assert_harmless([bar.render_line(0)], bar.cells)
        await pilot.pause()
        assert_harmless(drawn(app), width)


async def test_a_question_is_read_whole_beside_the_seconds_that_are_left() -> None:
    bar = NoticeBar(clock=lambda: NOW)
    app = Stage(bar)
    async with app.test(80, 3) as pilot:
        bar.count_down("Replied to #1001", NOW + 15 * SECOND)
        question = "Y keeps it: promised by tomorrow 12:00, aim today 22:30"
        bar.ask(question)
        await pilot.pause()
        assert shown(app)[0].startswith(" ? " + question)
        assert shown(app)[0].rstrip().endswith("u undo  15 s")
        bar.ask("Y keeps it: by noon")
        await pilot.pause()
        assert "u undo  ━━━━━━━━━━━━━━━  15 s" in shown(app)[0]


async def test_what_stands_is_shown_whenever_nothing_was_just_said() -> None:
    now = [NOW]
    bar = NoticeBar(clock=lambda: now[0])
    app = Stage(bar)
    async with app.test(60, 3) as pilot:
        bar.stand("Offline since 08:56: all goes on here")
        await pilot.pause()
        assert shown(app)[0].rstrip() == " ! Offline since 08:56: all goes on here"
        bar.notice("The draft is kept")
        now[0] += 9 * SECOND
        bar.tick()
        await pilot.pause()
        assert shown(app)[0].rstrip() == " · The draft is kept"
        assert bar.text == "The draft is kept"
        now[0] += SECOND
        bar.tick()
        await pilot.pause()
        assert "Offline since" in shown(app)[0]
        bar.stand("")
        assert not bar.display
        bar.notice("The draft is kept")
        now[0] += 60 * SECOND
        bar.tick()
        assert bar.text == "The draft is kept"
