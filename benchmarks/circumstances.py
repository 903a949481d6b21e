"""Where a run was made: the machine, the versions of everything that was measured, and the made-up data."""

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from benchmarks.making import Wanted
from storage.connect import driver

PACKAGES = ("heard", "textual", "sqlmodel", "rapidfuzz")
# Each peer's command, and how it is asked for its version.
PEERS = {"rg": "--version", "fzf": "--version", "neomutt": "-v", "aerc": "-v"}


def machine() -> str:
    """Processor, memory, system, and how busy it was already."""
    model = _first(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo")) or platform.machine()
    memory = _first(r"^MemTotal:\s*(\d+) kB$", Path("/proc/meminfo"))
    size = f", {int(memory) / 2**20:.0f} GB" if memory else ""
    busy = f", load {os.getloadavg()[0]:.1f} at the start"
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    return f"{os.cpu_count()} cores ({model}){size}, {system}{busy}"


def versions() -> str:
    """Python, SQLite, the packages, and the peers that are installed; the others are named as missing."""
    ours = [f"Python {platform.python_version()}", f"SQLite {driver().sqlite_version}"]
    ours += [f"{package} {version(package)}" for package in PACKAGES]
    return ", ".join([*ours, *(f"{peer} {_version_of(peer, option)}" for peer, option in PEERS.items())])


def data(wanted: Wanted) -> str:
    """How much of everything there is."""
    return f"{wanted.customers:,} customers, {wanted.tickets:,} tickets, {wanted.messages:,} messages"


def _version_of(peer: str, option: str) -> str:
    if shutil.which(peer) is None:
        return "is not installed"
    said = subprocess.run([peer, option], capture_output=True, text=True, check=False, timeout=20).stdout
    found = re.search(r"\d+(\.\d+)+|\d{8}", said)
    return found.group() if found else "of an unknown version"


def _first(pattern: str, path: Path) -> str:
    if not path.exists():
        return ""
    found = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else ""
