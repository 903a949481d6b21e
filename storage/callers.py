"""Who is calling: whose number it is, and what an agent sees of that person without a further key."""

from datetime import tzinfo

from desk.calls import CallerCard, CallerMatch
from storage.connect import Connection


def match(connection: Connection, text: str, regions: tuple[str, ...]) -> CallerMatch:
    """Whom this number belongs to: `text` is what a telephone showed, in any notation, with scheme and host or without.

    `regions` are the countries whose national numbers are understood, in order of preference.
    """


def caller_card(connection: Connection, customer_id: int, now: int, zone: tzinfo | None = None) -> CallerCard:
    """Who, since when, plan, open tickets, last contacts, promises, mood, flags, repeated contact; NotFound if gone."""
