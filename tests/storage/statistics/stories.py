"""Made-up desks of every kind, and everything that may happen to them afterwards, as raw rows."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from desk.ids import new_uid
from desk.times import HOUR, MINUTE
from storage import rules
from storage.connect import Connection
from tests.factories import NOW, make_agent, make_channel, make_message, make_source, make_tag, make_team, make_ticket
from tests.storage.told import Told, Turned

QUARTER = 15 * MINUTE
TARGETS = (
    '[[target]]\ntitle = "Email"\nchannels = ["email"]\nfirst_response = "4h"\nnext_response = "1h"\n'
    '[[target]]\ntitle = "Urgent"\npriorities = ["urgent"]\nfirst_response = "30m"\n'
    '[[target]]\ntitle = "Dear"\ntags = ["vip"]\nnext_response = "15m"\n'
    '[[target]]\ntitle = "Never"\nchannels = ["chat"]\nfirst_response = "never"\n'
)
HOURS = 'zone = "Europe/Madrid"\nhours = "Mon-Fri 9-17"\n'


@dataclass(frozen=True)
class Made:
    status: int
    created: int
    channel: str
    priority: int
    team: bool
    agent: bool
    mood: int
    contacts: int
    snoozed: int | None
    due: int | None
    promised: int | None
    solved: int | None
    merged: bool
    began: bool
    dear: bool
    reported: int | None
    said: tuple[Told, ...]
    turned: tuple[Turned, ...]


@dataclass(frozen=True)
class Step:
    """Something that happens: what, to which of the tickets (and of what is on it), and when."""

    what: str
    ticket: int
    place: int
    at: int


moments = st.one_of(
    st.integers(-4 * 24, 0), st.integers(-4 * 24 * 9, 0), st.integers(-4 * 24 * 45, 0)
).map(lambda quarters: NOW + quarters * QUARTER)  # fmt: skip
near = st.integers(-8, 24).map(lambda quarters: NOW + quarters * QUARTER)
rarely = st.sampled_from([False, False, False, True])
said = st.builds(Told, moments, st.sampled_from(["inbound", "inbound", "outbound", "outbound", "call", "note"]), rarely,
                 rarely)  # fmt: skip
turned = st.builds(Turned, moments, st.sampled_from([0, 1, 3, 4]), st.sampled_from([0, 2, 3, 4]), rarely)
made = st.builds(
    Made,
    status=st.sampled_from([0, 0, 1, 2, 3, 3, 4]),
    created=moments,
    channel=st.sampled_from(["email", "phone", "chat"]),
    priority=st.integers(0, 3),
    team=st.booleans(),
    agent=st.booleans(),
    mood=st.integers(0, 3),
    contacts=st.integers(0, 3),
    snoozed=st.none() | near,
    due=st.none() | near,
    promised=st.none() | near,
    solved=st.none() | moments,
    merged=rarely,
    began=rarely,
    dear=rarely,
    reported=st.none() | st.integers(0, 10_000),
    said=st.lists(said, max_size=6, unique_by=lambda each: each.at).map(tuple),
    turned=st.lists(turned, max_size=3).map(tuple),
)
desks = st.lists(made, min_size=1, max_size=7)
HAPPENINGS = (
    "status", "merge", "part", "said", "late", "unsaid", "dropped", "sent", "undone", "redone", "turned", "channel",
    "tagged", "untagged", "priority", "targets", "hours", "usual", "answers", "moved", "erased", "snoozed",
    "forgotten", "unsent", "given up",
)  # fmt: skip
steps = st.lists(
    st.builds(Step, st.sampled_from(HAPPENINGS), st.integers(0, 20), st.integers(0, 20), moments), max_size=8
)


def fill(connection: Connection, tickets: Iterable[Made]) -> None:
    """Write the desk: one ticket that others are merged into, then each in its order."""
    rules.write(connection, "targets", TARGETS)
    make_ticket(connection, created_at=0, status=4, solved_at=None)
    make_team(connection)
    make_agent(connection)
    make_source(connection)
    add(connection, tickets)


def add(connection: Connection, tickets: Iterable[Made]) -> None:
    """Write further tickets; the first of all is what some were merged into."""
    for each in tickets:
        times = [*(one.at for one in each.said), *(turn.at for turn in each.turned)]
        ticket = make_ticket(
            connection, status=each.status, created_at=each.created, channel=each.channel, priority=each.priority,
            updated_at=max(each.created, each.solved or 0, *times, 0), merged_into_id=1 if each.merged else None,
            mood=each.mood, contacts=each.contacts, team_id=1 if each.team else None,
            assignee_id=1 if each.agent else None, snoozed_until=each.snoozed, due_at=each.due,
            promised_at=each.promised, source_id=1, solved_at=each.solved if each.status >= 3 else None,
            details=json.dumps({} if each.reported is None else {"reply_time_in_minutes": str(each.reported)}),
        )  # fmt: skip
        for one in each.said:
            say(connection, ticket, one)
        for turn in each.turned:
            tell(connection, ticket, turn)
        if each.began:
            event(connection, ticket, "opened_first", each.created, {"title": "x"}, undone=False)
        if each.dear:
            make_tag(connection, ticket, "vip")


def ago(hours: float, kind: str, *, dropped: bool = False) -> Told:
    """Something that was said so many hours before the present."""
    return Told(NOW - round(4 * hours) * QUARTER, kind, automatic=False, dropped=dropped)


_PLAIN = Made(
    status=0, created=NOW - 30 * HOUR, channel="email", priority=1, team=False, agent=False, mood=0, contacts=0,
    snoozed=None, due=None, promised=None, solved=None, merged=False, began=False, dear=False, reported=45, said=(),
    turned=(),
)  # fmt: skip
# Tickets on which whatever happens makes a difference to some number.
TELLING = (
    replace(
        _PLAIN,
        said=(ago(30, "inbound"), ago(29.25, "outbound"), ago(20, "inbound"), ago(19.5, "outbound", dropped=True),
              ago(19, "outbound"), ago(2, "inbound")),
        turned=(Turned(NOW - 18 * HOUR, 0, 3, undone=False), Turned(NOW - 2 * HOUR, 3, 0, undone=False),
                Turned(NOW - HOUR, 0, 3, undone=True)),
    ),
    replace(_PLAIN, status=3, solved=NOW - HOUR, said=(ago(100, "inbound"), ago(80, "outbound"), ago(40, "inbound"))),
    replace(_PLAIN, dear=True, said=(ago(9, "inbound"), ago(8, "call"), ago(5, "inbound"), ago(4.5, "outbound"))),
    _PLAIN,
    replace(_PLAIN, merged=True, status=4, said=(ago(3, "inbound"), ago(1, "outbound"))),
)  # fmt: skip


def say(connection: Connection, ticket: int, one: Told) -> None:
    ours = one.kind == "outbound"
    message = make_message(
        connection, ticket, kind=one.kind, at=one.at, automatic="bulk" if one.automatic and ours else ""
    )
    if ours:
        connection.execute(
            "INSERT INTO outbox(uid, deed, ticket_id, message_id, kind, payload, state, created_at, ready_at, tries,"
            " error) VALUES(?, ?, ?, ?, 'reply', '{}', ?, 0, 0, 0, '')",
            (new_uid(), new_uid(), ticket, message, "dropped" if one.dropped else "sent"),
        )


def tell(connection: Connection, ticket: int, turn: Turned) -> None:
    data = {"field": "status", "before": turn.before, "after": turn.after}
    event(connection, ticket, "changed", turn.at, data, undone=turn.undone)


def event(
    connection: Connection, ticket: int, kind: str, at: int, data: dict[str, object], *, undone: bool
) -> None:  # fmt: skip
    connection.execute(
        "INSERT INTO event(deed, kind, at, ticket_id, data, patch, undone_by) VALUES(?, ?, ?, ?, ?, '', ?)",
        (new_uid(), kind, at, ticket, json.dumps(data), new_uid() if undone else None),
    )


def happen(connection: Connection, step: Step) -> None:
    """One thing that happens, whatever it finds."""
    tickets = [row[0] for row in connection.execute("SELECT id FROM ticket WHERE created_at > 0 ORDER BY id")]
    if not tickets:
        return
    ticket = tickets[step.ticket % len(tickets)]
    connection.execute("UPDATE ticket SET updated_at = max(updated_at, ?) WHERE id = ?", (step.at, ticket))
    if step.what in _OF_RULES:
        _OF_RULES[step.what](connection)
    elif step.what == "said":
        say(connection, ticket, Told(step.at + MINUTE, ("inbound", "outbound", "call")[step.place % 3], False, False))
    elif step.what == "turned":
        tell(connection, ticket, Turned(step.at, *((0, 3), (3, 0), (1, 4), (4, 2))[step.place % 4], False))
    elif step.what == "tagged":
        connection.execute("DELETE FROM ticket_tag WHERE ticket_id = ?", (ticket,))
        make_tag(connection, ticket, "vip")
    elif step.what == "channel":
        channel = make_channel(connection, ("email", "phone", "chat")[step.place % 3])
        connection.execute("UPDATE ticket SET channel_id = ? WHERE id = ?", (channel, ticket))
    else:
        status = step.place % 5
        solved = step.at if status >= 3 else None
        values = {
            "ticket": ticket, "status": status, "solved": solved, "at": step.at, "place": step.place,
            "deed": new_uid(), "soon": NOW + HOUR,
        }  # fmt: skip
        for statement in _STATEMENTS[step.what]:
            wanted = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(statement, wanted)


_ONE = "(SELECT id FROM {} WHERE ticket_id = :ticket ORDER BY id LIMIT 1 OFFSET :place % 3)"
_MESSAGE, _EVENT, _OUTBOX = (_ONE.format(table) for table in ("message", "event", "outbox"))
_TOUCHED = (
    "UPDATE ticket SET updated_at = max(updated_at, (SELECT max(at) FROM message WHERE ticket_id = :ticket))"
    " WHERE id = :ticket AND EXISTS(SELECT 1 FROM message WHERE ticket_id = :ticket)"
)
_UNSENT = (
    "DELETE FROM outbox WHERE ticket_id = :ticket OR message_id IN (SELECT id FROM message WHERE ticket_id = :ticket)"
)
_GIVEN_UP = (
    "INSERT INTO outbox(uid, deed, ticket_id, message_id, kind, payload, state, created_at, ready_at, tries, error)"
    " SELECT randomblob(16), :deed, ticket_id, id, 'reply', '{{}}', 'dropped', 0, 0, 0, '' FROM message WHERE id = {}"
)
_STATEMENTS = {
    "status": ("UPDATE ticket SET status = :status, solved_at = :solved WHERE id = :ticket",),
    "merge": ("UPDATE ticket SET merged_into_id = 1, status = 4 WHERE id = :ticket",),
    "part": ("UPDATE ticket SET merged_into_id = NULL WHERE id = :ticket",),
    "late": (f"UPDATE message SET at = :at + 7 WHERE id = {_MESSAGE}",),
    "unsaid": (
        f"UPDATE outbox SET message_id = NULL WHERE message_id = {_MESSAGE}",
        f"DELETE FROM message WHERE id = {_MESSAGE}",
    ),
    "dropped": (f"UPDATE outbox SET state = 'dropped' WHERE id = {_OUTBOX}",),
    "sent": (f"UPDATE outbox SET state = 'sent' WHERE id = {_OUTBOX}",),
    "undone": (f"UPDATE event SET undone_by = :deed WHERE id = {_EVENT}",),
    "redone": (f"UPDATE event SET undone_by = NULL WHERE id = {_EVENT}",),
    "untagged": ("DELETE FROM ticket_tag WHERE ticket_id = :ticket",),
    "priority": ("UPDATE ticket SET priority = :status % 4 WHERE id = :ticket",),
    "moved": (
        "UPDATE message SET ticket_id = :ticket WHERE id = (SELECT min(id) FROM message WHERE ticket_id <> :ticket)",
        _TOUCHED,
    ),
    "erased": (
        "DELETE FROM event WHERE ticket_id = :ticket",
        _UNSENT,
        "DELETE FROM message WHERE ticket_id = :ticket",
        "DELETE FROM ticket_tag WHERE ticket_id = :ticket",
        "DELETE FROM ticket WHERE id = :ticket",
    ),
    "forgotten": (f"DELETE FROM event WHERE id = {_EVENT}",),
    "unsent": (f"DELETE FROM outbox WHERE id = {_OUTBOX}",),
    "given up": (_GIVEN_UP.format(_MESSAGE),),
    "snoozed": ("UPDATE ticket SET snoozed_until = :soon WHERE id = :ticket",),
}
_OF_RULES: dict[str, Callable[[Connection], None]] = {
    "targets": lambda connection: rules.write(connection, "targets", TARGETS.replace("4h", "2d")),
    "hours": lambda connection: rules.write(connection, "targets", HOURS + TARGETS),
    "usual": lambda connection: rules.write(connection, "targets", None),
    "answers": lambda connection: rules.write(connection, "answers", 'again_within = "1d"\n'),
}
