"""The telephone's part of the service report: who was picked up in time, how long was talked, held and written down."""

from dataclasses import dataclass

from desk.reports.report import Column, Figure, Table, Unit
from desk.times import SECOND
from storage.calls import statistics
from storage.connect import Connection
from storage.reports import Asked

_IN_TIME = "Inbound calls that were picked up within two rings (12 s), of those that rang here, missed ones too"


@dataclass(frozen=True, slots=True)
class Called:
    """What a report says of calls."""

    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]


def read(connection: Connection, asked: Asked) -> Called:
    """The calls that rang in the period."""
    told = statistics(connection, asked.period.since, asked.period.until)
    rang = told.picked_up + told.missed
    figure = Figure("pick_up", "Picked up within two rings", told.in_time_share, Unit.SHARE, rang, _IN_TIME, "seconds")
    columns = (
        Column("measure", "Calls"),
        Column("n", "n", Unit.COUNT),
        Column("p50", "Half within", Unit.SPAN),
        Column("p90", "Nine of ten", Unit.SPAN),
    )
    measures = (("Until it was picked up", told.picked_up, told.pick_up), ("Talked", None, told.talk),
                ("On hold, where there was any", None, told.hold), ("Written down", None, told.wrap_up))  # fmt: skip
    counts = (("Inbound", told.inbound), ("Missed", told.missed), ("Outbound", told.outbound))
    rows = (
        *((name, count, None, None) for name, count in counts),
        *(
            (name, count, *((None, None) if pair is None else (pair[0] * SECOND, pair[1] * SECOND)))
            for name, count, pair in measures
        ),
    )
    note = "Of the calls that rang in this time, by the clock; times from the first ring, and without the holds."
    return Called((figure,), (Table("calls", "Calls", columns, rows if told.calls else (), note, "Nobody called."),))
