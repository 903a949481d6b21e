"""The ratings' report: what customers said of answers, and on how many of the bad ones somebody acted.

Of everybody together: how one agent was rated is that agent's own business (`g y`), since numbers by agent make people
avoid the hard tickets. A rating belongs to the time in which it was given.
"""

from desk.ratings import BAD, NAMES
from desk.reports.report import Cell, Chart, Column, Figure, Report, Series, Shape, Table, Unit
from storage.connect import Connection
from storage.reports import Asked

GIVEN = """
    SELECT c.label, r.score, r.action <> '' FROM rating r JOIN ticket t ON t.id = r.ticket_id
      JOIN channel c ON c.id = t.channel_id WHERE r.at >= ? AND r.at < ?"""

_Given = tuple[str, int, int]


def read(connection: Connection, asked: Asked) -> Report:
    """The report."""
    given: list[_Given] = connection.execute(GIVEN, (asked.period.since, asked.period.until)).fetchall()
    channels = sorted({channel for channel, *_ in given})
    bad = [acted for _, score, acted in given if score == BAD]
    figures = [
        Figure(
            name, f"Rated {name}", _share(given, score), Unit.SHARE, len(given),
            f"Ratings that are {name}, of all ratings; each answer has one, the newest",
        )
        for score, name in NAMES.items()
    ]  # fmt: skip
    figures.append(
        Figure(
            "acted", "Acted on", sum(bad) / len(bad) if bad else None, Unit.SHARE, len(bad),
            "Bad ratings on which it was noted what was done, of all bad ones; rating:unacted finds the others",
        )
    )  # fmt: skip
    rows = [_row(channel, [each for each in given if each[0] == channel]) for channel in channels]
    columns = (
        Column("channel", "Channel"), Column("ratings", "Ratings", Unit.COUNT),
        *(Column(name, name.capitalize(), Unit.SHARE) for name in NAMES.values()),
    )  # fmt: skip
    counts = tuple(float(sum(each[1] == score for each in given)) for score in NAMES)
    chart = Chart(Shape.BARS, "Ratings", tuple(NAMES.values()), (Series("ratings", counts),))
    return Report(
        "ratings",
        "Ratings",
        asked.period,
        asked.zone,
        figures=tuple(figures),
        tables=(Table("channels", "By channel", columns, tuple(rows)),),
        charts=() if chart.empty else (chart,),
    )


def _row(channel: str, given: list[_Given]) -> tuple[Cell, ...]:
    return (channel, len(given), *(_share(given, score) for score in NAMES))


def _share(given: list[_Given], score: int) -> float | None:
    return sum(each[1] == score for each in given) / len(given) if given else None
