"""Which of a mail's parts are its text, and which are attached.

The invariant: each leaf ends up in exactly one place (the text, the attachments, or as the other rendering of a text
that is shown), so nothing that was sent is lost.
"""

import re
from dataclasses import dataclass, field

from desk.mail.charsets import decode
from desk.mail.flowed import unflow
from desk.mail.headers import Parameters, parameters
from desk.mail.html import HtmlText, html_to_text
from desk.mail.mime import Part, content_bytes, parse
from desk.mail.names import safe_name
from desk.mail.uuencoded import take_files
from desk.text import clean


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail: a name safe to write, its media type, bytes, and Content-ID without brackets."""

    name: str
    type: str
    content: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False

    @property
    def size(self) -> int:
        """Length in bytes."""
        return len(self.content)


@dataclass(slots=True)
class Contents:
    """What has been read of a mail's parts so far."""

    texts: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    html_used: bool = False
    remote_images: int = 0
    trackers: int = 0

    def text(self) -> str:
        """The texts of all parts, one below the other."""
        return "\n\n".join(text.strip("\n") for text in self.texts if text.strip())


# A plain text of this length is the mail's text; a shorter one may only say that the mail is in HTML.
_REAL_TEXT = 400
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/x-vcard": ".vcf",
    "text/rfc822-headers": ".txt",
    "message/delivery-status": ".txt",
    "message/rfc822": ".eml",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/ms-tnef": ".dat",
}
_MARKUP = re.compile(r"\A\s*<(?:!doctype|html|head|body|div|table|p)\b", re.IGNORECASE)


def read_contents(whole: Part) -> Contents:
    """Sort all leaves of a mail into its text and its attachments."""
    contents = Contents()
    _read(whole, contents)
    if not contents.text():
        _text_of_forwarded(whole, contents)
    return contents


def _read(part: Part, contents: Contents) -> None:
    """Recursion is bounded by `mime.MAX_DEPTH`."""
    if part.problem:
        contents.problems.append(part.problem)
    if part.kind == "multipart/alternative":
        _read_alternatives(part, contents)
    elif part.children:
        for child in part.children:
            _read(child, contents)
    elif _is_text(part):
        _add_text(part, contents)
    elif part.body.strip() or part.content.value:
        _attach(part, contents)


def _disposition(part: Part) -> Parameters:
    return parameters(part.headers.raw("content-disposition"), part.content.get("charset"))


def _is_text(part: Part) -> bool:
    if part.kind not in ("text/plain", "text/html", "text/enriched", "text/markdown"):
        return False
    disposition = _disposition(part)
    return disposition.value != "attachment" and not (disposition.get("filename") or part.content.get("name"))


def _read_alternatives(part: Part, contents: Contents) -> None:
    """Read the best rendering; of the others only what is attached inside them."""
    renderings = []
    for child in part.children:
        inner = Contents()
        if child.kind == "text/x-amp-html":
            continue
        _read(child, inner)
        contents.problems += inner.problems
        contents.attachments += inner.attachments
        if inner.text():
            renderings.append(inner)
    if not renderings:
        return
    plain = next((inner for inner in renderings if not inner.html_used), None)
    rich = next((inner for inner in reversed(renderings) if inner.html_used), None)
    chosen = plain if plain is not None and (rich is None or _real(plain.text(), rich.text())) else rich
    if chosen is not None:
        contents.texts += chosen.texts
        contents.html_used = contents.html_used or chosen.html_used
    for inner in renderings:
        contents.remote_images += inner.remote_images
        contents.trackers += inner.trackers


def _real(plain: str, rich: str) -> bool:
    """Whether the plain rendering is the mail itself, not a hint to read the other."""
    if _MARKUP.match(plain):
        return False
    return len(plain) >= _REAL_TEXT or len(rich) <= 2 * len(plain) + 100


def _add_text(part: Part, contents: Contents) -> None:
    decoded = decode(content_bytes(part), part.content.get("charset"))
    if decoded.guessed and part.content.get("charset"):
        contents.problems.append("the text was not in the encoding that it named")
    if part.kind == "text/html":
        _add_html(html_to_text(decoded.text), contents)
        return
    text = decoded.text
    if part.content.get("format").lower() == "flowed":
        text = unflow(text, delete_space=part.content.get("delsp").lower() == "yes")
    text, files = take_files(text)
    for name, content in files:
        contents.attachments.append(Attachment(safe_name(name), "application/octet-stream", content))
    if part.kind == "text/enriched":
        text = re.sub(r"<[^<>\n]{1,80}>", "", text)
    contents.texts.append(clean(text))


def _add_html(read: HtmlText, contents: Contents) -> None:
    contents.texts.append(read.text)
    contents.html_used = True
    contents.remote_images += read.remote_images
    contents.trackers += read.trackers


def _attach(part: Part, contents: Contents) -> None:
    disposition = _disposition(part)
    given = disposition.get("filename") or part.content.get("name")
    content = content_bytes(part)
    if part.kind == "message/rfc822":
        content = content.lstrip(b"\r\n")
        given = given or parse(content).headers.text("subject")
        given = given if given.lower().endswith((".eml", ".msg")) else f"{given or 'message'}.eml"
    fallback = part.kind.replace("/", "-") if part.kind.startswith("message/") else part.kind.partition("/")[0]
    name = safe_name(given, fallback) if given else fallback + _ENDINGS.get(part.kind, "")
    content_id = part.headers.text("content-id").strip("<>")
    inline = disposition.value == "inline" or (bool(content_id) and disposition.value != "attachment")
    kind = part.kind if re.fullmatch(r"[!-~]{1,127}", part.kind) else "application/octet-stream"
    contents.attachments.append(Attachment(safe_name(name), kind, content, content_id, inline))


def _text_of_forwarded(whole: Part, contents: Contents) -> None:
    """A mail that is nothing but an attached mail says what that one says."""
    waiting = [whole]
    while waiting:
        part = waiting.pop()
        waiting.extend(reversed(part.children))
        if part.kind == "message/rfc822":
            inner = Contents()
            _read(parse(content_bytes(part).lstrip(b"\r\n")), inner)
            if inner.text():
                contents.texts.append(inner.text())
                contents.html_used = inner.html_used
                return
