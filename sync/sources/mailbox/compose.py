"""A reply as a mail, ready to the last byte.

The invariant: the same letter gives the same bytes, on every machine and at any time, so that a mail that is looked
for or sent again after an unclear end is the very same; its Message-ID comes from the outbox row's uid. Lines end in
CR LF, none is longer than 998 bytes, and everything but an address that needs it is ASCII.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from email.utils import format_datetime

from desk.errors import BadInput
from desk.mail.addresses import Address, addresses
from desk.mail.automatic import AUTO_REPLIED
from desk.mail.flowed import flow
from desk.mail.headers import one_line
from desk.mail.names import safe_name
from desk.times import to_datetime
from sync.sources.mailbox.fields import file_name, ids, mailboxes, shortened, unstructured, written_address
from sync.sources.mailbox.wording import Press, Quoted, Quoting, as_html, worded

_REPLY = re.compile(
    r"\s*(?:re|aw|sv|vs|antw|odp|ynt|rif|回复|答复)(?:\[\d{1,4}\]|\(\d{1,4}\)|\^\d{1,4})?\s*[:：]\s*", re.IGNORECASE
)
_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")
_LONGEST_LINE = 78

# The set that django-helpdesk sends, and our own mark, by which we know our own mails on their way back.
_AUTOMATIC = (
    AUTO_REPLIED,
    "X-Auto-Response-Suppress: All",
    "Precedence: auto_reply",
    "X-Heard-Loop: yes",
)


@dataclass(frozen=True, slots=True)
class Answered:
    """The message that is answered: its id and those before it, the oldest first, and its words."""

    message_id: str
    references: tuple[str, ...]
    words: Quoted


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes along."""

    name: str
    type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that a mail is made of. `uid` is the outbox row's, `at` its Date in microseconds UTC.

    `blind` is who gets it without being named in it. `domain` stands in the Message-ID, the sender's where it is empty.
    `asking` is what asks how the answer was, `presses` the links in it. `automatic`: no person wrote it, and no machine
    may answer it.
    """

    uid: bytes
    at: int
    sender: Address
    to: tuple[Address, ...]
    subject: str
    body: str
    copies: tuple[Address, ...] = ()
    blind: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    answered: Answered | None = None
    quoting: Quoting = Quoting.TOP
    signature: str = ""
    asking: str = ""
    presses: tuple[Press, ...] = ()
    enclosed: tuple[Enclosed, ...] = ()
    html: bool = True
    automatic: bool = False
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail and its envelope."""

    message_id: str
    raw: bytes = field(repr=False)
    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a mail: the lines of its headers, and its encoded content."""

    headers: tuple[str, ...]
    content: bytes


def recipients_in(text: str) -> tuple[Address, ...]:
    """The mailboxes that a person typed; BadInput where one of them is no address."""
    found = addresses(text.encode("utf-8", "replace"), "utf-8")
    for each in found:
        written_address(each.address)
    return found


def message_id_of(uid: bytes, domain: str) -> str:
    """The Message-ID of an outbox row's mail."""
    return f"<heard.{uid.hex()}@{domain}>"


def reply_subject(subject: str) -> str:
    """The subject with one "Re:" before it, whatever was heaped there."""
    subject = one_line(subject)
    while match := _REPLY.match(subject):
        subject = subject[match.end() :]
    return f"Re: {subject}".rstrip()


def compose(letter: Letter) -> Composed:
    """The mail of that letter; BadInput where it has no recipient, or an address that is none."""
    sender = written_address(letter.sender.address)
    everyone = (*letter.to, *letter.copies, *letter.blind)
    recipients = tuple(dict.fromkeys(written_address(each.address) for each in everyone))
    if not recipients:
        raise BadInput("The mail has no recipient", "Name an address.")
    domain = written_address(f"heard@{letter.domain or sender.rpartition('@')[2]}").rpartition("@")[2]
    message_id = message_id_of(letter.uid, domain)
    whole = _whole(letter)
    headers = (*_headers(letter, message_id), "MIME-Version: 1.0", *whole.headers)
    return Composed(message_id, _lines(headers) + b"\r\n" + whole.content, sender, recipients)


def _headers(letter: Letter, message_id: str) -> tuple[str, ...]:
    answered = letter.answered
    # A subject of one's own is kept; an answer's gets its mark, once.
    subject = letter.subject if answered is None else reply_subject(letter.subject)
    lines = [f"Date: {format_datetime(to_datetime(letter.at))}", mailboxes("From", (letter.sender,))]
    for name, people in (("Reply-To", letter.reply_to), ("To", letter.to), ("Cc", letter.copies)):
        if people:
            lines.append(mailboxes(name, people))
    if not letter.to and not letter.copies:
        lines.append("To: undisclosed-recipients:;")
    lines.append(f"Message-ID: {message_id}")
    if answered is not None:
        lines.append(ids("In-Reply-To", (answered.message_id,)))
        lines.append(ids("References", shortened((*answered.references, answered.message_id))))
    lines.append(unstructured("Subject", subject))
    if letter.automatic:
        lines += _AUTOMATIC
    return tuple(line for line in lines if line)


def _whole(letter: Letter) -> _Part:
    quoted = None if letter.answered is None else letter.answered.words
    signature = "\n\n".join(part for part in (letter.signature.strip("\n"), letter.asking) if part.strip())
    text = worded(letter.body, signature, quoted, letter.quoting)
    part = _text_part("text/plain; charset=utf-8; format=flowed", flow(text) + "\n")
    if letter.html:
        rich = _text_part("text/html; charset=utf-8", as_html(text, letter.presses))
        part = _several("alternative", letter.uid, (part, rich))
    if letter.enclosed:
        part = _several("mixed", letter.uid, (part, *(_file_part(each) for each in letter.enclosed)))
    return part


def _text_part(kind: str, text: str) -> _Part:
    """As it is where that is plain and short, else in whichever encoding is shorter."""
    raw = text.encode("utf-8", "replace")
    if text.isascii() and max(map(len, text.split("\n"))) <= _LONGEST_LINE:
        encoding, content = "7bit", raw
    else:
        encoding, content = "quoted-printable", binascii.b2a_qp(raw, istext=True)
        if len(content) > len(raw) * 4 // 3 + 80:
            # The line ends belong to the text here: those of mails, for who shows them as they are.
            encoding, content = "base64", base64.encodebytes(raw.replace(b"\n", b"\r\n"))
    headers = (f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}")
    return _Part(headers, content.replace(b"\n", b"\r\n"))


def _file_part(enclosed: Enclosed) -> _Part:
    kind = enclosed.type.lower()
    headers = (
        # A mail or a part of one mustn't be in base64 under its own type (RFC 2046, 5.2.1).
        f"Content-Type: {kind if _TYPE.fullmatch(kind) else 'application/octet-stream'}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: attachment;\r\n {file_name(safe_name(enclosed.name))}",
    )
    return _Part(headers, base64.encodebytes(enclosed.content).replace(b"\n", b"\r\n"))


def _several(kind: str, uid: bytes, parts: tuple[_Part, ...]) -> _Part:
    boundary = f"=_{kind}_{uid.hex()}"
    while any(boundary.encode() in part.content for part in parts):
        boundary += "_"
    mark = b"--" + boundary.encode()
    pieces = [b"\r\n".join((mark, _lines(part.headers), part.content)) for part in parts]
    headers = (f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"',)
    return _Part(headers, b"\r\n".join((*pieces, mark + b"--\r\n")))


def _lines(headers: tuple[str, ...]) -> bytes:
    return "".join(f"{line}\r\n" for line in headers).encode("utf-8", "replace")
