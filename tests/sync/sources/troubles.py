"""What the conformance suite lets go wrong, done by the faults that all fakes share.

The invariant: a trouble meant for a change meets the next change below the paths that are named, and no login.
"""

from collections.abc import Callable, Mapping

from sync.conformance.stage import PAUSE, Trouble
from tests.servers.faults import Faults

# As patient as a source under test is, in seconds.
PATIENCE = 1.0
# Longer than any source is patient; whoever hangs up ends it.
LONG = 60.0
_CHANGES = ("POST", "PUT", "PATCH", "DELETE")
_OF_CHANGES: Mapping[Trouble, Callable[[Faults, str, str], None]] = {
    Trouble.UNDONE: lambda faults, method, path: faults.cut(method=method, path=path),
    Trouble.LOST: lambda faults, method, path: faults.cut(after=True, method=method, path=path),
    Trouble.FAILS_AFTER: lambda faults, method, path: faults.fail_after(500, method=method, path=path),
    Trouble.SLOW: lambda faults, method, path: faults.slow(LONG, method=method, path=path),
}


def make(faults: Faults, trouble: Trouble, path: str) -> None:
    """Let it go wrong; `path` is in the path of whatever changes something there."""
    if trouble in _OF_CHANGES:
        for method in _CHANGES:
            _OF_CHANGES[trouble](faults, method, path)
    elif trouble is Trouble.CUT:
        faults.cut(path=path)
    elif trouble is Trouble.FAILS:
        faults.refuse(503, path=path)
    elif trouble is Trouble.BUSY:
        faults.refuse(429, retry_after=PAUSE, path=path)
    else:
        faults.expired = True
