"""The facts over a ticket: what weighs most comes first, and a stranger's words are only words."""

from datetime import UTC

import pytest
from textual.strip import Strip

from desk.clocks import Clock
from desk.records import PromiseRow, Standing, Ticket
from desk.times import HOUR, MINUTE, SECOND
from tests.hostile import FORBIDDEN, HOSTILE
from tests.widgets.stage import NOW, Stage, assert_harmless, clock, lines_of, ticket
from widgets.ticket_facts import (
    TicketFacts,
    clock_piece,
    fact_pieces,
    field_pieces,
    lines_below,
    promise_piece,
    written_pieces,
)

TICKET = Ticket(ticket(), None, "", "", "", "", "", (), (), None, None)

PROMISE = PromiseRow(1, 1, 1001, "by four", NOW, NOW + 2 * HOUR, NOW + HOUR // 2, "open", None, "Ana Bell")


def _words(ticket: Ticket) -> list[str]:
    return [text for text, _ in fact_pieces(ticket, NOW, UTC) if text.strip()]


def test_a_plain_ticket_says_little() -> None:
    plain = TICKET._replace(row=TICKET.row._replace(priority=1, due_at=None, tags=(), assignee="", status=0))
    assert _words(plain) == ["Open", "nobody has it"]


def test_what_weighs_most_comes_first() -> None:
    row = TICKET.row._replace(
        status=0, priority=3, assignee="Ana Bell", due_at=NOW - HOUR, snoozed_until=NOW + HOUR,
        promised_at=NOW + 2 * HOUR, tags=("refund",),
    )  # fmt: skip
    full = TICKET._replace(row=row, promises=(PROMISE,), queue="Billing", watchers=("Bo",), suggested=(1007,))
    assert _words(full) == [
        "Open", "Urgent", "Ana Bell", "late 1:00", "snoozed until 15:03", "promised by 16:03, aim in 30 m", "Billing",
        "refund", "watched by Bo", "like #1007? M merges",
    ]  # fmt: skip


THERE = Standing("rt", "rt", "42", "stalled", "70", "https://rt.example.test/42", False, None, {"Order": "8841"})


def test_a_helpdesk_s_own_words_stand_beside_ours_where_they_are_others() -> None:
    row = TICKET.row._replace(status=1, priority=2, due_at=None, tags=())
    assert _words(TICKET._replace(row=row, standing=THERE))[:2] == ["Pending (stalled)", "High (70)"]
    alike = THERE._replace(label="pending", priority_label="high")
    assert _words(TICKET._replace(row=row, standing=alike))[:2] == ["Pending", "High"]


def test_what_is_gone_or_closed_for_good_there_is_told_early() -> None:
    row = TICKET.row._replace(status=3, priority=1, due_at=None, tags=())
    assert _words(TICKET._replace(row=row, standing=THERE._replace(gone_at=NOW)))[1] == "deleted at rt"
    assert _words(TICKET._replace(row=row, standing=THERE._replace(final=True)))[1].startswith("closed for good there")


def test_its_custom_fields_stand_below_each_with_its_name() -> None:
    fields = {"Order": "8841", "Empty": " ", "Plan": "two\nlines"}
    below = lines_below(TICKET._replace(standing=THERE._replace(fields=fields), goal="A new cup"))
    assert ["".join(text for text, _ in line).strip() for line in below] == [
        "Goal A new cup", "Order 8841  Plan two lines",
    ]  # fmt: skip
    assert lines_below(TICKET._replace(standing=THERE._replace(fields={}))) == []
    for _, hostile in HOSTILE:
        pieces = field_pieces(TICKET._replace(standing=THERE._replace(fields={hostile: hostile}, label=hostile)))
        assert not FORBIDDEN & set("".join(text for text, _ in pieces))


@pytest.mark.parametrize(
    ("clock", "words", "ink"),
    [
        (Clock("first response", NOW, NOW + 100 * MINUTE, NOW + 50 * MINUTE, 0), "first answer due 1:40", "due"),
        (Clock("next response", NOW, NOW + 12 * MINUTE, NOW, 0), "answer soon 0:12", "late"),
        (Clock("resolution", NOW, NOW - 5 * MINUTE, NOW - HOUR, 0), "solution late 0:05", "late"),
        (Clock("resolution", NOW, None, None, 200 * MINUTE), "solution paused, 3:20 left", "muted"),
    ],
)
def test_a_clock_says_how_long_in_words_and_not_by_colour_alone(clock: Clock, words: str, ink: str) -> None:
    assert clock_piece(clock, NOW) == (words, ink)
    row = TICKET.row._replace(status=0, due_at=clock.due_at)
    assert words in _words(TICKET._replace(row=row, clocks=(clock,)))
    assert [
        text for text in _words(TICKET._replace(row=row, clocks=(clock,))) if text.startswith(("due", "late"))
    ] == []


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (0, "promised by 16:03, aim in 30 m"),
        (30 * MINUTE, "promise soon 1:30, by 16:03, aim passed"),
        (90 * MINUTE, "promise soon 0:30, aim passed"),
        (140 * MINUTE, "promise late 0:20"),
    ],
)
def test_a_promise_says_what_is_meant_and_what_was_told(later: int, words: str) -> None:
    assert promise_piece(PROMISE, NOW + later, UTC)[0] == words


def test_a_merged_ticket_says_where_all_of_it_is() -> None:
    assert _words(TICKET._replace(merged_into=1007)) == ["part of #1007 now: all that was said is there"]


def test_a_solved_ticket_is_due_no_more() -> None:
    solved = TICKET._replace(row=TICKET.row._replace(status=3, due_at=NOW, promised_at=NOW, assignee="Bo", tags=()))
    assert _words(solved)[:2] == ["Solved", "Bo"]


def test_what_was_found_out_stands_below() -> None:
    assert written_pieces(TICKET) == []
    known = TICKET._replace(goal="be home\nby six", choice="a new one")
    assert [text for text, _ in written_pieces(known) if text.strip()] == [
        "Goal ",
        "be home by six",
        "Choice ",
        "a new one",
    ]


async def test_a_second_that_changes_nothing_draws_nothing() -> None:
    now, drawn = NOW, 0

    class Counting(TicketFacts):
        def render_line(self, y: int) -> Strip:
            nonlocal drawn
            drawn += 1
            return super().render_line(y)

    widget = Counting(clock=lambda: now, zone=UTC)
    async with Stage(widget).test() as pilot:
        widget.show(TICKET._replace(row=TICKET.row._replace(status=0, due_at=NOW + HOUR + 30 * SECOND)))
        await pilot.pause()
        drawn = 0
        now += SECOND
        widget.tick()
        await pilot.pause()
        assert drawn == 0
        now += HOUR
        widget.tick()
        await pilot.pause()
        assert drawn == 1


@pytest.mark.parametrize("text", [text for _, text in HOSTILE])
async def test_hostile_facts_are_drawn_as_words(text: str) -> None:
    row = TICKET.row._replace(assignee=text, tags=(text,))
    hostile = TICKET._replace(row=row, queue=text, goal=text, watchers=(text,))
    widget = TicketFacts(clock=clock, zone=UTC)
    async with Stage(widget).test() as pilot:
        widget.show(hostile)
        await pilot.pause()
        assert widget.size.height == (2 if text.strip() else 1)
        assert_harmless(lines_of(widget), 80)
