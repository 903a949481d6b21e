"""What came of what a helpdesk was asked to do."""

from storage.connect import Connection
from storage.delivery import Job
from storage.helpdesk.records import HelpdeskOperation, TicketNews
from storage.helpdesk.taking import Helpdesk


def keep(
    connection: Connection, helpdesk: Helpdesk, job: Job, operation: HelpdeskOperation, external_id: str,
    found: TicketNews | None, now: int, *, ahead: int = 0,
) -> None:  # fmt: skip
    """It was done: `external_id` and `found` as the receipt has them. In the caller's transaction, with `arrived`."""
    raise NotImplementedError


def met_again(connection: Connection, job: Job) -> bool:
    """Whether the message of that row was told by the helpdesk, so that it must have arrived."""
    raise NotImplementedError


def overtaken(connection: Connection, job: Job) -> str:
    """Why this reply is held: the customer wrote since it was begun, or a colleague answered there; empty: it isn't."""
    raise NotImplementedError
