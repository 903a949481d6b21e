"""What `heard doctor` and `heard phone` say of the telephone. Nothing is changed, and nobody is asked."""

from console.checks import Check
from console.running import answers, consoles
from console.telephony import state
from desk.errors import HeardError
from desk.times import to_datetime
from storage.workspace import Workspace
from sync import lock


def telephone(workspace: Workspace) -> Check:
    """Whether consoles can be reached, and how the watch over the telephone is doing."""
    from console.config import load

    try:
        config = load()
    except HeardError:
        return Check("phone", True, "unknown, since the configuration can't be read")
    handle = config.agent_handle
    reached = sum(map(answers, consoles(workspace.folder, handle)))
    popping = f"heard pop reaches {reached} console{'s' if reached > 1 else ''}" if reached else "no console is open"
    if config.phone is None:
        return Check("phone", True, f"none is configured; {popping}")
    watched = workspace.exists() and lock.is_held(workspace, state.lock_name(handle))
    if not watched:
        detail = f"{config.phone.way} on port {config.phone.port}; nothing watches it now, {popping}"
        return Check("phone", not reached, detail, "`heard phone --watch` says why." if reached else "")
    known = state.read(workspace, handle)
    if known is None:
        return Check("phone", True, f"{config.phone.way}: the watch has just begun; {popping}")
    heard = "" if known.heard_at is None else f", last call {to_datetime(known.heard_at, config.zone):%a %d %b %H:%M}"
    return Check("phone", known.ok, f"{known.said}{heard}; {popping}", known.mend)
