"""What a program imports, in an interpreter of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.rest import DEADLINE

ROOT = Path(__file__).parents[1]
# pytest's and a developer's own variables must not add modules.
PASSED_ON = ("PATH", "LANG", "LC_ALL")
TELL = "import json, sys; sys.stderr.write(json.dumps(sorted(sys.modules)))"


def loaded(code: str, workspace: Path) -> set[str]:
    """The modules that are loaded after `code`, without those of a bare interpreter."""
    return _modules(code, workspace) - _modules("pass", workspace)


def command(*words: str) -> str:
    """A command line that does what it is asked, as `heard` runs it; what it prints is thrown away."""
    return (
        "import os, sys; sys.stdout = open(os.devnull, 'w')\n"
        f"from console.__main__ import main\nstatus = main({list(words)!r})\nassert status == 0, status"
    )


def _modules(code: str, workspace: Path) -> set[str]:
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= {"HEARD_WORKSPACE": str(workspace), "HOME": str(workspace), "HEARD_CONFIG": ""}
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{TELL}"],
        capture_output=True, text=True, check=False, timeout=DEADLINE, env=environment, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))
