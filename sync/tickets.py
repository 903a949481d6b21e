"""What a helpdesk tells of its tickets, and what it is asked to do with them: `storage.helpdesk.records`, for sources.

The words and their invariants stand there, beside what takes them in. Sources know no database: they import these from
here and nothing of storage.
"""

from storage.helpdesk.records import (
    AgentNews,
    CallNews,
    ChangeTicket,
    ChecklistNews,
    CustomerNews,
    FileNews,
    HelpdeskOperation,
    HelpdeskRecord,
    ItemNews,
    MergeTicket,
    MessageKind,
    MessageNews,
    OutgoingFile,
    Passed,
    SnippetNews,
    TicketGone,
    TicketNews,
    TickItem,
    ViewNews,
    WriteMessage,
)

__all__ = [
    "AgentNews",
    "CallNews",
    "ChangeTicket",
    "ChecklistNews",
    "CustomerNews",
    "FileNews",
    "HelpdeskOperation",
    "HelpdeskRecord",
    "ItemNews",
    "MergeTicket",
    "MessageKind",
    "MessageNews",
    "OutgoingFile",
    "Passed",
    "SnippetNews",
    "TickItem",
    "TicketGone",
    "TicketNews",
    "ViewNews",
    "WriteMessage",
]
