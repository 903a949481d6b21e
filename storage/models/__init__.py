"""The schema, written once. Only the write side and the migrations import this: SQLModel costs 320 ms.

Rows that may travel between machines have a `uid` (UUIDv7) beside their local integer `id`. Times are integer
microseconds UTC, money integer minor units, text NFC and already cleaned. JSON is kept as text.
"""

from sqlmodel import SQLModel

from storage.models.audit import Audit
from storage.models.banners import Banner, BannerSeen
from storage.models.calls import Call
from storage.models.craft import Checklist, ChecklistRun, ChecklistTick, Setting, Snippet, View
from storage.models.deeds import Draft, Event, FormDraft, Outbox
from storage.models.goodwill import Gesture, Rating
from storage.models.helpdesks import RemoteAgent, RemoteFile, RemotePiece, RemoteStep, RemoteTicket
from storage.models.incidents import Incident, IncidentTicket, IncidentUpdate
from storage.models.knowledge import (
    AnswerGroup,
    AnswerKey,
    AnswerMember,
    KnownAnswer,
    SnippetUse,
    Task,
    TaskTicket,
    Writing,
)
from storage.models.people import (
    Agent,
    Channel,
    Cursor,
    Customer,
    CustomerMerge,
    CustomerValue,
    Identity,
    Membership,
    MergedRow,
    NoDuplicate,
    Organization,
    Queue,
    Source,
    Team,
    Tombstone,
)
from storage.models.promises import Promise
from storage.models.statistics import FactDay, StaleTicket, TicketFact
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
    "AnswerGroup",
    "AnswerKey",
    "AnswerMember",
    "Attachment",
    "Audit",
    "Banner",
    "BannerSeen",
    "Call",
    "Channel",
    "Checklist",
    "ChecklistRun",
    "ChecklistTick",
    "Cursor",
    "Customer",
    "CustomerMerge",
    "CustomerValue",
    "Draft",
    "Event",
    "FactDay",
    "FormDraft",
    "Gesture",
    "Identity",
    "Incident",
    "IncidentTicket",
    "IncidentUpdate",
    "KnownAnswer",
    "MailCopy",
    "Membership",
    "MergedRow",
    "Message",
    "MessageReference",
    "NoDuplicate",
    "Organization",
    "Outbox",
    "Promise",
    "Queue",
    "Rating",
    "RemoteAgent",
    "RemoteFile",
    "RemotePiece",
    "RemoteStep",
    "RemoteTicket",
    "SQLModel",
    "Setting",
    "Snippet",
    "SnippetUse",
    "Source",
    "SourceState",
    "StaleTicket",
    "Suggestion",
    "Tag",
    "Task",
    "TaskTicket",
    "Team",
    "Ticket",
    "TicketCount",
    "TicketFact",
    "TicketTag",
    "Tombstone",
    "View",
    "Watch",
    "Writing",
]
