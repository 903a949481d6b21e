"""What an action is, where the agent can be, and why an action may be off. Pure: nothing here knows Textual.

Keys are written as people read them: `z`, `G`, `Ctrl+D`, `Enter`, and with a space between the keys of a sequence,
`g q`.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple


class Place(StrEnum):
    """Where the agent is. In the places of `ENTRY` letters are text, so that only other keys act there."""

    QUEUE = "queue"
    TICKET = "ticket"
    CHECKLIST = "checklist"
    COMPOSER = "composer"
    FIELD = "field"
    PICKER = "picker"
    CUSTOMERS = "customers"
    CUSTOMER = "customer"
    LIBRARY = "library"
    OUTBOX = "outbox"
    GESTURES = "gestures"
    INCIDENTS = "incidents"
    SOURCES = "sources"
    WELCOME = "welcome"
    HELP = "help"
    QUESTION = "question"
    FORM = "form"
    TASKS = "tasks"
    KNOWN = "known"
    NUMBERS = "numbers"
    NEWCOMERS = "newcomers"
    DUPLICATES = "duplicates"
    TEAM = "team"
    CALLER = "caller"
    CALL = "call"
    NOTES = "notes"
    WRAP_UP = "wrap-up"
    BOARD = "board"
    EXPLANATION = "explanation"
    BANNERS = "banners"


Places = frozenset[Place]

ENTRY: Places = frozenset({Place.COMPOSER, Place.FIELD, Place.PICKER, Place.CUSTOMERS, Place.FORM, Place.NOTES})
READING: Places = frozenset({Place.QUEUE, Place.TICKET})
WORK: Places = READING | {Place.CHECKLIST}
CALLING: Places = frozenset({Place.CALLER, Place.CALL, Place.WRAP_UP})
# Where a list or a text has the keys. A search box keeps j and k for text, and moves by itself with the arrows.
MOVING: Places = (
    WORK
    | CALLING
    | {Place.CUSTOMER, Place.LIBRARY, Place.OUTBOX, Place.SOURCES, Place.WELCOME, Place.HELP}
    | {Place.GESTURES, Place.INCIDENTS, Place.TASKS, Place.KNOWN, Place.NUMBERS, Place.NEWCOMERS}
    | {Place.DUPLICATES, Place.TEAM, Place.BOARD, Place.EXPLANATION, Place.BANNERS}
)
LISTS: Places = MOVING - {
    Place.TICKET,
    Place.CHECKLIST,
    Place.HELP,
    Place.CALL,
    Place.WRAP_UP,
    Place.BANNERS,
}
SCREENS: Places = MOVING | {Place.CUSTOMERS}
EVERYWHERE: Places = SCREENS | {Place.COMPOSER, Place.FIELD, Place.FORM, Place.NOTES}


class Situation(NamedTuple):
    """The facts of the screen in front that an action's `off` may ask about."""

    ticket: bool = False
    ticket_open: bool = False
    selected: int = 0
    listed: int = 0
    customer: bool = False
    email: bool = False
    phone: bool = False
    runs: int = 0
    draft: bool = False
    playing: bool = False
    repeatable: bool = False
    maybe: bool = False
    identity: bool = False
    editable: bool = False
    removable: bool = False
    retriable: bool = False
    rewritable: bool = False
    doubtful: bool = False
    marked: bool = False
    fixable: bool = False
    muted: bool = False
    on_line: bool = False
    stranger: bool = False
    undecided: bool = False
    rated: bool = False
    promised: bool = False
    page: bool = False


# Why an action can't be done now, in a few words; empty where it can.
Reason = Callable[[Situation], str]


class Action(NamedTuple):
    """One thing that can be done.

    `id` never changes once released, since key files name it. `takes` says what may follow its command on the `:`
    line. `footer` is its rank on the hint line; 0 keeps it off that line.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    places: Places
    off: Reason | None = None
    call: str = ""
    argument: str = ""
    command: str = ""
    takes: str = ""
    footer: int = 0

    @property
    def group(self) -> str:
        """The first part of the id: what help and palette group by."""
        return self.id.partition(".")[0]

    @property
    def method(self) -> str:
        """The name of the method that does it, on the screen in front or on the app."""
        return "action_" + (self.call or self.id.replace(".", "_"))

    @property
    def typed(self) -> str:
        """Its name on the `:` line."""
        return self.command or self.title.casefold()

    def why_off(self, situation: Situation) -> str:
        """Why it can't be done now, empty where it can."""
        return self.off(situation) if self.off else ""


