import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from desk.errors import Refused
from storage.workspace import Workspace
from sync.lock import anyone_seated, is_synced, only_one, seated

_HOLD = """
import sys
from pathlib import Path
from storage.workspace import Workspace
from sync import lock
with getattr(lock, sys.argv[1])(Workspace(Path(sys.argv[2]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def _held_elsewhere(what: str, workspace: Workspace) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a lock until it is killed."""
    program = [sys.executable, "-c", _HOLD, what, str(workspace.folder)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield other
        other.kill()


def test_only_one_process_syncs_a_workspace(workspace: Workspace) -> None:
    assert not is_synced(workspace)
    with _held_elsewhere("only_one", workspace):
        assert is_synced(workspace)
        with pytest.raises(Refused, match="synced already"), only_one(workspace):
            pass


def test_the_lock_ends_with_a_killed_process(workspace: Workspace) -> None:
    with _held_elsewhere("only_one", workspace) as other:
        other.kill()
        other.wait()
        with only_one(workspace):
            assert is_synced(workspace)
    assert not is_synced(workspace)


def test_the_last_console_is_noticed(workspace: Workspace) -> None:
    assert not anyone_seated(workspace)
    with seated(workspace), _held_elsewhere("seated", workspace):
        assert anyone_seated(workspace)
    assert not anyone_seated(workspace)
    with _held_elsewhere("seated", workspace):
        assert anyone_seated(workspace)
