"""`heard` as processes of their own, for what only those can show: locks, signals, sudden ends."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import PATIENCE
from tests.sync.office import VARIABLE, Office

ROOT = Path(__file__).parents[2]


def environment(office: Office) -> dict[str, str]:
    """What the processes of an office see."""
    return {**os.environ, VARIABLE: office.account.password, "HEARD_WORKSPACE": str(office.workspace.folder)}


def started(office: Office, *arguments: str) -> "subprocess.Popen[str]":
    """One that runs; its words can be read line by line."""
    return subprocess.Popen(
        [sys.executable, "-m", "console", *arguments], env=environment(office), cwd=ROOT, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def heard(office: Office, *arguments: str) -> tuple[int, str, str]:
    """One that has ended: its status, its words, its complaints."""
    with started(office, *arguments) as process:
        out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


@contextmanager
def watching(office: Office, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """`heard sync --watch`, which has begun; killed at the end where it still runs."""
    with started(office, "sync", "--json", *(arguments or ("--watch",))) as process:
        try:
            yield process
        finally:
            process.kill()


def until_told(process: "subprocess.Popen[str]", event: str) -> dict[str, object]:
    """Read its events up to one of that name."""
    assert process.stdout is not None
    for line in process.stdout:
        told: dict[str, object] = json.loads(line)
        if told["event"] == event:
            return told
    raise AssertionError(f"it ended before it told of {event}")
