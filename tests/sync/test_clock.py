"""A clock that is set back, as by a machine that learns the time late: nothing waits until it has caught up."""

import pytest

from desk.times import DAY, HOUR, MINUTE
from storage import sources
from storage.connect import writing
from sync.mailing import DOUBT
from tests.servers.processes import until
from tests.sync.office import Office, at_work, mail

SOON = 60.0


@pytest.fixture
def pump(office: Office) -> int:
    """A ticket that a customer has opened by mail."""
    office.account.put(mail("Pump"))
    office.connect()
    office.sync()
    return office.tickets()["Pump"]


@pytest.mark.parametrize("back", [HOUR, 400 * DAY], ids=["an hour", "a year"])
def test_no_reply_waits(office: Office, pump: int, back: int) -> None:
    office.reply(pump, "first", undo=10)
    office.reply(pump, "second", to="defer@example.test")
    office.reply(pump, "third", undo=10)
    office.ahead = -back
    assert office.sync().pushed == 1
    assert office.words() == ["first"]
    office.account.put(mail("News", name="n"))
    assert office.sync().pulled == 1


def test_what_a_server_put_off_is_tried_by_the_new_time(office: Office, pump: int) -> None:
    office.reply(pump, to="defer@example.test")
    office.ahead = 3 * DAY
    assert office.sync().pushed == 0
    assert office.rows("SELECT tries FROM outbox") == [(1,)]
    office.ahead = MINUTE
    office.sync()
    assert office.rows("SELECT tries FROM outbox") == [(2,)]


def test_what_is_looked_for_is_looked_for_as_long_as_ever(office: Office, pump: int) -> None:
    office.reply(pump, to="drop@example.test")
    office.sync()
    office.ahead = -HOUR
    office.sync()
    assert office.states() == ["handed"], "it may still turn up"
    office.ahead = 3 * MINUTE - HOUR
    assert office.sync().held == 1
    assert office.outbox() == [("held", DOUBT)]


def test_the_sync_that_goes_on_feels_it(office: Office) -> None:
    office.account.put(mail("Pump"))
    office.connect()
    server = office.account.server
    server.imap.kill()
    with at_work(office):
        until(lambda: office.state()[2:3] == (1,), "the first failure", SOON)
        office.ahead = -HOUR
        server.start()
        until(lambda: "Pump" in office.tickets(), "the next try", SOON)
        until(lambda: office.state() == ("idle", "", 0, None), "the end of the round", SOON)
        office.reply(office.tickets()["Pump"], undo=60)
        office.ahead = -2 * HOUR
        until(lambda: office.states() == ["sent"], "the sending of a reply", SOON)
        office.account.put(mail("News", name="n"))
        with writing(office.connection):
            sources.ask_for_a_round(office.connection, office.clock())
        until(lambda: "News" in office.tickets(), "the coming in of new mail", SOON)
