"""The facts over a ticket: what weighs most comes first, and a stranger's words are only words."""

from dataclasses import replace
from datetime import UTC

import pytest
from textual.strip import Strip

from desk.records import Ticket
from desk.times import HOUR, SECOND
from tests.hostile import HOSTILE
from tests.widgets.stage import NOW, Stage, assert_harmless, clock, lines_of, ticket
from widgets.ticket_facts import TicketFacts, fact_pieces, written_pieces

TICKET = Ticket(ticket(), None, "", "", "", "", "", (), (), None, None)


def _words(ticket: Ticket) -> list[str]:
    return [text for text, _ in fact_pieces(ticket, NOW, UTC) if text.strip()]


def test_a_plain_ticket_says_little() -> None:
    plain = replace(TICKET, row=TICKET.row._replace(priority=1, due_at=None, tags=(), assignee="", status=0))
    assert _words(plain) == ["Open", "nobody has it"]


def test_what_weighs_most_comes_first() -> None:
    row = TICKET.row._replace(
        status=0, priority=3, assignee="Ana Bell", due_at=NOW - HOUR, snoozed_until=NOW + HOUR,
        promised_at=NOW + 2 * HOUR, tags=("refund",),
    )  # fmt: skip
    full = replace(TICKET, row=row, queue="Billing", watchers=("Bo",), suggested=(1007,))
    assert _words(full) == [
        "Open", "Urgent", "Ana Bell", "late 1:00", "snoozed until 15:03", "promised 16:03", "Billing", "refund",
        "watched by Bo", "like #1007? M merges",
    ]  # fmt: skip


def test_a_merged_ticket_says_where_all_of_it_is() -> None:
    assert _words(replace(TICKET, merged_into=1007)) == ["part of #1007 now: all that was said is there"]


def test_a_solved_ticket_is_due_no_more() -> None:
    solved = replace(TICKET, row=TICKET.row._replace(status=3, due_at=NOW, promised_at=NOW, assignee="Bo", tags=()))
    assert _words(solved)[:2] == ["Solved", "Bo"]


def test_what_was_found_out_stands_below() -> None:
    assert written_pieces(TICKET) == []
    known = replace(TICKET, goal="be home\nby six", choice="a new one")
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
        widget.show(replace(TICKET, row=TICKET.row._replace(status=0, due_at=NOW + HOUR + 30 * SECOND)))
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
    hostile = replace(TICKET, row=row, queue=text, goal=text, watchers=(text,))
    widget = TicketFacts(clock=clock, zone=UTC)
    async with Stage(widget).test() as pilot:
        widget.show(hostile)
        await pilot.pause()
        assert widget.size.height == (2 if text.strip() else 1)
        assert_harmless(lines_of(widget), 80)
