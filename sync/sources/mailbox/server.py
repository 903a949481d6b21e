"""One connection to a mail server, logged in: its commands as methods, its answers as values.

The invariants: reading opens folders read-only (EXAMINE) and never sets a mark (BODY.PEEK); every failure is a
SourceError, after which the connection is closed, since nobody knows where in its talk the server is; a server that
only says no stays connected.
"""

import imaplib
import re
import socket
import ssl
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from desk.endpoints import Endpoint
from desk.times import DAY, SECOND
from sync.errors import Broken, PartGone, SourceError
from sync.secret import Secret
from sync.sources.mailbox import uids
from sync.sources.mailbox.folder_names import decoded, quoted
from sync.sources.mailbox.idle import idle
from sync.sources.mailbox.login import log_in
from sync.sources.mailbox.replies import Fetched, Folder, Line, fetched, folders
from sync.sources.mailbox.uids import Span
from sync.sources.mailbox.wire import Wire

# Never by the machine's language.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EVERYTHING = re.compile(rb"\bALL ([0-9,:]+)")


@dataclass(frozen=True, slots=True)
class Look:
    """A folder at the moment it was opened. `upcoming`: the UID that the next mail gets. `changes`: its MODSEQ, 0
    where it has none. `keeps`: marks that can be set for good; `\\*` stands for new ones.
    """

    validity: int
    upcoming: int
    present: int
    changes: int
    keeps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a MODSEQ. `gone` is None where the server doesn't keep what was deleted."""

    flags: dict[int, tuple[str, ...]]
    gone: list[Span] | None


