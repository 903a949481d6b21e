"""What happens to mails on their way while something is broken: they wait, and people are told, not too often."""

from contextlib import ExitStack, closing
from threading import Event, Thread

import pytest

from desk.times import MINUTE
from storage import sources
from sync.lock import seated
from sync.pace import AWAITED, LONGEST, Pace
from sync.sources.mailbox.source import Mailbox
from sync.worker import Worker
from tests.servers.mail import PASSWORD
from tests.sync.office import NAME, Office, mail


def test_a_wrong_password_is_told_and_tried_no_more(office: Office, pump: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARD_SUPPORT_TOKEN", "wrong-canary")
    office.fails()
    state, said, failures, next_at = office.state()
    assert (state, failures) == ("denied", 1)
    assert int(str(next_at)) > office.clock() + 10 * MINUTE
    assert "wrong-canary" not in repr(office.told) + str(said)
    assert PASSWORD not in repr(office.told)
    monkeypatch.setenv("HEARD_SUPPORT_TOKEN", PASSWORD)
    office.sync()
    assert office.state() == ("idle", "", 0, None)


def test_a_broken_way_out_keeps_nothing_from_coming_in(office: Office, pump: int) -> None:
    office.account.server.smtp.stop()
    office.reply(pump)
    # Not in the inbox, which is read before anything leaves.
    office.account.put(mail("News", name="n", sender=office.account.user), folder="Sent")
    tally = office.fails()
    assert tally.pulled == 1
    assert office.states() == ["waiting"]
    assert "Nobody listens" in str(office.state()[1])
    office.account.server.start()
    assert office.sync().pushed == 1
    assert office.state() == ("idle", "", 0, None)


def test_a_mailbox_that_is_away_keeps_replies_until_it_is_back(office: Office, pump: int) -> None:
    """Nobody knows what the customer has written meanwhile."""
    office.reply(pump)
    office.account.server.imap.kill()
    assert office.fails().pushed == 0
    assert office.sent() == []
    office.account.server.start()
    assert office.sync().pushed == 1


def test_an_outage_slows_down_and_people_are_told(office: Office, pump: int) -> None:
    office.account.server.imap.kill()
    with closing(office.engine().open_source(sources.source_named(office.connection, NAME))) as source:
        desk = office.engine().desk
        row = sources.source_named(office.connection, NAME)
        worker = Worker(desk, office.connection, row, source, Event())
        seen = []
        for _ in range(4):
            assert not worker.round()
            state, _, failures, next_at = office.state()
            seen.append((state, failures))
            assert int(str(next_at)) > office.clock()
        assert seen == [("idle", 1), ("idle", 2), ("away", 3), ("away", 4)]
        office.account.server.start()
        assert worker.round()
    assert office.state() == ("idle", "", 0, None)


@pytest.mark.parametrize(
    ("waiting", "console", "longest"), [(False, False, LONGEST), (True, False, AWAITED), (False, True, AWAITED)]
)
def test_a_network_that_is_back_is_noticed_soon_by_those_who_wait(
    office: Office, pump: int, waiting: bool, console: bool, longest: int
) -> None:
    """After a long outage five minutes may pass to the next try, unless a console is open or something is to leave."""
    if waiting:
        office.reply(pump)
    office.account.server.imap.kill()
    row = sources.source_named(office.connection, NAME)
    with ExitStack() as held:
        if console:
            held.enter_context(seated(office.workspace))
        source = held.enter_context(closing(office.engine().open_source(row)))
        worker = Worker(office.engine().desk, office.connection, row, source, Event())
        for _ in range(10):
            before = office.clock()
            assert not worker.round()
        pause = int(str(office.state()[3])) - before
    assert longest // 2 <= pause
    assert int(str(office.state()[3])) <= office.clock() + longest


def test_who_opens_a_console_ends_a_long_pause(office: Office, pump: int) -> None:
    row = sources.source_named(office.connection, NAME)
    with closing(office.engine().open_source(row)) as source:
        stopping = Event()
        worker = Worker(office.engine().desk, office.connection, row, source, stopping)
        worker._pace = Pace(9, office.clock() + LONGEST, office.clock(), office.clock())
        waiter = Thread(target=worker._wait_out)
        with seated(office.workspace):
            waiter.start()
            waiter.join(60)
        ended = not waiter.is_alive()
        stopping.set()
        waiter.join()
    assert ended


def test_an_unforeseen_fault_is_told_and_ends_nothing(
    office: Office, pump: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(_self: Mailbox) -> None:
        raise ZeroDivisionError(PASSWORD)

    monkeypatch.setattr(Mailbox, "streams", fall)
    office.fails()
    said = str(office.state()[1])
    assert "ZeroDivisionError in test_outages.py" in said
    assert PASSWORD not in said + repr(office.told)
    monkeypatch.undo()
