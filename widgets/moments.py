"""Times and sizes as people read them on the screen: short, and never ambiguous. Pure."""

from datetime import tzinfo

from desk.times import to_datetime

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def moment(at: int, now: int, zone: tzinfo) -> str:
    """`14:03` today, else `Tue 4 Aug 14:03`, with the year where it isn't this one."""
    then, today = to_datetime(at, zone), to_datetime(now, zone)
    if then.date() == today.date():
        return f"{then:%H:%M}"
    day = f"{then:%a} {then.day} {then:%b}"
    return f"{day} {then:%H:%M}" if then.year == today.year else f"{day} {then.year} {then:%H:%M}"


def day(at: int, now: int, zone: tzinfo) -> str:
    """`today`, `yesterday`, `tomorrow`, the weekday within six days to come, else `4 Aug`, with another year."""
    then, today = to_datetime(at, zone).date(), to_datetime(now, zone).date()
    days = (then - today).days
    near = {0: "today", -1: "yesterday", 1: "tomorrow"}
    if days in near:
        return near[days]
    if 0 < days < 7:
        return f"{then:%A}"
    return f"{then.day} {then:%b}" if then.year == today.year else f"{then.day} {then:%b} {then.year}"


def year(at: int, zone: tzinfo) -> str:
    """The year of a time."""
    return str(to_datetime(at, zone).year)


def long_moment(at: int, zone: tzinfo) -> str:
    """`Tue 4 Aug 2026 at 14:03`, for text that leaves the desk and is read at another time."""
    then = to_datetime(at, zone)
    return f"{then:%a} {then.day} {then:%b} {then.year} at {then:%H:%M}"


def size(count: int) -> str:
    """Bytes in the unit that keeps it short: `840 bytes`, `12 kB`, `3.4 MB`."""
    amount = float(max(count, 0))
    for unit in _UNITS:
        if amount < 1000 or unit == _UNITS[-1]:
            return f"{amount:.0f} {unit}" if amount >= 10 or unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError("the last unit takes everything")


def span(seconds: int) -> str:
    """A length of time as a clock: `4:12`, `1:04:12`."""
    minutes, rest = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
