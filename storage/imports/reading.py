"""Mails read out of a file or folder: everything that takes time and needs no writing to the database.

Where there is much to read, it is done in a process of its own, beside the one that writes; the order stays, and no
more than a few mails are on their way. What the workspace has by the hash of its bytes isn't read again.
"""

import hashlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from desk.errors import BadInput, HeardError, WorkspaceError
from desk.identifiers import address_of
from desk.mail.addresses import Address
from desk.mail.bounces import Failure
from desk.mail.message import Mail, read_mail
from desk.mail.quotes import find_folds
from desk.statuses import Status
from storage.attachments import keep
from storage.connect import Connection
from storage.imports.files import RawMail, mails, size
from storage.imports.threads import base_subject, is_reply
from storage.ingest.rows import NewAttachment, NewMessage
from storage.search.several import several
from storage.workspace import Workspace, open_to_read

if TYPE_CHECKING:
    from multiprocessing.connection import Connection as Pipe

# So many mails, or so many bytes of them, are handed over at once.
CHUNK = 25
LARGEST_CHUNK = 4 * 1024 * 1024
# So many chunks are fetched from the other process while one is written, so that neither waits for the other.
AHEAD = 8
# So many files are written and synced at once.
SYNCING = 4
# Below this many bytes on disk a process takes longer to start than it saves.
WORTH_A_PROCESS = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MailRules:
    """What the importer is told: addresses of the team itself, and the state that new tickets get."""

    own: frozenset[str] = frozenset()
    status: Status = Status.OPEN


