"""The bytes of files: Freshdesk's addresses for them are good for minutes, so that each is asked for when it is wanted.

The invariant: a file is found by its ticket, its message and its own number, never by an address that was kept.
"""

from collections.abc import Iterator

from sync.errors import PartGone
from sync.http import Ask, Http
from sync.sources.freshdesk import answers
from sync.sources.freshdesk.answers import Attachment
from sync.sources.freshdesk.reading import Reading
from sync.sources.lenient import one


def fetch(http: Http, reading: Reading, file: str) -> Iterator[bytes]:
    """The bytes, piece by piece. Raises PartGone where the file isn't there any more."""
    yield from http.stream(Ask(_address(http, reading, file), what="a file"))


def _address(http: Http, reading: Reading, file: str) -> str:
    numbers = [int(part) for part in file.split("/") if part.isdecimal()]
    if len(numbers) == 3:
        ticket, conversation, wanted = numbers
        for each in _attachments(http, reading, ticket, conversation):
            if each.id == wanted and each.attachment_url:
                return each.attachment_url
    raise PartGone("The file isn't in Freshdesk any more", "Ask whoever sent it.")


def _attachments(http: Http, reading: Reading, ticket: int, conversation: int) -> tuple[Attachment, ...]:
    if conversation:
        said = reading.everything_said(ticket)
        return next((each.attachments for each in said if each.id == conversation), ())
    whole = one(http.ask(Ask(f"/tickets/{ticket}", accept=(404,), what="a ticket")), answers.TICKET)
    return whole.attachments if whole is not None else ()
