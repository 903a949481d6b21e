"""The sync that goes on: what wakes it, what ends it, and that there is one of it."""

import signal
import subprocess
from contextlib import ExitStack
from functools import partial
from threading import Thread

import pytest

from desk.times import MINUTE, SECOND
from storage import delivery, sources
from storage.connect import writing
from sync import worker
from sync.lock import is_synced, seated
from sync.sources.mailbox import idle as idle_line
from sync.sources.mailbox import wire
from tests.factories import make_ticket
from tests.servers.line import Line
from tests.servers.processes import until
from tests.sync.commands import heard, until_told, watching
from tests.sync.office import NAME, Office, mail

# Long against what is promised (1 and 1.5 s), short against the time after which it would look by itself.
SOON = 60.0


def idle(office: Office) -> bool:
    """Whether a round has ended, and it listens."""
    return office.state()[:2] == ("idle", "")


def listening(office: Office, process: "subprocess.Popen[str]") -> None:
    """Wait until it has read all that there was."""
    until_told(process, "page")
    until(lambda: idle(office), "the end of the first round")


@pytest.fixture
def pump(office: Office) -> int:
    """A ticket that is being worked on."""
    office.account.put(mail("Pump"))
    office.connect()
    office.sync()
    return office.tickets()["Pump"]


def test_new_mail_and_new_replies_wake_it(office: Office) -> None:
    """Both within seconds, though it would look by itself only later."""
    assert worker.LISTEN_FOR > worker.ALIVE_EVERY > SOON * SECOND
    office.account.put(mail("Pump"))
    office.connect()
    with watching(office) as process:
        listening(office, process)
        office.account.put(mail("News", name="n"))
        until(lambda: "News" in office.tickets(), "the coming in of new mail", SOON)
        until(lambda: idle(office), "the end of the round")
        office.reply(office.tickets()["Pump"])
        until(lambda: office.states() == ["sent"], "the sending of a reply", SOON)
        assert len(office.sent()) == 1


def test_a_reply_leaves_when_its_undo_time_is_over(office: Office) -> None:
    office.account.put(mail("Pump"))
    office.connect()
    with watching(office) as process:
        listening(office, process)
        office.reply(office.tickets()["Pump"], undo=1)
        until(lambda: office.states() == ["sent"], "the sending of a reply", SOON)
        left, ready = office.rows("SELECT sent_at, created_at + 1000000 FROM outbox")[0]
        assert int(str(left)) >= int(str(ready))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_it_ends_when_it_is_told(office: Office, number: signal.Signals) -> None:
    office.account.put(mail("Pump"))
    office.connect()
    with watching(office) as process:
        listening(office, process)
        process.send_signal(number)
        assert process.wait(SOON) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert not is_synced(office.workspace)


def test_it_works_while_a_console_is_open_and_ends_with_the_last(office: Office, pump: int) -> None:
    with ExitStack() as last, watching(office, "--for-consoles") as process:
        last.enter_context(seated(office.workspace))
        with seated(office.workspace):
            until(lambda: is_synced(office.workspace), "the start of the sync")
        office.reply(pump)
        until(lambda: office.states() == ["sent"], "the sending of a reply", SOON)
        assert process.poll() is None
        last.close()
        assert process.wait(SOON) == 0


def test_a_second_one_is_refused_clearly(office: Office, pump: int) -> None:
    with watching(office):
        until(lambda: is_synced(office.workspace), "the start of the sync")
        status, out, err = heard(office, "sync")
        assert (status, out) == (1, "")
        assert err.startswith("heard sync: This workspace is being synced already.")
        assert "Traceback" not in err


def test_a_mailbox_that_is_connected_later_is_worked_too(office: Office) -> None:
    office.account.put(mail("Pump"))
    with watching(office) as process:
        until(lambda: is_synced(office.workspace), "the start of the sync")
        office.connect()
        listening(office, process)
        assert set(office.tickets()) == {"Pump"}


