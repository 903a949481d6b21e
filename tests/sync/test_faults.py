"""What goes wrong with servers, folders, disks and clocks: told in words, and mended by itself once it can be."""

import base64
import hashlib
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from typing import cast

import pytest

from desk.times import MINUTE
from storage import attachments
from sync.sources.mailbox import idle, smtp_line, wire
from tests.servers.line import Line
from tests.servers.processes import until
from tests.sync.commands import ROOT, environment, until_told, watching
from tests.sync.office import Office, at_work, mail

SOON = 60.0


@pytest.fixture
def pump(office: Office) -> int:
    """A ticket that a customer has opened by mail."""
    office.account.put(mail("Pump"))
    office.connect()
    office.sync()
    return office.tickets()["Pump"]


@pytest.fixture
def keeper(office: Office) -> Office:
    """A mailbox whose provider keeps a copy of all that it sends."""
    office.account = office.account.server.account("keeper-of-faults")
    office.account.put(mail("Pump"))
    office.connect(keeps_sent="yes")
    office.sync()
    return office


def bodies(office: Office) -> Counter[str]:
    """What stands on the tickets, and how often."""
    return Counter(str(body).strip() for (body,) in office.rows("SELECT body FROM message"))


def is_sound(office: Office) -> bool:
    return office.rows("PRAGMA integrity_check") == [("ok",)]


def with_file(size: int) -> bytes:
    """A mail with one file of so many bytes."""
    lines = base64.encodebytes(random.Random(size).randbytes(size)).replace(b"\n", b"\r\n")
    parts = (
        b'Content-Type: multipart/mixed; boundary="b"\r\nMIME-Version: 1.0\r\n',
        b"--b\r\nContent-Type: text/plain\r\n\r\nThe film of it.\r\n",
        b"--b\r\nContent-Type: video/mp4; name=film.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines,
    )
    return (
        mail("Film", name="film", more=parts[0].decode(), words="").rstrip()
        + b"\r\n\r\n"
        + b"\r\n".join(parts[1:])
        + b"--b--\r\n"
    )


def test_a_mail_of_fifty_megabytes_and_a_server_killed_in_the_middle_of_it(office: Office) -> None:
    raw = with_file(37_000_000)
    assert len(raw) > 50_000_000
    office.account.put(mail("Before", name="b"), raw)
    with Line(office.account.server.imap_port) as line:
        office.connect(imap=f"imap://127.0.0.1:{line.port}")
        line.pause = 0.001
        with watching(office) as process:
            # Beyond what lies in the buffers of both lines, so that it is broken off indeed.
            until(lambda: line.passed > 5_000_000, "the middle of the page", SOON)
            office.account.server.imap.kill()
            until_told(process, "error")
            assert office.tickets() == {}
            line.pause = 0.0
            office.account.server.start()
            until(lambda: set(office.tickets()) == {"Film", "Before"}, "the rest of the mails", SOON)
            until(lambda: office.state() == ("idle", "", 0, None), "a state that is well again", SOON)
    ((digest,),) = office.rows("SELECT digest FROM message WHERE message_id = '<film@example.org>'")
    assert digest == hashlib.sha256(raw).digest()
    ((name, size, kept),) = office.rows("SELECT name, size, digest FROM attachment")
    assert (name, size) == ("film.mp4", 37_000_000)
    stored = attachments.path(office.workspace, bytes(cast(bytes, kept))).read_bytes()
    assert stored == random.Random(37_000_000).randbytes(37_000_000)
    assert is_sound(office)


def hand_over_and_kill(office: Office, ticket: int, words: str) -> None:
    """A reply whose server is killed while it takes it."""
    office.reply(ticket, words, to="slow@example.test")
    with watching(office) as process:
        until(lambda: office.states()[-1:] == ["handed"], "the handing over", SOON)
        office.account.server.smtp.kill()
        office.account.server.start()
        until(lambda: office.state()[:2] == ("idle", ""), "the end of the round", SOON)
        process.terminate()
        assert process.wait(SOON) == 0


def test_a_server_killed_while_it_takes_a_reply(office: Office, pump: int) -> None:
    hand_over_and_kill(office, pump, "on its way")
    assert office.states() == ["handed"], "nobody knows, and it may still turn up"
    office.ahead = 3 * MINUTE
    assert office.sync().held == 1
    assert office.words() == []


def test_a_provider_that_keeps_copies_killed_while_it_takes_a_reply(keeper: Office) -> None:
    before = len(keeper.sent())
    hand_over_and_kill(keeper, keeper.tickets()["Pump"], "on its way")
    assert len(keeper.sent()) == before
    keeper.ahead = 3 * MINUTE
    assert keeper.sync().pushed == 1
    assert keeper.words()[before:] == ["on its way"]
    assert keeper.sync().pushed == 0


def test_a_mailbox_that_was_wiped_takes_nothing_from_the_tickets(office: Office, pump: int) -> None:
    # Dovecot numbers a folder by the second in which it is made: in the same one it would be the same folder.
    ((validity,),) = office.rows("SELECT validity FROM mail_copy")
    until(lambda: time.time() > int(str(validity)) + 1, "the next second")
    office.account.server.wipe(office.account.user)
    office.account.put(mail("News", name="n"))
    office.reply(pump)
    tally = office.sync()
    assert (tally.pulled, tally.pushed) == (1, 1)
    assert set(office.tickets()) == {"Pump", "News"}
    assert bodies(office) == Counter({"hello": 2, "We are on it.": 1})
    # What lay there before lies nowhere now: the new mail, and the copy of the reply.
    assert office.sync().pulled == 0
    assert sorted(office.rows("SELECT stream FROM mail_copy")) == [("INBOX",), ("Sent",)]


