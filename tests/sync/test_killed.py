"""`kill -9` of `heard sync`, at any moment and again and again: nothing is lost, and nothing happens twice."""

import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from desk.times import MINUTE
from sync.lock import is_synced
from sync.mailing import DOUBT
from tests.servers.mail import Account
from tests.servers.processes import until
from tests.sync.commands import started
from tests.sync.kills import SECRETS, begun
from tests.sync.office import Office, mail

pytestmark = pytest.mark.timeout(900)
ROUNDS = 8
MAILS = 600


@pytest.fixture
def slow(office: Office) -> Iterator[Office]:
    """An office whose sink takes its time with slow@example.test."""
    server = office.account.server
    before = server.slow_seconds
    for seconds in (0.5, before):
        server.smtp.kill()
        server.slow_seconds = seconds
        server.start()
        if seconds != before:
            yield office


def kill_at_some_time(office: Office, chance: random.Random, longest: float) -> bool:
    """Start a sync and end it suddenly; whether it had not ended by itself."""
    with started(office, "sync") as process:
        until(lambda: is_synced(office.workspace) or process.poll() is not None, "the start of the sync")
        # Not to wait for anything: any moment is as good as another.
        time.sleep(chance.random() * longest)
        ended = process.poll() is not None
        process.kill()
    return not ended


def _is_handed(office: Office, words: str, process: "subprocess.Popen[str]") -> bool:
    """Whether the server may have it, or the process that sends it has ended."""
    asked = (
        "SELECT 1 FROM outbox o JOIN message m ON m.id = o.message_id WHERE m.body = ? AND o.state IN ('handed','sent')"
    )
    return bool(office.rows(asked, words)) or process.poll() is not None


def test_the_console_and_the_sync_at_thirty_moments(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop itself, which `python -m tests.sync.kills` runs as often as one likes."""
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)
    with begun(account.server, tmp_path, seed=30, say=lambda _: None) as kills:
        report = kills.run(30, consoles=8)
    assert report.rounds == 30
    assert report.killed["console in a terminal"] == 3
    assert report.killed["sync"] + report.killed["writer"] >= 24
    assert report.replies >= 10
    assert len(report.places["sync"]) >= 3, "every moment was the same"


def is_sound(office: Office) -> bool:
    """Whether the database passes its check, and no row points nowhere."""
    return office.rows("PRAGMA integrity_check") == [("ok",)] and office.rows("PRAGMA foreign_key_check") == []


def test_a_first_sync_that_is_killed_again_and_again(office: Office) -> None:
    office.account.put(
        *(
            mail(f"Order {n % 300}", name=f"m{n}", before=f"m{n % 300}" if n >= 300 else "", words=f"mail {n}",
                 sender=f"Ana {n % 50} <ana{n % 50}@example.org>", at=f"20 Nov 2026 {n // 60:02}:{n % 60:02}:00")
            for n in range(MAILS)
        )
    )  # fmt: skip
    office.connect()
    chance = random.Random(7)
    killed = sum(kill_at_some_time(office, chance, 0.5) for _ in range(ROUNDS))
    assert killed, "none of the syncs was ended before its time"
    office.sync()
    bodies = Counter(str(body).strip() for (body,) in office.rows("SELECT body FROM message"))
    assert bodies == Counter(f"mail {n}" for n in range(MAILS))
    assert len(office.tickets()) == 300
    assert office.rows("SELECT count(*), count(DISTINCT message_id) FROM mail_copy") == [(MAILS, MAILS)]
    recounted = office.rows(
        "SELECT count(*) FROM ticket t "
        "WHERE t.message_count <> (SELECT count(*) FROM message m WHERE m.ticket_id = t.id)"
    )
    assert recounted == [(0,)]
    assert is_sound(office)
    assert office.sync().pulled == 0


def test_replies_whose_sending_is_killed_again_and_again(slow: Office) -> None:
    office = slow
    office.account.put(*(mail(f"Order {n}", name=f"m{n}") for n in range(ROUNDS)))
    office.connect()
    office.sync()
    tickets = office.tickets()
    chance = random.Random(11)
    for number in range(ROUNDS):
        office.reply(tickets[f"Order {number}"], f"slow {number}", to="slow@example.test")
        office.reply(tickets[f"Order {number}"], f"quick {number}")
        if number % 2:
            kill_at_some_time(office, chance, 0.8)
            continue
        with started(office, "sync") as process:
            # The very moment that matters: the server may have it, and has not said so.
            until(partial(_is_handed, office, f"slow {number}", process), "the handing over")
            process.kill()
    for minutes in (0, 3, 6):
        office.ahead = minutes * MINUTE
        office.sync()
    left = Counter(office.words())
    assert max(left.values()) == 1, "a customer has got an answer twice"
    found = office.rows(
        "SELECT m.body, o.state, o.error FROM outbox o JOIN message m ON m.id = o.message_id ORDER BY o.id"
    )
    assert len(found) == 2 * ROUNDS
    blocked = {str(body).split()[1] for body, state, _ in found if state == "held"}
    assert blocked, "no end was ever unclear"
    for body, state, error in found:
        match state:
            case "sent":
                assert left[str(body)] == 1, f"{body} is said to be sent, and never left"
            case "held":
                assert error == DOUBT
            case _:
                assert state == "waiting", (body, state)
                assert str(body).split()[1] in blocked, "only what follows a doubt may wait"
                assert left[str(body)] == 0
    assert is_sound(office)
