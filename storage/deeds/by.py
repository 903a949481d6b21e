"""Who does a deed and when, and what a deed answers."""

from typing import NamedTuple


class By(NamedTuple):
    """The agent at this console, the time in microseconds UTC, and how long a reply can be taken back."""

    agent_id: int | None
    at: int
    undo_seconds: int = 15


class Done(NamedTuple):
    """A deed that was done. `title` says it in the past tense; `customer_id` is set by deeds on a customer."""

    deed: bytes
    title: str
    ticket_ids: tuple[int, ...] = ()
    customer_id: int | None = None