@pytest.mark.parametrize("silent", ["imap", "smtp"])
def test_a_server_that_accepts_and_never_answers(
    office: Office, pump: int, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "CONNECT", 0.5)
    monkeypatch.setattr(wire, "PATIENCE", 0.5)
    monkeypatch.setattr(smtp_line, "CONNECT", 0.5)
    office.reply(pump)
    server = getattr(office.account.server, silent)
    server.freeze()
    try:
        assert office.fails().pushed == 0
        assert "did not answer in time" in str(office.state()[1])
        assert office.states() == ["waiting"]
    finally:
        server.thaw()
    assert office.sync().pushed == 1
    assert office.state() == ("idle", "", 0, None)


def test_a_server_that_falls_silent_while_it_is_listened_to(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It neither says goodbye nor closes the line: only a question finds out."""
    monkeypatch.setattr(idle, "GUARD", 0.5)
    monkeypatch.setattr(idle, "ANSWER", 0.5)
    monkeypatch.setattr(wire, "CONNECT", 0.5)
    monkeypatch.setattr(wire, "PATIENCE", 0.5)
    office.account.put(mail("Pump"))
    office.connect()
    with at_work(office):
        until(lambda: office.state() == ("idle", "", 0, None), "the end of the first round", SOON)
        office.account.server.imap.freeze()
        try:
            until(lambda: "did not answer in time" in str(office.state()[1]), "the noticing", SOON)
        finally:
            office.account.server.imap.thaw()
        office.account.put(mail("News", name="n"))
        until(lambda: "News" in office.tickets(), "the coming in of new mail", SOON)
        until(lambda: office.state() == ("idle", "", 0, None), "a state that is well again", SOON)


def test_a_folder_that_is_deleted_holds_nothing_else_up(office: Office) -> None:
    with office.account.imap() as connection:
        connection.create("Orders")
    office.account.put(mail("Order", name="o"), folder="Orders")
    office.connect(folders="Orders")
    assert office.sync().pulled == 1
    with office.account.imap() as connection:
        connection.delete("Orders")
    office.account.put(mail("Pump"))
    office.reply(office.tickets()["Order"])
    tally = office.fails()
    assert (tally.pulled, tally.pushed) == (1, 1)
    assert "“Orders”" in str(office.state()[1])
    with office.account.imap() as connection:
        connection.create("Orders")
    office.account.put(mail("Order", name="o"), mail("Another", name="p"), folder="Orders")
    assert office.sync().pulled == 1
    assert set(office.tickets()) == {"Order", "Pump", "Another"}
    assert office.state() == ("idle", "", 0, None)


def test_a_folder_that_is_renamed_is_asked_for_by_its_old_name(office: Office) -> None:
    with office.account.imap() as connection:
        connection.create("Orders")
    office.account.put(mail("Order", name="o"), folder="Orders")
    office.connect(folders="Orders")
    office.sync()
    with office.account.imap() as connection:
        connection.rename("Orders", "Order2")
    office.account.put(mail("Pump"))
    assert office.fails().pulled == 1
    assert "Order2" in str(office.rows("SELECT mend FROM source_state")[0][0])
    assert set(office.tickets()) == {"Order", "Pump"}


LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
os.execv(sys.executable, [sys.executable, "-m", "console", *sys.argv[2:]])
"""


def room(process: "subprocess.Popen[str]", size: int) -> None:
    """Let no file of that process grow beyond so many bytes."""
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_disk_that_fills_up_while_mails_come_in_and_is_cleared(office: Office) -> None:
    count, chance = 100, random.Random(5)
    texts = [f"mail {n} {chance.randbytes(9_000).hex(' ', 3)}" for n in range(count)]
    office.account.put(*(mail(f"Order {n}", name=f"m{n}", words=text) for n, text in enumerate(texts)))
    office.connect()
    limit = office.workspace.database.stat().st_size + 3_500_000
    with subprocess.Popen(
        [sys.executable, "-c", LIMITED, str(limit), "sync", "--watch", "--json"], env=environment(office), cwd=ROOT,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert "is full or failing" in str(until_told(process, "error")["what"])
            assert 0 < len(office.tickets()) < count
            assert is_sound(office)
            room(process, resource.RLIM_INFINITY)
            until(lambda: len(office.tickets()) == count, "the coming in of the rest", SOON)
            until(lambda: office.state() == ("idle", "", 0, None), "a state that is well again", SOON)
            # Not even how it is doing can be written now.
            room(process, 1)
            office.account.put(mail("News", name="n"))
            assert "is full or failing" in str(until_told(process, "error")["what"])
            room(process, resource.RLIM_INFINITY)
            until(lambda: "News" in office.tickets(), "the coming in of new mail", SOON)
        finally:
            process.terminate()
        assert process.wait(SOON) == 0
        assert process.stderr is not None
        assert process.stderr.read() == "", "a thread has fallen"
    assert set(bodies(office).values()) == {1}
