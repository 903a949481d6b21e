"""`heard snippets` and `heard checklists`: what goes out comes in again."""

import io
import json
import sys
from datetime import UTC
from pathlib import Path

import pytest

from console.__main__ import main
from desk.snippets import Snippet
from screens.reading import opened
from storage.connect import Connection
from storage.library import replace_or_add
from storage.workspace import Workspace
from tests.factories import NOW, make_ticket

TOML = """
[[snippet]]
title = "Back to you"
trigger = "back-to-you"
folder = "Money"
body = "It is on its way back."
"""
CHECKLIST = """
[[checklist]]
key = "doorstep"
title = "At the doorstep"

[[checklist.step]]
key = "greet"
title = "Greet"
meaning = "say hello"
later = true
"""


@pytest.fixture
def folder(workspace: Workspace, connection: Connection) -> str:
    connection.execute("DELETE FROM snippet")
    connection.execute("DELETE FROM checklist")
    return str(workspace.folder)


def out(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(list(words)) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "toml", "title"), [("snippets", TOML, "Back to you"), ("checklists", CHECKLIST, "At the doorstep")]
)
def test_a_file_goes_in_and_out(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, toml: str, title: str
) -> None:
    file, copy = tmp_path / "given.toml", tmp_path / "copy.toml"
    file.write_text(toml)
    counts = json.loads(out(capsys, command, "import", str(file), "--json", "--workspace", folder))
    assert counts == {"added": 1, "updated": 0, "unchanged": 0}
    exported = out(capsys, "--workspace", folder, command, "export")
    assert out(capsys, "--workspace", folder, command, "export", str(copy)) == ""
    assert copy.read_text() == exported
    assert title in exported
    again = out(capsys, command, "--workspace", folder, "import", str(copy))
    assert "0 added, 0 updated, 1 were there already" in again
    assert title in out(capsys, command, "list", "--workspace", folder)
    listed = json.loads(out(capsys, command, "list", "--json", "--workspace", folder))
    assert [each["title"] for each in listed] == [title]
    assert json.loads(out(capsys, command, "show", title, "--json", "--workspace", folder)) == listed[0]


def test_snippets_are_listed_by_what_is_searched(
    folder: str, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    replace_or_add(connection, [Snippet("Late parcel", "soon"), Snippet("Refund", "money", "ref")], NOW)
    assert out(capsys, "snippets", "list", "parcel", "--workspace", folder).split() == ["Late", "parcel"]
    assert out(capsys, "snippets", "list", "nothing-like-it", "--workspace", folder) == ""


def test_a_snippet_to_read(folder: str, connection: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    replace_or_add(connection, [Snippet("Refund", "Hi\n\nthere", "ref", "Money", ("back",))], NOW)
    assert out(capsys, "snippets", "show", ";ref", "--workspace", folder).splitlines() == [
        "Refund",
        "Trigger: ;ref",
        "Folder: Money",
        "Keywords: back",
        "Used: 0 times",
        "",
        "Hi",
        "",
        "there",
    ]


def test_a_checklist_to_read(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "given.toml"
    file.write_text(CHECKLIST)
    out(capsys, "checklists", "import", str(file), "--workspace", folder)
    assert out(capsys, "checklists", "show", "doorstep", "--workspace", folder).splitlines() == [
        "At the doorstep (doorstep)",
        "1  Greet (may be done later)",
        "   say hello",
    ]


def test_a_checklist_that_is_removed_comes_back_with_its_ticks(
    folder: str, connection: Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "given.toml"
    file.write_text(CHECKLIST)
    out(capsys, "checklists", "import", str(file), "--workspace", folder)
    ticket = make_ticket(connection)
    connection.execute(
        "INSERT INTO checklist_run(uid, ticket_id, checklist_key, started_at) VALUES(x'00', ?, 'doorstep', 0)",
        (ticket,),
    )
    assert "offered no more" in out(capsys, "checklists", "remove", "At the doorstep", "--workspace", folder)
    assert out(capsys, "checklists", "list", "--workspace", folder) == ""
    assert opened(connection, ticket, NOW, UTC).runs == ()
    assert main(["--workspace", folder, "checklists", "remove", "doorstep"]) == 1
    assert "There is no checklist" in capsys.readouterr().err
    out(capsys, "checklists", "import", str(file), "--workspace", folder)
    assert [template.key for template, _ in opened(connection, ticket, NOW, UTC).runs] == ["doorstep"]


def test_a_step_whose_snippet_is_missing_is_named(
    folder: str, connection: Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace_or_add(connection, [Snippet("Hello", "hi", "hello")], NOW)
    file = tmp_path / "given.toml"
    file.write_text(CHECKLIST + 'snippet = ";Hello"\n')
    assert main(["--workspace", folder, "checklists", "import", str(file)]) == 0
    assert capsys.readouterr().err == ""
    file.write_text(CHECKLIST + 'snippet = "gone"\n')
    assert main(["--workspace", folder, "checklists", "import", str(file)]) == 0
    assert "At the doorstep: Greet names the snippet ;gone" in capsys.readouterr().err


def test_a_checklist_says_what_it_is_bound_to(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "given.toml"
    bound = 'angry = true\nflags = ["abusive"]\ntags = ["vip"]\nqueues = ["Refunds"]\nchannels = ["phone"]\n'
    file.write_text(CHECKLIST.replace("\n[[checklist.step]]", bound + "\n[[checklist.step]]"))
    out(capsys, "checklists", "import", str(file), "--workspace", folder)
    assert out(capsys, "checklists", "show", "doorstep", "--workspace", folder).splitlines()[1:6] == [
        "For customers who are upset",
        "For flags: abusive",
        "For tags: vip",
        "For queues: Refunds",
        "For channels: phone",
    ]


def test_a_file_can_come_through_a_pipe(
    folder: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf" + TOML.encode())))
    assert "1 added" in out(capsys, "snippets", "import", "-", "--workspace", folder)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["show", "nothing"], 1, "There is no snippet “nothing”"),
        (["import", "missing.toml"], 1, "No such file"),
        (["import", "FILE"], 1, "snippet 1, title: is missing"),
        (["import", "BYTES"], 1, "is not UTF-8 at byte 0"),
        ([], 2, "ACTION"),
        (["destroy"], 2, "invalid choice"),
    ],
)
def test_what_is_refused_says_why(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
) -> None:
    wrong, odd = tmp_path / "wrong.toml", tmp_path / "odd.toml"
    wrong.write_text(TOML.replace("title", "tittle"))
    odd.write_bytes(b"\xff\xfe")
    given = [{"FILE": str(wrong), "BYTES": str(odd)}.get(word, word) for word in words]
    assert main(["--workspace", folder, "snippets", *given]) == status
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""
