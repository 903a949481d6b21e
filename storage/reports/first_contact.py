"""First-contact resolution: the share of customers who were helped by one contact, by channel.

The formula. Of the tickets that came in the period, those count (n) which are no part of another ticket (merged ones
are left out), which were answered by a person or on the phone, and whose first answer is at least N days old, since
before that nobody can know. N is `again_within` of the team's rules, 7 days unless they say otherwise. A ticket of
these is resolved at first contact where all of this is true:

1. it is solved or closed now, and was never opened again after it was (what was undone aside);
2. it has exactly one answer of ours: one reply or one call. An automatic mail is none, and a reply that never left is
   none; a note isn't seen by the customer, and is none;
3. the customer did not write or call again on it within N days after that answer. A "thank you" counts as writing
   again: the formula takes no word for what it means.

Tickets that nobody answered are told apart, and so are those that are too young.
"""

from dataclasses import dataclass

from desk.reports.period import Period
from desk.reports.report import Column, Figure, Table, Unit
from desk.times import DAY
from storage.connect import Connection
from storage.knowledge.rules import answer_rules

# What of ours reaches a customer: calls, and mails of a person that were not dropped.
ANSWER = """m.ticket_id = {ticket} AND (m.kind = 'call' OR m.kind = 'outbound' AND m.automatic = ''
    AND NOT EXISTS(SELECT 1 FROM outbox o WHERE o.message_id = m.id AND o.state = 'dropped'))"""
OF_TICKET = ANSWER.format(ticket="t.id")
OF_CASE = ANSWER.format(ticket="k.id")
# Whether a ticket `k` that was first answered at `k.answered` was resolved by that.
RESOLVED = f"""k.status >= 3
               AND (SELECT count(*) FROM (SELECT 1 FROM message m WHERE {OF_CASE} LIMIT 2)) = 1
               AND NOT EXISTS(SELECT 1 FROM message m WHERE m.ticket_id = k.id AND m.kind IN ('inbound', 'call')
                              AND m.at > k.answered AND m.at <= k.answered + :within)
               AND NOT EXISTS(SELECT 1 FROM event e WHERE e.ticket_id = k.id AND +e.kind = 'changed'
                              AND e.undone_by IS NULL AND e.data ->> '$.field' = 'status'
                              AND e.data ->> '$.before' >= 3 AND e.data ->> '$.after' < 3)"""  # noqa: S608  ours
COUNTED = f"""
    WITH came AS MATERIALIZED (
        SELECT t.id, t.channel_id, t.status, (SELECT min(m.at) FROM message m WHERE {OF_TICKET}) AS answered
          FROM ticket t WHERE t.created_at >= :since AND t.created_at < :until AND t.merged_into_id IS NULL)
    SELECT c.key, c.label, count(*), count(k.answered), count(*) FILTER (WHERE k.answered <= :known),
           count(*) FILTER (WHERE k.answered <= :known AND {RESOLVED})
      FROM came k JOIN channel c ON c.id = k.channel_id GROUP BY c.id ORDER BY 3 DESC, c.key"""  # noqa: S608  ours


@dataclass(frozen=True, slots=True)
class Resolved:
    """A channel's count: tickets that came, were answered, can be judged (n), and were resolved at first contact."""

    channel: str
    label: str
    came: int
    answered: int
    n: int
    first: int

    @property
    def share(self) -> float | None:
        """First-contact resolution, None where there is nothing to judge."""
        return self.first / self.n if self.n else None


def first_contact(connection: Connection, period: Period, now: int) -> tuple[Resolved, ...]:
    """Each channel on which anything came in the period, the busiest first."""
    within = answer_rules(connection).again_within
    asked = {"since": period.since, "until": period.until, "known": now - within, "within": within}
    return tuple(Resolved(*row) for row in connection.execute(COUNTED, asked))


def formula(connection: Connection) -> str:
    """The formula in one sentence, for whoever shows the figure."""
    days = answer_rules(connection).again_within / DAY
    return (
        "Tickets solved or closed with exactly one reply or call of ours, never opened again, and without another word "
        f"of the customer within {days:g} days after it; of all tickets of this time whose first answer is at least "
        "that old, merged ones left out"
    )


def figure(connection: Connection, period: Period, now: int) -> Figure:
    """First-contact resolution over all channels."""
    found = first_contact(connection, period, now)
    n, first = sum(each.n for each in found), sum(each.first for each in found)
    words = formula(connection)
    return Figure(
        "first_contact", "First-contact resolution", first / n if n else None, Unit.SHARE, n, words, "calendar"
    )


def table(connection: Connection, period: Period, now: int) -> Table:
    """First-contact resolution by channel."""
    columns = (
        Column("channel", "Channel"),
        Column("share", "First contact", Unit.SHARE),
        Column("n", "Of", Unit.COUNT),
        Column("first", "Resolved", Unit.COUNT),
        Column("came", "Came", Unit.COUNT),
        Column("unanswered", "Not answered", Unit.COUNT),
        Column("young", "Too young to tell", Unit.COUNT),
    )
    rows = tuple(
        (each.label, each.share, each.n, each.first, each.came, each.came - each.answered, each.answered - each.n)
        for each in first_contact(connection, period, now)
    )
    return Table("first_contact", "First-contact resolution", columns, rows, formula(connection))
