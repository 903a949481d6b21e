"""Where Heard keeps things on this machine. Making nothing, and importing nothing that a start can spare."""

import os
import sys
from pathlib import Path


def database(given: str | None) -> Path:
    """The database that a start will open: what storage.workspace.locate says, without its 10 ms of imports."""
    named = given or os.environ.get("HEARD_WORKSPACE")
    if named:
        return Path(named).expanduser().absolute() / "heard.db"
    return _data_folder() / "workspace" / "heard.db"


def demo_folder(given: str | None) -> Path:
    """Where the demo team lives: apart from one's own workspace, unless one is named."""
    named = given or os.environ.get("HEARD_WORKSPACE")
    return Path(named).expanduser().absolute() if named else _data_folder() / "demo"


def config_file() -> Path:
    """The configuration file: HEARD_CONFIG, or config.toml in the platform's configuration folder."""
    named = os.environ.get("HEARD_CONFIG")
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_config_dir("heard")) / "config.toml"


def copies_folder() -> Path:
    """Where copied text goes when no clipboard can be reached."""
    import platformdirs

    return Path(platformdirs.user_state_dir("heard"))


def secrets_folder() -> Path:
    """Where secrets lie in plain text, if an explicit command has put any there: apart from workspaces and backups."""
    return _data_folder() / "secrets"


def _data_folder() -> Path:
    # mypy would take the rest for unreachable where it runs on Linux itself.
    system: str = sys.platform
    if system == "linux":
        named = os.environ.get("XDG_DATA_HOME", "").strip()
        return Path(named or Path.home() / ".local" / "share") / "heard"
    import platformdirs

    return Path(platformdirs.user_data_dir("heard"))
