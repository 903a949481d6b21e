"""The times that a sentence names, as packs write them: found as pieces, put together, counted from when it was sent.

The invariants: a time that is counted lies after the sending and within a year; where words leave it open it is the
earlier one, since a promise that is kept too early harms nobody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from desk.hours import Hours
from desk.promises.pack import DAYS, HALF, MONTHS, PARTS, WEEKDAYS, Pack
from desk.times import DAY, HOUR, MINUTE, from_datetime, to_datetime

LONGEST = 366 * DAY
# A date without its year that passed lately is spoken of, not promised.
_YEAR_AHEAD = timedelta(days=200)
_NEXT_WEEK = "end of next week"
_CLOSE = time(17)
_LAST = time(23, 59)
_TIMES = {"morning": time(12), "noon": time(12), "afternoon": _CLOSE, "evening": time(20), "tonight": time(22)}
_HALVES = {"minute": MINUTE // 2, "hour": HOUR // 2, "day": DAY // 2, "week": 7 * DAY // 2, "workday": 4 * HOUR}
_LATER_HALF = frozenset({"pm", "tarde", "noche"})
_BLANKS = re.compile(r"[\s,]+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a time in a text. `kind`: span, date, clock, word, or month, whose end it is."""

    start: int
    end: int
    kind: str
    match: re.Match[str]
    means: str = ""

    @property
    def is_day(self) -> bool:
        """Whether it says which day."""
        return self.kind in ("date", "month") or (self.kind == "word" and self.means not in PARTS)


@dataclass(frozen=True, slots=True)
class Sent:
    """When and where a text was sent, and whose hours count."""

    at: int
    zone: tzinfo
    hours: Hours | None = None

    @property
    def today(self) -> date:
        """The day of it."""
        return to_datetime(self.at, self.zone).date()


@dataclass(frozen=True, slots=True)
class Named:
    """A time that a text names, from `start` to `end` of it."""

    start: int
    end: int
    at: int


def times(text: str, pack: Pack, sent: Sent) -> Iterator[Named]:
    """The times to come that a text in small letters names."""
    for pieces in _together(text, list(_pieces(text, pack)), pack):
        start, end = pieces[0].start, pieces[-1].end
        before = _BLANKS.sub("", text[:start])
        if pack.not_after.search(before):
            continue
        at = _counted(pieces, before, pack, sent)
        if at is not None and sent.at < at <= sent.at + LONGEST:
            yield Named(start, end, at)


def _pieces(text: str, pack: Pack) -> Iterator[Piece]:
    """The pieces in order; of those that overlap the longest."""
    found = [Piece(*each.span(), "span", each) for each in pack.spans.finditer(text)]
    found += [Piece(*each.span(), "month", each) for each in pack.ends_of_months.finditer(text)]
    found += [Piece(*each.span(), "word", each, pack.meaning[each[0]]) for each in pack.words.finditer(text)]
    for kind, patterns in (("date", pack.dates), ("clock", pack.clocks)):
        found += [Piece(*each.span(), kind, each) for pattern in patterns for each in pattern.finditer(text)]
    free = 0
    for piece in sorted(found, key=lambda piece: (piece.start, -piece.end)):
        if piece.start >= free and (piece.kind != "clock" or _clock(piece) is not None):
            free = piece.end
            yield piece


def _together(text: str, pieces: list[Piece], pack: Pack) -> Iterator[list[Piece]]:
    """Pieces that say one time together: a day and a time of day in either order, a weekday and its date."""
    cluster: list[Piece] = []
    for piece in pieces:
        joined = bool(cluster) and text[cluster[-1].end : piece.start].strip() in pack.joins
        if joined and "span" not in (piece.kind, cluster[-1].kind) and _fits(cluster, piece):
            cluster.append(piece)
            continue
        if cluster:
            yield cluster
        cluster = [piece]
    if cluster:
        yield cluster


def _fits(cluster: list[Piece], piece: Piece) -> bool:
    if not piece.is_day:
        return all(other.is_day for other in cluster)
    days = [other for other in cluster if other.is_day]
    if not days or (piece.kind == "date") != (days[0].kind == "date"):
        return True
    return days[0].means in WEEKDAYS and piece.means == _NEXT_WEEK


