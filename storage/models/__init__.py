"""The schema, written once. Only the write side and the migrations import this: SQLModel costs 320 ms.

Rows that may travel between machines have a `uid` (UUIDv7) beside their local integer `id`. Times are integer
microseconds UTC, money integer minor units, text NFC and already cleaned. JSON is kept as text.
"""

from sqlmodel import SQLModel

from storage.models.craft import Checklist, ChecklistRun, ChecklistTick, Setting, Snippet, View
from storage.models.deeds import Draft, Event, Outbox
from storage.models.people import (
    Agent,
    Channel,
    Cursor,
    Customer,
    Identity,
    Membership,
    Organization,
    Queue,
    Source,
    Team,
)
from storage.models.sync import MailCopy, SourceState
from storage.models.tickets import (
    ActiveTag,
    Attachment,
    Message,
    MessageReference,
    Suggestion,
    Tag,
    Ticket,
    TicketCount,
    TicketTag,
    Watch,
)

__all__ = [
    "ActiveTag",
    "Agent",
    "Attachment",
    "Channel",
    "Checklist",
    "ChecklistRun",
    "ChecklistTick",
    "Cursor",
    "Customer",
    "Draft",
    "Event",
    "Identity",
    "MailCopy",
    "Membership",
    "Message",
    "MessageReference",
    "Organization",
    "Outbox",
    "Queue",
    "SQLModel",
    "Setting",
    "Snippet",
    "Source",
    "SourceState",
    "Suggestion",
    "Tag",
    "Team",
    "Ticket",
    "TicketCount",
    "TicketTag",
    "View",
    "Watch",
]
