"""How long somebody has been a customer, and what that says of their anger: whoever stays for years cares."""

from desk.money import Money
from desk.mood import UPSET
from desk.times import DAY

YEAR = 365 * DAY
# From here on somebody is a customer of long standing.
LONG = 2 * YEAR


def tenure(since: int | None, now: int) -> str:
    """For how long, in words; empty where nobody knows, or it is less than a month."""
    if since is None or now - since < 30 * DAY:
        return ""
    years = (now - since) // YEAR
    if years:
        return f"{years} year" + ("s" if years > 1 else "")
    months = (now - since) // (30 * DAY)
    return f"{months} month" + ("s" if months > 1 else "")


def passion(mood: int, since: int | None, value: Money | None, now: int) -> str:
    """What to think of an angry customer of long standing or of value; empty for everybody else.

    Source: the practice, section 10: passionately angry customers are often the best ones.
    """
    if mood < UPSET:
        return ""
    long = since is not None and now - since >= LONG
    if long:
        return f"angry after {tenure(since, now)} with us: keep them"
    return "angry, and pays to stay: keep them" if value is not None and value.amount > 0 else ""