def needs_ticket(situation: Situation) -> str:
    """Off where neither the cursor nor the selection has a ticket."""
    return "" if situation.ticket or situation.selected else "no ticket here"


def needs_open(situation: Situation) -> str:
    """Off where no ticket is open."""
    return "" if situation.ticket_open else "no ticket is open"


def needs_list(situation: Situation) -> str:
    """Off in an empty list."""
    return "" if situation.listed else "the list is empty"


def needs_customer(situation: Situation) -> str:
    """Off where no customer is shown."""
    return "" if situation.customer else "no customer here"


def needs_somebody(situation: Situation) -> str:
    """Off where there is neither a ticket nor a customer."""
    return "" if situation.ticket or situation.customer else "nobody to give it to"


def needs_undecided(situation: Situation) -> str:
    """Off where the cursor isn't on something that waits for a yes or no."""
    return "" if situation.undecided else "the cursor is on nothing that waits"


def needs_rated(situation: Situation) -> str:
    """Off where no customer has rated the open ticket."""
    return "" if situation.rated else "this ticket has no rating"


def needs_page(situation: Situation) -> str:
    """Off where the ticket has no page of its own elsewhere."""
    return "" if situation.page else "its page is nowhere else"


def needs_email(situation: Situation) -> str:
    """Off where the customer has no address."""
    return "" if situation.email else "no email address is known"


def needs_phone(situation: Situation) -> str:
    """Off where the customer has no number."""
    return "" if situation.phone else "no phone number is known"


def needs_run(situation: Situation) -> str:
    """Off where the ticket has no checklist yet."""
    return "" if situation.runs else "no checklist has begun, + begins one"


def needs_play(situation: Situation) -> str:
    """Off while no view is being played."""
    return "" if situation.playing else "no view is being played, P starts"


def needs_deed(situation: Situation) -> str:
    """Off before the first deed."""
    return "" if situation.repeatable else "nothing to repeat yet"


def needs_maybe(situation: Situation) -> str:
    """Off where the cursor isn't on something that is only a maybe."""
    return "" if situation.maybe else "the cursor is on no maybe"


def needs_identity(situation: Situation) -> str:
    """Off where the cursor isn't on a way to know the customer."""
    return "" if situation.identity else "the cursor is on no address or number"


def needs_editable(situation: Situation) -> str:
    """Off where the line under the cursor has nothing to write."""
    return "" if situation.editable else "this line can't be edited"


def needs_removable(situation: Situation) -> str:
    """Off where the line under the cursor stays."""
    return "" if situation.removable else "this line can't be taken away"


def needs_rewritable(situation: Situation) -> str:
    """Off where nothing under the cursor can be a draft again."""
    return "" if situation.rewritable else "it can't be written anew"


def needs_retriable(situation: Situation) -> str:
    """Off where nothing failed or is held under the cursor."""
    return "" if situation.retriable else "it has neither failed nor is it held"


def needs_doubtful(situation: Situation) -> str:
    """Off where it is known whether what is under the cursor has left."""
    return "" if situation.doubtful else "there is no doubt about it"


def needs_on_line(situation: Situation) -> str:
    """Off where nobody is on the line."""
    return "" if situation.on_line else "nobody is on the line"


def needs_stranger(situation: Situation) -> str:
    """Off where it is known who it is."""
    return "" if situation.stranger else "it is known who it is"


def needs_mark(situation: Situation) -> str:
    """Off where the reviewer marked nothing."""
    return "" if situation.marked else "nothing is marked"


def needs_fix(situation: Situation) -> str:
    """Off where the mark has no words of its own to put in."""
    return "" if situation.fixable else "this mark has no words to put in"


def needs_muted(situation: Situation) -> str:
    """Off where the agent hears every rule."""
    return "" if situation.muted else "no rule is muted"
