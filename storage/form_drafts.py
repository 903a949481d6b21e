"""What stands half filled in in forms, kept as typed: plain SQL and nothing heavy, as for the drafts of replies.

The invariants: what an agent wrote into a form comes back in the form about the same thing alone; of one form by one
agent there is one row for each field that was written in, and none once it was saved or emptied.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from storage.connect import Connection, writing

_OF_FORM = "agent_id IS ? AND form = ? AND about = ? AND opened_with = ?"
_LOAD = f"SELECT field, before, typed FROM form_draft WHERE {_OF_FORM} ORDER BY id"  # noqa: S608  a term of ours
_FORGET = f"DELETE FROM form_draft WHERE {_OF_FORM}"  # noqa: S608  as above
_KEEP = """
INSERT INTO form_draft(agent_id, form, about, opened_with, field, before, typed, updated_at) VALUES(?,?,?,?,?,?,?,?)"""


class Typed(NamedTuple):
    """What stood in a field when the form opened, and what was made of it."""

    before: str
    now: str


Fields: TypeAlias = Mapping[str, Typed]


@dataclass(frozen=True, slots=True)
class About:
    """Which form it is and what it is about. `opened_with` are the words that a form about nothing yet began with."""

    form: str
    tickets: tuple[int, ...] = ()
    customer: int | None = None
    incident: int | None = None
    task: int | None = None
    snippet: int | None = None
    opened_with: str = ""

    @property
    def numbers(self) -> str:
        """The ids as JSON, by kind: erasing finds by them whose words these are."""
        ids = {"customer": self.customer, "incident": self.incident, "task": self.task, "snippet": self.snippet}
        told: dict[str, object] = {kind: number for kind, number in ids.items() if number}
        return json.dumps({**told, **({"tickets": sorted(set(self.tickets))} if self.tickets else {})})


def save(connection: Connection, agent_id: int | None, about: About, fields: Fields, at: int) -> None:
    """Keep these in the place of those before."""
    with writing(connection):
        forget(connection, agent_id, about)
        connection.executemany(
            _KEEP, [(*_key(agent_id, about), field, typed.before, typed.now, at) for field, typed in fields.items()]
        )


def load(connection: Connection, agent_id: int | None, about: About) -> dict[str, Typed]:
    """What was written in each field, nothing where the form was left as it was."""
    return {field: Typed(*typed) for field, *typed in connection.execute(_LOAD, _key(agent_id, about))}


def forget(connection: Connection, agent_id: int | None, about: About) -> None:
    """It was saved, or emptied."""
    connection.execute(_FORGET, _key(agent_id, about))


def _key(agent_id: int | None, about: About) -> tuple[int | None, str, str, str]:
    return agent_id, about.form, about.numbers, " ".join(about.opened_with.split()).casefold()
