"""What fails again and again: one row's trouble is its own, and in the end a person's."""

from desk.times import MINUTE, SECOND
from sync.errors import Broken
from sync.posting import MOST_TRIES, NEVER_TAKEN
from tests.sync.branch import Branch
from tests.sync.bureau import SETTLES


def test_what_makes_no_sense_of_one_ticket_keeps_nothing_of_another(branch: Branch) -> None:
    branch.bureau.opens("Lamp", "It flickers.")
    branch.bureau.opens("Fan", "It hums.")
    branch.sync()
    branch.bureau.falls["push"] = [Broken("The answer was cut short")]
    branch.writes("Lamp", "Turn it off.")
    branch.writes("Fan", "Turn it on.")
    assert branch.sync().pushed == 1
    assert branch.outbox() == [("waiting", "The answer was cut short"), ("sent", "")]
    branch.ahead += 2 * MINUTE
    assert branch.sync().pushed == 1
    assert branch.bureau.said("1")[1:] == [("outbound", "Turn it off.")]


def test_what_never_makes_sense_is_a_persons(lamp: Branch) -> None:
    lamp.bureau.falls["push"] = [Broken("The answer was cut short")] * MOST_TRIES
    lamp.writes("Lamp", "Turn it off.")
    for _ in range(MOST_TRIES):
        lamp.sync()
        lamp.ahead += MOST_TRIES * MINUTE
    assert lamp.outbox() == [("failed", "The answer was cut short")]


def test_a_service_that_fails_each_time_is_not_written_to_for_ever(lamp: Branch) -> None:
    lamp.bureau.cut = 99
    lamp.writes("Lamp", "Turn it off.")
    for _ in range(3 * MOST_TRIES):
        lamp.sync()
        lamp.ahead += 2 * SETTLES * SECOND
    assert lamp.outbox() == [("held", NEVER_TAKEN)]
    assert lamp.bureau.count("handed") == MOST_TRIES
    assert lamp.bureau.said("1") == [("inbound", "It flickers.")]


def test_words_that_cannot_be_looked_for_hold_up_no_others(branch: Branch) -> None:
    branch.bureau.opens("Lamp", "It flickers.")
    branch.bureau.opens("Fan", "It hums.")
    branch.sync()
    branch.bureau.cut = 1
    branch.writes("Lamp", "Turn it off.")
    branch.sync()
    branch.bureau.falls["find"] = [Broken("The answer was cut short")] * 2
    branch.writes("Fan", "Turn it on.")
    assert branch.sync().pushed == 1
    assert branch.states() == ["handed", "sent"]
    branch.ahead = 2 * SETTLES * SECOND
    assert branch.sync().held == 1
