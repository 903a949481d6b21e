"""Giving something away: which kind, how much of it, and why, with what is left before it is given.

The invariant: what the form says is what the workspace knew when it opened; whether the budget has it is decided by the
deed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.screen import ScreenResultType

from desk.errors import BadInput
from desk.gestures import GestureKind, over, value_of
from desk.money import shown
from screens.ask import Choice, Question
from screens.form import Entry, Form, FormScreen, Values
from storage.deeds.by import Done
from storage.form_drafts import About
from storage.gestures import Standing, standing

if TYPE_CHECKING:
    from sqlmodel import Session

    from screens.desk_screen import DeskScreen
    from screens.seat import Seat


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a gesture would be for: a ticket's customer, or a customer without a ticket. `name` is for people."""

    ticket_id: int | None
    customer_id: int | None
    name: str


def offer(
    screen: "DeskScreen[ScreenResultType]",
    receiver: Receiver,
    kind: str = "",
    then: Callable[[Done], object] | None = None,
) -> None:
    """Ask what to give to `receiver`, in front of `screen`; `kind` may name it already. `then` hears what was done."""
    seat, at = screen.seat, screen.seat.clock()
    me, ticket_id = seat.me.id or None, receiver.ticket_id

    def done(told: Done | None) -> None:
        if told is not None and screen.is_attached:
            screen.notice(told.title + ".  u undoes", "good")
            screen.changed()
            if then is not None:
                then(told)

    def fill_in(found: Standing, chosen: GestureKind) -> None:
        screen.release_keys()
        screen.app.push_screen(FormScreen(seat, gesture_form(seat, receiver, found, chosen)), done)

    def choose(found: Standing) -> None:
        screen.release_keys()
        kinds = found.rules.kinds
        if kind or len(kinds) == 1:
            fill_in(found, found.rules.kind(kind) if kind else kinds[0])
            return
        currency = found.rules.currency
        choices = tuple(
            Choice(each.key, each.label, shown(each.usual, currency) if each.usual else "") for each in kinds
        )
        screen.ask(
            Question(
                "Give", lambda key: fill_in(found, found.rules.kind(key)), choices=choices,
                reading=lambda _: left_words(found),
            )
        )  # fmt: skip

    screen.hold_keys()
    seat.jobs.read("gesture", lambda connection: standing(connection, me, ticket_id, at), choose)


def gesture_form(seat: "Seat", receiver: Receiver, found: Standing, kind: GestureKind) -> Form:
    """The form of one gesture."""
    currency = found.rules.currency
    entries = (
        Entry("kind", "Gesture", kind.label, choices=tuple(each.label for each in found.rules.kinds)),
        Entry("value", "Value", shown(kind.usual, currency) if kind.usual else "", "12.50"),
        Entry("reason", "Reason", hint="what it is for"),
    )

    def deed(values: Values) -> "Callable[[Session], Done]":
        from storage.deeds.gestures import Given, give

        chosen = found.rules.kind(values["kind"])
        wanted = Given(
            chosen.key, value_of(values["value"], currency), values["reason"], receiver.ticket_id, receiver.customer_id
        )
        by = seat.by()
        return lambda session: give(session, by, wanted)

    tickets = (receiver.ticket_id,) if receiver.ticket_id else ()
    about = About("gesture", tickets, customer=receiver.customer_id)
    return Form("For " + receiver.name, entries, deed, lambda values: meaning(values, found), about)


def meaning(values: Values, found: Standing) -> str:
    """What would be given, and what would be left then; raises BadInput where something is missing or can't be."""
    kind, currency = found.rules.kind(values["kind"]), found.rules.currency
    amount = value_of(values["value"], currency)
    if amount <= 0:
        raise BadInput("Nothing would be given", "Write its value.")
    if not values["reason"].strip():
        raise BadInput("A gesture has a reason", left_words(found))
    what = f"{kind.label} of {shown(amount, currency)}"
    beyond = over(found.lefts, amount)
    if beyond:
        return f"{shown(amount, currency)}: a supervisor decides, left are {beyond[0].short(currency)}"
    rest = ", ".join(each.short(currency, less=amount) for each in found.lefts)
    return f"{shown(amount, currency)}, leaving {rest}" if rest else what


def left_words(found: Standing) -> str:
    """What is left, before anything is given."""
    currency = found.rules.currency
    rest = ", ".join(each.short(currency) for each in found.lefts)
    return f"Left of {currency}: {rest}" if rest else "No budget holds for you"
