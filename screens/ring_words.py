"""What the banner says of a ring, the most important first. Pure."""

from desk.calls import CallRow, CallState
from screens.phone import Ring
from widgets.ring_bar import RingFacts

_OPEN = {CallState.HELD: "still on hold", CallState.WRAPPING: "not written down"}


def facts_of(ring: Ring | CallRow, key: str) -> RingFacts:
    """The banner's line for somebody who rings, or for an own call that is open."""
    if isinstance(ring, CallRow):
        state = _OPEN.get(ring.state, "still open")
        return RingFacts(ring.title, ring.number, None, (), ring.rang_at, key, state)
    match = ring.match
    known = None if match.kind != "one" else match.maybe_id is None
    number = "" if ring.title == ring.number else match.number or ring.number
    state = "calling" if ring.direction == "out" else "rings"
    return RingFacts(ring.title, number, known, tuple(_words(ring)), ring.since, key, state)


def _words(ring: Ring) -> list[str]:
    match, card = ring.match, ring.card
    if card is None:
        several = f"{len(match.hits)} have this number"
        named = {"none": "nobody is known by it", "withheld": "", "company": "a company's main number"}
        return [named.get(match.kind, several), f"extension {match.extension}" if match.extension else ""]
    words = ["! " + flag.words for flag in card.card.flags[:1]]
    if card.repeated is not None:
        words.append(f"↻ {card.repeated.times} times in {max(card.repeated.days, 1)} d: {card.repeated.topic}")
    if card.card.open_tickets:
        words.append(f"{card.card.open_tickets:,} open")
    if card.promises:
        words.append(f"◆ {len(card.promises)} promised")
    return [*words, card.card.organization, card.card.plan]
