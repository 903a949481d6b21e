"""What a Freshdesk account holds, and the deeds of its people, for the fake of it; times are in whole seconds there.

The invariant: whatever is done to a ticket moves its `updated_at`, as it does in the recorded answers.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from itertools import count
from time import gmtime, strftime

from tests.servers.service import Json

Row = dict[str, Json]
STATUSES: dict[str, list[str]] = {
    "2": ["Open", "Being Processed"],
    "3": ["Pending", "Awaiting your Reply"],
    "4": ["Resolved", "This ticket has been Resolved"],
    "5": ["Closed", "This ticket has been Closed"],
    "6": ["Waiting on Customer", "Awaiting your Reply"],
    "7": ["Waiting on Third Party", "Being Processed"],
}
CLOSED = 5
# Seconds for which the address of a file is good.
ADDRESS_LIVES = 300


def iso(at: float) -> str:
    """A time as Freshdesk writes it."""
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(at))


def plain(markup: str) -> str:
    """`body_text` of a body: the recorded ones have a space for each tag."""
    return unescape(re.sub(r"<[^>]+>", " ", markup)).strip()


@dataclass
class Desk:
    """The account. `files` are bytes by the number of an attachment."""

    now: Callable[[], float]
    agents: dict[int, Row] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
    contacts: dict[int, Row] = field(default_factory=dict)
    companies: dict[int, str] = field(default_factory=dict)
    tickets: dict[int, Row] = field(default_factory=dict)
    said: dict[int, list[Row]] = field(default_factory=dict)
    folders: dict[int, tuple[str, list[Row]]] = field(default_factory=dict)
    fields: list[Row] = field(default_factory=list)
    files: dict[int, bytes] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=lambda: count(80_000_000_001))
    tickets_so_far: "count[int]" = field(default_factory=lambda: count(1))

    def add_agent(self, name: str, email: str) -> int:
        """Somebody who works there."""
        number = next(self.numbers)
        self.agents[number] = {"id": number, "contact": {"name": name, "email": email}, "signature": None}
        return number

    def add_group(self, name: str) -> int:
        """A group of agents."""
        number = next(self.numbers)
        self.groups[number] = name
        return number

    def add_contact(self, name: str, email: str | None, **more: Json) -> int:
        """A customer."""
        number = next(self.numbers)
        at: Row = {"created_at": iso(self.now()), "updated_at": iso(self.now())}
        self.contacts[number] = {
            "id": number,
            "name": name,
            "email": email,
            "phone": None,
            "mobile": None,
            **at,
            **more,
        }
        return number

    def add_ticket(self, requester: int, subject: str, description: str, *, age: float = 0.0, **more: Json) -> int:
        """A ticket that began `age` seconds ago."""
        number = next(self.tickets_so_far)
        at = iso(self.now() - age)
        self.tickets[number] = {
            "id": number, "subject": subject, "description": description, "description_text": plain(description),
            "status": 2, "priority": 1, "source": 1, "requester_id": requester, "responder_id": None, "group_id": None,
            "type": None, "tags": [], "custom_fields": {}, "cc_emails": [], "to_emails": None, "attachments": [],
            "spam": False, "created_at": at, "updated_at": at, **more,
        }  # fmt: skip
        self.said[number] = []
        return number

    def say(
        self, ticket: int, user: int, body: str, *, incoming: bool, private: bool, files: tuple[Row, ...] = (),
        **more: Json,
    ) -> Row:  # fmt: skip
        """Something is said on a ticket; a customer's word opens it again."""
        at = iso(self.now())
        row: Row = {
            "id": next(self.numbers), "ticket_id": ticket, "user_id": user, "body": body, "body_text": plain(body),
            "incoming": incoming, "private": private, "source": 2 if private else 0, "to_emails": [], "cc_emails": [],
            "from_email": None, "attachments": list(files), "auto_response": False, "created_at": at, "updated_at": at,
            **more,
        }  # fmt: skip
        self.said[ticket].append(row)
        self.touch(ticket)
        if incoming and self.tickets[ticket]["status"] != 2:
            self.tickets[ticket]["status"] = 2
        return row

    def attach(self, name: str, content: bytes, kind: str = "application/octet-stream") -> Row:
        """A file, to be said with something."""
        number = next(self.numbers)
        self.files[number] = content
        return {"id": number, "name": name, "content_type": kind, "size": len(content)}

    def touch(self, ticket: int) -> None:
        """It was changed just now."""
        self.tickets[ticket]["updated_at"] = iso(self.now())

    def merge(self, primary: int, secondary: int, notes: tuple[str, str] = ("", "")) -> None:
        """One ticket becomes part of another: its words are copied into a note there, and it is closed with a note."""
        agent = next(iter(self.agents))
        words = "<br>".join(
            str(row) for row in (self.tickets[secondary]["description"], *(s["body"] for s in self.said[secondary]))
        )
        into = notes[0] or f"Merged from ticket {secondary}"
        self.say(primary, agent, f"<div>{into}<br>{words}</div>", incoming=False, private=True)
        closing = notes[1] or f"This ticket is closed and merged into ticket {primary}"
        self.say(secondary, agent, f"<div>{closing}</div>", incoming=False, private=True)
        self.tickets[secondary]["status"] = CLOSED

    def delete(self, ticket: int) -> None:
        """It goes into the trash, where lists that ask for it show it."""
        self.tickets[ticket]["deleted"] = True
        self.touch(ticket)

    def choices(self) -> list[Row]:
        """The fields of tickets."""
        agents: Row = {str(_named(row)): number for number, row in self.agents.items()}
        statuses: Row = {number: list(words) for number, words in STATUSES.items()}
        return [
            {"name": "status", "label": "Status", "type": "default_status", "choices": statuses},
            {"name": "agent", "label": "Agent", "type": "default_agent", "choices": agents},
            {"name": "group", "label": "Group", "type": "default_group",
             "choices": {name: number for number, name in self.groups.items()}},
            *self.fields,
        ]  # fmt: skip


def _named(agent: Row) -> Json:
    contact = agent["contact"]
    return contact["name"] if isinstance(contact, dict) else ""
