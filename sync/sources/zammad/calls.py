"""The caller log as calls: those that are over, since only then it is known whether they were answered."""

from collections.abc import Mapping, Sequence

from desk.text import clean
from sync.sources.zammad.answers import CALL, Call, Raw, one
from sync.tickets import CallNews, Passed

OVER = "hangup"


def news(rows: Sequence[Raw], known: Mapping[str, str]) -> tuple[tuple[CallNews | Passed, ...], dict[str, str]]:
    """The calls that are new or have changed, the oldest first, and what is known then: each call's last change."""
    told: list[CallNews | Passed] = []
    seen: dict[str, str] = {}
    for raw in reversed(rows):
        call = one(CALL, raw)
        if call is None:
            told.append(Passed("a call of the caller log", "it is in a form that is not known here"))
            continue
        if call.state != OVER:
            continue
        seen[str(call.id)] = call.updated_at
        if known.get(str(call.id)) != call.updated_at:
            told.append(_call(call))
    return tuple(told), seen


def _call(call: Call) -> CallNews:
    outgoing = call.direction == "out"
    return CallNews(
        str(call.id),
        "out" if outgoing else "in",
        _number(call.number_to if outgoing else call.number_from),
        clean(call.to_comment if outgoing else call.from_comment, lines=False),
        call.initialized_at or call.created_at,
        call.start_at is not None,
        call.duration_talking_time if call.start_at is not None else call.duration_waiting_time,
    )


def _number(told: str) -> str:
    """Numbers stand there with their country, without a plus; a hidden one is a word."""
    return f"+{told}" if told.isdecimal() and not told.startswith("0") and len(told) > 7 else told
