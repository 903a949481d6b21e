"""The queue's operators: `status:open assignee:me due<2h tag:refund -tag:vip "exact words" free words`.

What is typed becomes a frozen `Filter`, which storage turns into SQL; here nothing is looked up. The invariants:
`parse(format_filter(f)) == f` for every filter that parse made, and an empty text is the filter that finds everything.
Values are in their one spelling (`status:Resolved` is `solved`); names of people, tags and teams stay as typed.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum
from typing import NamedTuple

from desk.errors import BadInput
from desk.nearest import mend_name, nearest
from desk.statuses import parse_channel, parse_priority, parse_status
from desk.times import DAY, HOUR, MINUTE, from_datetime, to_datetime

FLAGS = ("angry", "promised", "unread")
RATINGS = ("great", "fine", "bad", "unacted")


class Kind(Enum):
    """What stands behind an operator, and so which signs it takes."""

    NAME = "name"
    RANK = "rank"
    MOMENT = "moment"


class Operator(NamedTuple):
    """One operator, as the help screen shows it. A `MOMENT` that `ahead` lies in the future is counted from now on."""

    name: str
    kind: Kind
    help: str
    examples: tuple[str, ...]
    ahead: bool = False


OPERATORS: tuple[Operator, ...] = (
    Operator("status", Kind.NAME, "open, pending, hold, solved, closed; active is the first three",
             ("status:open", "status:active")),
    Operator("assignee", Kind.NAME, "an agent's name; me, or none", ("assignee:me", "assignee:none")),
    Operator("channel", Kind.NAME, "email, phone, chat, x, facebook, forum, web", ("channel:email",)),
    Operator("tag", Kind.NAME, "a tag it has; with a minus, one that it hasn't", ("tag:refund", "-tag:vip")),
    Operator("priority", Kind.RANK, "low, normal, high, urgent; also compared", ("priority:high", "priority>=high")),
    Operator("customer", Kind.NAME, "part of the customer's name or address", ('customer:"Ana Ruiz"',)),
    Operator("team", Kind.NAME, "the team it is with", ("team:billing",)),
    Operator("queue", Kind.NAME, "the queue it lies in", ("queue:support",)),
    Operator("source", Kind.NAME, "the mailbox or helpdesk it came from, by name or kind",
             ("source:support", "source:zendesk")),
    Operator("due", Kind.MOMENT, "when the next thing is due; late, today, none",
             ("due<2h", "due:late", "due:none"), ahead=True),
    Operator("updated", Kind.MOMENT, "how long ago something happened", ("updated<3d", "updated>1w")),
    Operator("created", Kind.MOMENT, "how long ago it came in, or on which day",
             ("created:today", "created>2026-01-01")),
    Operator("snoozed", Kind.NAME, "yes or no", ("snoozed:yes",)),
    Operator("rating", Kind.NAME, "great, fine, bad; unacted is a bad one on which nothing was done yet",
             ("rating:bad", "rating:unacted")),
    Operator("is", Kind.NAME, "angry, promised, unread", ("is:angry", "-is:unread")),
)  # fmt: skip

_BY_NAME = {operator.name: operator for operator in OPERATORS}
# Of these a ticket has several, so that two of them are both asked for; of all others it has one.
_SEVERAL = {"tag", "is"}

_HEAD = re.compile(r"(-?)([A-Za-z_]+)(<=|>=|<|>|:(?!//))")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PLAIN = re.compile(r"\S+")
_SPACE = re.compile(r"\s*")
_AGE = re.compile(r"(\d{1,5})(m|h|d|w)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}


class Term(NamedTuple):
    """One operator with its sign (`:`, `<`, `>`, `<=`, `>=`) and value."""

    field: str
    operator: str
    value: str
    negated: bool = False


class Filter(NamedTuple):
    """What is asked for: all terms, all words and all phrases, and none of what is `excluded` (words or phrases)."""

    terms: tuple[Term, ...] = ()
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def groups(self) -> tuple[tuple[Term, ...], ...]:
        """The terms as storage needs them: one of each group has to hold, for every group.

        `status:open status:pending` is one group, since no ticket can be both; tags, flags, comparisons and
        negated terms stand alone.
        """
        grouped: dict[object, list[Term]] = {}
        for place, term in enumerate(self.terms):
            together = term.operator == ":" and not term.negated and term.field not in _SEVERAL
            grouped.setdefault(term.field if together else place, []).append(term)
        return tuple(tuple(group) for group in grouped.values())


class Span(NamedTuple):
    """A stretch of time in microseconds UTC, `start` included and `end` not; None is without end."""

    start: int | None
    end: int | None


def parse(text: str) -> Filter:
    """The filter that was typed; raises BadInput with the place of what isn't understood."""
    text = unicodedata.normalize("NFC", text)
    terms: list[Term] = []
    words: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    at = _after_space(text, 0)
    while at < len(text):
        start = at
        head = _HEAD.match(text, at)
        if head:
            value, at = _value(text, head.end())
            terms.append(_term(head, value, start))
        else:
            negated = text[at] == "-" and at + 1 < len(text) and not text[at + 1].isspace()
            value, at = _value(text, at + negated)
            quoted = text[start + negated] == '"'
            if value:
                (excluded if negated else phrases if quoted else words).append(value)
        at = _after_space(text, at)
    return Filter(tuple(terms), tuple(words), tuple(phrases), tuple(excluded))


