"""From a row of the outbox to what a source is asked to do: a mailbox takes replies and forwarded mails, no more."""

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from desk.errors import BadInput
from desk.mail.addresses import Address
from desk.times import to_datetime
from storage.acknowledging import KIND as ACKNOWLEDGEMENT
from storage.connect import Connection
from storage.delivery import Job
from storage.outgoing import Before, File, Written, before, written
from storage.ratings import asking_lines
from storage.sources import SourceRow
from storage.workspace import Workspace
from sync.protocol import DeliverMail
from sync.sources.mailbox.compose import Answered, Enclosed, Letter, compose, recipients_in
from sync.sources.mailbox.languages import ENGLISH, language_of
from sync.sources.mailbox.wording import Press, Quoted, Quoting

_ANSWERS = ("reply", ACKNOWLEDGEMENT)
_MAILED = (*_ANSWERS, "forward")


def operation(workspace: Workspace, connection: Connection, row: SourceRow, job: Job) -> DeliverMail | None:
    """What that row asks of its source; None where the source has nothing to do with it.

    Raises BadInput where the mail can't be made: no recipient, an address that is none, a file that is lost.
    """
    if row.kind != "mailbox" or job.written_as not in _MAILED or job.message_id is None:
        return None
    told = written(workspace, connection, job.message_id)
    answered = before(connection, job.ticket_id, job.message_id) if job.written_as in _ANSWERS else None
    asking, presses = _asking(connection, row, job, answered)
    composed = compose(replace(_letter(row, job, told, answered), asking=asking, presses=presses))
    recipients = tuple(each for each in composed.recipients if not job.only or each in job.only)
    if not recipients:
        raise BadInput("None of those who did not get it is a recipient any more", "Write to them anew.")
    return DeliverMail(job.uid.hex(), composed.message_id, composed.raw, composed.sender, recipients, job.created_at)


def _letter(row: SourceRow, job: Job, told: Written, answered: Before | None) -> Letter:
    settings = row.settings
    automatic = job.kind == ACKNOWLEDGEMENT
    return Letter(
        uid=job.letter,
        at=told.at,
        sender=Address(settings.get("from") or ("" if automatic else told.author), settings["address"]),
        to=recipients_in(told.recipients),
        copies=recipients_in(told.copies),
        subject=told.subject,
        body=told.body,
        answered=None if answered is None else _answered(settings, answered),
        # Whoever forged an address must not have their own words sent there.
        quoting=Quoting.NONE if automatic else Quoting(settings.get("quoting", Quoting.TOP)),
        signature=settings.get("signature", ""),
        enclosed=tuple(map(_enclosed, told.files)),
        automatic=automatic,
    )


def _asking(connection: Connection, row: SourceRow, job: Job, answered: Before | None) -> tuple[str, tuple[Press, ...]]:
    """What asks the customer how a reply was, in their language; nothing in any other mail."""
    if job.written_as != "reply" or job.message_id is None:
        return "", ()
    otherwise = row.settings.get("language", ENGLISH)
    language = otherwise if answered is None else language_of(answered.body, otherwise).key
    return asking_lines(connection, job.message_id, row.settings["address"], language)


def _enclosed(file: File) -> Enclosed:
    try:
        return Enclosed(file.name, file.type, file.path.read_bytes())
    except OSError as error:
        raise BadInput(f"The file {file.name} can't be read: {error.strerror}", "Attach it anew.") from None


def _answered(settings: Mapping[str, str], answered: Before) -> Answered:
    at = to_datetime(answered.at).astimezone(ZoneInfo(settings.get("zone", "UTC")))
    words = Quoted(answered.author, at, answered.body, settings.get("language", ENGLISH))
    return Answered(answered.message_id, answered.references, words)
