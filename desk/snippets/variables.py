"""The variables that a snippet may name, with their help; whoever renders one fills in what is known of them.

A name that stands here may be missing for one customer (its default or an open field takes its place); a name that
doesn't is an error. `customer.details.NAME` is a detail that the team keeps of its own.
"""

DETAILS = "customer.details."

VARIABLES: dict[str, str] = {
    "customer.name": "the customer's whole name",
    "customer.first_name": "the name to greet them by",
    "customer.email": "their address",
    "customer.phone": "their number",
    "customer.organization": "the organization they belong to",
    "customer.plan": "what they pay for",
    "customer.since": "the year they became a customer",
    "customer.account": "their account ID",
    "ticket.number": "this ticket's number",
    "ticket.subject": "this ticket's title",
    "ticket.goal": "what the customer is trying to get done (step 3 of the ten steps)",
    "ticket.summary": "the problem in your words, as the customer confirmed it (step 5)",
    "ticket.choice": "the outcome that the customer chose (step 8)",
    "ticket.promise": "what the customer was told, and by when",
    "agent.name": "your whole name",
    "agent.first_name": "your first name",
    "team.name": "your team",
    "team.hours": "when your team is there",
    "team.scope": "what your team does and what it doesn't",
    "today": "today's date",
    "tomorrow": "tomorrow's date",
    "weekday": "today's weekday",
}

_TITLES = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "herr", "frau", "señor", "señora", "sr", "sra"}


def is_known(name: str) -> bool:
    """Whether a snippet may name this variable."""
    return name in VARIABLES or (name.startswith(DETAILS) and len(name) > len(DETAILS))


def first_name(name: str) -> str:
    """The name to greet someone by; empty where the name is none (an address, a number), so that a default is used.

    `Ruiz, Ana` and `Dr. Ana Ruiz` are Ana; a name that begins with an initial stays whole, since "Hi J." is worse.
    """
    last, comma, first = name.partition(",")
    words = (f"{first} {last}" if comma and first.strip() else name).split()
    while words and words[0].rstrip(".").casefold() in _TITLES:
        words.pop(0)
    if not words or "@" in name or not any(letter.isalpha() for letter in words[0]):
        return ""
    is_initial = len(words[0].rstrip(".")) == 1 and words[0].isascii()
    return " ".join(words) if is_initial else words[0]
