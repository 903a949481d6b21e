"""Searches in RT's own language, and which fields they ask for.

The invariants: no search has a time of day in it, since RT reads those in the zone of whoever asks; only numbers, and
names that were checked, are put into one. There is no IN, and no more than some hundred alternatives in one search.
"""

from collections.abc import Iterable

# RT gives no more rows at once.
MOST = 100
# SQLite takes a thousand alternatives, other databases more.
ALTERNATIVES = 800
TICKET_FIELDS = "Subject,Status,Priority,Created,LastUpdated,Queue,Owner,Requestor,CustomFields"
PERSON_FIELDS = "Name,RealName,EmailAddress,Organization,MobilePhone,WorkPhone,HomePhone,CustomFields"
HISTORY_FIELDS = "Type,ObjectId,Created,Creator,Field,OldValue,NewValue"
# A transaction's own custom fields cost more than all else that is asked of it.
NEWS_FIELDS = f"{HISTORY_FIELDS},CustomFields"
SAID = ("Create", "Correspond", "Comment")
_OF_TICKETS = "ObjectType = 'RT::Ticket'"
# Copies of mails, and the second telling of a new owner. Whatever else happens changes a ticket.
NEWS = f"{_OF_TICKETS} AND Type != 'EmailRecord' AND Type != 'CommentEmailRecord' AND Type != 'SetWatcher'"
_MOVES = "(Type = 'Set' AND (Field = 'Owner' OR Field = 'Queue'))"
_LINKS = "Type = 'AddLink' OR Type = 'DeleteLink'"
_SAID = " OR ".join(f"Type = '{each}'" for each in (*SAID, "Status"))
HISTORY = f"{_OF_TICKETS} AND ({_SAID} OR {_LINKS} OR {_MOVES})"
ACTIVE = "Status = '__Active__'"
# RT takes another word for "not deleted" as a wish to see the deleted ones too.
INACTIVE = "Status = '__Inactive__'"


def any_of(name: str, numbers: Iterable[str | int]) -> str:
    """Whether something is one of these numbers."""
    return "(" + " OR ".join(f"{name} = {int(each)}" for each in numbers) + ")"


def between(low: int, high: int | None) -> str:
    """Numbers above `low` and below `high`."""
    return f"id > {low}" if high is None else f"id > {low} AND id < {high}"


def changed_within(seconds: int) -> str:
    """Tickets that were changed in the last seconds, by the server's own clock. `N seconds ago` would be misread."""
    return f"LastUpdated >= '-{int(seconds)} seconds'"
