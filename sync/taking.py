"""A page's records into the workspace: mails as tickets, and what became of mails that were known."""

from collections.abc import Sequence

from storage import mailbox
from storage.connect import Connection, writing
from storage.mailbox import Copy, Mailbox
from sync.protocol import Fate, FlagsChanged, Gone, MailRecord, Record, Role, Stream, StreamReset, Unreadable


def take(connection: Connection, box: Mailbox, stream: Stream, records: Sequence[Record], now: int) -> int:
    """Take these records in, in their order; how many mails were new. Each may come again."""
    new = 0
    mails: list[Copy] = []
    for record in records:
        if isinstance(record, MailRecord):
            mails.append(_copy(stream, record))
        elif isinstance(record, Fate):
            new += _take_mails(connection, box, stream, mails, now)
            mails = []
            note(connection, box, record, now)
    return new + _take_mails(connection, box, stream, mails, now)


def _take_mails(connection: Connection, box: Mailbox, stream: Stream, mails: list[Copy], now: int) -> int:
    return mailbox.take(connection, box, mails, now, sent=stream.role is Role.SENT)


def note(connection: Connection, box: Mailbox, record: Fate, now: int) -> None:
    """What became of mails that were known, in a transaction of its own."""
    source_id = box.row.id
    with writing(connection):
        match record:
            case FlagsChanged():
                place = (record.stream, record.validity, record.uid)
                mailbox.mark(connection, box, place, record.flags, now)
            case Gone():
                mailbox.remove(connection, source_id, record.stream, record.validity, record.first, record.last)
            case StreamReset():
                mailbox.renumber(connection, source_id, record.stream)
            case Unreadable():
                pass


def _copy(stream: Stream, record: MailRecord) -> Copy:
    where = f"{stream.name} {record.uid}"
    return Copy(record.stream, record.validity, record.uid, record.flags, record.arrived_at, record.raw, where)
