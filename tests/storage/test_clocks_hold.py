"""Whatever is done to a ticket in whatever order: its times are those of a recount, and undoing all gives all back."""

import random
from typing import NamedTuple

import pytest

from desk.errors import Refused
from desk.statuses import Status
from desk.times import MINUTE
from storage import promises, rules
from storage.clocks import due_times
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.promises import Said, promise, withdraw
from storage.deeds.undo import undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session, engine_over
from storage.inbound import after_inbound
from tests.factories import NOW, make_message, make_ticket

TARGETS = """
zone = "Europe/Madrid"
hours = "Mon-Fri 9-17"
holidays = ["2026-03-03"]

[[target]]
title = "Everything"
first_response = "4h"
next_response = "6h"
resolution = "30h"
pauses = ["pending", "hold", "snoozed"]
"""
SAID = ("I'll call you within 2 hours.", "It goes out by Friday.", "Thank you.", "You'll hear from me tomorrow.")
# All that an undo gives back; what it was changed at is when it was undone.
STANDS = "SELECT status, snoozed_until, promised_at, due_at, warns_at FROM ticket WHERE id = ?"
PROMISED = "SELECT words, due_at, target_at, state, settled_at FROM promise ORDER BY id"


class Stands(NamedTuple):
    """What a ticket says of its clocks and promises."""

    status: int
    snoozed_until: int | None
    promised_at: int | None
    due_at: int | None
    warns_at: int | None


class Bench:
    """One ticket, an agent, a clock that goes on, and dice."""

    def __init__(self, connection: Connection, by: By, seed: int) -> None:
        self.connection, self.by, self.dice, self.now = connection, by, random.Random(seed), NOW
        rules.write(connection, "targets", TARGETS)
        self.ticket = make_ticket(connection)
        make_message(connection, self.ticket)
        after_inbound(connection, [self.ticket])

    def stands(self) -> tuple[Stands, list[tuple[object, ...]]]:
        ticket = Stands(*self.connection.execute(STANDS, (self.ticket,)).fetchone())
        return ticket, self.connection.execute(PROMISED).fetchall()

    def act(self) -> bool:
        """One deed of some; False where the desk refused it."""
        self.now += self.dice.randrange(1, 30 * 60) * MINUTE
        # Nothing leaves while this goes on, so that all of it can be taken back.
        by, dice = By(self.by.agent_id, self.now, 60 * 24 * 3600), self.dice
        later = self.now + dice.randrange(10, 4 * 24 * 60) * MINUTE
        held = [each.id for each in promises.of_ticket(self.connection, self.ticket) if each.state == "open"]
        with deed_session(engine_over(self.connection)) as session:
            try:
                match dice.randrange(7):
                    case 0:
                        status = dice.choice([Status.OPEN, Status.PENDING, Status.HOLD, Status.SOLVED])
                        change(session, by, [self.ticket], Change(status=int(status)))
                    case 1:
                        change(session, by, [self.ticket], Change(snoozed_until=later))
                    case 2:
                        after = dice.choice([Change(), Change(status=int(Status.PENDING))])
                        write(
                            session,
                            by,
                            self.ticket,
                            Outgoing("reply", dice.choice(SAID), "li@example.org", after=after),
                        )
                    case 3:
                        write(session, by, self.ticket, Outgoing("note", "It goes out by Friday."))
                    case 4:
                        promise(session, by, self.ticket, Said("by then", self.now, later))
                    case 5 if held:
                        withdraw(session, by, dice.choice(held))
                    case _:
                        change(session, by, [self.ticket], Change(priority=dice.randrange(4)))
            except Refused:
                session.rollback()
                return False
        return True


@pytest.mark.parametrize("seed", range(8))
def test_times_are_those_of_a_recount_and_undoing_all_gives_all_back(connection: Connection, by: By, seed: int) -> None:
    bench = Bench(connection, by, seed)
    before = [bench.stands()]
    for _ in range(14):
        if bench.act():
            before.append(bench.stands())
        stands, _ = before[-1]
        assert due_times(connection, [bench.ticket])[bench.ticket] == (stands.due_at, stands.warns_at)
        open_ones = [each for each in promises.of_ticket(connection, bench.ticket) if each.state == "open"]
        assert stands.promised_at == min((each.due_at for each in open_ones), default=None)
        for each in open_ones:
            assert stands.status < Status.SOLVED
            assert stands.due_at is not None
            assert stands.due_at <= each.target_at < each.due_at
    while len(before) > 1:
        stood = before.pop()
        assert bench.stands() == stood
        assert due_times(connection, [bench.ticket])[bench.ticket] == (stood[0].due_at, stood[0].warns_at)
        bench.now += MINUTE
        with deed_session(engine_over(connection)) as session:
            undo(session, By(by.agent_id, bench.now))
    assert bench.stands() == before[0]
