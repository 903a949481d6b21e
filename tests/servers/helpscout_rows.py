"""What a Help Scout account holds, and the deeds of its people, for the fake of it; times are in whole seconds there.

The invariant: whatever is done to a conversation moves the time by which lists are ordered, which no answer tells.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from time import gmtime, strftime

from tests.servers.service import Json

Row = dict[str, Json]
MESSAGES = ("customer", "message", "note", "phone", "chat", "forwardchild", "forwardparent")


def iso(at: float) -> str:
    """A time as Help Scout writes it."""
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(at))


@dataclass
class Desk:
    """The account. `modified`: when a conversation changed; `moved`: into which one others were merged.

    `cuts_short`: what comes within a conversation is not all that was said, as it never is with chats.
    """

    now: Callable[[], float]
    users: dict[int, Row] = field(default_factory=dict)
    mailboxes: dict[int, str] = field(default_factory=dict)
    customers: dict[int, Row] = field(default_factory=dict)
    conversations: dict[int, Row] = field(default_factory=dict)
    threads: dict[int, list[Row]] = field(default_factory=dict)
    modified: dict[int, float] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    files: dict[int, bytes] = field(default_factory=dict)
    saved: dict[int, list[Row]] = field(default_factory=dict)
    cuts_short: bool = False
    numbers: "count[int]" = field(default_factory=lambda: count(1_001))

    def add_user(self, first: str, last: str, email: str) -> int:
        """Somebody who works there."""
        number = next(self.numbers)
        self.users[number] = {"id": number, "firstName": first, "lastName": last, "email": email, "role": "user"}
        return number

    def add_mailbox(self, name: str) -> int:
        """An inbox."""
        number = next(self.numbers)
        self.mailboxes[number] = name
        return number

    def add_customer(self, first: str, last: str, *emails: str, **more: Json) -> int:
        """A customer; `more`: further parts, such as phones."""
        number = next(self.numbers)
        listed: list[Json] = [{"id": next(self.numbers), "value": email, "type": "work"} for email in emails]
        at = iso(self.now())
        self.customers[number] = {
            "id": number, "firstName": first, "lastName": last, "organization": more.pop("organization", None),
            "jobTitle": None, "background": None, "createdAt": at, "updatedAt": at,
            "_embedded": {"emails": listed, **more},
        }  # fmt: skip
        return number

    def add_conversation(self, customer: int, subject: str, body: str, *, age: float = 0.0, **more: Json) -> int:
        """A customer begins one, `age` seconds ago."""
        number = next(self.numbers)
        at = self.now() - age
        self.conversations[number] = {
            "id": number, "number": number - 1_000, "type": "email", "status": "active", "state": "published",
            "subject": subject, "mailboxId": next(iter(self.mailboxes), 0), "createdAt": iso(at), "tags": [],
            "primaryCustomer": self.person(customer), "cc": [], "bcc": [], "customFields": [],
            "source": {"type": "email", "via": "customer"}, **more,
        }  # fmt: skip
        self.threads[number] = []
        self.say(number, customer, "customer", body, age=age)
        return number

    def say(
        self, conversation: int, who: int, kind: str, body: str, *, age: float = 0.0, files: tuple[Row, ...] = (),
        **more: Json,
    ) -> Row:  # fmt: skip
        """Something is said; a customer's word makes a conversation active again."""
        row: Row = {
            "id": next(self.numbers), "type": kind, "status": "active", "state": "published", "body": body,
            "createdBy": self.person(who), "customer": self.conversations[conversation]["primaryCustomer"],
            "createdAt": iso(self.now() - age), "to": [], "cc": [], "bcc": [],
            "_embedded": {"attachments": list(files)}, **more,
        }  # fmt: skip
        self.threads[conversation].append(row)
        self.modified[conversation] = max(self.modified.get(conversation, 0.0), self.now() - age)
        if kind == "customer":
            self.conversations[conversation]["status"] = "active"
        return row

    def attach(self, name: str, content: bytes, kind: str = "application/octet-stream") -> Row:
        """A file, to be said with something."""
        number = next(self.numbers)
        self.files[number] = content
        return {"id": number, "filename": name, "mimeType": kind, "size": len(content)}

    def happens(self, conversation: int, **fields: Json) -> None:
        """Somebody changes fields, which leaves a line in the conversation."""
        self.conversations[conversation].update(fields)
        self.say(conversation, next(iter(self.users)), "lineitem", "")

    def merge(self, conversation: int, into: int) -> None:
        """One becomes part of another: its threads go there, and its place tells where they are."""
        self.threads[into] += self.threads.pop(conversation)
        del self.conversations[conversation]
        self.moved[conversation] = into
        self.happens(into)

    def delete(self, conversation: int) -> None:
        """It is there no more."""
        del self.conversations[conversation], self.threads[conversation]

    def person(self, number: int) -> Row:
        """Somebody, as they are named on a conversation."""
        if number in self.users:
            row = self.users[number]
            named: Row = {"id": number, "type": "user", "first": row["firstName"], "last": row["lastName"]}
            return {**named, "email": row["email"]}
        row = self.customers[number]
        parts = row["_embedded"]
        emails = parts["emails"] if isinstance(parts, dict) else []
        first = emails[0] if isinstance(emails, list) and emails else {}
        email = first["value"] if isinstance(first, dict) and first else ""
        return {"id": number, "type": "customer", "first": row["firstName"], "last": row["lastName"], "email": email}

    def told(self, number: int, *, threads: bool = False) -> Row:
        """A conversation as it is answered; what a chat holds is cut short where it comes within."""
        row, said = self.conversations[number], self.threads[number]
        published = [each for each in said if each["state"] == "published" and each["type"] in MESSAGES]
        # Whether all that is said in a chat counts isn't known: here it is one.
        whole: Row = {**row, "threads": 1 if row["type"] == "chat" else len(published)}
        if threads:
            within = said[:1] if self.cuts_short or row["type"] == "chat" else said
            whole["_embedded"] = {"threads": list[Json](reversed(within))}
        return whole
