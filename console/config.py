"""What a person sets for themselves: one TOML file, read into one frozen dataclass.

The invariant: a file is taken whole or not at all; every error names the file, the setting and the nearest known name.
`SETTINGS` is the one list of settings; docs/configuration.md is tested against it. What `[keys]` may name is the
registry's business (screens.keymap), this module only checks its shape.
"""

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from console.paths import config_file
from desk.errors import BadInput

if TYPE_CHECKING:
    from console.telephony.settings import PhoneSettings

# The names of widgets.theme.THEMES, which need Textual to be imported; a test keeps them alike.
THEMES = ("heard-dark", "heard-light", "heard-contrast", "heard-ansi")
LAYOUTS = ("auto", "one", "two", "three")
LONGEST_UNDO = 600

Value: TypeAlias = "str | int | bool | tuple[str, ...] | Mapping[str, tuple[str, ...]] | PhoneSettings"


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting with its default. Empty texts mean that the machine is asked."""

    name: str = ""
    handle: str = ""
    regions: tuple[str, ...] = ()
    theme: str = "heard-dark"
    layout: str = "auto"
    mouse: bool = True
    time_zone: str = ""
    undo_seconds: int = 15
    editor: str = ""
    phone: "PhoneSettings | None" = None
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def agent_handle(self) -> str:
        """What `assignee:` takes: HEARD_AGENT, else the handle, else the login name."""
        import getpass

        try:
            return os.environ.get("HEARD_AGENT", "").strip() or self.handle or getpass.getuser()
        except (KeyError, OSError):  # a container's user may have no name at all
            return "agent"

    @property
    def agent_name(self) -> str:
        """The name that customers read: as set, else the login's handle with a capital."""
        return self.name or self.agent_handle.capitalize()

    @property
    def phone_regions(self) -> tuple[str, ...]:
        """Regions that a phone number without a country belongs to: as set, else the locale's, else US."""
        if self.regions:
            return self.regions
        _, _, territory = _locale().partition("_")
        return (territory[:2].upper() if len(territory) >= 2 and territory[:2].isalpha() else "US",)

    @property
    def editor_command(self) -> tuple[str, ...]:
        """The editor for long texts, as arguments: as set, else VISUAL, EDITOR or vi."""
        return tuple(shlex.split(self.editor or os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"))

    @property
    def zone(self) -> tzinfo:
        """The zone that times are shown in."""
        from console.zone import local_zone

        return local_zone(self.time_zone)


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting's check: `read` returns the value as Config keeps it, or raises ValueError with what it must be."""

    name: str
    read: Callable[[object], Value]


def load(file: Path | None = None) -> Config:
    """The configuration; defaults where there is no file. BadInput where a file can't be taken."""
    path = file or config_file()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if file is None and not os.environ.get("HEARD_CONFIG"):
            return Config()
        raise BadInput(f"There is no configuration at {path}", "Make it, or unset HEARD_CONFIG.") from None
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}", "Check who owns it and its rights.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 at byte {error.start}", "Save it as UTF-8.") from error
    return parse(text, str(path))


def parse(text: str, source: str) -> Config:
    """The configuration that a TOML text holds; `source` names it in errors."""
    import tomllib

    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{source} is not TOML: {error}", "Mend that line.") from error
    values: dict[str, Value] = {}
    for name, value in given.items():
        setting = _BY_NAME.get(name)
        if setting is None:
            from desk.nearest import mend_name

            raise BadInput(f"{source}: {name!r} is no setting", mend_name(name, _BY_NAME))
        try:
            values[name] = setting.read(value)
        except ValueError as error:
            raise BadInput(f"{source}: {name} must be {error}, not {value!r}", _mend(name, value)) from None
    return Config(**values)  # type: ignore[arg-type]  # each reader returns its field's own type


def _mend(name: str, value: object) -> str:
    """The nearest known value, for settings that take one of a few."""
    from desk.nearest import nearest

    known: tuple[str, ...] = _CHOICES.get(name, ())
    if name == "time_zone":
        from zoneinfo import available_timezones

        known = tuple(sorted(available_timezones()))
    close = nearest(value, known) if isinstance(value, str) else None
    return f"Did you mean {close}?" if close else "See docs/configuration.md."


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("a text of one line")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _seconds(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LONGEST_UNDO:
        raise ValueError(f"a whole number of seconds from 0 to {LONGEST_UNDO}")
    return value


def _one_of(known: tuple[str, ...]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"one of {', '.join(known)}")
        return value

    return read


def _zone(value: object) -> str:
    from console.zone import is_zone

    if not isinstance(value, str) or (value and not is_zone(value)):
        raise ValueError("a time zone like Europe/Paris")
    return value


def _handle(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable() or " " in value:
        raise ValueError("one word")
    return value


def _regions(value: object) -> tuple[str, ...]:
    regions = tuple(value) if isinstance(value, list) else ()
    if not regions or not all(isinstance(each, str) and len(each) == 2 and each.isalpha() for each in regions):
        raise ValueError('a list of two-letter countries like ["US", "MX"]')
    return tuple(region.upper() for region in regions)


def _command(value: object) -> str:
    text = _text(value)
    try:
        shlex.split(text)
    except ValueError:
        raise ValueError("a command whose quotes are closed") from None
    return text


def _keys(value: object) -> MappingProxyType[str, tuple[str, ...]]:
    """Action ids to keys: a text, a list of texts, or an empty list that takes the keys away."""
    if not isinstance(value, dict):
        raise ValueError("a table, [keys]")
    keys: dict[str, tuple[str, ...]] = {}
    for action, given in value.items():
        if isinstance(given, dict):
            # ticket.snooze = "z" without quotes is a table in a table to TOML.
            keys.update({f"{action}.{rest}": listed for rest, listed in _keys(given).items()})
            continue
        listed = given if isinstance(given, list) else [given]
        if not all(isinstance(key, str) and key for key in listed):
            raise ValueError(f"a table of keys, like {action} = 'z' or {action} = ['z', 'g z']")
        keys[action] = tuple(listed)
    return MappingProxyType(keys)


def _phone(value: object) -> "PhoneSettings":
    from console.telephony.settings import phone_settings

    return phone_settings(value)


SETTINGS = (
    Setting("name", _text),
    Setting("handle", _handle),
    Setting("regions", _regions),
    Setting("theme", _one_of(THEMES)),
    Setting("layout", _one_of(LAYOUTS)),
    Setting("mouse", _truth),
    Setting("time_zone", _zone),
    Setting("undo_seconds", _seconds),
    Setting("editor", _command),
    Setting("phone", _phone),
    Setting("keys", _keys),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_CHOICES = {"theme": THEMES, "layout": LAYOUTS}


def _locale() -> str:
    return os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
