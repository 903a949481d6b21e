"""Mails as strangers write them, from a real server through the sync into tickets, and onto the screen."""

import hashlib
from base64 import b64encode
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from benchmarks.mail_accuracy import mbox
from storage import attachments
from tests.hostile import HOSTILE
from tests.shared import shared_data
from tests.sync.commands import heard
from tests.sync.office import VARIABLE, Office, mail
from tests.terminal.desk import Desk, strangers_bytes

# So many are opened on the screen, the others only listed.
TICKETS = 40


def real_mails() -> list[bytes]:
    """Every mail of the shared data, as a server takes it: no NUL, lines that end in CR LF."""
    folder = shared_data("mail")
    beside = {".yml", ".gz"}
    paths: list[Path] = [
        path for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in beside and path.name != "LICENSE" and "trimmed" not in path.parts
    ]  # fmt: skip
    found = [path.read_bytes() for path in paths] + list(mbox(folder / "easy-ham.mbox.gz"))
    mails = [raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw for raw in found]
    # In this order: lines that end in CR alone stay as they are.
    return [raw.replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for raw in mails]


def as_kept(office: Office) -> list[bytes]:
    """Every mail as the server has it, in the order of their numbers."""
    with office.account.imap("INBOX") as connection:
        found = connection.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]
    return [line[1] for line in found if isinstance(line, tuple)]


@pytest.mark.shared_data
def test_every_real_mail_is_a_message_to_the_byte(office: Office) -> None:
    """A message keeps the digest of its mail; what could not be read without a loss lies beside it as it came."""
    given = real_mails()
    assert len(given) > 1000
    office.account.put(*given)
    there = as_kept(office)
    # Dovecot makes a line's end of a CR that stands alone.
    assert [_lines(raw) for raw in there] == [_lines(raw) for raw in given]
    office.connect()
    office.sync()
    placed = office.rows("SELECT uid, message_id FROM mail_copy WHERE stream = 'INBOX' ORDER BY uid")
    assert [uid for uid, _ in placed] == list(range(1, len(given) + 1)), "a mail lies nowhere"
    kept = {row: facts for row, *facts in office.rows("SELECT id, digest, message_id, raw FROM message")}
    assert set(kept) == {message for _, message in placed}
    for raw, (uid, message) in zip(there, placed, strict=True):
        digest, message_id, beside = kept[message]
        if digest != hashlib.sha256(raw).digest():
            # The same mail has come by another way too, with other headers.
            assert message_id, uid
            assert str(message_id).encode() in raw, uid
        elif beside is not None:
            assert attachments.path(office.workspace, cast(bytes, beside)).read_bytes() == raw, uid


def _lines(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def word(text: str) -> str:
    """Any text at all in a header, where it may hold no line end."""
    return f"=?utf-8?b?{b64encode(text.encode('utf-8', 'replace')).decode()}?="


def test_a_mail_of_ten_thousand_headers(office: Office) -> None:
    many = "".join(f"X-Header-{number}: {'v' * 60} {number}\r\n" for number in range(10_000))
    named = "".join(f"References: <r{number}@example.org>\r\n" for number in range(2_000))
    office.account.put(mail("Many", more=many + named, words="the words"), mail("After", name="a"))
    office.connect()
    assert office.sync().pulled == 2
    assert office.messages("Many") == [("inbound", "the words")]
    office.reply(office.tickets()["Many"])
    assert office.sync().pushed == 1
    (left,) = office.sent()
    headers = left.raw.partition(b"\r\n\r\n")[0]
    assert b"In-Reply-To: <m1@example.org>" in headers
    assert len(headers) < 8_000, "an answer carries none of it on"


def shows_another(number: int, desk: Desk) -> bool:
    """Whether another ticket is open than that one."""
    return "#" in desk.lines[0] and desk.open_number != number


@pytest.mark.terminal
def test_hostile_mails_on_the_screen_and_in_commands(office: Office) -> None:
    for number, (_, text) in enumerate(HOSTILE):
        text = text.replace("\0", "")
        office.account.put(
            mail(
                word(f"Hostile {number} {text}"), name=f"h{number}", sender=f'{word(text)} <h{number}@example.org>',
                more="Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n",
                words=b64encode(text.encode("utf-8", "replace")).decode(),
            ),
            # As it is, where only a broken program would put it.
            f"From: {text} <r{number}@example.org>\r\nSubject: Raw {number} {text}\r\n\r\n{text}\r\n".encode(
                "utf-8", "replace"
            ),
        )  # fmt: skip
    office.connect()
    office.sync()
    assert len(office.rows("SELECT DISTINCT message_id FROM mail_copy")) == 2 * len(HOSTILE)
    for arguments in (("tickets", "--limit", "200"), ("find", "example"), ("outbox", "list")):
        status, out, err = heard(office, *arguments)
        assert (status, err) == (0, ""), arguments
        assert strangers_bytes(out.encode("utf-8", "replace")) == b"", arguments
    with Desk(office.workspace, columns=120, rows=36, environment={VARIABLE: office.account.password}) as desk:
        desk.wait_until_live()
        desk.press("7", "enter")
        desk.wait_for(lambda desk: "All open" in desk.lines[0] and "#" in desk.lines[0])
        opened = set()
        for _ in range(TICKETS):
            number = desk.open_number
            opened.add(number)
            desk.press("]")
            desk.wait_for(partial(shows_another, number))
        assert len(opened) == TICKETS
        assert desk.process.poll() is None
        assert b"Traceback" not in desk.raw
        assert strangers_bytes(bytes(desk.raw)) == b""
