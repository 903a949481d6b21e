"""Kinds of services: ours, and those that other packages bring along."""

import sys
from pathlib import Path

import pytest

from desk.errors import BadInput
from sync import kinds
from tests.sync.conformance.packages import install

CODE = """
from sync.kinds import Kind
KIND = Kind("{key}", "Odd", (), "token", frozenset(), "never", lambda account: None, lambda settings: None)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    for name in list(sys.modules):
        if name.startswith("heard_odd"):
            monkeypatch.delitem(sys.modules, name)
    return tmp_path


@pytest.mark.parametrize("name", kinds.OURS)
def test_each_of_ours_can_be_opened(name: str) -> None:
    kind = kinds.kind_named(name)
    assert kind.key == name
    assert kind.takes <= {"reply", "note", "merge", "tick", "status", "priority", "assignee", "queue", "tags"}
    assert kind.takes
    assert kind.tried
    assert len({question.key for question in kind.questions} | set(kind.options)) == len(kind.questions) + len(
        kind.options
    )


def test_an_unknown_kind_is_told_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="no kind of source “zendes”") as caught:
        kinds.kind_named("zendes")
    assert "zendesk" in caught.value.mend


def test_nobody_takes_the_name_of_one_of_ours(folder: Path) -> None:
    points = {"mailbox": "heard_odd:KIND", "rt": "heard_odd:KIND", "odd": "heard_odd:KIND"}
    install(folder, "heard-odd", points, {"heard_odd": CODE.format(key="odd")})
    assert kinds.names() == (*kinds.OURS, "odd")
    assert kinds.kind_named("odd").title == "Odd"
    assert kinds.kind_named("rt").title == "Request Tracker"
    with pytest.raises(BadInput):
        kinds.kind_named("mailbox")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("heard_odd_missing:KIND", "can't be loaded: No module named"),
        ("heard_odd:LIST", "heard_odd:LIST is no kind of source “odd”"),
        ("heard_odd:KIND", "heard_odd:KIND is no kind of source “odd”"),
        ("heard_odd_broken:KIND", "can't be loaded: not today"),
    ],
)
def test_a_source_that_is_none_says_so_and_where(folder: Path, place: str, said: str) -> None:
    broken = "raise RuntimeError('not\\x1b[31m today')"
    code = {"heard_odd": f"{CODE.format(key='other')}LIST = []\n", "heard_odd_broken": broken}
    install(folder, "heard-odd", {"odd": place}, code)
    with pytest.raises(BadInput, match=said):
        kinds.kind_named("odd")
