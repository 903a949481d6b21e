"""Who hears of an update of an incident, in which words, and who doesn't and why: the preview and the deed read this.

The invariants: a customer is in it once, however many tickets and addresses of theirs are linked; what leaves is what
was shown, word for word, to nobody who wasn't shown.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from desk.identifiers import address_of
from desk.incidents import with_incident, worded
from desk.lookup import IdentityKind
from desk.snippets.variables import first_name
from desk.statuses import Status
from desk.times import to_datetime
from storage.connect import Connection

# Those that are written on last stand first: of several tickets of one customer it is answered on that one.
_TICKETS = """
    SELECT t.id, t.number, t.subject, t.status, t.customer_id, ifnull(c.name, ''),
           (SELECT m.sender FROM message m WHERE m.ticket_id = t.id AND m.kind = 'inbound' AND m.automatic = ''
             AND m.bounce = '' AND m.sender <> '' ORDER BY m.at DESC, m.id DESC LIMIT 1),
           (SELECT i.value FROM identity i WHERE i.customer_id = t.customer_id AND i.kind = ?2
             ORDER BY i.known DESC, i.id LIMIT 1),
           (SELECT max(m.id) FROM message m WHERE m.ticket_id = t.id AND m.kind = 'inbound'),
           s.kind
      FROM ticket t LEFT JOIN customer c ON c.id = t.customer_id LEFT JOIN source s ON s.id = t.source_id
     WHERE t.id IN (SELECT ticket_id FROM incident_ticket WHERE incident_id = ?1 AND state = 'linked')
     ORDER BY t.updated_at DESC, t.id DESC"""
_AGENT = "SELECT name FROM agent WHERE id = ?"
_LAST = "SELECT max(id) FROM incident_update WHERE incident_id = ?"


@dataclass(frozen=True, slots=True)
class Letter:
    """An update for one customer, on one ticket. `seen` is their newest message there; `by_mail`: it leaves."""

    ticket_id: int
    number: int
    customer_id: int | None
    name: str
    recipient: str
    subject: str
    body: str
    seen: int | None
    by_mail: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A ticket on which nobody is told, and why."""

    number: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Audience:
    """All of them. `last` is the update that they got before, None where this is the first."""

    letters: tuple[Letter, ...]
    left_out: tuple[LeftOut, ...]
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """What is to be told: a text with fields, and when customers hear again; `zone` says that time in."""

    incident_id: int
    text: str
    next_at: int | None
    zone: tzinfo


def audience(
    connection: Connection, update: Update, agent_id: int | None, at: int, among: Collection[int] | None = None
) -> Audience:
    """Who would be told now; BadInput where the text can't be filled in for one of them.

    `among`: only these tickets are looked at, as if no others were linked.
    """
    title: str = connection.execute("SELECT title FROM incident WHERE id = ?", (update.incident_id,)).fetchone()[0]
    text = with_incident(update.text, title, next_words(update.next_at, update.zone))
    common = _common(connection, agent_id, at, update.zone)
    letters: list[Letter] = []
    left: list[LeftOut] = []
    told: dict[str, int] = {}
    for ticket_id, number, subject, status, customer_id, name, sender, identity, seen, source in connection.execute(
        _TICKETS, (update.incident_id, int(IdentityKind.EMAIL))
    ):
        if among is not None and ticket_id not in among:
            continue
        recipient = sender or identity or ""
        names = [f"customer {customer_id}"] * (customer_id is not None) + [address_of(recipient)]
        before = next((told[each] for each in names if each in told), None)
        if status == Status.CLOSED:
            left.append(LeftOut(number, name, "closed"))
        elif "@" not in recipient:
            left.append(LeftOut(number, name, "no address"))
        elif before is not None:
            left.append(LeftOut(number, name, f"is told on #{before}"))
        else:
            told |= dict.fromkeys(names, number)
            values = {
                **common, "customer.name": name, "customer.first_name": first_name(name),
                "customer.email": address_of(recipient), "ticket.number": str(number), "ticket.subject": subject,
            }  # fmt: skip
            letters.append(
                Letter(
                    ticket_id,
                    number,
                    customer_id,
                    name,
                    recipient,
                    subject,
                    worded(text, values),
                    seen,
                    source is not None,
                )
            )
    return Audience(tuple(letters), tuple(left), last_update(connection, update.incident_id))


def still_told(connection: Connection, update: Update, shown: Audience, agent_id: int | None, at: int) -> list[Letter]:
    """The letters of `shown` that may leave now, as they were shown.

    A ticket that was closed, taken out or given another address since then isn't written to, and no other one of its
    customer takes its place.
    """
    tickets = {letter.ticket_id for letter in shown.letters}
    now = audience(connection, update, agent_id, at, tickets)
    there = {(letter.ticket_id, address_of(letter.recipient)) for letter in now.letters}
    return [each for each in shown.letters if (each.ticket_id, address_of(each.recipient)) in there]


def last_update(connection: Connection, incident_id: int) -> int | None:
    """The newest update of an incident."""
    found: int | None = connection.execute(_LAST, (incident_id,)).fetchone()[0]
    return found


def next_words(at: int | None, zone: tzinfo) -> str:
    """The time of the next update as customers read it; empty where there is none."""
    if at is None:
        return ""
    then = to_datetime(at, zone)
    return f"{then:%A} {then.day} {then:%B}, {then:%H:%M} ({then:%Z})"


def _common(connection: Connection, agent_id: int | None, at: int, zone: tzinfo) -> Mapping[str, str]:
    found = connection.execute(_AGENT, (agent_id,)).fetchone()
    name = found[0] if found else ""
    day = to_datetime(at, zone)
    return {
        "agent.name": name, "agent.first_name": first_name(name), "today": f"{day.day} {day:%B %Y}",
        "weekday": f"{day:%A}",
    }  # fmt: skip
