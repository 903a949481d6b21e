"""The known-answer report: which answers were given most often, and what giving them again cost.

An answer that the agent knew already should not have had to be given: what stands on top here belongs into the product
or its documentation first. Counted are replies that were sent in the period. A reply counts for the snippet that makes
up at least half of it, with at most half of the snippet's own words changed, and else for the replies that say the
same; each reply counts once. Replies that never left are none, and those that still count down aren't yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desk.knowledge.capture import own_words, shortened
from desk.knowledge.cost import Cost, cost, formula, usual
from desk.knowledge.rules import AnswerRules
from desk.reports.period import Period
from desk.reports.report import Cell, Chart, Column, Figure, Report, Series, Shape, Table, Unit
from storage.connect import Connection
from storage.knowledge.rules import answer_rules
from storage.knowledge.tasks import causes
from storage.reports import Asked
from storage.reports.causes import causes_table

MOST = 100
CHARTED = 12
HALF = 500
TITLE = 80
SHOWN_TICKETS = 5

# (message, ticket, its group, the snippet that most of it is, seconds of writing)
SENT = f"""
    SELECT m.id, m.ticket_id, k.group_id,
           (SELECT u.snippet_id FROM snippet_use u WHERE u.message_id = m.id AND u.changed <= {HALF}
               AND 2 * length(u.text) >= length(m.body) ORDER BY length(u.text) DESC, u.id LIMIT 1) AS snippet,
           (SELECT json_extract(e.data, '$.seconds') FROM event e
             WHERE e.message_id = m.id AND e.kind = 'replied' AND e.undone_by IS NULL ORDER BY e.id DESC LIMIT 1)
      FROM (SELECT message_id FROM answer_member WHERE at >= :since AND at < :until
            UNION SELECT message_id FROM snippet_use WHERE at >= :since AND at < :until) w
      JOIN message m ON m.id = w.message_id LEFT JOIN answer_member k ON k.message_id = m.id
     WHERE m.kind = 'outbound' AND (k.group_id IS NOT NULL OR snippet IS NOT NULL)
       AND NOT EXISTS(SELECT 1 FROM outbox o WHERE o.message_id = m.id AND o.state IN ('dropped', 'undoable'))
     ORDER BY m.id"""  # noqa: S608  the number is ours
_TITLES = "SELECT id, title, body FROM snippet"
_LAST_TITLE = "SELECT title, inserted FROM snippet_use WHERE snippet_id = ? ORDER BY at DESC LIMIT 1"
_BODY = "SELECT m.body, ifnull(a.name, '') FROM message m LEFT JOIN agent a ON a.id = m.agent_id WHERE m.id = ?"
_NUMBERS = "SELECT number FROM ticket WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: by which snippet it was given, else None; `tickets` are those behind it, the newest first.

    `message_id` is the newest reply that gave it.
    """

    snippet_id: int | None
    group_id: int | None
    message_id: int
    title: str
    text: str
    cost: Cost
    tickets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KnownAnswers:
    """The dearest lines; how many replies were looked at, and of all lines how many replies they are and their cost."""

    lines: tuple[Line, ...]
    replies: int
    repeated: int
    whole: int
    formula: str


@dataclass(slots=True)
class _Gathered:
    """What belongs to one answer."""

    messages: list[int]
    tickets: list[int]
    seconds: list[int]


def known_answers(connection: Connection, period: Period, most: int = MOST) -> KnownAnswers:
    """The answers that were given in the period, ranked by what they cost. Reads only what was grouped already."""
    rules = answer_rules(connection)
    gathered: dict[tuple[bool, int], _Gathered] = defaultdict(lambda: _Gathered([], [], []))
    replies, timed = 0, []
    for message, ticket, group, snippet, seconds in connection.execute(
        SENT, {"since": period.since, "until": period.until}
    ):
        replies += 1
        one = gathered[(True, snippet) if snippet is not None else (False, group)]
        one.messages.append(message)
        one.tickets.append(ticket)
        if seconds is not None:
            one.seconds.append(int(seconds))
            timed.append(int(seconds))
    ranked = _ranked(gathered, timed, rules)
    texts = _Texts(connection)
    lines = tuple(_line(texts, key, one, told) for key, one, told in ranked[:most])
    costs = [told for *_, told in ranked]
    repeated, whole = sum(each.times for each in costs), sum(each.whole for each in costs)
    return KnownAnswers(lines, replies, repeated, whole, formula(rules))


