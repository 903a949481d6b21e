"""The border of the process: usage, statuses, and one clear line for whatever went wrong."""

import os
import sqlite3
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from console.__main__ import COMMANDS, MISUSED, main
from desk.errors import NotFound
from storage.workspace import Workspace
from tests.rest import DEADLINE

Outcome = Callable[[Namespace], int]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Outcome], None]:
    """Puts a command called `probe` into place that does what the test says."""

    def put(outcome: Outcome) -> None:
        module = ModuleType("console.cli.probe", "probe the border\n\nFor tests.")

        def add_arguments(parser: ArgumentParser) -> None:
            parser.add_argument("words", nargs="*")
            parser.add_argument("--json", action="store_true")

        vars(module).update(add_arguments=add_arguments, run=outcome)
        monkeypatch.setitem(sys.modules, "console.cli.probe", module)
        monkeypatch.setitem(COMMANDS, "probe", "probe")

    return put


def failing(error: BaseException) -> Outcome:
    def run(arguments: Namespace) -> int:
        raise error

    return run


@pytest.mark.parametrize(
    "given",
    [
        ["--workspace", "/w", "probe", "--json", "a", "--", "-b"],
        ["probe", "--json", "--workspace", "/w", "a", "--", "-b"],
        ["--workspace=/w", "probe", "--json", "--", "a", "-b"],
    ],
)
def test_arguments_reach_the_command(command: Callable[[Outcome], None], given: list[str]) -> None:
    seen: list[Namespace] = []

    def remember(arguments: Namespace) -> int:
        seen.append(arguments)
        return 0

    command(remember)
    assert main(given) == 0
    assert (seen[0].workspace, seen[0].json, seen[0].words) == ("/w", True, ["a", "-b"])


def test_a_workspace_may_be_named_behind_the_verb_of_a_command(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    for named in (["--workspace", str(workspace.folder)], [f"--workspace={workspace.folder}"]):
        assert main(["outbox", "list", *named, "--json"]) == 0
        assert capsys.readouterr().out == "[]\n"
    assert main(["outbox", "list", "--workspace"]) == 2


def test_the_status_of_the_command_is_ours(command: Callable[[Outcome], None]) -> None:
    command(lambda _: 1)
    assert main(["probe"]) == 1


def test_an_expected_failure_is_one_line(
    command: Callable[[Outcome], None], capsys: pytest.CaptureFixture[str]
) -> None:
    command(failing(NotFound("There is no ticket #7\x1b[2J\nat all", "List them with `heard tickets`.")))
    assert main(["probe"]) == 1
    said = capsys.readouterr()
    assert said.err == "heard probe: There is no ticket #7 at all. List them with `heard tickets`.\n"
    assert said.out == ""


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (KeyboardInterrupt(), 130, "Interrupted"),
        (PermissionError(13, "Permission denied", "/etc/shadow"), 1, "Permission denied: /etc/shadow"),
        (sqlite3.OperationalError("database or disk is full"), 1, "full"),
        (sqlite3.DatabaseError("file is not a database"), 1, "is not a Heard database"),
    ],
)
def test_other_failures_are_one_line_too(
    command: Callable[[Outcome], None],
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    line: str,
) -> None:
    command(failing(error))
    assert main(["probe"]) == status
    said = capsys.readouterr().err
    assert line in said
    assert said.count("\n") == 1


def test_a_mistake_of_ours_is_not_hidden(command: Callable[[Outcome], None]) -> None:
    command(failing(ZeroDivisionError("ours")))
    with pytest.raises(ZeroDivisionError):
        main(["probe"])


def test_misuse_is_status_two(command: Callable[[Outcome], None], capsys: pytest.CaptureFixture[str]) -> None:
    command(lambda _: 0)
    assert main(["probe", "--jsno"]) == 2
    assert "usage: heard probe" in capsys.readouterr().err
    assert main(["--workspace"]) == 2


def test_a_typo_is_answered_with_the_nearest_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tikets"]) == 2
    assert capsys.readouterr().err == "heard: There is no command 'tikets'. Did you mean tickets?\n"


def test_help_of_a_command_is_its_docstring(
    command: Callable[[Outcome], None], capsys: pytest.CaptureFixture[str]
) -> None:
    command(lambda _: 0)
    assert main(["probe", "--help"]) == 0
    assert "\nprobe the border. For tests.\n" in capsys.readouterr().out


def test_help_lists_every_command_with_its_first_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    for name, module in COMMANDS.items():
        documented = (import_module(f"console.cli.{module}").__doc__ or "").partition("\n")[0].strip()
        assert documented
        assert f"  {name:<12}{documented}\n" in listed


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("heard 0.")


def test_the_console_needs_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 1
    assert "needs a terminal" in capsys.readouterr().err


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    code = (
        "import sys, types; from console import __main__ as m; p = types.ModuleType('console.cli.p', 'P.');"
        "p.add_arguments = lambda parser: None\n"
        "def run(arguments):\n    for _ in range(100_000): print('a ticket')\n    return 0\n"
        "p.run = run; sys.modules['console.cli.p'] = p; m.COMMANDS['p'] = 'p'; sys.exit(m.main(['p']))"
    )
    reader, writer = os.pipe()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    os.read(reader, 100)
    os.close(reader)
    _, complaint = process.communicate(timeout=DEADLINE)
    assert (process.returncode, complaint) == (141, b"")


def test_a_locale_without_the_letter_prints_an_escape() -> None:
    code = (
        "import sys, types; from console import __main__ as m; p = types.ModuleType('console.cli.p', 'P.');"
        "p.add_arguments = lambda parser: None; p.run = lambda arguments: print('日') or 0;"
        "sys.modules['console.cli.p'] = p; m.COMMANDS['p'] = 'p'; sys.exit(m.main(['p']))"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=DEADLINE, env=environment
    )
    assert (done.returncode, done.stdout) == (0, "\\u65e5\n")


@pytest.mark.parametrize("named", [["rules", "list"], ["import"]])
def test_an_option_is_no_workspace(
    named: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.eml").touch()
    assert main([*named, "--workspace", "--json", *(["one.eml"] if named == ["import"] else [])]) == MISUSED
    assert "--workspace: expected one argument" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["one.eml"]
