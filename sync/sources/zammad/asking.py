"""Many small requests at once, of which one may make Zammad itself stumble.

The invariant: a single thing that Zammad can't give, because it fails at it or because it is too large, holds nothing
else up; where it fails at everything, nothing is passed over.
"""

from collections.abc import Sequence
from dataclasses import replace

from sync.errors import Broken
from sync.http import Answer, Ask
from sync.sources.zammad.site import ZammadSite

FAILURE = 500


def each(site: ZammadSite, asks: Sequence[Ask]) -> list[Answer | None]:
    """The answers, in their order; None: this one can't be had, and all else can."""
    lenient = [replace(ask, accept=(*ask.accept, FAILURE)) for ask in asks]
    try:
        answers: list[Answer | None] = [*site.http.ask_all(lenient)]
    except Broken:
        answers = [_alone(site, ask) for ask in lenient]
    if not any(_failed(answer) for answer in answers):
        return answers
    # It may be over already; and Zammad must be there for all else.
    again = [_alone(site, ask) if _failed(answer) else answer for ask, answer in zip(lenient, answers, strict=True)]
    site.http.ask(Ask("/users/me", what="whether it is there"))
    return [None if _failed(answer) else answer for answer in again]


def _alone(site: ZammadSite, ask: Ask) -> Answer | None:
    try:
        return site.http.ask(ask)
    except Broken:
        return None


def _failed(answer: Answer | None) -> bool:
    return answer is not None and answer.status == FAILURE