@dataclass(frozen=True, slots=True)
class ReadMail:
    """One mail, ready to be taken in; `message` is None where the workspace has these very bytes.

    `end` is how many bytes of the file are done. `person` is who it is about, with their name as the header has it.
    `ours` was sent by the team; `quiet` by a machine. `bounced` is the Message-ID of what came back, or is `delayed`;
    `failures` says from where.
    """

    where: str
    end: int
    digest: bytes
    message: NewMessage | None = None
    person: Address | None = None
    ours: bool = False
    quiet: bool = False
    parents: tuple[str, ...] = ()
    bounced: str = ""
    delayed: bool = False
    failures: tuple[Failure, ...] = ()
    subject: str = ""
    base: str = ""
    reply: bool = False
    attachments: tuple[NewAttachment, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def weight(self) -> int:
        """About how much room it takes in memory."""
        return len(self.message.body) if self.message else 0


@dataclass(frozen=True, slots=True)
class Job:
    """What to read, for which workspace; a mail without a date counts as written `now`."""

    workspace: Workspace
    path: Path
    own: frozenset[str]
    now: int


def read_mails(connection: Connection, job: Job) -> Iterator[ReadMail]:
    """Every mail of the file or folder, in its order. Raises BadInput where the file can't be read."""
    if (os.cpu_count() or 1) > 1 and job.path.exists() and size(job.path) > WORTH_A_PROCESS:
        yield from _beside(job)
    else:
        for chunk in _chunks(connection, job):
            yield from chunk


def _beside(job: Job) -> Iterator[ReadMail]:
    # Spawned, not forked: an open database must not be carried into another process.
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    reader = context.Process(target=send_mails, args=(job, sending), daemon=True)
    reader.start()
    # The end that the reader writes to must be open there alone, so that its death is noticed here.
    sending.close()
    with ThreadPoolExecutor(1) as waiting:
        try:
            ahead = deque(waiting.submit(receiving.recv) for _ in range(AHEAD))
            while chunk := _received(ahead.popleft()):
                ahead.append(waiting.submit(receiving.recv))
                yield from chunk
        finally:
            reader.terminate()
            waiting.shutdown(cancel_futures=True)
            receiving.close()
            reader.join()


def _received(awaited: "Future[list[ReadMail] | HeardError]") -> list[ReadMail]:
    try:
        found = awaited.result()
    except EOFError:
        raise WorkspaceError(
            "The process that reads the mails has ended", "Import again: it goes on where it stopped."
        ) from None
    if isinstance(found, HeardError):
        raise found
    return found


def send_mails(job: Job, sending: "Pipe") -> None:
    """The reading process: chunks of mails, then an empty one; or the error that ended it."""
    # Ctrl-C goes to the process that writes; when that is gone, sending fails.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with closing(open_to_read(job.workspace)) as connection:
            for chunk in _chunks(connection, job):
                sending.send(chunk)
        sending.send([])
    except BrokenPipeError:
        return
    except HeardError as error:
        sending.send(error)


def _chunks(connection: Connection, job: Job) -> Iterator[list[ReadMail]]:
    with ThreadPoolExecutor(SYNCING) as syncing:
        keeper = _Keeper(job.workspace, syncing)
        for chunk in _raw_chunks(mails(job.path)):
            digests = [hashlib.sha256(raw.raw).digest() for raw in chunk]
            known = known_digests(connection, digests)
            read = [
                ReadMail(raw.where, raw.end, digest) if digest in known else _read(job, raw, digest, keeper)
                for raw, digest in zip(chunk, digests, strict=True)
            ]
            keeper.finish()
            yield read


def read_fetched(job: Job, fetched: Sequence[RawMail], *, sent: bool) -> list[ReadMail]:
    """Mails that are in memory already; `sent` says that they lay where the team's own mails do."""
    with ThreadPoolExecutor(SYNCING) as syncing:
        keeper = _Keeper(job.workspace, syncing)
        read = [_read(job, raw, hashlib.sha256(raw.raw).digest(), keeper, sent=sent) for raw in fetched]
        keeper.finish()
    return read


class _Keeper:
    """Keeps files of mails. To sync one takes milliseconds in which nothing is computed, so several do it at once."""

    def __init__(self, workspace: Workspace, syncing: ThreadPoolExecutor) -> None:
        self._workspace = workspace
        self._syncing = syncing
        self._begun: list[Future[bytes]] = []

    def keep(self, content: bytes) -> bytes:
        """The digest of what will lie in the attachments folder when `finish` has returned."""
        self._begun.append(self._syncing.submit(keep, self._workspace, content))
        return hashlib.sha256(content).digest()

    def finish(self) -> None:
        """Wait for all; raises WorkspaceError where one can't be written."""
        for begun in self._begun:
            begun.result()
        self._begun.clear()


def _raw_chunks(found: Iterator[RawMail]) -> Iterator[list[RawMail]]:
    """Few or many at once, by their bytes; what came before an error is given out first."""
    chunk: list[RawMail] = []
    held = 0
    try:
        for raw in found:
            chunk.append(raw)
            held += len(raw.raw)
            if len(chunk) == CHUNK or held > LARGEST_CHUNK:
                yield chunk
                chunk, held = [], 0
    except BadInput:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def known_digests(connection: Connection, digests: list[bytes]) -> set[bytes]:
    """Which of these the workspace has."""
    known: set[bytes] = set()
    remaining = iter(digests)
    while part := list(islice(remaining, 500)):
        rows = connection.execute(several("SELECT digest FROM message WHERE digest IN (?*)", len(part)), part)
        known.update(row[0] for row in rows)
    return known


def _read(job: Job, raw: RawMail, digest: bytes, keeper: _Keeper, *, sent: bool = False) -> ReadMail:
    mail = read_mail(raw.raw)
    ours = sent or address_of(mail.sender.address) in job.own
    named = dict.fromkeys([*mail.references, mail.in_reply_to])
    message = NewMessage(
        kind="outbound" if ours else "inbound",
        at=mail.date if mail.date is not None else job.now,
        body=mail.text,
        subject=mail.subject,
        sender=_shown(mail.sender),
        recipients=", ".join(map(_shown, mail.to)),
        copies=", ".join(map(_shown, mail.cc)),
        folds=find_folds(mail.text),
        html=mail.html_used,
        automatic=mail.automatic,
        bounce="" if mail.bounce is None else str(mail.bounce),
        unparsed=mail.unparsed,
        trackers=mail.trackers,
        message_id=mail.message_id or None,
        in_reply_to=mail.in_reply_to or None,
        digest=digest,
        raw=keeper.keep(raw.raw) if mail.unparsed or mail.problems else None,
    )
    return ReadMail(
        raw.where, raw.end, digest, message, _person(mail, job.own, ours=ours),
        ours=ours,
        quiet=mail.bounce is not None or bool(mail.automatic),
        parents=tuple(one for one in named if one and one != mail.message_id),
        bounced=mail.bounce.message_id if mail.bounce is not None else "",
        delayed=mail.bounce is not None and mail.bounce.delayed,
        failures=mail.bounce.failures if mail.bounce is not None else (),
        subject=mail.subject,
        base=base_subject(mail.subject),
        reply=is_reply(mail.subject),
        attachments=tuple(
            NewAttachment(part.name, part.type, part.size, keeper.keep(part.content), part.content_id,
                          part.inline)
            for part in mail.attachments
        ),
        problems=mail.problems,
    )  # fmt: skip


def _person(mail: Mail, own: frozenset[str], *, ours: bool) -> Address | None:
    """Who this is about. A machine's bounce is from nobody; an answer of ours is to its first recipient."""
    if mail.bounce is not None:
        return None
    others = [one for one in (*mail.to, *mail.cc) if address_of(one.address) not in own] if ours else [mail.sender]
    return others[0] if others and "@" in others[0].address else None


def _shown(person: Address) -> str:
    """An address as mail programs write it: the name in quotes where its letters would part it."""
    if not person.name:
        return person.address
    name = f'"{person.name}"' if any(letter in person.name for letter in ',;<>@"()') else person.name
    return f"{name} <{person.address}>" if person.address else person.name
