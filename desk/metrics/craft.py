"""The numbers of the craft: calls, checklists, promises, known answers, gestures."""

from desk.metrics.live import CALENDAR
from desk.metrics.metric import Better, Metric, Split, Window
from desk.reports.report import Unit

_TICKETLESS = "Calls that belong to no ticket count, and open none."

CRAFT = (
    Metric(
        "calls_in_time", "Picked up within two rings", Unit.SHARE, Window.TODAY,
        "Inbound calls of today that were picked up within two rings (12 s), of those that rang here, missed ones too.",
        "With the first ring.", "When somebody picks up.", "Nobody: a call rings at everybody.",
        f"Calls that an agent began by hand, and those that still ring. {_TICKETLESS}", "Calls that rang today",
        "seconds", Split.NOTHING, Better.UP,
    ),
    Metric(
        "calls_missed", "Missed calls", Unit.COUNT, Window.TODAY,
        "Inbound calls of today that nobody took.",
        "With the first ring.", "When the caller gives up.", "Nobody: a call rings at everybody.",
        f"Calls that still ring. {_TICKETLESS}", "Calls that nobody took", "", Split.NOTHING, Better.DOWN,
    ),
    Metric(
        "call_waiting", "Callers waited", Unit.SPAN, Window.TODAY,
        "How long the callers of today who were picked up had waited: half of them no longer than this.",
        "With the first ring.", "When somebody picks up.", "Nobody: a call rings at everybody.",
        f"Missed calls, and those that an agent began by hand. {_TICKETLESS}", "Calls that were picked up", "seconds",
        Split.NOTHING, Better.DOWN,
    ),
    Metric(
        "call_talk", "Talked", Unit.SPAN, Window.TODAY,
        "How long the calls of today lasted, without the holds: half of them no longer than this.",
        "When somebody picks up.", "When somebody hangs up.", "The agent who talked.",
        f"Missed calls, and those that go on. {_TICKETLESS}", "Calls that are over", "seconds",
    ),
    Metric(
        "checklists", "Checklists, the whole way", Unit.SHARE, Window.WEEK,
        "Conversations in which every required step of the checklist was done, of those that are complete or whose "
        "ticket is solved or closed. The bars tell how many came how far: a step was reached where it or a later one "
        "was done or skipped.",
        "When the checklist was begun.", "When the ticket is solved or closed, or every required step is handled.",
        "The checklist.", "Steps that come after the solution, and tickets that were merged into another.",
        "Tickets whose checklist has ended", "", Split.STEP, Better.UP,
    ),
    Metric(
        "promises_kept", "Promises kept", Unit.SHARE, Window.WEEK,
        "Promises of this time that were kept, of those that were kept, broken, or are overdue.",
        "When the promise was made.", "With the next answer, a call or the solution.", "Whoever made the promise.",
        "Promises whose time is to come, and those that were withdrawn.", "Tickets with a promise that was judged",
        CALENDAR, Split.NOTHING, Better.UP,
    ),
    Metric(
        "known_answers", "Known answers of all replies", Unit.SHARE, Window.TODAY,
        "Replies of today that were given by a snippet, or whose words were sent at least twice, of the replies that "
        "were read so far. The bars are the dearest answers.",
        "When the reply is sent.", "At once.", "The answer.",
        "Replies that never left, or count down still.", "Tickets with a known answer", "", Split.ANSWER, Better.DOWN,
    ),
    Metric(
        "gestures_left", "Gestures left", Unit.MONEY, Window.NOW,
        "What the teams' budgets still have in their present period: the budget less what was given. "
        "The bars are the budgets of the teams.",
        "With the budget's period: a week, a month or a quarter.", "With its end.",
        "The team that gives: that of the ticket, else the agent's own.",
        "What waits for a supervisor or was refused, other currencies, and the agents' own budgets.",
        "Tickets on which something was given", CALENDAR, Split.BUDGET,
    ),
)  # fmt: skip
