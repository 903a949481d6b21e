"""The numbers of this moment: what is open, who waits, what is due, what is on whom."""

from desk.metrics.metric import Better, Metric, Split, Window
from desk.reports.report import Unit

CALENDAR = "calendar hours"
_UNTIL_SOLVED = "Until the ticket is solved, closed or merged."
_NOBODY = "Nobody is credited: it says what is there."
_UNCLOCKED = "Tickets whose clocks stand still, as your targets say (pending, on hold, snoozed), and those without one."
_MERGED = "Tickets that were merged into another; they count where they went."

LIVE = (
    Metric(
        "backlog", "Backlog", Unit.COUNT, Window.NOW,
        "Tickets that are open, pending or on hold, snoozed ones too; the bars tell since when they exist.",
        "When the ticket came in, or was opened again.", _UNTIL_SOLVED, _NOBODY,
        f"Solved and closed tickets. {_MERGED}", "All that is open, pending or on hold", CALENDAR,
        Split.AGE, Better.DOWN,
    ),
    Metric(
        "backlog_team", "Backlog by team", Unit.COUNT, Window.NOW,
        "Tickets that are open, pending or on hold, snoozed ones too, by the team that they are with now.",
        "When the ticket came in, or was opened again.", _UNTIL_SOLVED, "The team that the ticket is with now.",
        f"Solved and closed tickets. {_MERGED}", "All that is open, pending or on hold", "",
        Split.TEAM, Better.DOWN,
    ),
    Metric(
        "open", "Open", Unit.COUNT, Window.NOW,
        "Tickets in the state open that are not snoozed: we are to act on them.",
        "When the ticket became open, or its snooze ended.", "When its state changes, or it is snoozed.",
        "The team that the ticket is with now.", f"Pending, on hold, snoozed, solved and closed. {_MERGED}",
        "Open tickets", "", Split.TEAM, Better.DOWN,
    ),
    Metric(
        "unassigned", "Unassigned", Unit.COUNT, Window.NOW,
        "Tickets that are open, pending or on hold, are not snoozed, and have no agent.",
        "When the ticket came in, or lost its agent.", "When somebody takes it.",
        "The team that the ticket is with now.", f"Snoozed, solved and closed tickets. {_MERGED}",
        "Tickets that nobody has taken", "", Split.TEAM, Better.DOWN,
    ),
    Metric(
        "waiting", "Waiting for us", Unit.COUNT, Window.NOW,
        "Tickets that are open, pending or on hold on which the customer's last word has no answer of ours; the median "
        "and the mean tell for how long they have waited by now.",
        "With the oldest message of the customer that nobody has answered; writing again makes it no shorter.",
        "With our next answer, of a person or on the phone, or when the ticket is solved.",
        "The channel of the ticket.",
        f"Calls begin no wait, and what a machine sent answers nobody; solved and closed tickets. {_MERGED}",
        "Customers who wait for an answer", CALENDAR, Split.CHANNEL, Better.DOWN,
    ),
    Metric(
        "due_hour", "Due within the hour", Unit.COUNT, Window.NOW,
        "Tickets that are open, pending or on hold whose next thing is due within the next 60 minutes: an answer or "
        "the solution by your targets, the inner target of a promise, or a follow-up.",
        "An hour before it is due.", "When it is done, or overdue.", "The team that the ticket is with now.",
        _UNCLOCKED,
        "What is due within the hour", "the targets' own", Split.TEAM, Better.DOWN,
    ),
    Metric(
        "late", "Overdue", Unit.COUNT, Window.NOW,
        "Tickets that are open, pending or on hold whose next thing was due before now: an answer or the solution by "
        "your targets, the inner target of a promise, or a follow-up.",
        "When it was due.", "When it is done.", "The team that the ticket is with now.",
        _UNCLOCKED,
        "What is overdue", "the targets' own", Split.TEAM, Better.DOWN,
    ),
    Metric(
        "promises_due", "Promises due today", Unit.COUNT, Window.NOW,
        "Tickets that are open, pending or on hold with an open promise to the customer that ends today or has ended.",
        "When the promise is made.", "With the next answer, a call or the solution, or when it is withdrawn.",
        "The team that the ticket is with now.", "Promises that end later than today.",
        "Promises that are due by midnight", CALENDAR, Split.TEAM, Better.DOWN,
    ),
    Metric(
        "angry", "Upset customers", Unit.COUNT, Window.NOW,
        "Tickets that are open, pending or on hold whose customer wrote in an upset or angry way in the last week.",
        "With the customer's words.", _UNTIL_SOLVED, "The team that the ticket is with now.",
        "Who is merely uneasy.", "Upset and angry customers", "", Split.TEAM, Better.DOWN,
    ),
    Metric(
        "repeated", "Repeated contacts", Unit.COUNT, Window.NOW,
        "Tickets that are open, pending or on hold whose customer made contact twice or more within a week.",
        "With the second contact.", _UNTIL_SOLVED, "The team that the ticket is with now.",
        "Answers to a question of ours; they are no new contact.", "Customers who came again within a week", CALENDAR,
        Split.TEAM, Better.DOWN,
    ),
    Metric(
        "load", "Tickets on agents", Unit.COUNT, Window.NOW,
        "Tickets that are open, pending or on hold and have an agent, by agent.",
        "When the agent takes it.", "When it is solved, or given to somebody else.", "The agent that has it now.",
        f"Tickets that nobody has taken. {_MERGED}", "Tickets that somebody has", "", Split.AGENT,
    ),
    Metric(
        "gestures_waiting", "Gestures to approve", Unit.COUNT, Window.NOW,
        "Gestures over budget that wait for a supervisor's word.",
        "When an agent asks.", "When somebody approves or refuses.", "The team that gives.",
        "Gestures within the budget; they need nobody.", "Tickets with a gesture to approve", "",
        Split.NOTHING, Better.DOWN,
    ),
)  # fmt: skip
