"""What `heard doctor` looks at: each check says what it found, whether that will do, and how to mend it.

The invariant: a check never raises and never changes anything, with or without a terminal, a workspace or a network.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from desk.errors import HeardError
from storage.connect import NEEDED, connect, driver
from storage.version import VERSION
from storage.workspace import Workspace

ENOUGH_DISK = 500 * 1024 * 1024
SMALLEST, COMFORTABLE = (40, 10), (80, 24)
# Heard itself is younger than this, 1 January 2026 in seconds: a clock before it has lost its battery.
EARLIEST = 1_767_225_600
# A key press waits this long in tmux to see whether Escape begins a sequence; from here on it is felt.
FELT_MILLISECONDS = 50


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `mend` is empty where there is nothing to mend."""

    check: str
    ok: bool
    detail: str
    mend: str = ""


def every_check(workspace: Workspace) -> Iterator[Check]:
    """All checks, one after the other, so that slow ones show up as they end."""
    for check in (python, compiled, sqlite, terminal, encoding, clipboard, tmux, configuration, clock):
        yield check()
    for examine in (rights, disk, database, erased, alerts):
        yield examine(workspace)
    from console.credentials import examined

    yield examined.keyring()
    yield from examined.sources(workspace)
    from console.telephony.examined import telephone

    yield telephone(workspace)


def python() -> Check:
    """The interpreter."""
    ok = sys.version_info >= (3, 11)
    return Check("python", ok, sys.version.split()[0], "" if ok else "Install Python 3.11 or newer.")


def compiled() -> Check:
    """Byte-compiled files: without them a start takes ten times as long."""
    from importlib.util import find_spec

    files = [__file__, *(spec.origin for spec in (find_spec("textual"), find_spec("sqlmodel")) if spec and spec.origin)]
    if all(Path(file).parent.joinpath("__pycache__").is_dir() for file in files):
        return Check("compiled", True, "start-up files are compiled")
    return Check("compiled", False, "start-up files are not compiled", "Run `python -m compileall` where Heard lies.")


def sqlite() -> Check:
    """Driver and version of SQLite."""
    try:
        module = driver()
    except HeardError as error:
        return Check("sqlite", False, error.message, error.mend)
    found: str = module.sqlite_version
    ok = module.sqlite_version_info >= NEEDED
    return Check("sqlite", ok, f"{module.__name__}, SQLite {found}", "" if ok else "Install Heard again.")


def terminal() -> Check:
    """What the terminal is called, how large it is, and its colours."""
    if not (os.isatty(0) and os.isatty(1)):
        return Check("terminal", True, "none; every command but the console works")
    name = os.environ.get("TERM", "")
    if name in {"", "dumb"}:
        return Check("terminal", False, f"TERM={name}: it can't be drawn on", "Set TERM to what your terminal is.")
    across, down = os.get_terminal_size(1)
    detail = f"{name}, {across}x{down}, {colours()}"
    if across < SMALLEST[0] or down < SMALLEST[1]:
        return Check("terminal", False, detail, "Make the window larger, 80x24 at best.")
    cramped = across < COMFORTABLE[0] or down < COMFORTABLE[1]
    return Check("terminal", True, detail + (" (80x24 shows more)" if cramped else ""))


def colours() -> str:
    """How many colours will be used."""
    if os.environ.get("NO_COLOR"):
        return "no colours (NO_COLOR)"
    if os.environ.get("COLORTERM") in {"truecolor", "24bit"}:
        return "16 million colours"
    return "256 colours" if "256color" in os.environ.get("TERM", "") else "16 colours"


def encoding() -> Check:
    """Whether the locale writes UTF-8."""
    import locale

    found = locale.getencoding()
    ok = found.replace("-", "").casefold() == "utf8"
    name = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or "none"
    return Check("locale", ok, f"{name}, {found}", "" if ok else "Set LANG to a UTF-8 locale, such as C.UTF-8.")


def clipboard() -> Check:
    """How copying works here."""
    if not os.isatty(1):
        return Check("clipboard", True, "not needed without a terminal")
    from console.clipboard import ways

    ok, how = ways()
    return Check("clipboard", ok, how, "" if ok else "Install wl-clipboard or xclip, or allow OSC 52 in the terminal.")


def tmux() -> Check:
    """The two settings of tmux that agents feel."""
    if "TMUX" not in os.environ:
        return Check("tmux", True, "not in use")
    escape, set_clipboard = _tmux_option("escape-time"), _tmux_option("set-clipboard")
    detail = f"escape-time {escape or '?'}, set-clipboard {set_clipboard or '?'}"
    mends = []
    if escape.isdigit() and int(escape) > FELT_MILLISECONDS:
        mends.append("set -sg escape-time 10")
    if set_clipboard == "off":
        mends.append("set -g set-clipboard on")
    return Check("tmux", not mends, detail, f"Put into ~/.tmux.conf: {'; '.join(mends)}" if mends else "")


