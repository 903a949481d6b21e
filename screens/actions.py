"""The one registry of what an agent can do: footer, help, palette, `:` line, documents and tests are read from it.

The invariants: a letter means the same in every place; capitals are the stronger form or "and next"; no Alt and no
Ctrl+M, Ctrl+I, Ctrl+H, which a plain terminal can't send apart from other keys; every action has a key, a command and
a place in the palette; one that can't be done now says why, in a few words, instead of doing nothing.
"""

from screens.action import (
    EVERYWHERE,
    LISTS,
    MOVING,
    READING,
    SCREENS,
    WORK,
    Action,
    Place,
    needs_customer,
    needs_deed,
    needs_doubtful,
    needs_editable,
    needs_email,
    needs_list,
    needs_maybe,
    needs_open,
    needs_page,
    needs_phone,
    needs_play,
    needs_removable,
    needs_retriable,
    needs_rewritable,
    needs_run,
    needs_stranger,
    needs_ticket,
)
from screens.actions_banner import BANNERS
from screens.actions_board import BOARDS
from screens.actions_call import A_CALL, CALL, CALLS, NOTES
from screens.actions_customer import CUSTOMER_CARE
from screens.actions_goodwill import GOODWILL, INCIDENTS
from screens.actions_knowledge import KNOWLEDGE, KNOWN, TASKS
from screens.actions_people import PEOPLE
from screens.actions_promises import PROMISES
from screens.actions_review import REVIEW

QUEUE = frozenset({Place.QUEUE})
TICKET = frozenset({Place.TICKET})
CHECKLIST = frozenset({Place.CHECKLIST})
COMPOSER = frozenset({Place.COMPOSER})
# Where a line can be a ticket whose agent, place and priority are changed.
HELD = WORK | {Place.BOARD}
# Where a checklist has the keys.
STEPS = CHECKLIST | CALL

# The groups of help and palette, in their order, by the first part of an action's id.
GROUPS = {
    "move": "Move",
    "read": "Read",
    "write": "Write",
    "composer": "In the composer",
    "ticket": "This ticket, or all that are selected",
    "status": "Status",
    "assign": "Assign",
    "list": "The list",
    "play": "Play a view",
    "checklist": "Checklist",
    "copy": "Copy",
    "view": "Views",
    "go": "Go to",
    "deed": "Deeds",
    "console": "The console",
    "question": "A question",
    "page": "This page",
    "row": "The line under the cursor",
    "customers": "Customers",
    "customer": "This customer",
    "library": "Snippets",
    "knowledge": "What was learnt",
    "task": "Tasks",
    "known": "Known answers",
    "promise": "Promises",
    "outbox": "Outbox",
    "board": "The live board",
    "sources": "Sources",
    "call": "Calls",
    "newcomers": "New customers",
    "presence": "Who is there",
    "banner": "Told to everybody",
    "gesture": "Gestures",
    "rating": "Ratings",
    "incident": "Incidents",
    "form": "A form",
}

# What the menu line of a first key is called.
MENUS = {"g": "Go to", "a": "Assign", "s": "Status", "y": "Copy"}

# What a question is about may be longer than the screen.
SCROLLING = MOVING | {Place.QUESTION}

