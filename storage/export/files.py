"""A folder that is there whole or not at all, for whoever exports into it; closed to everyone but its owner."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.errors import BadInput

Record = dict[str, object]
# Rows in memory at a time.
CHUNK = 200


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `folder` at the end; BadInput where there is something by that name."""
    wanted = folder.expanduser().absolute()
    if wanted.exists() and (not wanted.is_dir() or any(wanted.iterdir())):
        raise BadInput(f"There is something at {wanted} already", "Name a new folder with --out.")
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{wanted.name}-", dir=wanted.parent))
    except OSError as error:
        raise BadInput(f"{wanted} can't be written: {error.strerror}", "Choose another folder.") from error
    try:
        yield aside
        if wanted.exists():
            wanted.rmdir()
        aside.rename(wanted)
    except OSError as error:
        raise BadInput(f"{wanted} can't be written: {error.strerror}", "Check space and rights.") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_lines(file: Path, records: Iterator[Record], watch: Callable[[int], object]) -> int:
    """One record a line, without what is empty; how many there were."""
    count = 0
    with file.open("x", encoding="utf-8") as out:
        for record in records:
            told = {name: value for name, value in record.items() if value not in (None, "", [], {})}
            out.write(json.dumps(told, ensure_ascii=False) + "\n")
            count += 1
            if count % CHUNK == 0:
                watch(count)
    file.chmod(0o600)
    return count


def copy_file(source: Path, target: Path) -> bool:
    """Copy a file's bytes; False where they aren't there."""
    if not source.exists():
        return False
    target.parent.mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o600)
    return True
