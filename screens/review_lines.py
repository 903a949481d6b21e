"""What the reviewer is told of a ticket, and what it asks before sending. Nothing here knows Textual."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from desk.review.engine import review
from desk.review.marks import Context, Kind, Mark
from screens.reading import Opened
from screens.writing import still_open
from storage.connect import Connection
from widgets.composer import Written

QUESTION_CELLS = 66
_OPEN_FIELD = "{{"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The marks of a text, what this agent has muted, and what the rules are called."""

    body: str
    marks: tuple[Mark, ...]
    muted: frozenset[str]
    titles: Mapping[str, str]

    def title(self, rule: str) -> str:
        """What a rule is called; one that is gone by its key."""
        return self.titles.get(rule, rule)


def reviewed(connection: Connection, body: str, context: Context, agent_id: int) -> Reviewed:
    """Review a text by the team's rules, in a reader's thread; what asks before sending can't be muted."""
    from storage.review import muted, rules_of

    rules, quiet = rules_of(connection), muted(connection, agent_id)
    marks = tuple(mark for mark in review(body, context, rules) if mark.asks or mark.rule not in quiet)
    return Reviewed(body, marks, quiet, {rule.key: rule.title for rule in rules.rules})


def context_of(written: Written, here: Opened | None, customers: tuple[str, ...]) -> Context:
    """What is known of a draft; `customers` are those whose tickets were open lately."""
    kind = Kind.REPLY if written.kind.startswith("reply") else Kind(written.kind)
    attachments = len(written.attachments)
    if here is None:
        return Context(kind, attachments=attachments)
    newest = here.newest_inbound
    people = [message.author for message in reversed(here.conversation) if message.kind == "inbound"]
    senders = [message.sender for message in here.conversation if message.kind == "inbound"]
    names = [newest.author if newest else "", here.ticket.row.customer, *people, *senders]
    if here.card is not None:
        names += [here.card.name, *(each.value for each in here.card.identities if "@" in each.value)]
    known = tuple(dict.fromkeys(name for name in names if name))
    return Context(
        kind=kind,
        channel=here.ticket.row.channel,
        names=known,
        others=customers,
        attachments=attachments,
        customer_text=newest.body if newest else "",
    )


def question_of(marks: tuple[Mark, ...], written: Written) -> tuple[str, list[str]]:
    """The one question about everything that asks: its title, and its lines."""
    fields = [mark for mark in marks if mark.rule == "unfilled"]
    others = [mark for mark in marks if mark.rule != "unfilled"]
    lines: list[str] = []
    if fields:
        blanks = [mark.text for mark in fields if not mark.text.startswith(_OPEN_FIELD)]
        wrong = [mark.text for mark in fields if mark.text.startswith(_OPEN_FIELD) and not still_open(mark.text)]
        named = [*still_open(written.body), *dict.fromkeys((*blanks, *wrong))]
        lines.append("Fields that are not filled in would be sent as they stand:")
        lines += textwrap.wrap(", ".join(named), QUESTION_CELLS, max_lines=6, placeholder=" …")
    for mark in {mark.rule: mark for mark in reversed(others)}.values():
        said = " ".join(mark.text.split())[:40]
        lines += textwrap.wrap("“" + said + "”: " + mark.reason + " " + mark.suggestion, QUESTION_CELLS)
    if written.kind == "note":
        return "Save it as a note?", lines
    return ("Send it with open fields?" if not others else "Send it as it is?"), lines
