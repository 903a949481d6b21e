"""The time zone that days and clock times are shown in: the configured one, or the machine's own with all its rules."""

import os
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOCALTIME = Path("/etc/localtime")


def local_zone(named: str = "") -> tzinfo:
    """The zone called `named`, else that of TZ, else the machine's; UTC where the machine doesn't say.

    A fixed offset would be wrong for every date on the other side of a clock change, so none is taken from the clock.
    """
    for name in (named, os.environ.get("TZ", "").removeprefix(":")):
        if name:
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    try:
        with LOCALTIME.open("rb") as file:
            return ZoneInfo.from_file(file, key=_key(LOCALTIME))
    except (OSError, ValueError):
        return UTC


def zone_name(zone: tzinfo) -> str:
    """What to call it."""
    return zone.key if isinstance(zone, ZoneInfo) and zone.key else str(zone)


def is_zone(name: str) -> bool:
    """Whether the machine knows a zone of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _key(link: Path) -> str | None:
    """The zone's name as the link's target spells it."""
    _, found, name = str(link.resolve()).partition("/zoneinfo/")
    return name if found else None