MOVE = (
    Action("move.down", ("j", "Down"), "Down", "One line down", SCROLLING),
    Action("move.up", ("k", "Up"), "Up", "One line up", SCROLLING),
    Action("move.top", ("g g", "Home"), "Top", "To the first line", SCROLLING),
    Action("move.bottom", ("G", "End"), "Bottom", "To the last line", SCROLLING),
    Action("move.half_down", ("Ctrl+D", "PageDown"), "Half a page down", "Half a page down", SCROLLING),
    Action("move.half_up", ("Ctrl+U", "PageUp"), "Half a page up", "Half a page up", SCROLLING),
    Action("move.open", ("Enter", "o"), "Open", "Open what the cursor is on", LISTS, needs_list, footer=2),
    Action("move.back", ("Esc", "q"), "Back", "One step back; in the queue it asks to quit", MOVING, footer=60),
    Action(
        "move.leave", ("Esc",), "Leave", "Leave the search", frozenset({Place.CUSTOMERS}), call="move_back", footer=60
    ),
    Action(
        "move.next_pane",
        ("Tab",),
        "Next pane",
        "To the next pane; on a small screen it comes to the front",
        WORK | A_CALL | NOTES,
    ),
    Action("move.previous_pane", ("Shift+Tab",), "Previous pane", "To the pane before", WORK | A_CALL | NOTES),
    Action("move.next_ticket", ("]",), "Next ticket", "Open the next ticket of the list", WORK, needs_list),
    Action("move.previous_ticket", ("[",), "Previous ticket", "Open the ticket before", WORK, needs_list),
)

READ = (
    Action("read.next_message", ("}",), "Next message", "To the next message", WORK, needs_ticket),
    Action("read.previous_message", ("{",), "Previous message", "To the message before", WORK, needs_ticket),
    Action("read.quotes", ("Enter", "o"), "Unfold", "Unfold or fold the quotes of this message", TICKET),
    Action("read.all_quotes", ("Q",), "Unfold all", "Unfold or fold every quote", READING, needs_ticket),
    Action(
        "read.save_files", ("D",), "Save files", "Fetch the files of this message, then save them to a folder", TICKET,
        command="save", takes="FOLDER",
    ),
)  # fmt: skip

WRITE = (
    Action("write.reply", ("r",), "Reply", "Reply to everyone", WORK, needs_ticket, footer=3),
    Action("write.reply_one", ("R",), "Reply to sender", "Reply to the sender alone", WORK, needs_ticket),
    Action("write.note", ("n",), "Note", "A note that the customer never sees", WORK, needs_ticket, footer=4),
    Action("write.forward", ("f",), "Forward", "Forward this message to someone else", WORK, needs_ticket),
    Action(
        "write.snippet", (";", "Ctrl+L"), "Snippets", "Put in a snippet", WORK | COMPOSER, needs_ticket,
        command="snippet", takes="WORDS", footer=10,
    ),
    Action(
        "composer.send", ("Ctrl+S",), "Send", "Send the reply, or save the note", COMPOSER, footer=1,
    ),
    Action("composer.leave", ("Esc",), "Leave", "Back to the conversation; the draft is kept", COMPOSER, footer=2),
    Action("composer.editor", ("Ctrl+E",), "Editor", "Write in $EDITOR", COMPOSER, command="edit", footer=4),
    Action(
        "composer.status", ("Ctrl+T",), "Then", "What the ticket becomes once it is sent", COMPOSER,
        command="then", footer=3,
    ),
    Action("composer.attach", ("Ctrl+O",), "Attach", "Attach a file", COMPOSER, takes="FILE", footer=6),
    Action("composer.discard", ("Ctrl+G",), "Discard", "Throw this draft away, after a question", COMPOSER, footer=7),
)  # fmt: skip

STATUS = tuple(
    Action(
        "status." + name, ("s " + key,), title, "Set the status to " + title.lower(), WORK, needs_ticket,
        call="status", argument=name, command="status " + name,
    )
    for key, name, title in (
        ("o", "open", "Open again"), ("p", "pending", "Pending"), ("h", "hold", "On hold"),
        ("s", "solved", "Solved"), ("c", "closed", "Closed"),
    )
)  # fmt: skip

