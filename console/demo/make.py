"""Making the demo workspace: the same seed and time make the same team, people and tickets, in seconds."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

from console.demo.content import Cast, Scenario, cast, scenarios
from console.demo.craft import add_craft
from console.demo.people import Made, customers, stars
from console.demo.progress import came_back, ticks_of
from console.demo.stories import Line, Story, point_of, told
from desk.ids import new_uid
from desk.statuses import Status
from desk.times import MINUTE
from storage.clocks import targets
from storage.connect import Connection, writing
from storage.imports.run import import_source
from storage.ingest.batch import Batch
from storage.ingest.rows import NewMessage
from storage.workspace import Workspace, open_to_write

REGIONS = ("DE", "GB", "US")
_CHANNELS = {"email": 62, "phone": 22, "chat": 8, "web": 6, "x": 2}
# One of this many active tickets is from somebody who is angry.
ANGRY_OF = 8
REPEATED_CALLS = 3
OFTEN = 0.1
# Who takes what from each queue.
_WORKERS = {"Billing": ("chiara", "ana"), "Returns": ("dev", "ben")}
_FRONT_LINE = ("ana", "ben", "mei")


def make_demo(folder: Path, *, seed: int, tickets: int, people: int, now: int) -> None:
    """Fill a new workspace at `folder`. Where one is there already, it is left as it is."""
    workspace = Workspace(folder)
    connection = open_to_write(workspace)
    try:
        if connection.execute("SELECT 1 FROM ticket LIMIT 1").fetchone():
            return
        with writing(connection):
            _Maker(connection, seed, now).make(tickets, people)
    finally:
        connection.close()


class _Maker:
    def __init__(self, connection: Connection, seed: int, now: int) -> None:
        self._connection = connection
        self._dice = random.Random(seed)
        self._now = now
        self._cast: Cast = cast()
        self._batch = Batch(connection, import_source(connection, now), REGIONS, now)
        self._channels: dict[str, int] = dict(connection.execute("SELECT key, id FROM channel").fetchall())
        self._agents: dict[str, int] = {}
        self._queues: dict[str, tuple[int, int]] = {}

    def make(self, tickets: int, people: int) -> None:
        """The team, then everybody whom the stories are about, then the stories in the order of their time."""
        self._make_team()
        plots = scenarios()
        crowd = customers(self._dice, self._cast, people, self._now)
        known = stars(self._now)
        stories = [*self._fixed(plots, known), *self._ordinary(plots, crowd, tickets - len(known) - REPEATED_CALLS)]
        stories += self._repeated_caller(plots, crowd[0])
        ids: dict[int, int] = {}
        quiet = [made for made in (*crowd, *known) if id(made) not in {id(story.customer) for story in stories}]
        for made in [*quiet, *(story.customer for story in sorted(stories, key=_last))]:
            if id(made) not in ids:
                ids[id(made)] = self._batch.book.add(made.person)
        for story in sorted(stories, key=_created):
            self._batch.changed_tickets.add(self._write(story, ids[id(story.customer)]))
        self._batch.finish()
        add_craft(self._connection, self._agents, self._now)

    def _make_team(self) -> None:
        teams: dict[str, int] = {}
        for member in self._cast.team:
            if member.team not in teams:
                teams[member.team] = self._insert("team(uid, name, created_at)", new_uid(), member.team, self._now)
            agent_id = self._insert(
                "agent(uid, handle, name, email, role, created_at)",
                new_uid(), member.handle, member.name, f"{member.handle}@kettle.example", member.role, self._now,
            )  # fmt: skip
            self._agents[member.handle] = agent_id
            self._insert("membership(team_id, agent_id)", teams[member.team], agent_id)
        for queue in self._cast.queues:
            queue_id = self._insert(
                "queue(uid, name, team_id, created_at)", new_uid(), queue.name, teams[queue.team], self._now
            )
            self._queues[queue.name] = (queue_id, teams[queue.team])

    def _fixed(self, plots: Sequence[Scenario], known: Sequence[Made]) -> list[Story]:
        """The three tickets that the guide's walkthroughs begin with."""
        by_key = {plot.key: plot for plot in plots}
        wanted = (("refund", "email", "answered", True), ("login", "phone", "new", False),
                  ("invoice-address", "email", "answered", False))  # fmt: skip
        return [
            self._tell(by_key[key], made, point, channel, angry=angry)
            for (key, channel, point, angry), made in zip(wanted, known, strict=True)
        ]

    def _ordinary(self, plots: Sequence[Scenario], crowd: Sequence[Made], count: int) -> list[Story]:
        weights = [plot.weight for plot in plots]
        stories = []
        for _ in range(max(0, count)):
            point = point_of(self._dice)
            channel = self._dice.choices(tuple(_CHANNELS), tuple(_CHANNELS.values()))[0]
            angry = point in ("new", "answered") and self._dice.randrange(ANGRY_OF) == 0
            plot = self._dice.choices(plots, weights)[0]
            # One in ten writes is by one of a few who write often.
            made = self._dice.choice(crowd[: len(crowd) // 30 + 1] if self._dice.random() < OFTEN else crowd)
            stories.append(self._tell(plot, made, point, channel, angry=angry))
        return stories

    def _repeated_caller(self, plots: Sequence[Scenario], made: Made) -> list[Story]:
        """Somebody who rings for the third time within two days about the same parcel."""
        plot = plots[0]
        return [self._tell(plot, made, "new", "phone") for _ in range(REPEATED_CALLS)]

    def _tell(self, plot: Scenario, made: Made, point: str, channel: str, *, angry: bool = False) -> Story:
        words = {
            "product": self._dice.choice(self._cast.products),
            "town": self._dice.choice(self._cast.towns),
            "agent": "{agent}",
        }
        return told(self._dice, plot, made, words, point, channel, self._now, angry=angry)

    def _write(self, story: Story, customer_id: int) -> int:
        queue_id, team_id = self._queues[story.scenario.queue]
        agent = self._agent(story)
        ticket_id = self._batch.rows.ticket(
            story.subject, self._channels[story.channel], customer_id, story.created_at,
            status=int(story.status), priority=int(story.priority), assignee_id=agent,
        )  # fmt: skip
        for line in story.lines:
            self._say(ticket_id, customer_id, agent or self._agents["ben"], story, line)
        self._batch.rows.tags(ticket_id, story.scenario.tags)
        self._batch.write()
        last = max(line.at for line in story.lines)
        self._connection.execute(
            """UPDATE ticket SET queue_id = ?, team_id = ?, goal = ?, snoozed_until = ?,
               updated_at = ?, solved_at = ?, unread = ? WHERE id = ?""",
            (
                queue_id, team_id, story.goal, story.snoozed_until, last,
                last if story.status >= Status.SOLVED else None,
                story.status == Status.OPEN and story.lines[-1].kind == "inbound", ticket_id,
            ),
        )  # fmt: skip
        if story.promised_at is not None:
            self._promise(ticket_id, agent, story.promised_at, last)
        if agent is not None:
            self._remember(ticket_id, agent, story, last)
        return ticket_id

    def _promise(self, ticket_id: int, agent: int | None, due_at: int, made_at: int) -> None:
        target_at = targets(self._connection).inner_target(made_at, due_at)
        self._connection.execute(
            """INSERT INTO promise(uid, ticket_id, agent_id, words, made_at, due_at, target_at, state)
               VALUES(?, ?, ?, 'an answer by then', ?, ?, ?, 'open')""",
            (new_uid(), ticket_id, agent, made_at, due_at, target_at),
        )

    def _say(self, ticket_id: int, customer_id: int, agent: int, story: Story, line: Line) -> None:
        from_customer = line.kind in ("inbound", "call")
        name = self._name(agent)
        message_id = self._batch.rows.message(
            ticket_id,
            NewMessage(
                kind=line.kind,
                at=line.at,
                body=line.text.replace("{agent}", name.split()[0]),
                subject=story.subject,
                sender=f"{story.customer.person.name} <{story.customer.email}>" if from_customer else name,
                customer_id=customer_id if from_customer else None,
                agent_id=None if line.kind == "inbound" else agent,
            ),
        )
        if line.kind == "call":
            self._batch.write()
            self._connection.execute(
                "UPDATE message SET seconds = ? WHERE id = ?", (self._dice.randrange(90, 700), message_id)
            )

    def _remember(self, ticket_id: int, agent: int, story: Story, last: int) -> None:
        """What the agent did beside writing: took it, set its state, ticked the checklist."""
        self._event(ticket_id, agent, story.created_at + 2 * MINUTE, "assignee", None, self._name(agent))
        if story.status is not Status.OPEN:
            self._event(ticket_id, agent, last, "status", 0, int(story.status))
        if not story.checklist:
            return
        run_id = self._insert(
            "checklist_run(uid, ticket_id, checklist_key, agent_id, started_at)",
            new_uid(), ticket_id, story.checklist, agent, story.created_at + 3 * MINUTE,
        )  # fmt: skip
        steps, later = self._steps(story.checklist)
        if story.status >= Status.SOLVED:
            ticks = ticks_of(ticket_id, steps, later)
            if came_back(ticket_id, skipped=any(reason for _, reason in ticks)):
                between = story.created_at + (last - story.created_at) // 2
                self._event(ticket_id, agent, between, "status", 0, int(Status.SOLVED))
                self._event(ticket_id, agent, (between + last) // 2, "status", int(Status.SOLVED), 0)
        else:
            ticks = [(step, "") for step in steps[: self._dice.randrange(1, len(steps + later) - 1)]]
        for place, (step, reason) in enumerate(ticks):
            text = story.goal if step == "goal" and not reason else ""
            self._insert(
                "checklist_tick(run_id, step, state, agent_id, at, reason, text)",
                run_id, step, "skipped" if reason else "done", agent, story.created_at + (4 + place) * MINUTE, reason,
                text,
            )  # fmt: skip

    def _event(self, ticket_id: int, agent: int, at: int, field: str, before: object, after: object) -> None:
        data = json.dumps({"field": field, "before": before, "after": after}, ensure_ascii=False)
        self._insert(
            "event(deed, kind, at, agent_id, ticket_id, data, patch)",
            new_uid(), "changed", min(at, self._now), agent, ticket_id, data, "",
        )  # fmt: skip

    def _agent(self, story: Story) -> int | None:
        if story.customer.person.name in ("Ana Ruiz", "Li Wei", "Sam O'Hara"):
            return self._agents["ana"]
        if not story.assigned:
            return None
        in_team = {"Billing": ("chiara", "ana"), "Returns": ("dev", "ben")}.get(
            story.scenario.queue, ("ana", "ben", "mei")
        )
        return self._agents[self._dice.choice(in_team)]

    def _name(self, agent: int) -> str:
        handle = next(handle for handle, agent_id in self._agents.items() if agent_id == agent)
        return next(member.name for member in self._cast.team if member.handle == handle)

    def _steps(self, key: str) -> tuple[list[str], list[str]]:
        """The steps of a checklist, and those that come later."""
        from storage.library import templates

        template = next(one for one in templates(self._connection) if one.key == key)
        now = [step.key for step in template.steps if not step.later]
        return now, [step.key for step in template.steps if step.later]

    def _insert(self, table: str, *values: object) -> int:
        """One row, by the table's name and its columns as SQL writes them; its id."""
        marks = ",".join("?" * len(values))
        return int(self._connection.execute(f"INSERT INTO {table} VALUES({marks})", values).lastrowid or 0)


def _created(story: Story) -> int:
    return story.created_at


def _last(story: Story) -> int:
    return max(line.at for line in story.lines)