def _counted(pieces: list[Piece], before: str, pack: Pack, sent: Sent) -> int | None:
    if pieces[0].kind == "span":
        return _after_span(pieces[0], pack, sent)
    days = sorted((piece for piece in pieces if piece.is_day), key=lambda piece: piece.kind != "date")
    clock = next((_clock(piece) for piece in pieces if not piece.is_day), None)
    part = next((piece.means for piece in pieces if not piece.is_day and piece.kind == "word"), "")
    if not days:
        if part and not pack.before_part.search(before):
            return None
        today = _moment(sent.today, clock, sent)
        return today if today > sent.at else _moment(sent.today + timedelta(days=1), clock, sent)
    day = _day(days[0], before, pack, sent)
    if day is not None and any(piece.means == _NEXT_WEEK for piece in days[1:]):
        day = sent.today + timedelta(days=7 - sent.today.weekday() + WEEKDAYS.index(days[0].means))
    if day is None:
        return None
    if clock is None and days[0].means == "tonight":
        clock = _TIMES["tonight"]
    at = _moment(day, clock, sent)
    return _moment(day, _LAST, sent) if at <= sent.at and day == sent.today and not part else at


def _after_span(piece: Piece, pack: Pack, sent: Sent) -> int:
    words = piece.match["number"]
    unit = pack.meaning[piece.match["unit"]]
    meaning = words if words.isdecimal() else pack.meaning[words]
    if meaning == HALF:
        return sent.at + _HALVES[unit]
    number = int(meaning)
    if unit in ("minute", "hour"):
        return sent.at + number * (MINUTE if unit == "minute" else HOUR)
    if unit == "workday":
        day = sent.today
        for _ in range(number):
            day += timedelta(days=1)
            while not _works(day, sent.hours):
                day += timedelta(days=1)
        return _moment(day, None, sent)
    local = to_datetime(sent.at, sent.zone)
    day = local.date() + timedelta(days=number * (7 if unit == "week" else 1))
    return from_datetime(datetime.combine(day, local.time(), sent.zone))


def _works(day: date, hours: Hours | None) -> bool:
    """Whether it is a day of work; a team with holidays all year long has its week."""
    return day.weekday() < 5 if hours is None else hours.closes(day) is not None or not hours.openings


def _day(piece: Piece, before: str, pack: Pack, sent: Sent) -> date | None:
    today = sent.today
    if piece.kind == "date":
        return _date(piece.match.groupdict(), pack, today)
    if piece.kind == "month":
        return _end_of_month(today, MONTHS.index(pack.meaning[piece.match["month"]]) + 1)
    if piece.means in DAYS:
        return today + timedelta(days=DAYS.index(piece.means) % 3)
    monday = today - timedelta(days=today.weekday())
    if piece.means in WEEKDAYS:
        weekday = WEEKDAYS.index(piece.means)
        if pack.next.search(before):
            return monday + timedelta(days=7 + weekday)
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if piece.means == "end of month":
        return _end_of_month(today, today.month)
    friday = monday + timedelta(days=4 + 7 * (piece.means == _NEXT_WEEK))
    return max(friday, today)


def _date(told: dict[str, str | None], pack: Pack, today: date) -> date | None:
    day = int(told["day"] or 0)
    month = told.get("month")
    if month is None:
        following = today.replace(day=1) + timedelta(days=32)
        months = [(today.year, today.month), (following.year, following.month)]
    else:
        number = int(month) if month.isdecimal() else MONTHS.index(pack.meaning[month]) + 1
        year = told.get("year")
        months = [(int(year), number)] if year else [(today.year, number), (today.year + 1, number)]
    for year_number, number in months:
        found = _valid(year_number, number, day)
        if found is not None and today <= found <= today + _YEAR_AHEAD:
            return found
    return None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _end_of_month(today: date, month: int) -> date:
    year = today.year + (month < today.month)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _clock(piece: Piece) -> time | None:
    """The time of day; None is when the day's work is over."""
    if piece.kind == "word":
        return _TIMES.get(piece.means)
    told = piece.match.groupdict()
    hour, minute = int(told["hour"] or 0), int(told.get("minute") or 0)
    if told.get("half"):
        hour = hour % 12 + 12 * (told["half"] in _LATER_HALF)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _moment(day: date, clock: time | None, sent: Sent) -> int:
    if clock is None and sent.hours is not None and (closes := sent.hours.closes(day)) is not None:
        return closes
    return from_datetime(datetime.combine(day, clock or _CLOSE, sent.zone))
