"""Who is calling: whose number it is, and what an agent sees of that person without a further key.

A number is compared in its stored form, by index; the library that knows the countries' rules is loaded only where a
number came without its country, since that costs a cold process 45 ms.
"""

from collections.abc import Iterator
from datetime import tzinfo

from desk.callers import CallerCard, CallerMatch, LastContact, OpenPromise, repeated
from desk.dialled import bare, is_number, withheld
from desk.lookup import Hit, IdentityKind
from desk.phones import abroad, normal_number, typed_digits
from desk.text import clean
from desk.times import DAY
from storage.came_again import CONTACT
from storage.connect import Connection
from storage.customers import card
from storage.queue.rows import rows

# Contacts on the card; how many customers share a number before nobody would read the list; how far back a topic goes.
CONTACTS = 5
MOST = 20
TOPIC_DAYS = 14
# Where the numbers of a company's people are its main number with their extension at its end, instead of a final 0.
_OPEN_NUMBERING = ("+49", "+43")
_LONGEST_EXTENSION = 4
_SHORTEST_MAIN = 9

_OWNERS = """
    SELECT i.id, i.value, i.known, i.normal, c.id, c.uid, c.name, ifnull(o.name, ''), c.plan, c.contacted_at
      FROM identity i JOIN customer c ON c.id = i.customer_id
           LEFT JOIN organization o ON o.id = c.organization_id
     WHERE i.normal >= ? AND i.normal < ? AND i.kind = 3 AND c.merged_into_id IS NULL
     ORDER BY c.recency DESC LIMIT ?"""
_CONTACTS = """
    SELECT m.kind, ch.key, m.at, t.id, t.number, m.body, m.subject FROM (
        SELECT m.id, m.at FROM (SELECT id FROM ticket WHERE customer_id = ?1 AND merged_into_id IS NULL
                                 ORDER BY updated_at DESC LIMIT 20) own CROSS JOIN message m ON m.ticket_id = own.id
         WHERE m.kind IN ('inbound', 'outbound', 'call') AND m.automatic = '' ORDER BY m.at DESC, m.id DESC LIMIT ?2
    ) last CROSS JOIN message m ON m.id = last.id JOIN ticket t ON t.id = m.ticket_id
           JOIN channel ch ON ch.id = t.channel_id ORDER BY m.at DESC, m.id DESC"""
_PROMISES = """
    SELECT p.words, p.due_at, t.id, t.number
      FROM ticket t CROSS JOIN promise p ON p.ticket_id = t.id
     WHERE t.customer_id = ? AND t.merged_into_id IS NULL AND p.state = 'open' ORDER BY p.due_at, p.id LIMIT ?"""
_OPEN = """
    SELECT id FROM ticket WHERE customer_id = ? AND status<3 AND merged_into_id IS NULL
     ORDER BY updated_at DESC, id DESC LIMIT ?"""
_TOPICS = f"""
    SELECT n.ticket_id, n.at, t.subject,
           ifnull((SELECT group_concat(g.name) FROM ticket_tag tt JOIN tag g ON g.id = tt.tag_id
                    WHERE tt.ticket_id = t.id), '')
      FROM message n JOIN ticket t ON t.id = n.ticket_id
     WHERE n.customer_id = ? AND n.at > ? AND n.at <= ? AND {CONTACT} ORDER BY n.at DESC LIMIT 100"""  # noqa: S608  the condition is ours
_CALLS = """
    SELECT count(*), count(*) FILTER (WHERE state = 'missed' AND rang_at > ?)
      FROM call WHERE customer_id = ? AND direction = 'in' AND state IN ('done', 'missed')"""

# An identity's id and value, whether it is known, its stored form, and its customer as a hit wants them.
_Owner = tuple[int, str, bool, str, int, bytes, str, str, str, int | None]


def match(connection: Connection, text: str, regions: tuple[str, ...]) -> CallerMatch:
    """Whom this number belongs to: `text` is what a telephone showed, in any notation, with scheme and host or without.

    `regions` are the countries whose national numbers are understood, in order of preference.
    """
    shown = clean(text, lines=False).strip()
    inner = bare(shown)
    if withheld(inner):
        return CallerMatch("withheld", shown)
    if not is_number(inner):
        return CallerMatch("none", shown)
    number = ""
    for number in _stored_forms(inner, regions):
        found = _matched(connection, shown, number)
        if found is not None:
            return found
    main, _, extension = number.partition("x")
    return CallerMatch("none", shown, main, extension)


