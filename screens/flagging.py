"""Flagging a customer from wherever they are shown: a kind, then the reason; every colleague sees both."""

from collections.abc import Callable, Sequence

from desk import flags
from screens.ask import Choice, Question
from screens.desk_screen import DeskScreen
from screens.seat import Seat
from storage.deeds.by import Done

KINDS = tuple(Choice(kind, kind, words) for kind, words in flags.KINDS.items())


def begins(choices: Sequence[Choice], text: str) -> list[Choice]:
    """The kinds that begin with what is typed; own words are a kind of their own."""
    return [choice for choice in choices if choice.title.startswith(text.strip().casefold())]


def put_flag(screen: DeskScreen[None], seat: Seat, customer_id: int, text: str, then: Callable[[Done], object]) -> None:
    """Put this flag on; without words a kind and a reason are asked for."""

    def kind(chosen: str) -> None:
        if chosen in flags.KINDS:
            screen.ask(Question("Why " + chosen, lambda reason: put(chosen + ": " + reason), reading=_seen, free=True))
        else:
            put(chosen)

    def put(words: str) -> None:
        from storage.deeds.customers import flag

        by = seat.by()
        # A kind without a reason is one too.
        wanted = words.strip().removesuffix(":")
        seat.jobs.deed(lambda session: flag(session, by, customer_id, wanted), then)

    if text:
        put(text)
    else:
        screen.ask(Question("Flag", kind, choices=KINDS, reading=_seen, free=True, match=begins))


def _seen(text: str) -> str:
    return "every colleague will see it: " + text
