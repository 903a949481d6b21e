"""An agent who writes without a pause, as a process of its own: a draft, the reply that it becomes, the next draft.

    writer FOLDER TICKET WORDS …

It does what a console does at Ctrl+S and while somebody types, through the same functions. A line is printed behind
each commit, and only then does anyone count on it: `draft WORDS`, `reply WORDS`.
"""

from collections.abc import Sequence
from pathlib import Path

from desk.records import DraftRow
from desk.times import now
from storage import drafts
from storage.agents import me
from storage.connect import writing
from storage.deeds.by import By
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session, engine_over
from storage.workspace import Workspace, open_to_write

CUSTOMER = "ana@example.org"


def main(arguments: Sequence[str]) -> int:
    """Write on each of these tickets; on the last one only a draft."""
    connection = open_to_write(Workspace(Path(arguments[0])))
    engine = engine_over(connection)
    agent = me(connection, "bo").id
    wanted = list(zip(arguments[1::2], arguments[2::2], strict=True))
    for place, (ticket, words) in enumerate(wanted, start=1):
        draft = DraftRow(int(ticket), agent, "reply", CUSTOMER, "", "", words, (), len(words), None, now())
        with writing(connection):
            drafts.save(connection, draft)
        print(f"draft {words}", flush=True)
        if place == len(wanted):
            break
        with deed_session(engine) as session:
            write(session, By(agent, now(), 0), int(ticket), Outgoing("reply", words, recipients=CUSTOMER))
        print(f"reply {words}", flush=True)
    return 0
