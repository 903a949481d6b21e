"""Articles of ours: whom they go to, what they carry along, and how one is found again whose answer was lost.

The invariants: what somebody else wrote since is a conflict; an article of ours is known by the key that it carries, or
by its words where Zammad should ever have dropped the key.
"""

import base64
from collections.abc import Sequence

from desk.mail.addresses import addresses
from desk.times import MINUTE
from sync.http import Ask, Json
from sync.protocol import Conflict, Receipt, Refused
from sync.sources.words import squeezed, squeezed_html
from sync.sources.zammad.answers import USER, Article, Ticket, one
from sync.sources.zammad.site import ZammadSite
from sync.sources.zammad.telling import MARK, message_kind
from sync.sources.zammad.tickets import articles_of, asked_for_articles, parent
from sync.tickets import WriteMessage

# Zammad and we may disagree on the time by so much when an article is looked for by its words.
SKEW = 5 * MINUTE
# What mails answer: the other ways to reach people want more than words (an own window of time, a thread's id).
_BY_MAIL = ("email", "web", "phone", "note", "")


class Messages:
    """The articles of one Zammad's tickets."""

    def __init__(self, site: ZammadSite) -> None:
        self._site = site

    def prepare(self, operation: WriteMessage, ticket: Ticket) -> Ask | Conflict | Refused:
        """The request that puts these words on a ticket, or why there is none."""
        articles = self._articles(operation.ticket)
        if any(_is_news(article, operation) for article in articles):
            return Conflict("Somebody wrote on it in Zammad meanwhile")
        try:
            files = [_attached(file.name, file.type, file.path.read_bytes()) for file in operation.files]
        except OSError:
            return Refused("A file that goes along can't be read", "Attach it again.")
        body = operation.body if operation.body.strip() else ", ".join(file.name for file in operation.files)
        if not body:
            return Refused("There is nothing to send", "Write something.")
        fields: dict[str, Json] = {
            "ticket_id": ticket.id,
            "type": "note",
            "sender": "Agent",
            "internal": operation.kind == "note",
            "content_type": "text/plain",
            "body": body,
            "preferences": {MARK: operation.key},
            "attachments": files,
        }
        if operation.kind == "reply":
            way = self._way(operation, ticket, articles)
            if isinstance(way, Refused):
                return way
            fields.update(way)
        return Ask("/ticket_articles", method="POST", json=fields)

    def find(self, operation: WriteMessage) -> Receipt | None:
        """The article that came of these words, on its ticket or on the one that this has become part of."""
        places = (operation.ticket, parent(self._site, int(operation.ticket)))
        articles = [article for place in places if place for article in self._articles(place)]
        for article in articles:
            if article.preferences.get(MARK) == operation.key:
                return Receipt(str(article.id))
        unmarked = [article for article in articles if MARK not in article.preferences]
        me = self._site.me().id if unmarked else 0
        for article in unmarked:
            if article.created_by_id == me and _says_the_same(article, operation, self._site.http.ahead):
                return Receipt(str(article.id))
        return None

    def _articles(self, ticket: str) -> tuple[Article, ...]:
        answer = self._site.http.ask(asked_for_articles(ticket))
        return articles_of(answer)[0] if answer.status == 200 else ()

    def _way(self, operation: WriteMessage, ticket: Ticket, articles: Sequence[Article]) -> dict[str, Json] | Refused:
        """By what a reply reaches the customer: a mail, which answers their last one."""
        theirs = [article for article in articles if article.sender == "Customer"]
        last = theirs[-1] if theirs else None
        if last is not None and last.type not in _BY_MAIL:
            return Refused(f"Zammad reaches this customer by {last.type}, not by mail", "Answer it in Zammad (O).")
        group = self._site.names().groups.get(ticket.group_id or 0)
        if group is not None and group.email_address_id is None:
            # Zammad itself would fail, without saying why.
            return Refused(f"The group “{group.name}” has no address to send from", "Move the ticket, or ask there.")
        to = ", ".join(operation.recipients) or self._address(ticket, last)
        if not to:
            return Refused("This customer has no address in Zammad", "Write down where it is to go.")
        way: dict[str, Json] = {"type": "email", "to": to, "cc": ", ".join(operation.copies)}
        if last is not None and last.message_id:
            way["in_reply_to"] = last.message_id
        return way

    def _address(self, ticket: Ticket, last: Article | None) -> str:
        """Where the customer's last mail asks to be answered, else the customer's own address."""
        if last is not None and last.type == "email":
            for told in (last.reply_to, last.written_from):
                for found in addresses(told.encode()):
                    if found.address:
                        return found.address
        raw = self._site.people([ticket.customer_id or 0]).get(ticket.customer_id or 0)
        user = one(USER, raw) if raw is not None else None
        return user.email if user is not None else ""


def _is_news(article: Article, operation: WriteMessage) -> bool:
    """Whether somebody has said something since; what only happened, or was said by telephone, is no answer."""
    known = int(operation.seen) if operation.seen.isdecimal() else 0
    return article.id > known and message_kind(article) in ("inbound", "outbound", "note")


def _says_the_same(article: Article, operation: WriteMessage, ahead: int) -> bool:
    if article.created_at < operation.begun_at + ahead - SKEW:
        return False
    if (message_kind(article) == "note") != (operation.kind == "note"):
        return False
    words = squeezed_html(article.body) if "html" in article.content_type else squeezed(article.body)
    return bool(words) and words == squeezed(operation.body)


def _attached(name: str, kind: str, data: bytes) -> dict[str, Json]:
    return {
        "filename": name,
        "mime-type": kind or "application/octet-stream",
        "data": base64.b64encode(data).decode("ascii"),
    }