def configuration() -> Check:
    """Whether the configuration is taken, and its regions are known."""
    from console.config import load

    try:
        config = load()
    except HeardError as error:
        return Check("configuration", False, error.message, error.mend)
    from phonenumbers import SUPPORTED_REGIONS

    unknown = [region for region in config.phone_regions if region not in SUPPORTED_REGIONS]
    if unknown:
        return Check("configuration", False, f"no such country: {', '.join(unknown)}", "Mend regions, as in US or MX.")
    return Check("configuration", True, f"{config.theme}, phone numbers of {', '.join(config.phone_regions)}")


def clock() -> Check:
    """Whether the clock is plausible, runs evenly, and its zone is known."""
    from console.config import Config, load
    from console.zone import zone_name

    try:
        config = load()
    except HeardError:
        config = Config()  # the check before this one says what is wrong with it
    wall, steady = time.time(), time.monotonic()
    time.sleep(0.02)
    drift = abs((time.time() - wall) - (time.monotonic() - steady))
    detail = f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(wall))} UTC, zone {zone_name(config.zone)}"
    if wall < EARLIEST:
        return Check("clock", False, f"{detail}: before Heard was made", "Set the clock; replies would be misdated.")
    if drift > 0.01:
        return Check("clock", False, f"{detail}: it jumped by {drift:.2f} s", "See what sets the clock meanwhile.")
    return Check("clock", True, detail)


def rights(workspace: Workspace) -> Check:
    """Whether others can read the workspace, and its owner can write it."""
    if not workspace.exists():
        return Check("rights", True, f"no workspace at {workspace.folder} yet")
    loose = []
    for path, wanted in ((workspace.folder, 0o700), (workspace.database, 0o600), (workspace.attachments, 0o700)):
        if path.exists() and path.stat().st_mode & 0o077:
            loose.append(f"chmod {wanted:o} '{path}'")
    if loose:
        return Check("rights", False, "others may read the workspace", f"Run {' && '.join(loose)}")
    if not os.access(workspace.folder, os.W_OK) or not os.access(workspace.database, os.W_OK):
        return Check("rights", False, "the workspace can't be written", f"Check who owns {workspace.folder}.")
    return Check("rights", True, f"{workspace.folder} is closed to others")


def disk(workspace: Workspace) -> Check:
    """Free space where the workspace is, or will be."""
    folder = workspace.folder
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    ok = free >= ENOUGH_DISK
    return Check("disk", ok, f"{free // 1024**2:,} MB free", "" if ok else "Free some space before the disk is full.")


def database(workspace: Workspace) -> Check:
    """SQLite's own look at every page, and the version of the schema."""
    if not workspace.exists():
        return Check("database", True, "none yet", "")
    try:
        with closing(connect(workspace.database, read_only=True)) as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except HeardError as error:
        return Check("database", False, error.message, error.mend)
    except Exception as error:  # noqa: BLE001 - a border: a damaged file raises whatever its driver likes
        found, version = str(error), 0
    if found != "ok":
        return Check("database", False, f"damaged: {found}", "Restore a backup with `heard restore`.")
    if version > VERSION:
        return Check("database", False, f"of a newer Heard (schema {version})", "Install the newer Heard.")
    size = workspace.database.stat().st_size // 1024**2
    return Check("database", True, f"sound, schema {version}, {size:,} MB")


def erased(workspace: Workspace) -> Check:
    """Whether the file is clean of what was erased."""
    if not workspace.exists():
        return Check("erased", True, "none yet", "")
    try:
        with closing(connect(workspace.database, read_only=True)) as connection:
            left = connection.execute("SELECT 1 FROM setting WHERE key = 'erasing'").fetchone()
            (count,) = connection.execute("SELECT count(DISTINCT customer_id) FROM tombstone").fetchone()
    except Exception as error:  # noqa: BLE001 - as above; an older schema has no such table
        return Check("erased", True, f"not looked at: {error}", "")
    if left:
        return Check("erased", False, "unused pages may still hold words of erased customers", "heard erase --finish")
    return Check("erased", True, f"{count:,} customers, and nothing of them is left in the file", "")


def alerts(workspace: Workspace) -> Check:
    """Whether the team's alerts reach a desktop; the bell and a command need none."""
    try:
        with closing(connect(workspace.database, read_only=True)) as connection:
            from storage.alerts import alert_rules

            held = alert_rules(connection)
    except Exception as error:  # noqa: BLE001 - as above; no workspace, or one that is damaged
        return Check("alerts", True, f"none ({error})" if workspace.exists() else "none yet")
    if not held.alerts:
        return Check("alerts", True, "none are set; `heard rules show alerts` says how")
    from console.cli.alerts import no_desktop

    count = f"{len(held.alerts)} set"
    missing = no_desktop() if held.desktop else ""
    if missing:
        return Check("alerts", True, f"{count}; no notes of the desktop, {missing}: the bell rings, a command is run")
    return Check("alerts", True, count)


def _tmux_option(name: str) -> str:
    """A server option of tmux; empty where it won't say."""
    return _output(("tmux", "show-options", "-sv", name)) or _output(("tmux", "show-options", "-gv", name))


def _output(command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=2, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
