"""Zendesk's macros as snippets and its views as filters of ours.

The invariant: what can't be said in our words is left out whole where half of it would mislead: a view of other tickets
is no view, while a macro without one of its steps is still the text that an agent looks for.
"""

import re
from collections.abc import Iterable, Mapping

from desk.filters import Filter, Term, format_filter
from desk.mail.html import html_to_text
from desk.snippets import Actions, Snippet
from sync.sources.zendesk import vocabulary
from sync.sources.zendesk.arrangements import Action, Condition, Macro, View
from sync.sources.zendesk.telling import House
from sync.tickets import SnippetNews, ViewNews

_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_VARIABLES = {
    "ticket.requester.name": "customer.name",
    "ticket.requester.first_name": "customer.first_name",
    "ticket.requester.email": "customer.email",
    "ticket.requester.phone": "customer.phone",
    "ticket.organization.name": "customer.organization",
    "ticket.id": "ticket.number",
    "ticket.title": "ticket.subject",
    "current_user.name": "agent.name",
    "current_user.first_name": "agent.first_name",
    "ticket.assignee.name": "agent.name",
    "ticket.assignee.first_name": "agent.first_name",
}
# The order in which statuses are compared there.
_RANKS = ("new", "open", "pending", "hold", "solved", "closed")


def snippet(macro: Macro, agents: Mapping[str, str]) -> SnippetNews | None:
    """A macro; None where nothing of it can be done here. `agents`: names by number."""
    *folders, title = macro.title.split("::")
    body, actions = _body(macro.actions), _actions(macro.actions, agents)
    if not body and not actions:
        return None
    return SnippetNews(
        str(macro.id),
        Snippet(title.strip(), body, folder=" / ".join(each.strip() for each in folders), actions=actions),
    )


def _body(actions: Iterable[Action]) -> str:
    for action in actions:
        # A text may come with the channel that it is for.
        value = action.value[-1] if isinstance(action.value, list) and action.value else action.value
        if not isinstance(value, str):
            continue
        if action.field in ("comment_value_html", "side_conversation_comment_html"):
            return _PLACEHOLDER.sub(_variable, html_to_text(value).text).strip()
        if action.field == "comment_value":
            return _PLACEHOLDER.sub(_variable, value).strip()
    return ""


def _variable(found: re.Match[str]) -> str:
    ours = _VARIABLES.get(found[1])
    return f"{{{{{ours}}}}}" if ours else f"{{{{ask: {found[1].replace('.', ' ').replace('_', ' ')}}}}}"


def _actions(actions: Iterable[Action], agents: Mapping[str, str]) -> Actions:
    told = {action.field: action.value for action in actions if isinstance(action.value, str)}
    status, assignee = told.get("status"), told.get("assignee_id", "")
    add = (told.get("current_tags") or told.get("set_tags") or "").split()
    return Actions(
        status=vocabulary.status(status) if status and status != "new" else None,
        assignee="me" if assignee == "current_user" else agents.get(assignee),
        priority=vocabulary.priority(told.get("priority")),
        add_tags=tuple(add),
        remove_tags=tuple(told.get("remove_tags", "").split()),
    )


def view(view: View, house: House, agents: Mapping[str, str]) -> ViewNews | None:
    """A view; None where it can't be said as a filter."""
    terms: list[Term] = []
    for condition in view.conditions.all:
        found = _terms(condition, house, agents)
        # Several values of one field mean any of them with us.
        if not found or {term.field for term in found} & {term.field for term in terms if term.field != "tag"}:
            return None
        terms += found
    anyone = [_terms(condition, house, agents) for condition in view.conditions.any]
    said = [term for found in anyone for term in found]
    names = {term.field for term in said}
    of_one_kind = len(names) == 1 and "tag" not in names and not names & {term.field for term in terms}
    if anyone and not (all(anyone) and of_one_kind and all(each.operator == ":" and not each.negated for each in said)):
        return None
    query = format_filter(Filter(tuple(dict.fromkeys((*terms, *said)))))
    return ViewNews(str(view.id), view.title, query) if query else None


def _terms(condition: Condition, house: House, agents: Mapping[str, str]) -> list[Term]:
    """A condition in our words; none where we have none for it."""
    value = condition.value if isinstance(condition.value, str) else ""
    negated = condition.operator in ("is_not", "not_includes")
    if condition.operator not in ("is", "is_not", "less_than", "greater_than", "includes", "not_includes"):
        return []
    match condition.field:
        case "status":
            return _statuses(condition.operator, value)
        case "assignee_id" if condition.operator in ("is", "is_not"):
            name = {"current_user": "me", "": "none"}.get(value, agents.get(value, ""))
            return [Term("assignee", ":", name, negated)] if name else []
        case "group_id" if value.isdigit() and int(value) in house.groups:
            return [Term("queue", ":", house.groups[int(value)], negated)]
        case "priority" if vocabulary.priority(value) is not None:
            sign = {"less_than": "<", "greater_than": ">"}.get(condition.operator, ":")
            return [Term("priority", sign, value, negated)]
        case "current_tags" if negated or len(value.split()) == 1:
            return [Term("tag", ":", tag, negated) for tag in value.split()]
    return []


def _statuses(operator: str, value: str) -> list[Term]:
    if value not in _RANKS:
        return []
    rank = _RANKS.index(value)
    wanted = {
        "is": {value}, "is_not": {*_RANKS} - {value},
        "less_than": {*_RANKS[:rank]}, "greater_than": {*_RANKS[rank + 1 :]},
    }.get(operator, set())  # fmt: skip
    # New and open are one with us: whichever view parts them can't be said.
    if not wanted or ("new" in wanted) != ("open" in wanted):
        return []
    keys = [vocabulary.status(name).key for name in _RANKS if name in wanted]
    return [Term("status", ":", key) for key in dict.fromkeys(keys)]
