"""The second rung: a command of the person's own (`pass`, `op read`, `secret-tool`) that prints the secret.

The invariants: no shell ever sees it; it has no terminal to ask on, and a time limit that its children can't escape;
what it printed is shown nowhere, what it complained about is, cleaned.
"""

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress

from console.credentials.rungs import Found, Passed, Rung, secret_in
from desk.errors import BadInput
from desk.text import clean
from sync.secret import Secret, without

SECONDS = 30.0
_LONGEST_COMPLAINT = 400


def arguments_of(text: str) -> tuple[str, ...]:
    """A setting as an argument list: a JSON list of texts, or words as a shell would split them; BadInput else."""
    try:
        given = json.loads(text) if text.lstrip().startswith("[") else shlex.split(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, list) or not given or not all(isinstance(word, str) for word in given):
        raise BadInput("The command can't be read", 'Write it as words, or as a JSON list: ["op", "read", "op://…"].')
    return tuple(given)


def from_command(setting: str, seconds: float = SECONDS) -> Found | Passed:
    """What the command prints. `setting` is its text; an empty one means that there is no command."""
    if not setting.strip():
        return Passed(Rung.COMMAND, "none is set")
    try:
        command = arguments_of(setting)
    except BadInput as error:
        return Passed(Rung.COMMAND, error.message, broken=True)
    printed = _run(command, seconds)
    if isinstance(printed, str):
        return Passed(Rung.COMMAND, printed, broken=True)
    return Found(printed, command[0])


def _run(command: Sequence[str], seconds: float) -> Secret | str:
    """The secret, or why there is none."""
    name = clean(command[0], lines=False)
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            env=_environment(),
        )  # fmt: skip
    except (OSError, ValueError) as error:
        return f"{name} can't be run: {getattr(error, 'strerror', None) or 'a wrong argument'}"
    printed = None
    with process:
        try:
            printed, complaint = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            pass  # what it said so far hangs on the error, which goes no further
        finally:
            if printed is None:
                # Its children too: one that holds the pipe open would keep us waiting for ever.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    if printed is None:
        return f"{name} did not end within {seconds:g} s"
    read = secret_in(printed, f"what {name} printed")
    if process.returncode == 0:
        return read
    told = complaint.decode("utf-8", "replace")
    told = without(read, told) if isinstance(read, Secret) else told
    told = clean(told, lines=False).strip()[:_LONGEST_COMPLAINT]
    return f"{name} ended with status {process.returncode}" + (f": {told}" if told else "")


def _environment() -> dict[str, str]:
    """Ours, without the secrets of other sources."""
    return {
        name: value for name, value in os.environ.items() if not (name.startswith("HEARD_") and name.endswith("_TOKEN"))
    }
