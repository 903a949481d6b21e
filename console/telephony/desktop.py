"""The file by which a desktop opens tel:, callto: and sip: links with `heard pop`."""

import os
import shutil
import sys
from pathlib import Path

NAME = "heard-pop.desktop"
SCHEMES = ("tel", "callto", "sip")
# What of the environment says who sits here, and where.
TAKEN_ALONG = ("HEARD_WORKSPACE", "HEARD_CONFIG", "HEARD_AGENT")


def file() -> Path:
    """Where a person's own applications are looked for."""
    named = os.environ.get("XDG_DATA_HOME", "").strip()
    return Path(named or Path.home() / ".local" / "share") / "applications" / NAME


def entry(workspace: str | None) -> str:
    """The file's text. What stands in the environment now goes along, since a desktop's session doesn't have it."""
    environment = {name: os.environ[name] for name in TAKEN_ALONG if os.environ.get(name)}
    if workspace:
        environment["HEARD_WORKSPACE"] = str(Path(workspace).expanduser().absolute())
    words = [
        *(["env", *(f"{name}={value}" for name, value in environment.items())] if environment else []),
        *_program(),
    ]
    command = " ".join([*map(_quoted, words), "pop", "--", "%u"])
    schemes = "".join(f"x-scheme-handler/{scheme};" for scheme in SCHEMES)
    return (
        "[Desktop Entry]\nType=Application\nName=Heard: show the caller\n"
        "Comment=Shows whose number it is in the console that runs\n"
        f"Exec={command}\nTerminal=false\nNoDisplay=true\nMimeType={schemes}\n"
    )


def write(workspace: str | None) -> Path:
    """Write it, over an older one; the answer says where."""
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(entry(workspace), encoding="utf-8")
    new.replace(path)
    return path


def remove() -> bool:
    """Take it away; whether there was one."""
    path = file()
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def how_to_use() -> str:
    """The command that makes it the one that opens such links."""
    return f"xdg-mime default {NAME} {' '.join(f'x-scheme-handler/{scheme}' for scheme in SCHEMES)}"


def _program() -> tuple[str, ...]:
    beside = Path(sys.executable).with_name("heard")
    found = str(beside) if beside.exists() else shutil.which("heard")
    return (found,) if found else (sys.executable, "-P", "-m", "console")


def _quoted(word: str) -> str:
    """A word as the Desktop Entry Specification wants it: its own escapes, then those of any value of the file."""
    escaped = "".join(f"\\{letter}" if letter in '"`$\\' else letter for letter in word.replace("%", "%%"))
    return f'"{escaped}"'.replace("\\", "\\\\")
