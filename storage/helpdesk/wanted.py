"""From a row of the outbox to what a helpdesk is asked to do."""

from storage.connect import Connection
from storage.delivery import Job
from storage.helpdesk.records import HelpdeskOperation
from storage.helpdesk.taking import Helpdesk


def operation(connection: Connection, helpdesk: Helpdesk, job: Job) -> HelpdeskOperation | None:
    """What that row asks of its helpdesk, from how things stand now; None where nothing is left to be asked.

    Raises BadInput where it can't be put into words: a file that is lost, a ticket that is there no more.
    """
    raise NotImplementedError
