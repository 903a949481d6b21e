"""What was said at a helpdesk, made readable as mails are: HTML as text, quotes and signatures folded, texts clean.

It is done before the database is locked, and only for what isn't known word for word.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from desk.mail.html import html_to_text
from desk.mail.quotes import find_folds
from desk.text import clean
from storage.connect import Connection
from storage.helpdesk.records import MessageNews
from storage.ingest.rows import NewMessage

_KNOWN = """
    SELECT external_id, digest FROM message
     WHERE source_id = ? AND external_id IN (SELECT value FROM json_each(?))"""


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message as it was told, and as it is kept; who wrote it is found out later."""

    news: MessageNews
    message: NewMessage


def read_messages(connection: Connection, source_id: int, told: Sequence[MessageNews]) -> list[ReadMessage]:
    """Those of them that are new, or say something else than they did."""
    last = {news.external_id: news for news in told}
    found = connection.execute(_KNOWN, (source_id, json.dumps(list(last)))).fetchall()
    known: dict[str, bytes | None] = dict(found)
    read: list[ReadMessage] = []
    for external_id, news in last.items():
        digest = _digest(news)
        if known.get(external_id) != digest:
            read.append(_read(news, digest))
    return read


def _read(news: MessageNews, digest: bytes) -> ReadMessage:
    html = html_to_text(news.body) if news.html else None
    body = clean(html.text if html is not None else news.body).strip("\n")
    message = NewMessage(
        kind=news.kind,
        at=news.at,
        body=body,
        subject=news.subject,
        sender=news.sender,
        recipients=news.recipients,
        copies=news.copies,
        folds=find_folds(body) if news.kind in ("inbound", "outbound") else (),
        automatic=news.automatic,
        trackers=html.trackers if html is not None else 0,
        digest=digest,
        external_id=news.external_id,
    )
    return ReadMessage(news, message)


def _digest(news: MessageNews) -> bytes:
    """Of all that was told, the ticket's own customer aside, whose profile changes with every visit."""
    said = (
        news.ticket, news.kind, news.at, news.body, news.html, news.agent, news.sender, news.recipients, news.copies,
        news.subject, news.automatic, news.files,
    )  # fmt: skip
    return blake2b(repr(said).encode(errors="surrogatepass"), digest_size=16).digest()
