"""A team with two mailboxes in one workspace, for processes that are killed: what it was told, and whether it is so.

`support` leaves the copies of what it sends to Heard, so that some ends stay unclear and a person decides; `keeper` is
at a provider that keeps them, so that Heard finds out by itself. The invariant: this process has no connection open
while others are killed, so that the next one to open the database has to mend what the killed one left.
"""

import re
from collections import Counter
from contextlib import closing
from pathlib import Path

from desk.times import MINUTE, now
from storage import sources
from storage.agents import me
from storage.connect import writing
from storage.deeds.by import By
from storage.deeds.outbox import drop, retry
from storage.engine import deed_session, engine_over
from storage.workspace import Workspace, open_to_read, open_to_write
from sync.mailing import DOUBT
from tests.servers.mail import Account, MailServer
from tests.sync.office import mail
from tests.sync.warm import Warm

NAMES = ("support", "keeper")
_TOKEN = re.compile(rb"answer-\d+x")
Rows = list[tuple[object, ...]]


class Team:
    """One workspace, two mailboxes, and everything that was put in or promised."""

    def __init__(self, server: MailServer, warm: Warm, folder: Path, season: int) -> None:
        self.server = server
        self.warm = warm
        self.season = season
        self.workspace = Workspace(folder / "workspace")
        self.accounts = [server.account(f"{name}-{season}") for name in NAMES]
        self.put: list[str] = []
        self.accepted: set[str] = set()
        self.drafted: set[str] = set()
        self.left: Counter[str] = Counter()
        self.decided = Counter[str]()
        self._read = len(list((server.folder / "sent").glob("*.json")))
        with closing(open_to_write(self.workspace)) as connection, writing(connection):
            for name, account in zip(NAMES, self.accounts, strict=True):
                sources.add(connection, "mailbox", name, self._settings(name, account), now())
            me(connection, "bo")

    def _settings(self, name: str, account: Account) -> dict[str, str]:
        kept = {"keeps_sent": "yes"} if name == "keeper" else {}
        return {**account.settings, **kept}

    def customers_write(self, each: int) -> None:
        """So many new mails in each mailbox."""
        for account in self.accounts:
            names = [f"m{self.season}-{len(self.put) + place}" for place in range(each)]
            account.put(*(mail(f"Order {name}", name=name, sender=f"{name} <{name}@example.org>") for name in names))
            self.put += names

    def unanswered(self, most: int) -> list[int]:
        """Tickets that nobody has answered or begun to answer."""
        found = self.rows(
            "SELECT id FROM ticket t WHERE message_count = 1 AND NOT EXISTS(SELECT 1 FROM draft d "
            "WHERE d.ticket_id = t.id) ORDER BY id % 7, id LIMIT ?",
            most,
        )
        return [int(str(ticket)) for (ticket,) in found]

    def rows(self, query: str, *given: object) -> Rows:
        """What the workspace says."""
        with closing(open_to_read(self.workspace)) as connection:
            return connection.execute(query, given).fetchall()

    def heard_from_writer(self, out: str) -> None:
        """Keep what a writer has said that it has done; a line that was cut off counts for nothing."""
        for line in out.splitlines(keepends=True):
            kind, _, words = line.rstrip("\n").partition(" ")
            if line.endswith("\n"):
                (self.accepted if kind == "reply" else self.drafted).add(words)

    def check(self) -> None:
        """What holds at every moment: a sound database, every promise in it, and nothing sent twice."""
        assert self.rows("PRAGMA integrity_check") == [("ok",)]
        assert self.rows("PRAGMA foreign_key_check") == []
        there = {words for (body,) in self.rows("SELECT body FROM outbox o JOIN message m ON m.id = o.message_id")
                 for words in _tokens(str(body).encode())}  # fmt: skip
        assert self.accepted <= there, f"accepted and lost: {self.accepted - there}"
        there.update(words for (body,) in self.rows("SELECT body FROM draft") for words in _tokens(str(body).encode()))
        assert self.drafted <= there, f"a draft is lost: {self.drafted - there}"
        self.look_at_sink()
        twice = [words for words, count in self.left.items() if count > 1]
        assert not twice, f"sent twice: {[(words, self._story(words)) for words in twice]}"

    def look_at_sink(self) -> None:
        """Count what has left since the last look."""
        for path in sorted((self.server.folder / "sent").glob("*.json"))[self._read :]:
            self._read += 1
            self.left.update(_tokens(path.with_suffix(".eml").read_bytes()))

    def _story(self, words: str) -> Rows:
        """What the workspace knows of a reply, for whoever looks for the fault."""
        return self.rows(
            "SELECT o.id, o.state, o.tries, o.error, s.name, m.message_id, m.ticket_id, m.body FROM outbox o "
            "JOIN message m ON m.id = o.message_id LEFT JOIN source s ON s.id = o.source_id WHERE instr(m.body, ?)",
            words,
        )

    def settle(self) -> None:
        """Let everything come to its end, with a person who decides where Heard asks for one."""
        for _ in range(6):
            status = self.warm.start("--workspace", str(self.workspace.folder), "sync", "--json").wait()
            assert status == 0, self.rows("SELECT said FROM source_state")
            self.look_at_sink()
            self._decide()
            if not self.rows("SELECT 1 FROM outbox WHERE state NOT IN ('sent','dropped')"):
                break
            self._time_passes()
        self.check()
        self._check_the_end()

    def _time_passes(self) -> None:
        """Ten minutes."""
        with closing(open_to_write(self.workspace)) as connection, writing(connection):
            connection.execute("UPDATE outbox SET ready_at = ready_at - ? WHERE state <> 'sent'", (10 * MINUTE,))

    def _decide(self) -> None:
        """What is in doubt is looked for where it would have arrived."""
        held = self.rows(
            "SELECT o.id, o.error, m.body FROM outbox o JOIN message m ON m.id = o.message_id WHERE o.state = 'held'"
        )
        with closing(open_to_write(self.workspace)) as connection:
            by = By(me(connection, "bo").id, now())
            for row, error, body in held:
                assert error == DOUBT, error
                has_left = any(self.left[words] for words in _tokens(str(body).encode()))
                self.decided["had left" if has_left else "had not"] += 1
                with deed_session(engine_over(connection)) as session:
                    (drop if has_left else retry)(session, by, [int(str(row))])

    def _check_the_end(self) -> None:
        written = self.rows("SELECT m.body, o.state FROM outbox o JOIN message m ON m.id = o.message_id")
        for body, state in written:
            for words in _tokens(str(body).encode()):
                assert self.left[words] == 1, f"{words} is {state}, and has left {self.left[words]} times"
        assert self.accepted <= self.left.keys()
        came = Counter(str(name) for (name,) in self.rows("SELECT message_id FROM message WHERE kind = 'inbound'"))
        assert came == Counter(f"<{name}@example.org>" for name in self.put), "a mail is missing, or doubled"
        recounted = "(SELECT count(*) FROM message m WHERE m.ticket_id = t.id)"
        assert self.rows(f"SELECT id FROM ticket t WHERE message_count <> {recounted}") == []
        for account in self.accounts:
            copies = Counter(words for line in _sent(account) for words in _tokens(line))
            assert set(copies.values()) <= {1}, "a copy lies in Sent twice"


def _tokens(text: bytes) -> set[str]:
    """The words that were written, each once, though a mail has them as plain text and as HTML."""
    return {found.decode() for found in _TOKEN.findall(text)}


def _sent(account: Account) -> list[bytes]:
    """The texts of what lies among the sent mail."""
    with account.imap("Sent") as connection:
        if not connection.search(None, "ALL")[1][0]:
            return []
        found = connection.fetch("1:*", "(BODY.PEEK[TEXT])")[1]
    return [line[1] for line in found if isinstance(line, tuple)]
