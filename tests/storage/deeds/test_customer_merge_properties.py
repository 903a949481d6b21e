"""Whatever is merged, parted, undone and written in any order: everything is with whom a simple model says."""

from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.customer_merge import merge, part
from storage.deeds.undo import redo, undo
from storage.engine import deed_session, engine_over
from storage.search.index import rebuild
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_write
from tests.factories import make_agent
from tests.storage.deeds.people import People

NAMES = ("Anselm", "Birgitta", "Cornelius", "Dorothea")
places = st.integers(0, len(NAMES) - 1)
step = st.one_of(
    st.tuples(st.just("merge"), places, places),
    st.tuples(st.just("part"), places, places),
    st.tuples(st.just("mail"), places, st.integers(0, 5)),
    st.tuples(st.just("call"), places, places),
    st.tuples(st.just("gesture"), places, st.integers(0, 5)),
    st.tuples(st.sampled_from(["undo", "redo"]), places, places),
)


@dataclass
class Deed:
    """A deed that can be undone."""

    kind: str
    one: int
    into: int


@dataclass
class Model:
    """Who is a part of whom, and whose each thing is apart from that."""

    parent: dict[int, int] = field(default_factory=dict)
    by_deed: dict[int, Deed] = field(default_factory=dict)
    pile: list[Deed] = field(default_factory=list)
    undone: list[Deed] = field(default_factory=list)
    owners: dict[tuple[str, int], int] = field(default_factory=dict)

    def top(self, place: int) -> int:
        while place in self.parent:
            place = self.parent[place]
        return place

    def merge(self, one: int, into: int) -> None:
        if one == into or one in self.parent or into in self.parent:
            raise Refused("", "")
        self.parent[one] = into

    def part(self, one: int) -> None:
        if one not in self.parent:
            raise Refused("", "")
        del self.parent[one]
        deed = self.by_deed.pop(one, None)
        self.pile = [each for each in self.pile if each is not deed]

    def undo(self) -> None:
        if not self.pile:
            raise Refused("", "")
        deed = self.pile[-1]
        if deed.kind == "merge":
            self.part(deed.one)
        else:
            self.merge(deed.one, self.top(deed.into))
        self.pile = [each for each in self.pile if each is not deed]
        self.undone.append(deed)

    def redo(self) -> Deed:
        if not self.undone:
            raise Refused("", "")
        deed = self.undone[-1]
        if deed.kind == "merge":
            self.merge(deed.one, self.top(deed.into))
        else:
            self.part(deed.one)
        self.undone.pop()
        return Deed(deed.kind, deed.one, deed.into)


class Desk:
    """The model and the workspace, doing the same."""

    def __init__(self, connection: Connection) -> None:
        self.people = People(connection, NAMES)
        self.model = Model()
        self.tickets = [self.people.mail(place) for place in range(len(NAMES))]
        for place, (ticket, message) in enumerate(self.tickets):
            self.model.owners |= {("ticket", ticket): place, ("message", message): place}
        self.agent = make_agent(connection)
        self.engine: Engine = engine_over(connection)

    @property
    def by(self) -> By:
        self.people.at += 1
        return By(self.agent, self.people.at)

    def ticket(self, number: int) -> int:
        return self.tickets[number % len(self.tickets)][0]

    def do(self, kind: str, one: int, other: int) -> None:
        match kind:
            case "mail":
                self.mail(one, other)
            case "call":
                owner = self.model.top(one)
                self.model.owners["call", self.people.call(one, self.people.ids[owner])] = one
            case "gesture":
                ticket = self.ticket(other)
                owner = self.model.owners["ticket", ticket]
                key = self.people.gesture(self.people.ids[self.model.top(owner)], ticket)
                self.model.owners["gesture", key] = owner
            case _:
                self.deed(kind, one, other)

    def mail(self, one: int, number: int) -> None:
        known = self.ticket(number) if number else None
        ticket, message = self.people.mail(one, known)
        self.model.owners["message", message] = one
        if known is None:
            self.model.owners["ticket", ticket] = one
            self.tickets.append((ticket, message))

    def deed(self, kind: str, one: int, other: int) -> None:
        ids, done = self.people.ids, Deed(kind, one, self.model.parent.get(one, other))
        refused = self._told(kind, one, other, done)
        try:
            with deed_session(self.engine) as session:
                match kind:
                    case "merge":
                        merge(session, self.by, ids[one], ids[other])
                    case "part":
                        part(session, self.by, ids[one])
                    case "undo":
                        undo(session, self.by)
                    case _:
                        redo(session, self.by)
        except (Refused, BadInput):
            said = True
        else:
            said = False
        assert said == refused, (kind, NAMES[one], NAMES[other])

    def _told(self, kind: str, one: int, other: int, done: Deed) -> bool:
        """Whether the model refuses it."""
        model = self.model
        try:
            match kind:
                case "merge":
                    model.merge(one, other)
                    model.by_deed[one] = done
                    model.pile.append(done)
                    model.undone.clear()
                case "part":
                    model.part(one)
                    model.pile.append(done)
                    model.undone.clear()
                case "undo":
                    model.undo()
                case _:
                    again = model.redo()
                    model.pile.append(again)
                    if again.kind == "merge":
                        model.by_deed[again.one] = again
        except Refused:
            return True
        return False

    def check(self) -> None:
        model, people = self.model, self.people
        for (table, key), owner in model.owners.items():
            assert people.with_whom(table, key) == model.top(owner), (table, key, NAMES[owner])
        found = {place: model.top(place) for place in range(len(NAMES))}
        finder = Finder(people.connection, ("US",))
        for place, top in found.items():
            for question in (people.address(place), people.number(place), NAMES[place]):
                assert [people.ids.index(hit.customer_id) for hit in finder.find(question, 3)] == [top], question


@settings(max_examples=40)
@given(st.lists(step, max_size=16))
def test_everything_is_with_whom_it_should_be(workspace_template: Workspace, steps: list[tuple[str, int, int]]) -> None:
    with TemporaryDirectory() as folder, closing(_opened(workspace_template, Path(folder))) as connection:
        desk = Desk(connection)
        for kind, one, other in steps:
            desk.do(kind, one, other)
            desk.check()
        before = _lookup(connection)
        rebuild(connection)
        assert _lookup(connection) == before
        for place in range(len(NAMES)):
            with suppress(Refused), deed_session(desk.engine) as session:
                part(session, desk.by, desk.people.ids[place])
        desk.model.parent.clear()
        desk.check()
        assert connection.execute("SELECT count(*) FROM merged_row").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM customer WHERE merged_into_id IS NOT NULL").fetchone() == (0,)


def _opened(template: Workspace, folder: Path) -> Connection:
    copytree(template.folder, folder / "workspace")
    return open_to_write(Workspace(folder / "workspace"))


def _lookup(connection: Connection) -> list[object]:
    return [
        connection.execute("SELECT * FROM lookup_backwards ORDER BY 1, 2").fetchall(),
        connection.execute("SELECT rowid FROM lookup ORDER BY 1").fetchall(),
        connection.execute("SELECT rowid FROM lookup_part ORDER BY 1").fetchall(),
        connection.execute("SELECT word FROM lookup_word ORDER BY 1").fetchall(),
    ]