def test_a_server_that_dies_while_it_listens_is_found_again(office: Office) -> None:
    office.account.put(mail("Pump"))
    office.connect()
    with watching(office) as process:
        listening(office, process)
        office.account.server.imap.kill()
        until_told(process, "error")
        office.reply(office.tickets()["Pump"])
        office.account.server.start()
        office.account.put(mail("News", name="n"))
        until(lambda: "News" in office.tickets(), "the coming in of new mail", SOON)
        until(lambda: office.states() == ["sent"], "the sending of a reply", SOON)
        until(lambda: idle(office), "a state that is well again")
        process.terminate()
        assert process.wait(SOON) == 0
        assert process.stderr is not None
        assert process.stderr.read() == "", "its thread has fallen"


def test_a_server_that_is_listened_to_is_asked_whether_it_lives(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as it says that there is nothing new, all is in sync; a line that dies in silence lacks that answer."""
    monkeypatch.setattr(worker, "ALIVE_EVERY", SECOND // 5)
    # The line may also die while it is asked what is new, which has the patience of every other question.
    monkeypatch.setattr(wire, "PATIENCE", 10.0)
    office.account.put(mail("Pump"))
    with Line(office.account.server.imap_port) as line:
        office.connect(imap=f"imap://127.0.0.1:{line.port}")
        engine = office.engine()
        watcher = Thread(target=engine.watch, args=(lambda: True,))
        watcher.start()
        try:
            until(lambda: idle(office), "the end of the first round")
            rounds = office.rows("SELECT tried_at FROM source_state")
            for _ in range(2):
                ((at,),) = office.rows("SELECT synced_at FROM source_state")
                until(partial(office.rows, "SELECT 1 FROM source_state WHERE synced_at > ?", at), "a sign of life")
            assert office.rows("SELECT tried_at FROM source_state") == rounds
            monkeypatch.setattr(idle_line, "ANSWER", 1.0)
            line.stop()
            until(lambda: office.state()[2], "the word that it has died")
        finally:
            line.go_on()
            engine.stopping.set()
            watcher.join(SOON)


def test_a_cut_network_comes_back_and_all_leaves_in_order(office: Office) -> None:
    office.account.put(mail("Pump"))
    with Line(office.account.server.imap_port) as line:
        office.connect(imap=f"imap://127.0.0.1:{line.port}")
        with watching(office) as process:
            listening(office, process)
            line.stop()
            line.cut()
            until_told(process, "error")
            for number in range(3):
                office.reply(office.tickets()["Pump"], f"reply {number}")
            line.go_on()
            until(lambda: office.states() == ["sent"] * 3, "the sending of three replies", SOON)
    assert office.words() == ["reply 0", "reply 1", "reply 2"]


def test_a_person_s_wish_ends_a_pause(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused password is tried again in a quarter of an hour, or when somebody asks for it."""
    office.account.put(mail("Pump"))
    office.connect()
    office.account = type(office.account)(office.account.server, office.account.user, "wrong")
    with watching(office) as process:
        until_told(process, "error")
        until(lambda: office.state()[:1] == ("denied",), "the word of it")
        with writing(office.connection):
            sources.ask_for_a_round(office.connection, office.clock())
        until_told(process, "error")
        until(lambda: office.state()[2] == 2, "the second refusal")


def test_one_that_a_person_starts_tries_at_once(office: Office) -> None:
    """The password was refused a while ago, and is right now: nobody waits for the end of that pause."""
    office.account.put(mail("Pump"))
    source_id = office.connect()
    with writing(office.connection):
        until_then = office.clock() + 60 * MINUTE
        sources.tell(office.connection, source_id, state="denied", tried_at=office.clock(), next_at=until_then)
    with watching(office):
        until(lambda: "Pump" in office.tickets(), "the coming in of mail", SOON)


def test_what_waits_behind_a_held_reply_keeps_nobody_busy(office: Office, pump: int) -> None:
    """It is due and can't leave: that must not become one round after the other."""
    office.reply(pump)
    office.account.put(mail("Re: Pump", name="m2", before="m1", at="20 Nov 2026 11:00:00"))
    assert office.sync().held == 1
    office.reply(pump, "second")
    source_id = sources.source_named(office.connection, NAME).id
    assert delivery.soonest(office.connection, source_id) is None
    office.sync()
    assert office.states() == ["held", "waiting"]
    other = make_ticket(office.connection, source_id=source_id)
    office.reply(other, "third")
    due = delivery.soonest(office.connection, source_id)
    assert due is not None
    assert due <= office.clock()
