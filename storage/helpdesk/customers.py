"""Customers whom a helpdesk knows, whether they ever wrote or not: whoever calls is known by their number.

The invariants: a customer is told on tickets and by themselves, and is one here; whoever was erased comes back by
writing anew, never by a list; and whoever was never in contact stands below everyone who was.
"""

from collections.abc import Sequence

from storage.helpdesk.office import Office
from storage.helpdesk.records import CustomerNews
from storage.ingest.records import CustomerRecord
from storage.ingest.tickets import known_customer


def put_customers(office: Office, told: Sequence[CustomerNews]) -> int:
    """Take these in; how many were new. `office.batch` has met them (`expect`)."""
    new = 0
    for news in told:
        record = news.customer
        # Nothing could find one of whom nothing is told, or tell them from another.
        if not (record.identities or record.name.strip()) or _was_erased(office, record):
            continue
        if known_customer(office.batch, record) is None:
            office.batch.book.add(record, met=False)
            new += 1
    return new


def _was_erased(office: Office, record: CustomerRecord) -> bool:
    book = office.batch.book
    came = record.external_id is not None and book.with_external_id(record.external_id) is not None
    return not came and book.was_erased(record)
