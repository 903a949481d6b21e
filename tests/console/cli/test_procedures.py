"""Checklists of a whole other desk: the procedures of a real support team become checklists, and are worked through.

The procedures lie beside the project; each of their flows becomes one checklist, bound to a tag of its own.
"""

import json
import re
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.__main__ import main
from desk.checklists import ChecklistTemplate, Step, to_toml
from screens.reading import opened
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.checklist import begin, skip, tick
from storage.engine import deed_session
from storage.workspace import Workspace
from tests.factories import NOW, make_tag, make_ticket
from tests.shared import shared_data

pytestmark = pytest.mark.shared_data


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:36]


def procedures() -> list[ChecklistTemplate]:
    """One checklist for each flow: its actions are the steps, what stands below an action is the tip."""
    flows = json.loads((shared_data("support/abcd") / "guidelines.json").read_text(encoding="utf-8"))
    return [
        template(f"{flow}: {name}", name, told["actions"])
        for flow, group in flows.items()
        for name, told in group["subflows"].items()
    ]


def template(title: str, name: str, actions: list[dict[str, object]]) -> ChecklistTemplate:
    steps = []
    for place, action in enumerate(actions, 1):
        button, text, below = str(action["button"]), str(action["text"]), action["subtext"]
        assert isinstance(below, list)
        tip = "\n".join(str(line) for line in below)
        steps.append(Step(f"{place}-{slug(button)}", button or f"Step {place}", text or button, tip=tip))
    return ChecklistTemplate(slug(title), title, tuple(steps), purpose=title.partition(":")[0], tags=(slug(name),))


def test_the_procedures_of_another_desk_are_offered_and_worked_through(
    workspace: Workspace, connection: Connection, engine: Engine, by: By, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    given = procedures()
    assert len({each.key for each in given}) == len(given) == 55
    file = tmp_path / "procedures.toml"
    file.write_text(to_toml(given), encoding="utf-8")
    assert main(["--workspace", str(workspace.folder), "checklists", "import", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"added": 55, "updated": 0, "unchanged": 0}
    for each in given:
        ticket = make_ticket(connection)
        make_tag(connection, ticket, each.tags[0])
        assert opened(connection, ticket, NOW, UTC).suggestion == each.key
        with deed_session(engine) as session:
            begin(session, by, ticket, each.key)
            for step in each.steps[:-1]:
                tick(session, by, ticket, each.key, step.key)
            skip(session, by, ticket, each.key, each.steps[-1].key, "did not apply")
        ((template, run),) = opened(connection, ticket, NOW, UTC).runs
        assert [mark.step for mark in run.ticks] == [step.key for step in template.steps]
    assert main(["--workspace", str(workspace.folder), "report", "checklists", "--since", "2026-03-01", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    began = {row["checklist"]: row["began"] for row in report["tables"]["by_agent"]["rows"]}
    assert began == {each.title: 1 for each in given}