def read(connection: Connection, asked: Asked) -> Report:
    """The report as `heard report known-answers` prints it."""
    found = known_answers(connection, asked.period)
    text = "Replies of this time that were given by a snippet, or whose words were sent at least twice"
    return Report(
        "known-answers",
        "Known answers",
        asked.period,
        asked.zone,
        figures=(
            Figure(
                "cost", "What they cost", found.whole if found.repeated else None, Unit.SPAN, found.repeated,
                found.formula, "calendar",
            ),
            Figure(
                "share", "Known answers of all replies",
                found.repeated / found.replies if found.replies else None, Unit.SHARE, found.replies, text,
            ),
        ),
        charts=(
            Chart(
                Shape.BARS,
                "What the dearest answers cost",
                tuple(shortened(line.title, 40) for line in found.lines[:CHARTED]),
                (Series("cost", tuple(line.cost.whole for line in found.lines[:CHARTED])),),
                Unit.SPAN,
            ),
        ),
        tables=(
            answers_table(connection, found),
            causes_table(each for each in causes(connection) if each.last_at in asked.period),
        ),
        notes=("What stands on top belongs into the product or its documentation first.",),
    )  # fmt: skip


def answers_table(connection: Connection, found: KnownAnswers) -> Table:
    """The lines as a table."""
    columns = (
        Column("answer", "Answer"),
        Column("given_by", "Given by"),
        Column("times", "Times", Unit.COUNT),
        Column("each", "Each", Unit.SPAN),
        Column("cost", "Cost", Unit.SPAN),
        Column("basis", "Time is"),
        Column("tickets", "Newest tickets"),
    )
    rows = tuple(_row(connection, line) for line in found.lines)
    return Table("answers", "Answers, the dearest first", columns, rows, found.formula, "No answer was given twice.")


def _row(connection: Connection, line: Line) -> tuple[Cell, ...]:
    numbers = (connection.execute(_NUMBERS, (ticket,)).fetchone()[0] for ticket in line.tickets[:SHOWN_TICKETS])
    tickets = ", ".join(f"#{number}" for number in numbers)
    given_by = "snippet" if line.snippet_id is not None else "hand"
    return line.title, given_by, line.cost.times, line.cost.each, line.cost.whole, basis_words(line.cost), tickets


def basis_words(of: Cost) -> str:
    """On which ground a line's time stands."""
    return f"timed ({of.timed})" if of.basis == "timed" else of.basis


def _ranked(
    gathered: dict[tuple[bool, int], _Gathered], timed: Sequence[int], rules: AnswerRules
) -> list[tuple[tuple[bool, int], _Gathered, Cost]]:
    fallback = usual(timed, rules)
    told: Iterable[tuple[tuple[bool, int], _Gathered, Cost]] = (
        (key, one, cost(len(one.messages), one.seconds, fallback, rules))
        for key, one in gathered.items()
        if key[0] or len(one.messages) >= rules.least_times
    )
    return sorted(told, key=lambda each: (-each[2].whole, -each[2].times, each[0]))


class _Texts:
    """What the answers of a report say, read where they are shown."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._snippets = {key: (title, body) for key, title, body in connection.execute(_TITLES)}

    def of_snippet(self, snippet_id: int) -> tuple[str, str]:
        """Its title and text; of one that is gone, as it was when it was sent last."""
        found = self._snippets.get(snippet_id) or self._connection.execute(_LAST_TITLE, (snippet_id,)).fetchone()
        return (str(found[0]), str(found[1])) if found else ("a snippet that is gone", "")

    def of_message(self, message_id: int) -> tuple[str, str]:
        """How a reply begins, and what it said."""
        said = own_words(*self._connection.execute(_BODY, (message_id,)).fetchone())
        title = shortened(said, TITLE)
        return title[:1].upper() + title[1:], said


def _line(texts: _Texts, key: tuple[bool, int], one: _Gathered, told: Cost) -> Line:
    by_snippet, number = key
    title, text = texts.of_snippet(number) if by_snippet else texts.of_message(one.messages[-1])
    tickets = tuple(dict.fromkeys(reversed(one.tickets)))
    snippet, group = (number, None) if by_snippet else (None, number)
    return Line(snippet, group, one.messages[-1], title, text, told, tickets)
