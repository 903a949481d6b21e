"""The funnel said slowly: every conversation walked step by step from the raw rows, to hold the report against."""

import json
from collections import Counter
from dataclasses import dataclass

from storage.connect import Connection


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of one checklist's conversations. `steps`: reached, done, skipped and stopped by step."""

    ends: Counter[str]
    steps: dict[str, tuple[int, int, int, int]]
    unbegun: int
    reopened: dict[str, tuple[int, int, int, int]]


def recount(connection: Connection, checklist: str, steps: list[tuple[str, bool]], since: int, until: int) -> Counted:
    """Count one checklist anew; `steps` are its keys, and whether each is required, without those that come later."""
    ends: Counter[str] = Counter()
    passed = {key: [0, 0, 0, 0] for key, _ in steps}
    back = {key: [0, 0, 0, 0] for key, _ in steps}
    unbegun = 0
    runs = connection.execute("SELECT id, ticket_id, checklist_key, started_at FROM checklist_run").fetchall()
    for run_id, ticket_id, key, started_at in runs:
        status, merged = connection.execute(
            "SELECT status, merged_into_id FROM ticket WHERE id = ?", (ticket_id,)
        ).fetchone()
        if key != checklist or not since <= started_at < until or merged is not None:
            continue
        ticks = dict(
            connection.execute("SELECT step, state FROM checklist_tick WHERE run_id = ?", (run_id,)).fetchall()
        )
        over, reopened = status in (3, 4), _reopened(connection, ticket_id, started_at)
        open_steps = [step for step, required in steps if required and step not in ticks]
        if open_steps:
            end = "stopped" if over else "under way"
        else:
            all_done = all(ticks[step] == "done" for step, required in steps if required)
            end = "whole" if all_done else "skips"
        ends[end] += 1
        last = None
        for step, _ in steps:
            if step in ticks:
                last = step
        unbegun += end == "stopped" and last is None
        came_further = last is not None
        for step, _ in steps:
            passed[step][0] += came_further
            passed[step][1] += ticks.get(step) == "done"
            passed[step][2] += ticks.get(step) == "skipped"
            if step == last:
                passed[step][3] += end == "stopped"
                came_further = False
            if over or reopened:
                at = {"done": 0, "skipped": 2}.get(ticks.get(step, ""))
                if at is not None:
                    back[step][at] += 1
                    back[step][at + 1] += reopened
    return Counted(
        ends,
        {step: (counts[0], counts[1], counts[2], counts[3]) for step, counts in passed.items()},
        unbegun,
        {step: (counts[0], counts[1], counts[2], counts[3]) for step, counts in back.items()},
    )


def _reopened(connection: Connection, ticket_id: int, since: int) -> bool:
    for kind, at, data, undone in connection.execute(
        "SELECT kind, at, data, undone_by FROM event WHERE ticket_id = ?", (ticket_id,)
    ):
        told = json.loads(data)
        if kind == "changed" and at >= since and undone is None and told.get("field") == "status":
            before, after = told["before"], told["after"]
            if before >= 3 > after:
                return True
    return False
