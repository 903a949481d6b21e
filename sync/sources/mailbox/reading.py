"""Reading one folder page by page: what is new first, then what changed, then the past, the newest first.

Three ways to learn of changes, the best that the server offers: it tells what changed and what was deleted (QRESYNC);
it tells what changed (CONDSTORE) and lists what is there; it only lists, and the newest flags are compared.

The invariant: the cursor of a page says no more than what this page and those before it have handed over, so that
whatever is lost meanwhile (the line, the process, the page itself) is read again.
"""

import time
from array import array
from collections import deque
from dataclasses import dataclass, field, replace

from sync.protocol import FlagsChanged, Gone, MailRecord, Page, Record, StreamReset, Unreadable
from sync.sources.mailbox import cursor as cursors
from sync.sources.mailbox import uids
from sync.sources.mailbox.cursor import Cursor
from sync.sources.mailbox.replies import Fetched
from sync.sources.mailbox.server import Changes, Look, Server

# A page is one transaction of the engine's: some hundred rows, and never much memory.
MOST_MAILS = 200
MOST_BYTES = 8 << 20
MOST_CHANGES = 2000
# Up to so many bytes a mail isn't weighed singly.
LIGHT = 64 << 10
# So many sizes are asked for at once; a folder with fewer new numbers needs no search.
SIZES_AHEAD = 1000
# Among so many of the next mails the heavy ones are looked for at once.
WEIGHED_AHEAD = 5000
# Without CONDSTORE, of so many of the newest mails the flags are compared.
FLAGS_WINDOW = 500
# During a long first sync the server is asked for new mail after so many seconds. To open a folder with 80,000 mails
# takes Dovecot a quarter of a second, so that is done where it has news, and sometimes all the same.
LOOK_AGAIN = 3.0
OPEN_AGAIN = 60.0


