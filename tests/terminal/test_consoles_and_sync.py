"""Consoles and the one process that syncs for them: one for all, alive as long as one of them is, started again."""

import os
import signal

import pytest

from sync.lock import is_synced
from tests.servers.mail import missing
from tests.servers.processes import until
from tests.terminal.desk import Desk
from tests.terminal.shop import Shop

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(bool(missing()), reason=missing() or "there is a mail server"),
]
MAIL = "From: Rosa <rosa@example.org>\r\nSubject: {0}\r\nMessage-ID: <{0}@example.org>\r\n\r\nHello\r\n"


def one_process(shop: Shop, *, but: int = 0) -> int:
    """The one sync process, as soon as there is one, and another than that."""
    # Two consoles that begin at once may both start one; that which comes too late ends at once.
    until(lambda: len(set(shop.sync_processes()) - {but}) == 1 and is_synced(shop.workspace), "one sync process")
    (process,) = shop.sync_processes()
    return process


def sees_new_mail(shop: Shop, subject: str, *desks: Desk) -> None:
    """A mail comes in, and is on each screen without a key."""
    shop.account.put(MAIL.format(subject).encode())
    for desk in desks:
        desk.wait_for(subject)


def show_all(desk: Desk) -> None:
    """Show what was touched last on top."""
    desk.wait_for(lambda desk: "● synced" in desk.lines[0] and "keys" in desk.lines[-1])
    desk.step("9", then="Queue · Everything")


def test_two_consoles_share_one_process_that_ends_with_the_last(synced: Shop) -> None:
    shop = synced
    with shop.console() as ana, shop.console(agent="ben") as ben:
        for desk in (ana, ben):
            show_all(desk)
        process = one_process(shop)
        sees_new_mail(shop, "Both", ana, ben)
        # Whichever has started it may end however it likes.
        ana.signal(signal.SIGKILL)
        ana.wait_for_exit()
        sees_new_mail(shop, "One", ben)
        assert shop.sync_processes() == [process]
        assert ben.quit() == 0
    until(lambda: shop.sync_processes() == [], "the end of the process with the last console")
    assert not is_synced(shop.workspace)


def test_a_process_that_is_killed_is_started_again_and_one_that_ends_and_ends_is_told_of(synced: Shop) -> None:
    shop = synced
    with shop.console() as desk:
        show_all(desk)
        process = one_process(shop)
        os.kill(process, signal.SIGKILL)
        process = one_process(shop, but=process)
        sees_new_mail(shop, "Again", desk)
        for _ in range(2):
            os.kill(process, signal.SIGKILL)
            process = one_process(shop, but=process)
        desk.wait_for("Nothing is synced: the process for it ends by itself")
        assert desk.quit() == 0