class Server:
    """A connection that has logged in. Whoever made it closes it."""

    def __init__(
        self,
        endpoint: Endpoint,
        user: str,
        token: bool,
        secret: Callable[[], Secret],
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.open = True
        self.folder = ""
        self._wire = Wire(endpoint, context)
        try:
            with self._speaking():
                log_in(self._wire, user, token, secret)
                said = _texts(self._wire.capability()[1])
                self._wire.capabilities = tuple(b" ".join(said).decode("ascii", "replace").upper().split())
                self.capabilities = frozenset(self._wire.capabilities)
                self._enable()
        except BaseException:
            self._wire.shutdown()
            raise

    @property
    def tells_changes(self) -> bool:
        """Whether it numbers changes (CONDSTORE)."""
        return bool(self.capabilities & {"CONDSTORE", "QRESYNC"})

    @property
    def tells_deletions(self) -> bool:
        """Whether it remembers what was deleted (QRESYNC)."""
        return {"QRESYNC", "ENABLE"} <= self.capabilities

    @property
    def is_gmail(self) -> bool:
        """Whether folders are labels here."""
        return "X-GM-EXT-1" in self.capabilities

    def folders(self) -> list[Folder]:
        """Every folder that can be opened."""
        pattern = '"*" RETURN (SPECIAL-USE)' if {"SPECIAL-USE", "LIST-EXTENDED"} <= self.capabilities else '"*"'
        with self._speaking():
            answer, lines = self._wire.list('""', pattern)
        self._expect(answer, lines, "The folders can't be listed")
        return folders(lines)

    def examine(self, folder: str) -> Look:
        """Open a folder for reading."""
        return self._opened(folder, readonly=True)

    def select(self, folder: str) -> Look:
        """Open a folder for marking."""
        return self._opened(folder, readonly=False)

    def is_quiet(self) -> bool:
        """Whether the server has told of nothing since the folder was opened: no new mail, mark or deletion."""
        with self._speaking():
            self._wire.noop()
        return not any(self._told(name) for name in ("EXISTS", "EXPUNGE", "VANISHED", "FETCH"))

    def numbers(self, span: Span) -> "array[int]":
        """The UIDs of a span that are there."""
        first, last = span
        return uids.numbers((low, high) for low, high in self._searched([span], "") if first <= low and high <= last)

    def larger(self, wanted: Iterable[Span], size: int) -> "array[int]":
        """The UIDs of those mails of these spans that have more bytes."""
        return uids.numbers(self._searched(wanted, f" LARGER {size}"))

    def with_message_id(self, message_id: str, since: int) -> "array[int]":
        """The UIDs of the mails of the open folder that have this Message-ID and came in not before a moment.

        A day is taken off, since a server counts days in its own time.
        """
        day = datetime.fromtimestamp(max(0, since - DAY) / SECOND, UTC)
        date = f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"
        lines = self._uid("SEARCH", "SINCE", date, "HEADER", "MESSAGE-ID", quoted(message_id))
        return uids.numbers(_listed(lines))

    def sizes(self, wanted: Iterable[Span]) -> tuple[dict[int, int], str]:
        """How large the mails of these spans are, in bytes, and why the server left some out, if it did."""
        found, refused = self._fetched(uids.written(wanted), "(UID RFC822.SIZE)")
        return {uid: mail.size or 0 for uid, mail in found.items()}, refused

    def flags(self, wanted: Iterable[Span]) -> dict[int, tuple[str, ...]]:
        """The flags of the mails of these spans."""
        mails = fetched(self._uid("FETCH", uids.written(wanted), "(UID FLAGS)"))
        return {uid: mail.flags for uid, mail in mails.items() if mail.flags is not None}

    def newest_flags(self, present: int, most: int) -> dict[int, tuple[str, ...]]:
        """The flags of the newest mails of the open folder, which holds so many."""
        if not present:
            return {}
        with self._speaking():
            answer, lines = self._wire.fetch(f"{max(1, present - most + 1)}:*", "(UID FLAGS)")
        self._expect(answer, lines, "The flags can't be read")
        return {uid: mail.flags for uid, mail in fetched(lines).items() if mail.flags is not None}

    def changed(self, last: int, since: int) -> Changes:
        """What changed below and including UID `last` after a MODSEQ."""
        how = f"(CHANGEDSINCE {since} VANISHED)" if self.tells_deletions else f"(CHANGEDSINCE {since})"
        self._told("VANISHED")
        mails = fetched(self._uid("FETCH", f"1:{last}", "(UID FLAGS)", how))
        gone = [span for line in self._told("VANISHED") for span in uids.spans(line.split()[-1])]
        return Changes(
            {uid: mail.flags for uid, mail in mails.items() if mail.flags is not None},
            gone if self.tells_deletions else None,
        )

    def mails(self, wanted: Iterable[int]) -> tuple[dict[int, Fetched], str]:
        """The mails that come, whole, and what the server said of the others. It changes nothing about them."""
        more = " X-GM-LABELS X-GM-THRID" if self.is_gmail else ""
        asked = uids.written(uids.folded(sorted(wanted)))
        found, refused = self._fetched(asked, f"(UID FLAGS INTERNALDATE BODY.PEEK[]{more})")
        return {uid: mail for uid, mail in found.items() if mail.raw is not None}, refused

    def append(self, folder: str, raw: bytes, flags: str, at: int) -> str:
        """Put a mail into a folder; the answer is its `validity:uid`, or empty where the server doesn't say it."""
        when = imaplib.Time2Internaldate(datetime.fromtimestamp(at / SECOND, UTC))
        with self._speaking():
            answer, lines = self._wire.append(quoted(folder), flags, when, raw)  # type: ignore[arg-type]
            placed = self._wire.response("APPENDUID")[1]
        self._expect(answer, lines, "The mail can't be put into its folder")
        return ":".join(placed[-1].decode("ascii", "replace").split()) if placed and placed[-1] else ""

    def set_flags(self, uid: int, flags: Iterable[str], unchanged_since: int) -> bool:
        """Let a mail have exactly these flags; False where it was changed since that MODSEQ."""
        self._told("MODIFIED")
        asked = f"({' '.join(flags)})"
        lines = self._uid("STORE", str(uid), f"(UNCHANGEDSINCE {unchanged_since})", "FLAGS.SILENT", asked)
        return not self._told("MODIFIED") and not any(b"[MODIFIED" in line for line in _texts(lines))

    def last_change(self, uid: int) -> tuple[int, tuple[str, ...]] | None:
        """The number of a mail's last change, and its flags; None where it is gone."""
        mail = fetched(self._uid("FETCH", str(uid), "(UID FLAGS MODSEQ)")).get(uid)
        return None if mail is None or mail.flags is None else (mail.changes, mail.flags)

    def idle(self, seconds: float, wake: socket.socket, stopped: Callable[[], bool]) -> bool | None:
        """Wait for news of the open folder; see `idle`."""
        with self._speaking():
            return idle(self._wire, seconds, wake, stopped)

    def close(self) -> None:
        """Say goodbye where that costs nothing, and let go."""
        if self.open:
            self.open = False
            self._wire.patience = 1.0
            with suppress(SourceError, imaplib.IMAP4.error):
                self._wire.logout()
        self._wire.shutdown()

    def _enable(self) -> None:
        if "ENABLE" in self.capabilities and self.tells_changes:
            self._wire.enable("QRESYNC" if self.tells_deletions else "CONDSTORE")

    def _opened(self, folder: str, *, readonly: bool) -> Look:
        name = quoted(folder)
        if self.tells_changes and "ENABLE" not in self.capabilities:
            name += b" (CONDSTORE)"
        self.folder = ""
        with self._speaking():
            try:
                answer, lines = self._wire.select(name, readonly)  # type: ignore[arg-type]
            except imaplib.IMAP4.readonly:
                # Nothing may be marked there; to read it is no failure.
                answer, lines = self._wire.select(name, True)  # type: ignore[arg-type]
        if answer != "OK":
            said = f"{self.endpoint.host} says {_words(lines)}"
            raise PartGone(f"The folder “{decoded(folder)}” can't be opened: {said}", "Look for it in another program.")
        validity, upcoming = self._number("UIDVALIDITY"), self._number("UIDNEXT")
        if not validity:
            raise self._ended(Broken(f"{self.endpoint.host} doesn't number its mails", "It can't be read without."))
        self.folder = folder
        kept = b" ".join(self._told("PERMANENTFLAGS")).strip(b"()").decode("latin-1").lower()
        # Told anew, it is news.
        self._told("EXISTS")
        present = int(lines[-1]) if lines and isinstance(lines[-1], bytes) and lines[-1].isdigit() else 0
        return Look(validity, upcoming, present, self._number("HIGHESTMODSEQ"), frozenset(kept.split()))

    def _searched(self, wanted: Iterable[Span], rule: str) -> list[Span]:
        compact = "ESEARCH" in self.capabilities
        lines = self._uid("SEARCH", *(["RETURN (ALL)"] if compact else []), f"UID {uids.written(wanted)}{rule}")
        if not compact:
            return _listed(lines)
        everything = _EVERYTHING.search(b" ".join(self._told("ESEARCH")))
        return uids.spans(everything[1]) if everything else []

    def _uid(self, command: str, *arguments: str | bytes) -> list[Line]:
        with self._speaking():
            answer, lines = self._wire.uid(command, *arguments)  # type: ignore[arg-type]
        self._expect(answer, lines, f"{command} was refused")
        return lines

    def _fetched(self, asked: str, what: str) -> tuple[dict[int, Fetched], str]:
        with self._speaking():
            answer, lines = self._wire.uid("FETCH", asked, what)
            if answer == "OK":
                return fetched(lines), ""
            # What did come before the server gave up is kept by imaplib under its name.
            return fetched(self._wire.response("FETCH")[1]), _words(lines) or "the server refused"

    def _number(self, name: str) -> int:
        said = self._told(name)
        return int(said[-1]) if said and said[-1].isdigit() else 0

    def _told(self, name: str) -> list[bytes]:
        """What the server said under a name since the last time; imaplib keeps it."""
        return _texts(self._wire.response(name)[1])

    def _expect(self, answer: str, lines: Iterable[Line], what: str) -> None:
        if answer != "OK":
            raise Broken(f"{what}: {self.endpoint.host} says {_words(lines)}")

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        try:
            yield
        except imaplib.IMAP4.abort as error:
            raise self._ended(self._wire.unusable(error)) from None
        except imaplib.IMAP4.error as error:
            raise self._ended(Broken(f"{self.endpoint.host} refused a command: {str(error)[:200]}")) from None
        except SourceError as error:
            self._ended(error)
            raise

    def _ended(self, error: SourceError) -> SourceError:
        self.open = False
        self._wire.shutdown()
        return error


def _listed(lines: Iterable[Line]) -> list[Span]:
    """The UIDs of a SEARCH answer."""
    words = [word for line in _texts(lines) for word in line.split()]
    return uids.spans(b",".join(words)) if words else []


def _texts(lines: Iterable[Line]) -> list[bytes]:
    return [line for line in lines if isinstance(line, bytes)]


def _words(lines: Iterable[Line]) -> str:
    return b" ".join(_texts(lines)).decode("utf-8", "replace")[:200]