def _stored_forms(inner: str, regions: tuple[str, ...]) -> Iterator[str]:
    """How the number may be stored: as it says itself, else by its countries' rules, else behind a dialled 0."""
    digits, plus = typed_digits(inner)
    foreign = abroad(digits)
    if plus or foreign:
        extension = normal_number(inner).partition("x")[2] if _has_extension(inner) else ""
        yield f"+{digits if plus else foreign}{'x' + extension if extension else ''}"
    if not plus:
        yield normal_number(inner, regions)
        if digits.startswith("00"):
            # The 0 by which a house's telephones dial out.
            yield normal_number(inner.replace("0", "", 1), regions)


def _has_extension(inner: str) -> bool:
    return any(letter.isalpha() or letter in "#;" for letter in inner)


def _matched(connection: Connection, shown: str, number: str) -> CallerMatch | None:
    """Those who have exactly this number, else those of its company; None where there is nobody."""
    main, _, extension = number.partition("x")
    owners = _owners(connection, main)
    exact = [owner for owner in owners if owner[3] == number]
    others = [owner for owner in owners if owner[3] != number]
    if exact and (extension or not others):
        return _of(shown, main, extension, exact)
    if owners:
        # The main number alone says nothing of who holds the receiver, nor does an extension that nobody has told.
        return CallerMatch("company", shown, main, extension, tuple(_hit(owner) for owner in _each_once(owners)))
    return _extension_behind(connection, shown, main)


def _of(shown: str, number: str, extension: str, owners: list[_Owner]) -> CallerMatch:
    people = _each_once(owners)
    if len(people) > 1:
        return CallerMatch("several", shown, number, extension, tuple(map(_hit, people)))
    identity_id, _, known, *_ = people[0]
    return CallerMatch("one", shown, number, extension, (_hit(people[0]),), None if known else identity_id)


def _extension_behind(connection: Connection, shown: str, number: str) -> CallerMatch | None:
    """The company whose main number ends in 0 where this one ends in an extension, as numbers go in Germany."""
    if not number.startswith(_OPEN_NUMBERING):
        return None
    for length in range(1, _LONGEST_EXTENSION + 1):
        main = f"{number[:-length]}0"
        if len(main) < _SHORTEST_MAIN or main == number:
            continue
        owners = [owner for owner in _owners(connection, main) if owner[7]]
        if owners:
            return CallerMatch("company", shown, main, number[-length:], tuple(map(_hit, _each_once(owners))))
    return None


def _owners(connection: Connection, main: str) -> list[_Owner]:
    """Whoever has this number, with an extension or without."""
    if len(main.removeprefix("+")) < 2:
        return []
    exact = connection.execute(_OWNERS, (main, main + "\x00", MOST)).fetchall()
    return [*exact, *connection.execute(_OWNERS, (f"{main}x", f"{main}y", MOST)).fetchall()]


def _each_once(owners: list[_Owner]) -> list[_Owner]:
    """One line for each customer, by what is known before what may be."""
    best: dict[int, _Owner] = {}
    for owner in sorted(owners, key=lambda owner: not owner[2]):
        best.setdefault(owner[4], owner)
    return [best[customer] for customer in dict.fromkeys(owner[4] for owner in owners)]


def _hit(owner: _Owner) -> Hit:
    _, value, known, _, customer_id, uid, name, organization, plan, contacted_at = owner
    return Hit(
        customer_id, uid, name, organization, plan, contacted_at, "exact", IdentityKind.PHONE, value, bool(known), 1.0
    )


def caller_card(connection: Connection, customer_id: int, now: int, zone: tzinfo | None = None) -> CallerCard:
    """Who, since when, plan, open tickets, last contacts, promises, mood, flags, repeated contact; NotFound if gone."""
    whole = card(connection, customer_id, now, zone)
    opened = [ticket_id for (ticket_id,) in connection.execute(_OPEN, (customer_id, CONTACTS))]
    topics = connection.execute(_TOPICS, (customer_id, now - TOPIC_DAYS * DAY, now)).fetchall()
    calls, missed = connection.execute(_CALLS, (now - TOPIC_DAYS * DAY, customer_id)).fetchone()
    return CallerCard(
        card=whole,
        open_tickets=tuple(rows(connection, opened)),
        contacts=_contacts(connection, customer_id),
        promises=tuple(OpenPromise(*row) for row in connection.execute(_PROMISES, (customer_id, CONTACTS))),
        repeated=repeated(topics, now),
        calls=calls,
        missed=missed,
    )


def _contacts(connection: Connection, customer_id: int) -> tuple[LastContact, ...]:
    found = connection.execute(_CONTACTS, (customer_id, CONTACTS))
    return tuple(
        LastContact(kind, channel, at, ticket_id, number, _first_words(body) or subject)
        for kind, channel, at, ticket_id, number, body, subject in found
    )


def _first_words(body: str) -> str:
    return " ".join(body[:300].split())[:100].rstrip()
