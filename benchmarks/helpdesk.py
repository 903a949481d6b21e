"""How fast a helpdesk's records are taken in, a page at a time, and how long others wait for the database meanwhile.

    python -m benchmarks.helpdesk [--pages 10]

A page is what a source hands over at once: a hundred tickets of as many customers with thirteen messages on each, by
them and by ten agents, every third of them HTML, every tenth with a file. What is measured is all that is done with it:
reading HTML, folding quotes, people, tickets, messages, full text, look-up and the figures' marks.
"""

import argparse
import random
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, at_most, table
from benchmarks.ingest import NOW, other_writer, some_text
from desk.lookup import IdentityKind
from desk.statuses import Priority, Status
from desk.times import HOUR, MINUTE
from storage import sources
from storage.connect import Connection, writing
from storage.helpdesk.office import Helpdesk
from storage.helpdesk.records import AgentNews, FileNews, HelpdeskRecord, MessageNews, TicketNews
from storage.helpdesk.taking import take
from storage.ingest.records import CustomerRecord, IdentityRecord
from storage.workspace import Workspace, open_to_write

TICKETS, MESSAGES, AGENTS = 100, 13, 10
STATUSES = ((Status.OPEN, "open"), (Status.PENDING, "waiting"), (Status.SOLVED, "solved"), (Status.CLOSED, "closed"))


def figures(pages: int) -> Iterator[Figure]:
    """The processor time of a page that is new and of one that is known, and what another writer waits."""
    chance = random.Random(1)
    told = [_page(chance, number) for number in range(pages)]
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        with closing(open_to_write(workspace)) as connection:
            helpdesk = _connect(connection, workspace)
            # The first one loads what reads HTML.
            new = _each_takes(connection, helpdesk, told)[1:]
            again = _each_takes(connection, helpdesk, told)
        what = f"a page of {TICKETS} tickets and {TICKETS * MESSAGES:,} messages"
        yield at_most(f"{what}, new", median(new) * 1000, "ms", 500)
        yield Figure(f"{what}, known", median(again) * 1000, "ms")
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        with closing(open_to_write(workspace)) as connection, other_writer(workspace) as waits:
            helpdesk = _connect(connection, workspace)
            for page in told:
                take(connection, helpdesk, page, NOW)
        waited = waits()
    yield at_most("another writer's wait beside it, p99", quantiles(waited, n=100)[98] * 1000, "ms", 100)
    yield Figure("another writer's wait beside it, longest", max(waited) * 1000, "ms")


def _connect(connection: Connection, workspace: Workspace) -> Helpdesk:
    with writing(connection):
        sources.add(connection, "zammad", "acme", {sources.TAKES: "reply note status"}, NOW)
    return Helpdesk(workspace, sources.source_named(connection, "acme"), ("DE",))


def _each_takes(connection: Connection, helpdesk: Helpdesk, told: list[list[HelpdeskRecord]]) -> list[float]:
    took = []
    for page in told:
        begun = time.process_time()
        take(connection, helpdesk, page, NOW)
        took.append(time.process_time() - begun)
    return took


def _page(chance: random.Random, number: int) -> list[HelpdeskRecord]:
    page: list[HelpdeskRecord] = [AgentNews(f"a{one}", f"Agent {one}", f"a{one}@example.org") for one in range(AGENTS)]
    for place in range(TICKETS):
        page += _ticket(chance, str(number * TICKETS + place))
    return page


def _ticket(chance: random.Random, name: str) -> Iterator[HelpdeskRecord]:
    identities = (
        IdentityRecord(IdentityKind.EMAIL, f"c{name}@example.org"),
        IdentityRecord(IdentityKind.PHONE, f"+49301{int(name):06}"),
    )
    customer = CustomerRecord(f"Customer {name}", identities, external_id=f"c{name}")
    began = NOW - chance.randrange(1, 2_000) * HOUR
    status, label = chance.choice(STATUSES)
    yield TicketNews(
        name, some_text(chance)[:60], began, began + MESSAGES * MINUTE, label, status, number=f"10{name}",
        priority=Priority.NORMAL, priority_label="2", queue=f"Line {int(name) % 5}", assignee=f"a{int(name) % AGENTS}",
        customer=customer, tags=("refund", f"t{int(name) % 40}"), fields={"Order": f"A-{name}"}, version="1",
        url=f"https://desk.example.org/{name}",
    )  # fmt: skip
    for place in range(MESSAGES):
        yield _message(chance, name, place, began + place * MINUTE)


def _message(chance: random.Random, ticket: str, place: int, at: int) -> MessageNews:
    words = f"{some_text(chance)}\n\n{some_text(chance)}\n\nOn Monday somebody wrote:\n> {some_text(chance)}\n"
    html = place % 3 == 0
    ours = place % 2 == 1
    files = (FileNews(f"f{ticket}-{place}", "label.pdf", "application/pdf", 20_000),) if place % 10 == 0 else ()
    return MessageNews(
        ticket, f"{ticket}-{place}", "outbound" if ours else "inbound", at,
        "".join(f"<p>{line}</p>" for line in words.splitlines()) if html else words,
        html=html, agent=f"a{place % AGENTS}" if ours else "", files=files,
    )  # fmt: skip


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="How fast a helpdesk's records are taken in.")
    options.add_argument("--pages", type=int, default=10)
    print(table(figures(options.parse_args().pages)))
