"""The numbers of today and of the last days: what came and went, how soon customers were answered, what came back."""

from desk.metrics.live import CALENDAR
from desk.metrics.metric import Better, Metric, Split, Window
from desk.reports.report import Unit

HOURS = "business hours: those of your targets"
_MERGED = "Tickets that were merged into another; they count where they went."
_FIRST = "With the customer's first message."
_NEXT = "With the oldest message of the customer that nobody had answered; writing again makes it no shorter."
_ANSWER = "With the first answer of a person or on the phone."
_OUR_NEXT = "With our next answer, of a person or on the phone."
_NO_ANSWER = f"Calls, since somebody was there at once; who has no answer yet; what a machine sent. {_MERGED}"
_LEVEL = (
    "of the answers of this time and of the customers who still wait beyond their target now; while a target pauses "
    "nothing is counted. Day by day it is of the answers alone."
)
_MISSED = "were answered later than their target in this time, or still wait beyond it now."
_UNTIMED = f"Tickets without a target. {_MERGED}"
_TO_CHANNEL = "The channel of the ticket."
_SOLVED = "When the ticket was solved or closed in this time."

PAST = (
    Metric(
        "arrived", "Came in", Unit.COUNT, Window.TODAY,
        "Tickets that came in today, by hour; beside them the same weekday a week ago.",
        "When the ticket came in.", "At once.", "The day and hour of the wall clock where you are.",
        f"Tickets that we began ourselves. {_MERGED}", "What came in today", CALENDAR, Split.HOUR,
    ),
    Metric(
        "solved", "Solved", Unit.COUNT, Window.TODAY,
        "Tickets that were solved or closed today, by hour; beside them the same weekday a week ago. One that was "
        "solved twice stands in both hours, and counts once in the sum.",
        "When the ticket was solved or closed.", "At once.", "The day and hour of the wall clock where you are.",
        f"Solutions that were undone. {_MERGED}", "What was solved today", CALENDAR, Split.HOUR, Better.UP,
    ),
    Metric(
        "came_back", "Came back", Unit.COUNT, Window.TODAY,
        "Tickets that were solved or closed and were opened again today, by the customer or by us.",
        "When the ticket was opened again.", "At once.", "The day and hour of the wall clock where you are.",
        f"What was undone. {_MERGED}", "What came back today", CALENDAR, Split.HOUR, Better.DOWN,
    ),
    Metric(
        "first_response", "First response", Unit.SPAN, Window.WEEK,
        "How long customers waited for the first answer: half of them no longer than this.",
        _FIRST, _ANSWER, _TO_CHANNEL, _NO_ANSWER, "Tickets that were answered for the first time", CALENDAR,
        Split.CHANNEL, Better.DOWN,
    ),
    Metric(
        "first_response_business", "First response in hours", Unit.SPAN, Window.WEEK,
        "How long customers waited for the first answer while the team was there: half of them no longer than this.",
        _FIRST, _ANSWER, _TO_CHANNEL, _NO_ANSWER, "Tickets that were answered for the first time", HOURS,
        Split.CHANNEL, Better.DOWN,
    ),
    Metric(
        "next_response", "Next response", Unit.SPAN, Window.WEEK,
        "How long customers who had been answered before waited for the next answer: half of them no longer than this.",
        _NEXT, _OUR_NEXT, _TO_CHANNEL, _NO_ANSWER, "Tickets that were answered again", CALENDAR,
        Split.CHANNEL, Better.DOWN,
    ),
    Metric(
        "next_response_business", "Next response in hours", Unit.SPAN, Window.WEEK,
        "How long customers waited for the next answer while the team was there: half of the answers took no longer.",
        _NEXT, _OUR_NEXT, _TO_CHANNEL, _NO_ANSWER, "Tickets that were answered again", HOURS,
        Split.CHANNEL, Better.DOWN,
    ),
    Metric(
        "first_level", "First response in target", Unit.SHARE, Window.WEEK,
        f"First answers within your targets, {_LEVEL}",
        _FIRST, _ANSWER, _TO_CHANNEL, _UNTIMED, "First answers that a target asked for", "the targets' own",
        Split.CHANNEL, Better.UP,
    ),
    Metric(
        "next_level", "Next response in target", Unit.SHARE, Window.WEEK,
        f"Further answers within your targets, {_LEVEL}",
        _NEXT, _OUR_NEXT, _TO_CHANNEL, _UNTIMED, "Further answers that a target asked for", "the targets' own",
        Split.CHANNEL, Better.UP,
    ),
    Metric(
        "first_missed", "First responses too late", Unit.COUNT, Window.WEEK,
        f"Tickets whose customers {_MISSED} This is what lacks to a first response in target of 100 %.",
        _FIRST, _ANSWER, _TO_CHANNEL, _UNTIMED, "First answers that came too late", "the targets' own",
        Split.CHANNEL, Better.DOWN,
    ),
    Metric(
        "next_missed", "Next responses too late", Unit.COUNT, Window.WEEK,
        f"Tickets whose customers had been answered before and {_MISSED}",
        _NEXT, _OUR_NEXT, _TO_CHANNEL, _UNTIMED, "Further answers that came too late", "the targets' own",
        Split.CHANNEL, Better.DOWN,
    ),
    Metric(
        "first_contact", "First-contact resolution", Unit.SHARE, Window.MONTH,
        "Tickets solved or closed with exactly one reply or call of ours, never opened again, and without another word "
        "of the customer within the days of your rules (7 unless you changed them); of all tickets that came in this "
        "time whose first answer is at least that old.",
        "When the ticket came in.", "So many days after its first answer.", _TO_CHANNEL,
        f"Tickets that nobody has answered, and those that are too young to tell. {_MERGED}",
        "Tickets that are old enough to tell", CALENDAR, Split.CHANNEL, Better.UP,
    ),
    Metric(
        "one_touch", "Solved with one answer", Unit.SHARE, Window.WEEK,
        "Of the tickets that were solved in this time and still are: those with exactly one reply or call of ours.",
        _SOLVED, "Now.", _TO_CHANNEL, f"Tickets that are open again. {_MERGED}",
        "Tickets that were solved and still are", CALENDAR, Split.CHANNEL, Better.UP,
    ),
    Metric(
        "reopened", "Came back of what was solved", Unit.SHARE, Window.WEEK,
        "Of the tickets that were solved in this time: those that were opened again since, by the customer or by us.",
        _SOLVED, "Now.", _TO_CHANNEL, f"What was undone. {_MERGED}", "Tickets that were solved",
        CALENDAR, Split.CHANNEL, Better.DOWN,
    ),
)  # fmt: skip