TICKET_DEEDS = (
    Action("ticket.resolve", ("e",), "Resolve", "Set it to solved", WORK, needs_ticket, footer=7),
    Action("ticket.resolve_next", ("E",), "Resolve, next", "Resolve, and serve the next ticket", WORK, needs_ticket),
    Action("assign.me", ("a a",), "To me", "Assign to me", HELD | TASKS, needs_ticket, command="assign me"),
    Action(
        "assign.other", ("a o",), "To someone", "Assign to someone by name", HELD | TASKS, needs_ticket,
        command="assign", takes="NAME",
    ),
    Action(
        "assign.nobody", ("a n",), "To nobody", "Take it from its agent", HELD | TASKS, needs_ticket,
        command="unassign",
    ),
    Action(
        "ticket.snooze", ("z",), "Snooze", "Away until a time in words: 3d, tue 9am", WORK, needs_ticket,
        takes="WHEN", footer=8,
    ),
    Action("ticket.tags", ("t",), "Tags", "Put tags on, with - off", WORK, needs_ticket, command="tag", takes="TAGS"),
    Action("ticket.priority", ("p",), "Priority", "Low, normal, high or urgent", HELD, needs_ticket, takes="PRIORITY"),
    Action("ticket.macro", ("m",), "Macro", "Run a macro: text and changes in one", WORK, needs_ticket, takes="NAME"),
    Action("ticket.merge", ("M",), "Merge", "Merge into another ticket", WORK, needs_ticket, takes="TICKET"),
    Action("ticket.move", ("V",), "Move", "Move to another team or queue", HELD, needs_ticket, takes="NAME"),
    Action("ticket.watch", ("w",), "Watch", "Watch it, or watch it no longer", WORK, needs_ticket),
    Action("ticket.set", ("=",), "Set", "Set fields: status=open tags=+late", WORK, needs_ticket, takes="FIELD=VALUE"),
    Action("ticket.customer", ("C",), "Customer", "Everything about this customer", WORK | A_CALL, needs_customer),
    Action("deed.repeat", (".",), "Repeat", "The last deed once more, here", WORK, needs_deed),
    Action("deed.undo", ("u",), "Undo", "Take back the last deed, also a reply that counts down", SCREENS, footer=20),
    Action("deed.redo", ("Ctrl+R",), "Redo", "Do again what was taken back", SCREENS),
)  # fmt: skip

LIST = (
    Action("list.select", ("x", "Space"), "Select", "Select this ticket", QUEUE, needs_list, footer=12),
    Action("list.range", ("v",), "Select range", "Select from the last selected one to here", QUEUE, needs_list),
    Action("list.all", ("*",), "Select all", "Select all of the list, or none", QUEUE, needs_list),
    Action(
        "list.filter", ("/",), "Filter", "Filter this list by words and operators", READING, takes="QUERY", footer=9
    ),
    Action("list.sort", (",",), "Sort", "The order of this list", READING, takes="ORDER"),
    Action("list.save", ("W",), "Save view", "Keep this filter as a view", QUEUE, takes="NAME"),
    Action("play.start", ("P",), "Play", "Serve this view's tickets one by one", WORK, needs_list, footer=14),
    Action("play.skip", ("S",), "Skip", "The next one instead, with a reason", WORK, needs_play, takes="REASON"),
)

CHECKLISTS = (
    Action("checklist.focus", ("H",), "Checklist", "To the checklist, and back", WORK, needs_ticket, footer=11),
    *(
        Action(
            "checklist.step_" + key, (key,), "Step " + (key if key != "0" else "10"), "Tick this step, or take it back",
            STEPS, needs_run, call="checklist_digit", argument=key, command="step " + key,
        )
        for key in "1234567890"
    ),
    Action("checklist.tick", ("Space", "x"), "Tick", "Tick the step under the cursor", STEPS, needs_open, footer=1),
    Action("checklist.skip", ("-",), "Skip step", "Skip a step, with a reason", STEPS, needs_run, footer=2),
    Action("checklist.write", ("Enter", "o"), "Write", "Write what the step asks for", STEPS, needs_run, footer=3),
    Action("checklist.next", ("Right",), "Next list", "The next checklist of this ticket", STEPS, needs_run),
    Action("checklist.previous", ("Left",), "Previous list", "The checklist before", STEPS, needs_run),
    Action(
        "checklist.begin", ("+",), "Begin", "Begin a checklist", TICKET | STEPS, needs_open,
        takes="NAME", footer=4,
    ),
)  # fmt: skip

