"""TOML that teams write, read with errors that say file, table, key, what is wrong and the nearest known name.

Whoever reads a team's file takes each value through a `Table`, and calls `done()` at its end, so that a misspelt key
is an error and never a setting that silently does nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from desk.errors import BadInput
from desk.nearest import mend_name

_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_TO_ESCAPE = re.compile(r'[\x00-\x1f\x7f"\\]')
_TO_ESCAPE_IN_LINES = re.compile(r'[\x00-\x08\x0b-\x1f\x7f\\]|"(?="")')


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a TOML file, and where it stands, such as `snippet 3 (“Refund”)`."""

    where: str
    place: str
    values: Mapping[str, object]
    _asked: set[str] = field(default_factory=set)

    def problem(self, key: str, what: str, mend: str = "") -> BadInput:
        """The error of one key, to be raised by the caller."""
        return BadInput(f"{self.where}: {', '.join(part for part in (self.place, key) if part)}: {what}", mend)

    def text(self, key: str, default: str | None = None) -> str:
        """A text in NFC; without a default it has to be there and mustn't be blank."""
        value = self._value(key, default)
        if not isinstance(value, str):
            raise self.problem(key, "is no text", f'Write it in quotes: {key} = "…".')
        if default is None and not value.strip():
            raise self.problem(key, "is empty", "Write at least a word.")
        return unicodedata.normalize("NFC", value)

    def flag(self, key: str, *, default: bool) -> bool:
        """A yes or no."""
        value = self._value(key, default)
        if not isinstance(value, bool):
            raise self.problem(key, "is neither true nor false", f"Write {key} = true or {key} = false.")
        return value

    def number(self, key: str, default: int) -> int:
        """A whole number, not below zero."""
        value = self._value(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.problem(key, "is no whole number", f"Write it like {key} = 3.")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts in NFC, empty where the key is absent."""
        value = self._value(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.problem(key, "is no list of texts", f'Write it like {key} = ["one", "two"].')
        return tuple(unicodedata.normalize("NFC", each) for each in value)

    def choice(self, key: str, names: Iterable[str], default: str) -> str:
        """One of some names."""
        value = self.text(key, default)
        known = list(names)
        if value not in known:
            raise self.problem(key, f"“{value}” is not known", mend_name(value, known))
        return value

    def table(self, key: str) -> "Table":
        """The table of a key such as `[words]`; an empty one where it is absent."""
        value = self._value(key, {})
        if not isinstance(value, dict):
            raise self.problem(key, "is no table", f"Begin it with [{key}].")
        return Table(self.where, ", ".join(part for part in (self.place, key) if part), value)

    def tables(self, key: str) -> "tuple[Table, ...]":
        """The tables of an array such as `[[snippet]]`, each with its number and title for errors."""
        value = self._value(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.problem(key, "is no list of tables", f"Begin each with [[{key}]].")
        return tuple(Table(self.where, self._place_of(key, number, each), each) for number, each in enumerate(value, 1))

    def done(self) -> None:
        """Refuse what nobody asked for: a key that isn't known."""
        for key in self.values:
            if key not in self._asked:
                raise self.problem(key, "is not known here", mend_name(key, sorted(self._asked)))

    def _value(self, key: str, default: object) -> object:
        self._asked.add(key)
        value = self.values.get(key, default)
        if value is None:
            raise self.problem(key, "is missing", f'Add {key} = "…".')
        return value

    def _place_of(self, key: str, number: int, values: Mapping[str, object]) -> str:
        title = values.get("title") or values.get("key")
        named = f" (“{title}”)" if isinstance(title, str) else ""
        return ", ".join(part for part in (self.place, f"{key} {number}{named}") if part)


def read_tables(toml: str, where: str) -> Table:
    """The whole file as a table; raises BadInput with line and column where it is no TOML."""
    # Only what reads a team's file needs the parser.
    import tomllib

    try:
        return Table(where, "", tomllib.loads(toml.replace("\r\n", "\n")))
    except (ValueError, RecursionError) as error:
        # Besides its own errors the parser lets those of endless numbers and nesting through.
        raise BadInput(f"{where}: {str(error).rstrip('.')}", 'Write it as TOML: key = "text".') from None


def quoted(text: str) -> str:
    """A TOML text on one line."""
    escaped = _TO_ESCAPE.sub(lambda match: _ESCAPES.get(match[0], f"\\u{ord(match[0]):04x}"), text)
    return f'"{escaped}"'


def in_lines(text: str) -> str:
    """A TOML text line by line, its closing quotes on a line of their own; `without_last_end` takes that end off."""
    escaped = _TO_ESCAPE_IN_LINES.sub(lambda match: _ESCAPES.get(match[0], f"\\u{ord(match[0]):04x}"), text + "\n")
    return f'"""\n{escaped}"""'


def without_last_end(text: str) -> str:
    """What `in_lines` was given: the line end before the closing quotes isn't part of the text."""
    return text.removesuffix("\n")


def quoted_list(texts: Iterable[str]) -> str:
    """A TOML list of texts on one line."""
    return f"[{', '.join(quoted(text) for text in texts)}]"
