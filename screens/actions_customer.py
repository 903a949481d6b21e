"""What an agent can do with whole customers: merge, split off, flag, hand over, export, erase."""

from screens.action import (
    CALLING,
    SCREENS,
    WORK,
    Action,
    Place,
    needs_customer,
    needs_identity,
    needs_ticket,
)

CUSTOMER = frozenset({Place.CUSTOMER})
DUPLICATES = frozenset({Place.DUPLICATES})

CUSTOMER_CARE: tuple[Action, ...] = (
    Action(
        "customer.flag", ("!",), "Flag", "Put a flag on the customer, with a reason", CUSTOMER | WORK | CALLING,
        needs_customer, takes="WORDS", footer=17,
    ),
    Action(
        "customer.merge", ("M",), "Merge", "Merge two records of one person, after a preview",
        CUSTOMER | DUPLICATES, needs_customer, command="merge customer", footer=10,
    ),
    Action(
        "customer.apart", ("d", "Delete"), "Two people", "These are two people: never suggest them again", DUPLICATES,
        needs_customer, command="two people", footer=8,
    ),
    Action(
        "customer.split", ("X",), "Split off", "This identity is somebody else's", CUSTOMER, needs_identity,
        command="split off", footer=11,
    ),
    Action(
        "customer.export", ("Ctrl+S",), "Export", "Write everything about them into a folder", CUSTOMER, needs_customer,
        command="export customer", takes="FOLDER",
    ),
    Action(
        "customer.erase", ("Ctrl+X",), "Erase", "Erase them for good, after two questions", CUSTOMER, needs_customer,
        command="erase customer",
    ),
    Action(
        "ticket.hand_over", ("U",), "Supervisor", "Hand it over to a supervisor, with a reason", WORK, needs_ticket,
        command="supervisor", takes="REASON",
    ),
    Action(
        "go.duplicates", ("g d",), "Duplicates", "To customers who may be one person", SCREENS, command="duplicates"
    ),
)  # fmt: skip
