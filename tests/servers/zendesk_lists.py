"""How Zendesk's lists, its search and its export cut what there is into pages; pure functions over rows.

The invariant: a cursor names the place after the last row that was told, so that a page may be asked for again.
"""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import ge, gt, le, lt

from tests.servers.zendesk_rows import Row, number, seconds

CURSOR_LIVES = 3600.0
# The export tells nothing of so many seconds before it is asked.
LAST = 60
_WORD = re.compile(r"(-?)(\w+)(<=|>=|<|>|:)(\S+)")
_SIGNS: Mapping[str, Callable[[int, int], bool]] = {"<": lt, ">": gt, "<=": le, ">=": ge}


class ListRefused(Exception):
    """A list that can't be had so: by which status, and what it calls that."""

    def __init__(self, kind: str, status: int) -> None:
        super().__init__(f"{kind}: this can't be listed")
        self.kind, self.status = kind, status


@dataclass(frozen=True)
class Order:
    """By which field rows are listed, and by their ids within it; with a minus it falls."""

    by: str = "id"

    @property
    def falls(self) -> bool:
        """Whether the last comes first."""
        return self.by.startswith("-")

    def place(self, row: Row) -> tuple[str, int]:
        """Where a row stands."""
        key = self.by.removeprefix("-")
        return ("" if key == "id" else str(row[key]), number(row, "id"))


def paged(found: list[Row], size: int, after: str, by: Order, repeats: int = 0) -> tuple[list[Row], str]:
    """The rows after a cursor, in an order, and the cursor after them; empty where there are no more.

    A cursor is the place of a row in the order, not its number: what is gone meanwhile shifts nothing.
    """
    ordered = sorted(found, key=by.place, reverse=by.falls)
    last = _read(after)
    rest = [row for row in ordered if not last or (by.place(row) < last if by.falls else by.place(row) > last)]
    start = max(0, len(ordered) - len(rest) - (repeats if last else 0))
    told, left = ordered[start : start + size], ordered[start + size :]
    return told, _written(by.place(told[-1])) if left else ""


def _written(place: tuple[str, int]) -> str:
    return base64.urlsafe_b64encode(f"{place[0]} {place[1]}".encode()).decode()


def _read(cursor: str) -> tuple[str, int] | None:
    if not cursor:
        return None
    try:
        value, _, last = base64.urlsafe_b64decode(cursor).decode().rpartition(" ")
        return value, int(last)
    except ValueError:
        raise ListRefused("InvalidPaginationParameter", 400) from None


def found_by(query: str, shown: Iterable[Row]) -> list[Row]:
    """What a search finds; it knows status, role, created and updated alone."""
    tests = []
    for word in query.split():
        part = _WORD.fullmatch(word)
        if part is None or part[2] not in ("status", "role", "created", "updated"):
            raise ListRefused("invalid", 422)
        tests.append(part.groups())
    return [row for row in shown if all(_fits(row, *test) for test in tests)]


def _fits(row: Row, minus: str, key: str, sign: str, value: str) -> bool:
    if key in ("status", "role"):
        fits = row[key] == value
    elif sign in _SIGNS:
        fits = _SIGNS[sign](seconds(row[f"{key}_at"]), seconds(value))
    else:
        raise ListRefused("invalid", 422)
    return fits != bool(minus)


def export(every: Iterable[Row], params: Mapping[str, str], now: float) -> Row:
    """A page of what has changed since, the oldest first; nothing of the last minute.

    What counts is when the service made a row anew, which it also does where `updated_at` stays as it is.
    """
    size = int(params.get("per_page", "1000"))
    cursor = params.get("cursor", "")
    if cursor:
        since, last = (int(part) for part in base64.urlsafe_b64decode(cursor).decode().split("."))
    elif not params.get("start_time", "").isdigit() or int(params["start_time"]) > now - LAST:
        raise ListRefused("InvalidValue", 400)
    else:
        since, last = int(params["start_time"]), -1
    keyed = sorted((((_made(row), number(row, "id")), row) for row in every), key=lambda pair: pair[0])
    waiting = [pair for pair in keyed if pair[0] > (since, last) and pair[0][0] <= now - LAST]
    told = waiting[:size]
    since, last = told[-1][0] if told else (since, last)
    after = base64.urlsafe_b64encode(f"{since}.{last}".encode()).decode()
    return {"tickets": [row for _, row in told], "after_cursor": after, "end_of_stream": len(waiting) <= size}


def _made(row: Row) -> int:
    return max(seconds(row["updated_at"]), number(row, "generated_timestamp"))
