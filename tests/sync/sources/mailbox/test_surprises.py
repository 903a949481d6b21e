"""Servers that say what no other says: nothing is lost by it, nothing is believed that can't be, nothing hangs."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sync.errors import Broken, SourceError, Unreachable
from sync.protocol import Capability, Gone, MarkMail, Refused
from sync.secret import Secret
from sync.sources.mailbox import uids
from sync.sources.mailbox.source import Account as Settings
from sync.sources.mailbox.source import Mailbox
from tests.servers.scripted_imap import CUT, Answers, ScriptedImap
from tests.sync.sources.mailbox.reader import Kept, NoWayOut, inbox, plain

THREE = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 4]\r\n@ OK [READ-ONLY] done\r\n"
SIZES = "UID FETCH 1:3 (UID RFC822.SIZE)"
SIZED = b"".join(b"* %d FETCH (UID %d RFC822.SIZE 3)\r\n" % (uid, uid) for uid in (1, 2, 3)) + b"@ OK done\r\n"
TEXTS = "UID FETCH 1:3 (UID FLAGS INTERNALDATE"


def text(uid: int, raw: bytes = b"abc") -> bytes:
    return b'* %d FETCH (UID %d FLAGS () INTERNALDATE "01-Jan-2026 00:00:00 +0000" BODY[] {%d}\r\n%s)\r\n' % (
        uid, uid, len(raw), raw,
    )  # fmt: skip


@contextmanager
def odd(answers: Answers) -> Iterator[tuple[Mailbox, ScriptedImap]]:
    """A mailbox of three mails on a server that is told what to say."""
    with ScriptedImap({"EXAMINE": THREE, SIZES: SIZED, **answers}) as server:
        mailbox = Mailbox(Settings("Odd", plain(server.port), "ana"), lambda: Secret("x"), NoWayOut())
        try:
            yield mailbox, server
        finally:
            mailbox.close()


def read(answers: Answers) -> Kept:
    with odd(answers) as (mailbox, _):
        kept = inbox(mailbox)
        kept.read(mailbox)
        return kept


ALL_THREE = text(1) + text(2) + text(3)


def test_what_nobody_asked_for_disturbs_nothing() -> None:
    chatter = (
        b"* OK [ALERT] maintenance at noon\r\n* 4 EXISTS\r\n* 1 RECENT\r\n* 2 FETCH (FLAGS (\\Seen))\r\n"
        b"* FLAGS (\\Seen)\r\n* SEARCH\r\n* NO disk is nearly full\r\n* XSOMETHING new (\r\n* CAPABILITY IMAP4rev1\r\n"
        b'* LIST () "/" {3}\r\na b\r\n* 9 EXPUNGE\r\n'
    )
    kept = read({TEXTS: chatter + text(2) + chatter + text(1) + text(3, b"x{5}\r\n)(") + chatter + b"@ OK done\r\n"})
    assert kept.mails == {1: b"abc", 2: b"abc", 3: b"x{5}\r\n)("}


def test_a_mail_that_cannot_be_given_holds_up_no_other() -> None:
    kept = read({
        TEXTS: text(1) + text(3) + b"@ NO [SERVERBUG] mail 2 is broken\r\n",
        "UID FETCH 2 (UID FLAGS)": b"* 2 FETCH (UID 2 FLAGS ())\r\n@ OK done\r\n",
        "UID FETCH 2 (UID FLAGS INTERNALDATE": b"@ NO [SERVERBUG] mail 2 is broken\r\n",
    })  # fmt: skip
    assert sorted(kept.mails) == [1, 3]
    assert kept.unreadable == [2]


def test_a_mail_that_comes_only_when_asked_for_alone_is_read() -> None:
    kept = read({
        TEXTS: text(1) + text(3) + b"@ OK done\r\n",
        "UID FETCH 2 (UID FLAGS)": b"* 2 FETCH (UID 2 FLAGS ())\r\n@ OK done\r\n",
        "UID FETCH 2 (UID FLAGS INTERNALDATE": text(2) + b"@ OK done\r\n",
    })  # fmt: skip
    assert sorted(kept.mails) == [1, 2, 3]
    assert kept.unreadable == []


def test_a_server_that_cannot_weigh_its_mails_gives_them_one_by_one() -> None:
    kept = read({
        SIZES: b"@ NO no sizes today\r\n",
        "UID SEARCH": b"* SEARCH 1 2 3\r\n@ OK done\r\n",
        **{f"UID FETCH {uid} (UID FLAGS INTERNALDATE": text(uid) + b"@ OK done\r\n" for uid in (1, 2, 3)},
    })  # fmt: skip
    assert sorted(kept.mails) == [1, 2, 3]


def test_a_server_that_does_not_say_which_number_comes_next() -> None:
    kept = read({
        "EXAMINE": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n@ OK [READ-ONLY] done\r\n",
        "UID SEARCH": b"* SEARCH 1 2 3\r\n@ OK done\r\n",
        TEXTS: ALL_THREE + b"@ OK done\r\n",
    })  # fmt: skip
    assert sorted(kept.mails) == [1, 2, 3]


def test_a_server_that_went_back_in_time_is_read_anew() -> None:
    two = THREE.replace(b"UIDNEXT 4", b"UIDNEXT 3").replace(b"3 EXISTS", b"2 EXISTS")
    answers: dict[str, bytes | list[bytes]] = {
        "EXAMINE": [THREE, two],
        TEXTS: ALL_THREE + b"@ OK done\r\n",
        "UID FETCH 1:2 (UID RFC822.SIZE)": SIZED,
        "UID FETCH 1:2 (UID FLAGS INTERNALDATE": text(1, b"new") + text(2) + b"@ OK done\r\n",
    }
    with odd(answers) as (mailbox, _):
        kept = inbox(mailbox)
        kept.read(mailbox)
        kept.read(mailbox)
    assert kept.resets == 1
    assert kept.mails == {1: b"new", 2: b"abc"}


def test_deletions_are_told_as_spans_however_wide() -> None:
    capability = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN ENABLE QRESYNC\r\n@ OK done\r\n"
    look = (
        b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 4000000001]\r\n* OK [HIGHESTMODSEQ %d]\r\n@ OK done\r\n"
    )
    answers: dict[str, bytes | list[bytes]] = {
        "CAPABILITY": capability,
        "EXAMINE": [look % 5, look % 6],
        "UID SEARCH": b"* SEARCH\r\n@ OK done\r\n",
        "UID FETCH 1:4000000000 (UID FLAGS) (CHANGEDSINCE 5 VANISHED)": (
            b"* VANISHED (EARLIER) 1:3999999998,4000000000\r\n@ OK done\r\n"
        ),
    }
    with odd(answers) as (mailbox, _):
        kept = inbox(mailbox)
        kept.read(mailbox)
        pages = kept.read(mailbox)
    gone = [(record.first, record.last) for page in pages for record in page.records if isinstance(record, Gone)]
    assert gone == [(1, 3_999_999_998), (4_000_000_000, 4_000_000_000)]


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"EXAMINE": b"* BYE going down\r\n"}, Unreachable),
        ({"EXAMINE": CUT}, Unreachable),
        ({"EXAMINE": b"@ NO [NONEXISTENT] no such folder\r\n"}, Broken),
        ({"EXAMINE": b"@ BAD what?\r\n"}, Broken),
        ({"EXAMINE": b"* 3 EXISTS\r\n@ OK done\r\n"}, Broken),
        ({"EXAMINE": b"complete nonsense\r\n"}, Broken),
        ({TEXTS: b"* 1 FETCH (UID 1 BODY[] {99999999999999}\r\n"}, Broken),
        ({TEXTS: text(1) + b"* BYE I fell\r\n"}, Unreachable),
        ({SIZES: b"@ NO no\r\n", "UID SEARCH": b"* SEARCH 1 two 3\r\n@ OK done\r\n"}, SourceError),
        ({"LIST": b"@ NO no\r\n"}, Broken),
        ({"LIST": b"@ OK done\r\n"}, Broken),
    ],
)
def test_what_cannot_be_used_is_an_error_and_the_next_try_begins_anew(
    answers: Answers, error: type[SourceError]
) -> None:
    with odd({TEXTS: ALL_THREE + b"@ OK done\r\n", **answers}) as (mailbox, server):
        with pytest.raises(error):
            inbox(mailbox).read(mailbox)
        server.answer({"EXAMINE": THREE, SIZES: SIZED, TEXTS: ALL_THREE + b"@ OK done\r\n"})
        kept = inbox(mailbox)
        kept.read(mailbox)
        assert sorted(kept.mails) == [1, 2, 3]


def test_a_list_of_more_mails_than_there_can_be_takes_no_memory() -> None:
    with pytest.raises(Broken, match="more mails than there can be"):
        uids.numbers([(1, 4_000_000_000)])


TELLS = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN CONDSTORE ENABLE\r\n@ OK done\r\n"
FREE = b"* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (9))\r\n@ OK done\r\n"
WRITABLE = b"* OK [PERMANENTFLAGS (\\Seen \\*)]\r\n" + THREE.replace(b"[READ-ONLY]", b"[READ-WRITE]")
SHARED = b"* OK [PERMANENTFLAGS ()]\r\n" + THREE


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"SELECT": SHARED}, "keeps no marks of agents"),
        ({"SELECT": WRITABLE, "UID STORE": b"@ NO [LIMIT] too many keywords\r\n"}, "too many keywords."),
        ({"SELECT": b"@ NO not yours\r\n"}, "not yours."),
    ],
    ids=["for reading alone", "full", "closed"],
)
def test_a_server_that_lets_nobody_mark_is_still_read(answers: Answers, why: str) -> None:
    with odd({"CAPABILITY": TELLS, "EXAMINE": SHARED, "UID FETCH 1 (UID FLAGS MODSEQ)": FREE, **answers}) as (box, _):
        outcome = box.push(MarkMail("INBOX", 7, 1, "", "heard-claim-ana"), print)
        assert isinstance(outcome, Refused)
        assert why in outcome.why
        assert Capability.CLAIMS not in box.capabilities
        assert [stream.key for stream in box.streams()] == ["INBOX"], "the line is still there"