COPY = (
    Action("copy.number", ("y n",), "Number", "Copy the ticket's number", WORK, needs_ticket, command="copy number"),
    Action("copy.title", ("y t",), "Title", "Copy the subject", WORK, needs_ticket, command="copy title"),
    Action("copy.address", ("y u",), "Address", "Copy its address", WORK, needs_ticket, command="copy address"),
    Action(
        "ticket.own_page", ("O",), "Its own page", "Open the ticket in its helpdesk's own pages", WORK, needs_page,
        command="own page",
    ),
    Action("copy.email", ("y e",), "Email", "Copy the customer's email", WORK, needs_email, command="copy email"),
    Action("copy.phone", ("y p",), "Phone", "Copy the customer's number", WORK, needs_phone, command="copy phone"),
    Action(
        "copy.text", ("y y", "Ctrl+C"), "Text", "Copy what the mouse selected, or this message", WORK, needs_ticket,
        command="copy text",
    ),
)  # fmt: skip

VIEWS = tuple(
    Action(
        "view." + key, (key,), "View " + key, "Open view " + key, READING,
        call="view", argument=key, command="view " + key,
    )
    for key in "123456789"
)  # fmt: skip

GO = (
    Action("go.queue", ("g q",), "Queue", "To the queue", SCREENS, command="queue"),
    Action("go.mine", ("g m",), "Mine", "To my tickets", SCREENS, command="mine"),
    Action("go.unassigned", ("g u",), "Unassigned", "To what nobody has", SCREENS, command="unassigned"),
    Action("go.customers", ("g c",), "Customers", "To the customers", SCREENS, command="customers"),
    Action("go.library", ("g k",), "Knowledge", "To the snippets", SCREENS, command="library"),
    Action("go.outbox", ("g o",), "Outbox", "To what is on its way out", SCREENS, command="outbox"),
    Action("go.sources", ("F6",), "Sources", "To the sources that are connected", SCREENS, command="sources"),
    Action(
        "go.find", ("c", "Ctrl+F"), "Find customer", "Find a customer by anything", EVERYWHERE - {Place.CUSTOMERS},
        command="find", takes="ANYTHING", footer=13,
    ),
)  # fmt: skip

CONSOLE = (
    Action("console.command", (":",), "Command", "The command line", SCREENS, takes="COMMAND"),
    Action("console.palette", ("Ctrl+P", "Ctrl+K"), "Palette", "Every command, with its key", EVERYWHERE),
    Action("console.help", ("?", "F1"), "Keys", "The keys of this screen", EVERYWHERE, command="help", footer=99),
    Action("console.sync", ("F5",), "Sync", "Look for news everywhere, now", SCREENS - {Place.OUTBOX}, footer=50),
    Action("console.theme", ("F9",), "Theme", "Another theme", SCREENS, takes="NAME"),
    Action("console.quit", ("Ctrl+Q",), "Quit", "Leave Heard, after a question", EVERYWHERE),
)

QUESTION = (
    Action("question.yes", ("Enter", "y"), "Yes", "Do it", frozenset({Place.QUESTION}), footer=1),
    Action("question.no", ("Esc", "n", "q"), "No", "Leave all as it is", frozenset({Place.QUESTION}), footer=2),
)

CUSTOMER = frozenset({Place.CUSTOMER})
LIBRARY = frozenset({Place.LIBRARY})
OUTBOX = frozenset({Place.OUTBOX})
FORM = frozenset({Place.FORM})

# Pages whose lines are made, changed and taken away.
KEPT = CUSTOMER | LIBRARY | TASKS | INCIDENTS

