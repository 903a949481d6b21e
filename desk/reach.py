"""Who else reads along: on a social channel trouble shows late, and in public."""

import re
from collections.abc import Mapping

PUBLIC = frozenset({"x", "facebook", "forum"})
# What sources and tables call the people who read along, folded; the first that is there counts.
_NAMES = ("followers", "followers count", "follower count", "fans", "subscribers", "reach", "friends")
_COUNT = re.compile(r"(\d[\d.,' ]*) ?([km])?", re.IGNORECASE)
_TIMES = {"k": 1_000, "m": 1_000_000}


def reach_words(channel: str, details: Mapping[str, str]) -> str:
    """`public`, `public, 12,400 read along`, or nothing on a channel between the two of you."""
    if channel not in PUBLIC:
        return ""
    count = followers(details)
    return "public" if count is None else f"public, {count:,} read along"


def followers(details: Mapping[str, str]) -> int | None:
    """How many follow a customer, where a source says so: `12400`, `12,400` or `12.4k`."""
    folded = {" ".join(name.casefold().replace("_", " ").split()): text for name, text in details.items()}
    text = next((folded[name] for name in _NAMES if name in folded), "")
    match = _COUNT.fullmatch(text.strip())
    if match is None:
        return None
    digits, unit = match[1].strip(), (match[2] or "").lower()
    if unit:
        return (
            round(float(digits.replace(",", ".")) * _TIMES[unit]) if digits.count(".") + digits.count(",") < 2 else None
        )
    return int(re.sub(r"\D", "", digits))
