"""The numbers of the board said slowly: every ticket walked message by message from the raw rows."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from desk.times import DAY, HOUR, MINUTE
from storage.connect import Connection
from storage.knowledge.rules import answer_rules

Tickets = set[int]


@dataclass(frozen=True)
class Answer:
    """One answer that somebody had waited for."""

    ticket: int
    at: int
    took: int
    first: bool


@dataclass
class Seen:
    """What a walk over one ticket finds."""

    row: dict[str, object]
    answers: list[Answer] = field(default_factory=list)
    awaits: tuple[int, bool] | None = None
    ours: list[int] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)
    solved: set[int] = field(default_factory=set)
    back: list[int] = field(default_factory=list)
    began: bool = False

    def whole(self, column: str) -> int:
        """A number of the ticket's row."""
        value = self.row[column]
        assert isinstance(value, int)
        return value


class Recount:
    """The desk as it stands, looked at from a moment and a zone."""

    def __init__(self, connection: Connection, now: int, zone: tzinfo) -> None:
        self.now, self.zone = now, zone
        self.within = answer_rules(connection).again_within
        self.all = list(_tickets(connection))
        self.standing = {seen.whole("id"): seen for seen in self.all if seen.row["merged_into_id"] is None}

    def active(self, fits: Callable[[Seen], bool]) -> Tickets:
        """The tickets that are open, pending or on hold, and fit."""
        return {seen.whole("id") for seen in self.all if seen.whole("status") < 3 and fits(seen)}

    def awake(self, seen: Seen) -> bool:
        until = seen.row["snoozed_until"]
        return until is None or seen.whole("snoozed_until") <= self.now

    def between(self, seen: Seen, column: str, since: int, until: int) -> bool:
        return seen.row[column] is not None and since <= seen.whole(column) < until

    def midnight(self) -> int:
        """When this day ends on the wall."""
        day = self.day(self.now) + timedelta(days=1)
        return round(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp()) * 1_000_000

    def day(self, at: int) -> date:
        return datetime.fromtimestamp(at // 1_000_000, self.zone).date()

    def ago(self, at: int) -> int:
        """How many days ago that was, on the wall."""
        return (self.day(self.now) - self.day(at)).days

    def moved(self, when: Callable[[Seen], list[int]], ago: int) -> dict[str, Tickets]:
        """The tickets on which it happened so many days ago, by hour of the wall."""
        found: dict[str, Tickets] = defaultdict(set)
        for ticket, seen in self.standing.items():
            for at in when(seen):
                if self.ago(at) == ago:
                    found[f"{datetime.fromtimestamp(at // 1_000_000, self.zone).hour:02}"].add(ticket)
        return found

    def answers(self, *, first: bool, days: int = 7) -> list[Answer]:
        return [
            each
            for seen in self.standing.values()
            for each in seen.answers
            if each.first is first and 0 <= self.ago(each.at) < days
        ]

    def waiting(self) -> dict[int, int]:
        """Since when the customers wait who do, by ticket."""
        return {
            ticket: seen.awaits[0]
            for ticket, seen in self.standing.items()
            if seen.awaits is not None and seen.whole("status") < 3
        }

    def solved(self) -> dict[int, int]:
        """The first time in the last days that each ticket was solved."""
        found = {}
        for ticket, seen in self.standing.items():
            times = [at for at in seen.solved if 0 <= self.ago(at) < 7]
            if times:
                found[ticket] = min(times)
        return found

    def told(self) -> tuple[Tickets, Tickets]:
        """The tickets of four weeks of which it can be told whether one contact was enough, and those where it was."""
        told, enough = set(), set()
        for ticket, seen in self.standing.items():
            if not 0 <= self.ago(seen.whole("created_at")) < 28 or not seen.ours:
                continue
            first = min(seen.ours)
            if first > self.now - self.within:
                continue
            told.add(ticket)
            again = any(first < at <= first + self.within for at in seen.heard)
            if seen.whole("status") >= 3 and len(seen.ours) == 1 and not again and not seen.back:
                enough.add(ticket)
        return told, enough

    def reported(self) -> list[int]:
        """What the source says of the first responses of the last days."""
        found = []
        for ticket, seen in self.standing.items():
            details = json.loads(str(seen.row["details"]))
            if "reply_time_in_minutes" in details and any(each.ticket == ticket for each in self.answers(first=True)):
                found.append(int(details["reply_time_in_minutes"]) * MINUTE)
        return sorted(found)


def _tickets(connection: Connection) -> Iterator[Seen]:
    cursor = connection.execute("SELECT * FROM ticket")
    names = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        seen = Seen(dict(zip(names, row, strict=True)))
        _listen(connection, seen)
        _look_back(connection, seen)
        yield seen


def _listen(connection: Connection, seen: Seen) -> None:
    messages = connection.execute(
        "SELECT id, at, kind, automatic FROM message WHERE ticket_id = ? ORDER BY at, id", (seen.whole("id"),)
    ).fetchall()
    since: int | None = None
    for key, at, kind, automatic in messages:
        dropped = connection.execute(
            "SELECT count(*) FROM outbox WHERE message_id = ? AND state = 'dropped'", (key,)
        ).fetchone()[0]
        if kind in ("inbound", "call"):
            seen.heard.append(at)
        if kind == "inbound":
            since = at if since is None else since
        elif kind == "call" or (kind == "outbound" and automatic == "" and not dropped):
            if since is not None:
                seen.answers.append(Answer(seen.whole("id"), at, at - since, not seen.ours))
            seen.ours.append(at)
            since = None
    if since is not None:
        seen.awaits = (since, not seen.ours)


def _look_back(connection: Connection, seen: Seen) -> None:
    for kind, at, data, undone in connection.execute(
        "SELECT kind, at, data, undone_by FROM event WHERE ticket_id = ?", (seen.whole("id"),)
    ):
        seen.began |= kind == "opened_first"
        told = json.loads(data)
        if kind == "changed" and undone is None and told.get("field") == "status":
            if told["before"] < 3 <= told["after"]:
                seen.solved.add(at)
            elif told["after"] < 3 <= told["before"]:
                seen.back.append(at)
    if seen.whole("status") >= 3 and seen.row["solved_at"] is not None:
        seen.solved.add(seen.whole("solved_at"))


def in_office(since: int, until: int) -> int:
    """Quarters of an hour from Monday to Friday, 9 to 17 on Madrid's wall, one by one."""
    madrid, passed = ZoneInfo("Europe/Madrid"), 0
    for at in range(since, until, MINUTE):
        wall = datetime.fromtimestamp(at / 1_000_000, madrid)
        passed += MINUTE * (wall.weekday() < 5 and 9 <= wall.hour < 17)
    return passed


def age(created: int, now: int) -> str:
    """How old a ticket is, in the words of the report."""
    old = now - created
    for limit, name in (
        (HOUR, "under 1 h"), (4 * HOUR, "1 to 4 h"), (DAY, "4 to 24 h"), (3 * DAY, "1 to 3 d"), (7 * DAY, "3 to 7 d"),
    ):  # fmt: skip
        if old < limit:
            return name
    return "over 7 d"