def format_filter(wanted: Filter) -> str:
    """The text that parses to this filter, as views and the filter line keep it."""
    parts = [f"{'-' * term.negated}{term.field}{term.operator}{_written(term.value)}" for term in wanted.terms]
    parts += wanted.words
    parts += [_quoted(phrase) for phrase in wanted.phrases]
    parts += [f"-{_written(text)}" for text in wanted.excluded]
    return " ".join(parts)


def span(term: Term, now: int, zone: tzinfo) -> Span:
    """The stretch in which the ticket's time must lie for a `MOMENT` term; `:none` has none and may not be asked.

    A length counts from now: `due<2h` is less than two hours left (or late), `updated>3d` more than three days ago.
    A day is that of `zone`: `created>2026-01-01` begins with the 2nd.
    """
    if term.value == "late":
        return Span(None, now)
    length = _AGE.fullmatch(term.value)
    if length is None:
        start, end = _day(term.value, now, zone)
        return {
            ":": Span(start, end),
            "<": Span(None, start),
            "<=": Span(None, end),
            ">": Span(end, None),
            ">=": Span(start, None),
        }[term.operator]
    distance = int(length[1]) * _UNITS[length[2]]
    nearer = term.operator.startswith("<")
    if _BY_NAME[term.field].ahead:
        return Span(None, now + distance) if nearer else Span(now + distance, None)
    return Span(now - distance, None) if nearer else Span(None, now - distance)


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int) -> tuple[str, int]:
    """The word or the quoted words at a place, and where they end."""
    if text.startswith('"', at):
        quoted = _QUOTED.match(text, at)
        if quoted is None:
            raise BadInput(f"The quote at character {at + 1} isn't closed", 'Add a " where it ends.')
        return re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL), quoted.end()
    plain = _PLAIN.match(text, at)
    return (plain[0], plain.end()) if plain else ("", at)


def _term(head: re.Match[str], value: str, at: int) -> Term:
    minus, name, sign = head.groups()
    operator = _BY_NAME.get(name.lower())
    if operator is None:
        raise _unknown_operator(name, sign, at)
    place = f"character {at + 1}"
    if not value.strip():
        raise BadInput(f"{operator.name}{sign} at {place} has no value", f"Write it like {operator.examples[0]}.")
    if sign != ":" and operator.kind is Kind.NAME:
        raise BadInput(f"{operator.name} at {place} can't be compared", f"Write it like {operator.examples[0]}.")
    spelled = _spelled(operator, sign, value, place)
    return Term(operator.name, sign, spelled, bool(minus))


def _unknown_operator(name: str, sign: str, at: int) -> BadInput:
    close = nearest(name, _BY_NAME)
    meant = f"Did you mean {close}{sign}?" if close else f"Known here: {', '.join(_BY_NAME)}."
    return BadInput(
        f"“{name}{sign}” at character {at + 1} is no operator", f"{meant} Put it in quotes to search for the words."
    )


def _spelled(operator: Operator, sign: str, value: str, place: str) -> str:
    """The value in its one spelling; raises BadInput where the operator doesn't know it."""
    if operator.kind is Kind.MOMENT:
        return _spelled_moment(operator, sign, value.casefold(), place)
    spell = _SPELLED.get(operator.name)
    if spell is None:
        return value
    try:
        return spell(value)
    except BadInput as error:
        raise BadInput(f"{error.message} (at {place})", error.mend) from None


def _spelled_moment(operator: Operator, sign: str, value: str, place: str) -> str:
    words = ("today", "none", "late") if operator.ahead else ("today", "yesterday")
    if sign == ":" and value in words:
        return value
    if sign != ":" and (_AGE.fullmatch(value) or value in ("today", "yesterday")):
        return value
    if _DAY.fullmatch(value) and _is_day(value):
        return value
    raise BadInput(
        f"“{value}” at {place} is no time for {operator.name}{sign}",
        f"Write it like {', '.join(operator.examples)}; lengths are 30m, 2h, 3d, 1w, days 2026-12-24.",
    )


def _is_day(value: str) -> bool:
    try:
        # Years at the calendar's borders can't be brought to UTC.
        return 1 < date.fromisoformat(value).year < 9999
    except ValueError:
        return False


def _day(value: str, now: int, zone: tzinfo) -> tuple[int, int]:
    """The first moment of a day, and that of the next."""
    if value in ("today", "yesterday"):
        day = to_datetime(now, zone).date() - timedelta(days=value == "yesterday")
    else:
        day = date.fromisoformat(value)
    first, following = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return from_datetime(first), from_datetime(following)


def _status(value: str) -> str:
    return "active" if value.casefold() == "active" else parse_status(value).key


def _channel(value: str) -> str:
    return parse_channel(value).key


def _one_of(*names: str) -> Callable[[str], str]:
    def spell(value: str) -> str:
        if value.casefold() not in names:
            raise BadInput(f"“{value}” is not known here", mend_name(value, names))
        return value.casefold()

    return spell


def _me_or_name(value: str) -> str:
    return value.casefold() if value.casefold() in ("me", "none") else value


_SPELLED: dict[str, Callable[[str], str]] = {
    "status": _status,
    "assignee": _me_or_name,
    "channel": _channel,
    "priority": lambda value: parse_priority(value).key,
    "snoozed": _one_of("yes", "no"),
    "rating": _one_of(*RATINGS),
    "is": _one_of(*FLAGS),
}


def _written(value: str) -> str:
    plain = _PLAIN.fullmatch(value) and not value.startswith('"') and not _HEAD.match(value)
    return value if plain else _quoted(value)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
