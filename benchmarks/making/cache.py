"""Where made workspaces are kept between runs, and when one of them still counts.

A workspace is known by its sizes, its seed, the schema's version, and a digest of the sources that it came from.
The invariant: what stands under a key is whole. It is made under another name and renamed when it is done, by one
process at a time; what a killed one left is deleted by the next.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import platformdirs

from benchmarks.making.desk import make
from benchmarks.making.tickets import Wanted
from storage.version import VERSION
from storage.workspace import Workspace

SEED = 20261
VARIABLE = "HEARD_BENCHMARK_CACHE"
_ROOT = Path(__file__).parents[2]
# What decides the rows, and the look-up's tables over them.
_SOURCES = (
    "benchmarks/making/*.py",
    "desk/identifiers.py",
    "desk/phones.py",
    "storage/migrations/versions/*",
    "storage/schema.py",
    "storage/search/documents.py",
    "storage/search/schema.py",
)


def kept(wanted: Wanted, folder: Path | None = None, seed: int = SEED) -> Workspace:
    """The workspace of that size, to be read only; it is made where it isn't there yet, and older ones are deleted."""
    folder = folder or cache_folder()
    sizes = f"{wanted.customers}-{wanted.tickets}-{wanted.messages}-{seed}-"
    found = Workspace(folder / (sizes + key()))
    if found.exists():
        return found
    with _alone(folder):
        if not found.exists():
            for old in folder.glob(sizes + "*"):
                shutil.rmtree(old)
            unfinished = Workspace(found.folder.with_suffix(".unfinished"))
            make(unfinished, wanted, seed)
            unfinished.folder.rename(found.folder)
    return found


def copy(workspace: Workspace, folder: Path) -> Workspace:
    """The same workspace again, in a folder that isn't there yet, to be written to."""
    shutil.copytree(workspace.folder, folder)
    return Workspace(folder)


@contextmanager
def copied(wanted: Wanted) -> Iterator[Workspace]:
    """A copy of the workspace of that size, to be written to, on the disk of the kept one; it goes afterwards."""
    workspace = kept(wanted)
    with TemporaryDirectory(dir=cache_folder(), prefix="copy-") as folder:
        yield copy(workspace, Path(folder) / "workspace")


def cache_folder() -> Path:
    """HEARD_BENCHMARK_CACHE, or else the user's folder for what can be made again."""
    return Path(os.environ.get(VARIABLE) or Path(platformdirs.user_cache_dir("heard")) / "benchmarks").absolute()


def key() -> str:
    """What changes whenever the same sizes and seed would give other rows or other tables."""
    digest = sha256(str(VERSION).encode())
    for pattern in _SOURCES:
        for path in sorted(_ROOT.glob(pattern)):
            if path.is_file():
                digest.update(path.relative_to(_ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While no other process makes anything here. The system ends the lock with the process, however that ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
