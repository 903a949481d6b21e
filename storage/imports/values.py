"""Values of a table's cells or of JSON, brought to the types of the desk; a wrong one is a BadInput that names it."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from desk.errors import BadInput
from desk.times import SECOND, from_datetime

# Most of the world writes the day first; 03/04/2026 is read so, and 2026-04-03 is never in doubt.
_DATES = (
    "%Y%m%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%Y-%m-%d %H:%M",
    "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%Y-%m", "%Y",
)  # fmt: skip
_BETWEEN_CELLS = re.compile(r"[;\n|]+")


def text(fields: dict[str, object], name: str) -> str:
    """One text; a number is written out. Absent or null is empty."""
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(f"{name} is {_kind(value)}, but a text is needed", f'Write "{name}": "…".')
    return str(value)


def texts(fields: dict[str, object], *names: str) -> list[str]:
    """A list of texts out of each of `names`: a JSON list, or one cell with `;`, `|` or line ends between them."""
    found: list[str] = []
    for name in names:
        value = fields.get(name)
        if value is None:
            continue
        if isinstance(value, list):
            found += [text({name: part}, name) for part in value]
        else:
            found += _BETWEEN_CELLS.split(text(fields, name))
    return list(dict.fromkeys(part.strip() for part in found if part.strip()))


def words(fields: dict[str, object], name: str) -> list[str]:
    """As `texts`, with commas and spaces between them too: tags and keywords."""
    return list(dict.fromkeys(part for whole in texts(fields, name) for part in re.split(r"[,\s]+", whole) if part))


def phrases(fields: dict[str, object], name: str) -> list[str]:
    """As `texts`, with commas between them too."""
    return [part.strip() for whole in texts(fields, name) for part in whole.split(",") if part.strip()]


def time(fields: dict[str, object], name: str) -> int | None:
    """A time in microseconds UTC: ISO 8601, a usual date, or seconds since 1970. Without an offset it is UTC."""
    written = text(fields, name)
    if not written:
        return None
    moment = _moment(written)
    if moment is not None:
        return moment
    raise BadInput(
        f"{name} is {written!r}, which is no date that Heard knows", "Write it as 2026-12-24T10:30:00+01:00."
    )


def records(fields: dict[str, object], name: str) -> list[dict[str, object]]:
    """A list of JSON objects."""
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise BadInput(f"{name} is {_kind(value)}, but a list of objects is needed", f'Write "{name}": [{{…}}].')
    return [{str(key): inner for key, inner in part.items()} for part in value]


def record(fields: dict[str, object], name: str) -> dict[str, object]:
    """One JSON object; absent or null is empty."""
    value = fields.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadInput(f"{name} is {_kind(value)}, but an object is needed", f'Write "{name}": {{…}}.')
    return {str(key): inner for key, inner in value.items()}


def others(fields: dict[str, object], known: Iterable[str]) -> dict[str, str]:
    """What no field of ours takes, as texts by name, so that it is kept and not passed over."""
    allowed = set(known)
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in fields.items()
        if name not in allowed and value not in (None, "", [], {})
    }


def _moment(written: str) -> int | None:
    if re.fullmatch(r"[0-9]{9,10}", written):
        return int(written) * SECOND
    found = None if re.fullmatch(r"[0-9]{4,8}", written) else _iso(written)
    if found is None:
        # Tried only where ISO's form isn't it: each costs 20 µs.
        found = next((moment for form in _DATES if (moment := _by_form(written, form))), None)
    if found is None:
        return None
    return from_datetime(found if found.tzinfo else found.replace(tzinfo=UTC))


def _iso(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _by_form(written: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(written, form)  # noqa: DTZ007 - the caller sets the zone
    except ValueError:
        return None


def _kind(value: object) -> str:
    names = {bool: "true or false", dict: "an object", list: "a list", str: "a text"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "a number")
