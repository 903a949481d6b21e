"""What an agent can do about calls: take one, start and end it, hold it, write it down, wrap it up.

The invariants: `T` starts and ends wherever letters act, `F3` takes a call that rings wherever one is, and in the notes
no letter is ever a command.
"""

from screens.action import EVERYWHERE, WORK, Action, Place, needs_on_line

CALLER = frozenset({Place.CALLER})
CALL = frozenset({Place.CALL})
NOTES = frozenset({Place.NOTES})
WRAP_UP = frozenset({Place.WRAP_UP})
A_CALL = CALLER | CALL | WRAP_UP

# The digits of the wrap-up, each with what became of the call.
OUTCOMES = (
    ("1", "solved", "Solved", "Solved on the call, and so is its ticket"),
    ("2", "follow_up", "Follow-up", "Something is left to do; z says until when"),
    ("3", "callback", "Call back", "You call them back; z says when"),
    ("4", "passed_on", "Passed on", "Somebody else goes on with it"),
    ("5", "no_answer", "No answer", "Nobody answered, or the line broke"),
    ("6", "answered", "Answered", "Answered; now the customer has the word"),
    ("7", "wrong_number", "Wrong number", "Nothing was wanted of us"),
)

CALLS: tuple[Action, ...] = (
    Action(
        "call.take", ("F3",), "Take call", "Take the call that rings, or go back to the one that is open",
        EVERYWHERE | {Place.PICKER, Place.QUESTION}, command="take",
    ),
    Action(
        "call.start", ("T",), "Call", "Start a call with this customer, or go back to the one that is open",
        WORK | {Place.CUSTOMER}, command="call", footer=15,
    ),
    Action("call.talk", ("T",), "Talk", "The call begins: its timer runs", CALLER, command="talk", footer=1),
    Action("call.end", ("T", "Ctrl+S"), "End", "The call is over: on to its wrap-up", CALL | NOTES, footer=1),
    Action("call.resume", ("T",), "Not over", "The call goes on after all", WRAP_UP, footer=11),
    Action("call.hold", ("h",), "Hold", "Put them on hold, or take them back", CALL, needs_on_line, footer=3),
    Action(
        "call.notes", ("n",), "Notes, or type", "To the notes of this call, which a letter that is no key begins too",
        CALL, command="notes", footer=2,
    ),
    Action(
        "call.more_notes", ("n",), "Notes", "To the notes, before it is written down", WRAP_UP, call="call_notes",
        footer=2,
    ),
    Action("call.leave_notes", ("Esc",), "Leave notes", "Out of the notes, to where letters are keys", NOTES, footer=2),
    Action("call.direction", (">",), "Who called", "Turn it round: they called, or you did", CALL | WRAP_UP),
    Action("call.identify", ("/",), "Who is it", "Find who calls by anything", A_CALL, command="caller", footer=16),
    *(
        Action(
            "call.pick_" + digit, (digit,), "Pick " + digit, "This one it is", CALLER, call="call_pick",
            argument=digit, command="pick " + digit,
        )
        for digit in "123456789"
    ),
    *(
        Action(
            "call." + name, (digit,), title, text, WRAP_UP, call="call_outcome", argument=name, footer=1,
        )
        for digit, name, title, text in OUTCOMES
    ),
    Action("call.next_ticket", ("]",), "Another ticket", "Write the call on the next ticket", CALL | WRAP_UP, footer=9),
    Action("call.previous_ticket", ("[",), "Ticket before", "Write the call on the ticket before", CALL | WRAP_UP),
    Action(
        "call.when", ("z",), "When", "When to follow up or to call back, in words: 3d, tue 9am", WRAP_UP,
        takes="WHEN", footer=8,
    ),
)  # fmt: skip
