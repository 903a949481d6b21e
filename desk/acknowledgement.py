"""The mail that says that a mail has arrived: what a mailbox promises in it, its words, and how often it may leave.

The invariants: its words name the ticket and the time by which a person answers, and hold no open field; what a
stranger calls themselves puts neither a link nor an address into it. Without `acknowledge` in a mailbox's settings
there is none at all.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desk.errors import BadInput
from desk.hours import Hours, parse_hours
from desk.identifiers import without_tag
from desk.snippets.template import check, render
from desk.snippets.variables import first_name
from desk.times import DAY, HOUR, MINUTE, to_datetime

# The settings of a mailbox that make it acknowledge, and the one that Heard keeps beside them: since when it does.
SETTINGS = ("acknowledge", "acknowledge_text", "hours")
SINCE = "acknowledge_since"

LONGEST_PROMISE = 14 * DAY
# So many leave at most: two machines that answer each other come to rest, and a storm of mail makes no storm of ours.
A_SENDER_IN = HOUR
A_SENDER_A_DAY = 3
A_MAILBOX_AN_HOUR = 100
# Nobody is glad to hear of a mail of yesterday that it has just arrived.
OLDEST = DAY

TEXT = """\
Hello {{customer.first_name|there}},

your message has arrived and has the number {{ticket.number}}. A person will read it, and you will have an answer by \
{{ticket.promise}}.

This mail was sent by itself. You can answer it to add something."""
WITH_HOURS = TEXT.replace("\n\nThis mail", "\n\nWe are here {{team.hours}}.\n\nThis mail")
NEEDED = ("ticket.number", "ticket.promise")

_SPAN = re.compile(r"(\d{1,4}) ?(m|h|d)[a-z]*")
_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY}
# A time to the minute sounds like a clock's promise: it is given by the half hour, and never an earlier one.
_ROUNDED = 30 * MINUTE
_NO_NAME = re.compile(r"[^\w\s.'’-]|[\d_]|\.\S")
_LONGEST_NAME = 40
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """What a mailbox acknowledges mails with: its text, and an answer `within` so many microseconds.

    They are the team's own hours where those are given, and the clock's where not.
    """

    within: int
    text: str
    hours: Hours | None
    zone: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What one acknowledgement is about."""

    number: int
    subject: str
    customer: str
    promised_at: int


class Earlier(NamedTuple):
    """One that was written before: to which address, when, and whether by the same mailbox."""

    address: str
    at: int
    same_mailbox: bool


def terms_of(settings: Mapping[str, str]) -> Terms | None:
    """The terms in a mailbox's settings; None where it acknowledges nothing. BadInput where they can't be kept."""
    within, hours = settings.get("acknowledge", "").strip(), settings.get("hours", "").strip()
    if not within:
        return None
    match = _SPAN.fullmatch(within.lower())
    span = int(match[1]) * _UNITS[match[2]] if match else 0
    if not 0 < span <= LONGEST_PROMISE:
        raise BadInput(
            f"acknowledge={within} says no time within which an answer comes", "Write it like 12h or 2d, 14d at most."
        )
    zone = settings.get("zone", "UTC")
    _zone(zone)
    text = settings.get("acknowledge_text", "").strip() or (WITH_HOURS if hours else TEXT)
    terms = Terms(span, text, parse_hours(hours, _zone(zone)) if hours else None, zone)
    _check(terms)
    return terms


def promised_at(terms: Terms, now: int) -> int:
    """By when a mail that is acknowledged now is answered."""
    at = now + terms.within if terms.hours is None else terms.hours.after(now, terms.within)
    return -(-at // _ROUNDED) * _ROUNDED


def worded(terms: Terms, facts: Facts) -> str:
    """The words of one acknowledgement."""
    return render(terms.text, _values(terms, facts)).text


def too_many(address: str, now: int, earlier: Iterable[Earlier]) -> bool:
    """Whether this address, or the whole mailbox, has had as many as it gets."""
    lately = [each for each in earlier if each.at > now - DAY]
    theirs = [each for each in lately if _one(each.address) == _one(address)]
    return (
        any(each.at > now - A_SENDER_IN for each in theirs)
        or len(theirs) >= A_SENDER_A_DAY
        or sum(each.same_mailbox and each.at > now - HOUR for each in lately) >= A_MAILBOX_AN_HOUR
    )


def _one(address: str) -> str:
    """Machines write from an address with another tag each time."""
    return without_tag(address.casefold())


def _values(terms: Terms, facts: Facts) -> dict[str, str]:
    name = first_name(facts.customer)
    return {
        "customer.first_name": "" if _NO_NAME.search(name) or len(name) > _LONGEST_NAME else name,
        "ticket.number": f"#{facts.number}",
        "ticket.subject": facts.subject,
        "ticket.promise": _moment(facts.promised_at, terms.zone),
        "team.hours": str(terms.hours or ""),
    }


def _moment(at: int, zone: str) -> str:
    local = to_datetime(at, _zone(zone))
    day = f"{_WEEKDAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"
    return f"{day}, {local:%H:%M} ({zone.replace('_', ' ')})"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadInput(f"{name} is no time zone", "Write it like zone=Europe/Madrid.") from None


def _check(terms: Terms) -> None:
    check(terms.text)
    # With a name that isn't known: what would be left open then may be left open in front of a customer.
    rendered = render(terms.text, _values(terms, Facts(1, "subject", "", 0)))
    for left in rendered.open_fields:
        field = rendered.text[left.start : left.end]
        raise BadInput(
            f"Nobody is there to fill in {field} in acknowledge_text",
            f"Leave it out, or give what stands in its place: {field[:-2]}|…}}}}.",
        )
    for name in NEEDED:
        if not re.search(rf"\{{\{{\s*{re.escape(name)}\s*[|}}]", terms.text, re.IGNORECASE):
            raise BadInput(
                f"acknowledge_text doesn't have {{{{{name}}}}} in it",
                "It has to name the ticket, and the time by which a person answers.",
            )