PAGES = (
    Action("page.search", ("/",), "Search", "Search this page", LIBRARY | {Place.HELP}, takes="WORDS", footer=3),
    Action("row.add", ("+",), "New", "Something new on this page", KEPT, takes="TEXT", footer=4),
    Action("row.edit", ("Ctrl+E",), "Edit", "Edit this line", KEPT | KNOWN, needs_editable, footer=5),
    Action(
        "row.remove", ("d", "Delete"), "Remove", "Take this line away, after a question",
        KEPT, needs_removable, footer=8,
    ),
    Action("form.save", ("Ctrl+S",), "Save", "Save what is written here", FORM, footer=1),
    Action("form.next", ("Tab",), "Next field", "To the next field", FORM, footer=2),
    Action("form.previous", ("Shift+Tab",), "Previous field", "To the field before", FORM),
    Action("form.leave", ("Esc",), "Leave", "Leave it unsaved; what is written comes back with it", FORM, footer=3),
    Action("form.discard", ("Ctrl+G",), "Discard", "Throw away what is written here, after a question", FORM, footer=4),
)  # fmt: skip

CUSTOMER_DEEDS = (
    Action(
        "customers.open", ("Enter",), "Open", "Open this customer", frozenset({Place.CUSTOMERS}), needs_list, footer=1
    ),
    Action(
        "customers.new", ("Ctrl+N",), "New customer", "Make a new customer of what was typed",
        A_CALL | {Place.CUSTOMERS}, needs_stranger, footer=2,
    ),
    Action(
        "customer.confirm", ("Y",), "Confirm", "Yes, this maybe is theirs", CUSTOMER | A_CALL, needs_maybe, footer=3
    ),
    Action("customer.note", ("n",), "Note", "What colleagues should know", CUSTOMER, needs_customer, footer=6),
    Action("customer.rename", ("F2",), "Rename", "Another name", CUSTOMER, needs_customer, takes="NAME", footer=9),
)  # fmt: skip

LIBRARY_DEEDS = (
    Action("library.next_folder", ("Right",), "Next folder", "To the next folder", LIBRARY),
    Action("library.previous_folder", ("Left",), "Previous folder", "To the folder before", LIBRARY),
    Action(
        "library.export", ("Ctrl+S",), "Export", "Write the snippets that are shown to a file", LIBRARY, needs_list,
        takes="FILE", footer=10,
    ),
)  # fmt: skip

OUTBOX_DEEDS = (
    Action("outbox.retry", ("F5",), "Try again", "Try to send it again", OUTBOX, needs_retriable, footer=3),
    Action(
        "outbox.arrived", ("Y",), "It arrived", "It may have left, and did: count it as sent", OUTBOX, needs_doubtful,
        command="arrived", footer=2,
    ),
    Action(
        "outbox.change", ("Ctrl+E",), "Change", "Take it back into the composer, as a draft", OUTBOX, needs_rewritable,
        footer=5,
    ),
    Action(
        "outbox.drop", ("d", "Delete"), "Drop", "It will never leave, after a question", OUTBOX, needs_removable,
        footer=4,
    ),
)  # fmt: skip

SOURCE_DEEDS = (
    Action(
        "sources.connect", ("Ctrl+N",), "Connect another", "Connect a mailbox or a helpdesk, in this terminal",
        frozenset({Place.SOURCES}), command="connect", footer=4,
    ),
    Action(
        "sources.password", ("Ctrl+E",), "Password", "Give its password or token, for this run only",
        frozenset({Place.SOURCES}), needs_list, footer=3,
    ),
)  # fmt: skip

ACTIONS: tuple[Action, ...] = (
    *MOVE, *CALLS, *READ, *WRITE, *REVIEW, *STATUS, *TICKET_DEEDS, *LIST, *CHECKLISTS, *COPY, *VIEWS, *GO, *CONSOLE,
    *QUESTION, *PAGES, *CUSTOMER_DEEDS, *CUSTOMER_CARE, *LIBRARY_DEEDS, *OUTBOX_DEEDS, *SOURCE_DEEDS, *GOODWILL,
    *KNOWLEDGE, *PEOPLE, *PROMISES, *BOARDS, *BANNERS,
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}
