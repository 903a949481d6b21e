"""What an agent can do with what was learnt: keep an answer, make a task of it, see which answers come again."""

from screens.action import SCREENS, WORK, Action, Place, needs_editable, needs_list, needs_ticket

TASKS = frozenset({Place.TASKS})
KNOWN = frozenset({Place.KNOWN})

KNOWLEDGE: tuple[Action, ...] = (
    Action(
        "knowledge.keep", ("K",), "Keep answer", "Keep the question and its answer, for everyone to find", WORK,
        needs_ticket, command="keep",
    ),
    Action(
        "task.make", ("L",), "Task", "Make a follow-up task of this ticket", WORK, needs_ticket, command="task",
        takes="TITLE",
    ),
    Action("go.tasks", ("g t",), "Tasks", "To the tasks, and to their causes", SCREENS, command="tasks"),
    Action("go.known", ("g a",), "Known answers", "To the answers that were given most", SCREENS, command="known"),
    Action("task.tick", ("x", "Space"), "Done", "It is done, or isn't after all", TASKS, needs_editable, footer=1),
    Action(
        "task.link", ("#",), "Link ticket", "Another ticket has the same cause", TASKS, needs_editable, takes="TICKET",
        footer=4,
    ),
    Action(
        "task.export", ("Ctrl+S",), "Export", "Write the causes to a file, for the product team", TASKS, takes="FILE",
        footer=9,
    ),
    Action("known.keep", ("K",), "Keep answer", "Make a snippet of an answer that is typed by hand", KNOWN, needs_list,
           footer=3),
    Action("known.since", ("<",), "Since", "From when on answers are counted", KNOWN, takes="WHEN", footer=5),
    Action(
        "known.export", ("Ctrl+S",), "Export", "Write them to a file, for the product team", KNOWN, needs_list,
        takes="FILE", footer=9,
    ),
    Action("page.next", ("Right",), "Next list", "To the next list of this page", TASKS | KNOWN, footer=7),
    Action("page.previous", ("Left",), "Previous list", "To the list before", TASKS | KNOWN),
)  # fmt: skip