@dataclass(slots=True)
class Reading:
    """What is known of one folder between two pulls. All of it can be forgotten at any time, and costs a search then.

    `given`: the cursor of the last page, for which the rest holds. `todo`: the UIDs that are missing and there,
    ascending; those from `fresh_from` on came while we were reading. `told`: the flags of the last page's mails.
    `changes`: what is still to tell of a look, `compared`. `seen`: without QRESYNC, the UIDs that were there at the
    last look; `flags`: without CONDSTORE, those of the newest mails.
    """

    key: str
    given: str | None = None
    look: Look | None = None
    opened_at: float = 0.0
    asked_at: float = 0.0
    todo: "array[int] | None" = None
    sizes: dict[int, int] = field(default_factory=dict)
    fresh_from: int = 0
    told: dict[int, tuple[str, ...]] = field(default_factory=dict)
    changes: "deque[Record]" = field(default_factory=deque)
    compared: Look | None = None
    seen: "array[int] | None" = None
    flags: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def pull(self, server: Server, text: str) -> Page:
        """The next page after a cursor."""
        if text != self.given:
            self._forget()
        # Until this page is given, nothing that is gathered for it counts.
        self.given = None
        cursor = cursors.read(text)
        look = self._look(server)
        if cursor.validity and (look.validity != cursor.validity or 0 < look.upcoming < cursor.upcoming):
            self._forget()
            return self._page((StreamReset(self.key, look.validity),), Cursor(look.validity), more=True)
        cursor, todo = self._with_news(server, cursor, look)
        if todo and todo[-1] >= self.fresh_from:
            return self._mails(server, cursor, todo)
        if not self.changes and self.compared != look:
            self.changes, self.compared = self._changes(server, cursor, look), look
        if self.changes:
            return self._changed(cursor)
        cursor = _level(cursor, look)
        if todo:
            return self._mails(server, cursor, todo)
        self.look = self.compared = None
        return self._page((), replace(cursor, missing=()), more=False)

    def is_behind(self, look: Look) -> bool:
        """Whether the folder is not as it was when its last page was given."""
        cursor = cursors.read(self.given or "")
        known = (cursor.validity, cursor.upcoming, cursor.changes, cursor.present)
        return known != (look.validity, look.upcoming or cursor.upcoming, look.changes, look.present)

    def _forget(self) -> None:
        self.todo = self.seen = self.compared = None
        self.sizes, self.flags = {}, {}
        self.changes.clear()

    def _look(self, server: Server) -> Look:
        now = time.monotonic()
        fresh = server.folder == self.key and now - self.opened_at <= OPEN_AGAIN
        if self.look is None or not fresh or not self._is_quiet(server, now):
            self.look = server.examine(self.key)
            self.opened_at = self.asked_at = now
        return self.look

    def _is_quiet(self, server: Server, now: float) -> bool:
        if now - self.asked_at <= LOOK_AGAIN:
            return True
        self.asked_at = now
        return server.is_quiet()

    def _with_news(self, server: Server, cursor: Cursor, look: Look) -> "tuple[Cursor, array[int]]":
        """The cursor with all that is new since, and the UIDs that are missing then."""
        upcoming = look.upcoming or self._highest(server) + 1
        if cursor.upcoming == 1:
            # All that is there now is the past, and has the changes that are known.
            cursor = Cursor(look.validity, changes=look.changes, present=0)
            self.todo, self.fresh_from = array("I"), upcoming
        elif self.todo is None:
            self.todo, self.fresh_from = array("I"), cursor.upcoming
            for span in cursor.missing:
                self.todo.extend(self._there(server, span))
        assert self.todo is not None
        if upcoming > cursor.upcoming:
            there = self._there(server, (cursor.upcoming, upcoming - 1))
            self.todo.extend(there)
            # Unless something was deleted, so many mails are there now.
            cursor = replace(cursor.reaching(upcoming), present=cursor.present + len(there))
        return cursor, self.todo

    def _there(self, server: Server, span: uids.Span) -> "array[int]":
        """The UIDs of a span that are there; of a short one with their sizes, which costs nothing more."""
        if span[1] - span[0] < SIZES_AHEAD:
            sizes, refused = server.sizes([span])
            if not refused:
                self.sizes.update(sizes)
                return array("I", sorted(uid for uid in sizes if span[0] <= uid <= span[1]))
        return server.numbers(span)

    def _highest(self, server: Server) -> int:
        """The highest UID in use, for servers that don't say which comes next."""
        there = server.numbers((1, uids.HIGHEST))
        return there[-1] if there else 0

    def _mails(self, server: Server, cursor: Cursor, todo: "array[int]") -> Page:
        if any(todo[-place] not in self.sizes for place in (1, min(MOST_MAILS, len(todo)))):
            self._weigh(server, todo)
        wanted: list[int] = []
        weight = 0
        while todo and len(wanted) < MOST_MAILS:
            weight += self.sizes.get(todo[-1], MOST_BYTES)
            if wanted and weight > MOST_BYTES:
                break
            wanted.append(todo.pop())
        records = self._records(server, cursor.validity, wanted) if wanted else []
        # Below the lowest of this page, and above the next that is there, no number is in use.
        self.told = {one.uid: one.flags for one in records if isinstance(one, MailRecord)}
        return self._page(tuple(records), cursor.without(todo[-1] + 1 if todo else 1), more=True)

    def _weigh(self, server: Server, todo: "array[int]") -> None:
        """Ask which of the next mails are heavy, and how much; one answer for all costs less than a size for each."""
        ahead = todo[-WEIGHED_AHEAD:]
        self.sizes = dict.fromkeys(ahead, LIGHT // 2)
        # Asked by one span, however many gaps are in it: servers take lines of 8 KB.
        heavy = [uid for uid in server.larger([(ahead[0], ahead[-1])], LIGHT) if uid in self.sizes]
        for start in range(0, len(heavy), SIZES_AHEAD):
            some = heavy[start : start + SIZES_AHEAD]
            known, _ = server.sizes(uids.folded(some))
            # Whatever can't be weighed goes alone, so that it takes no other mail with it.
            self.sizes.update({uid: known.get(uid, MOST_BYTES) for uid in some})

    def _records(self, server: Server, validity: int, wanted: list[int]) -> list[Record]:
        found, refused = server.mails(wanted)
        broken: list[Record] = []
        absent = [uid for uid in wanted if uid not in found]
        # What didn't come was deleted meanwhile; if not, it is asked for alone, so that it holds nothing else up.
        still = server.flags(uids.folded(sorted(absent))) if absent else {}
        for uid in (uid for uid in absent if uid in still):
            again, refused_again = server.mails([uid])
            if uid in again:
                found[uid] = again[uid]
            else:
                why = refused_again or refused or "the server gives no text for it"
                broken.append(Unreadable(self.key, validity, uid, why))
        return [*(self._record(validity, found[uid]) for uid in wanted if uid in found), *broken]

    def _record(self, validity: int, mail: Fetched) -> MailRecord:
        return MailRecord(
            self.key, validity, mail.uid, mail.raw or b"", mail.flags or (), mail.arrived_at, mail.labels, mail.thread
        )

    def _changes(self, server: Server, cursor: Cursor, look: Look) -> "deque[Record]":
        """What has changed among the mails that were handed over."""
        last = cursor.upcoming - 1
        if last < 1:
            return deque()
        gone: list[uids.Span] | None = None
        if look.changes and cursor.changes:
            found = server.changed(last, cursor.changes) if look.changes != cursor.changes else Changes({}, None)
            flags, gone = found.flags, found.gone
        else:
            flags = self._compared(server, look)
        if gone is None:
            gone = self._deleted(server, last) if look.present != cursor.present else []
        # A mail that has just been handed over counts as changed too, since it is younger than the last look.
        known = self.told
        changed = (
            uid for uid in flags
            if uid <= last and known.get(uid) != flags[uid] and not uids.within(uid, cursor.missing)
        )  # fmt: skip
        return deque(
            [
                *(Gone(self.key, look.validity, low, min(high, last)) for low, high in gone if low <= last),
                *(FlagsChanged(self.key, look.validity, uid, flags[uid]) for uid in changed),
            ]
        )

    def _compared(self, server: Server, look: Look) -> dict[int, tuple[str, ...]]:
        """The flags of the newest mails that are not as they were."""
        before, self.flags = self.flags, server.newest_flags(look.present, FLAGS_WINDOW)
        return {uid: flags for uid, flags in self.flags.items() if before.get(uid) != flags}

    def _deleted(self, server: Server, last: int) -> list[uids.Span]:
        """The spans in which nothing is any more: all of them the first time, later those of what was there before."""
        before, self.seen = self.seen, server.numbers((1, last))
        if before is None:
            return list(uids.between(self.seen, last + 1))
        there = frozenset(self.seen)
        return list(uids.folded(uid for uid in before if uid not in there))

    def _changed(self, cursor: Cursor) -> Page:
        records = tuple(self.changes.popleft() for _ in range(min(MOST_CHANGES, len(self.changes))))
        if self.changes or self.compared is None:
            cursor = replace(cursor, part=cursor.part + 1)
        else:
            cursor = _level(cursor, self.compared)
        return self._page(records, cursor, more=True)

    def _page(self, records: tuple[Record, ...], cursor: Cursor, *, more: bool) -> Page:
        self.given = cursor.text()
        return Page(records, self.given, more, len(self.todo) if self.todo is not None else None)


def _level(cursor: Cursor, look: Look) -> Cursor:
    """With every change known up to a look. What was deleted after it makes the next look see fewer mails again."""
    return replace(cursor, changes=look.changes, present=look.present, part=0)
