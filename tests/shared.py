"""Where the real mails and people lie that the tests may read, beside the project and never inside it."""

from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "shared" / "data"


def shared_data(name: str) -> Path:
    """The path of a file or folder of the shared data; skips the test that asks where it isn't there."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the shared data ({name}) does not lie beside the project")
    return path
