"""How many modules each entry imports: a start is only as fast as what it leaves out, on every machine alike."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.workspace import Workspace

ROOT = Path(__file__).parents[2]
TELL = "import json, sys; sys.stderr.write(json.dumps(sorted(sys.modules)))"
# pytest's and a developer's own variables must not add modules.
PASSED_ON = ("PATH", "LANG", "LC_ALL")


def loaded(code: str, workspace: Path) -> set[str]:
    """The modules that are loaded after `code`, without those of a bare interpreter."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= {"HEARD_WORKSPACE": str(workspace), "HOME": str(workspace), "HEARD_CONFIG": ""}
    found: list[set[str]] = []
    for program in (code, "pass"):
        done = subprocess.run(
            [sys.executable, "-c", f"{program}\n{TELL}"],
            capture_output=True, text=True, check=True, timeout=60, env=environment, cwd=ROOT,
        )  # fmt: skip
        found.append(set(json.loads(done.stderr.splitlines()[-1])))
    return found[0] - found[1]


def command(*words: str) -> str:
    """A command line, as `heard` runs it; what it prints is thrown away."""
    return (
        f"import os, sys; sys.stdout = open(os.devnull, 'w')\nfrom console.__main__ import main; main({list(words)!r})"
    )


@pytest.mark.parametrize(
    ("code", "most"),
    [
        ("import console.__main__", 40),
        (command("--help"), 60),
        (command("--version"), 120),
        ("import console.start, pathlib; console.start.start(pathlib.Path('nowhere'))", 80),
        ("import console.start; console.start._application()", 460),
        (command("find", "ana"), 150),
        (command("tickets", "status:open"), 150),
        (command("show", "1"), 170),
        (command("outbox"), 150),
    ],
    ids=["heard", "--help", "--version", "first paint", "first frame", "find", "tickets", "show", "outbox"],
)
def test_an_entry_imports_no_more_than_it_needs(code: str, most: int, empty: Path) -> None:
    modules = loaded(code, empty)
    assert len(modules) <= most, sorted(modules)


@pytest.fixture
def empty(workspace: Workspace) -> Path:
    """A workspace that is there, with nothing in it."""
    from storage.workspace import open_to_write

    open_to_write(workspace).close()
    return workspace.folder


def test_the_console_runs_without_openssl_and_leaves_it_to_whoever_asks(tmp_path: Path) -> None:
    modules = loaded("import console.start; console.start._application()", tmp_path)
    assert modules & {"ssl", "_ssl", "_hashlib"} == set()
    asked = loaded(
        "import console.start; console.start._application()\nimport ssl, hashlib; hashlib.sha256()", tmp_path
    )
    assert "_ssl" in asked
