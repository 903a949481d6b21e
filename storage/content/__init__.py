"""The texts that a new workspace begins with, as TOML that a team can export, change and import again.

Content isn't code: every word here can be changed by the people who use it. What is read here was tested whole.
"""

from importlib.resources import files

from desk.errors import NotFound


def read(name: str) -> str:
    """The text of a content file such as `checklists.toml`; raises NotFound where there is none."""
    source = files(__name__) / name
    if not source.is_file():
        raise NotFound(f"There is no content named {name}", "Install Heard again: a part of it is missing.")
    return source.read_text(encoding="utf-8")
