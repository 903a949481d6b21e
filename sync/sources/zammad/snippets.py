"""Text modules and macros as snippets of ours.

The invariant: nothing of Zammad's own language reaches a customer: a variable that is known here becomes ours, and any
other one a question to the agent.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from desk.mail.html import html_to_text
from desk.snippets import Actions, Snippet
from sync.sources.zammad import statuses
from sync.sources.zammad.answers import Macro, Raw, TextModule
from sync.sources.zammad.telling import Names
from sync.tickets import Passed, SnippetNews

FOLDER = "Zammad"
_VARIABLE = re.compile(r"#\{\s*([^{}\n]*?)\s*\}")
_BRACES = re.compile(r"\{(?=\{)|\}(?=\})")
_OURS = {
    "ticket.customer.firstname": "customer.first_name",
    "ticket.customer.fullname": "customer.name",
    "ticket.customer.email": "customer.email",
    "ticket.customer.phone": "customer.phone",
    "ticket.customer.organization.name": "customer.organization",
    "ticket.organization.name": "customer.organization",
    "ticket.number": "ticket.number",
    "ticket.title": "ticket.subject",
    "user.firstname": "agent.first_name",
    "user.fullname": "agent.name",
    "ticket.owner.firstname": "agent.first_name",
    "ticket.owner.fullname": "agent.name",
}


def text_module(module: TextModule) -> SnippetNews | Passed:
    """A text module; agents there find it by its keywords."""
    body = _VARIABLE.sub(_variable, _BRACES.sub(r"\g<0> ", _text(module.content)))
    if not body.strip() or not module.name.strip():
        return Passed(f"text module {module.id}", "it has no words, or no name")
    keywords = tuple(module.keywords.replace(",", " ").split())
    return SnippetNews(f"text-{module.id}", Snippet(module.name, body, folder=FOLDER, keywords=keywords))


def macro(found: Macro, names: Names, agents: Mapping[str, str]) -> SnippetNews | Passed:
    """A macro: what it sets. One that does more isn't taken over, since half of it would be another macro."""
    actions = Actions()
    for field, told in found.perform.items():
        setting = told if isinstance(told, dict) else {}
        done = _with(actions, field, setting, names, agents)
        if done is None:
            return Passed(f"macro “{found.name}”", f"it also sets what Heard can't: {field}")
        actions = done
    if not actions or not found.name.strip():
        return Passed(f"macro “{found.name}”", "it does nothing")
    return SnippetNews(f"macro-{found.id}", Snippet(found.name, "", folder=FOLDER, actions=actions))


def _with(actions: Actions, field: str, setting: Raw, names: Names, agents: Mapping[str, str]) -> Actions | None:
    """The actions with one more; None where it is none of ours."""
    value = str(setting.get("value") or "")
    match field:
        case "ticket.state_id" if (state := names.states.get(_id(value))) is not None:
            return replace(actions, status=statuses.category(state))
        case "ticket.priority_id" if (rank := names.priorities.get(_id(value))) is not None:
            return replace(actions, priority=statuses.priority(rank.name))
        case "ticket.owner_id" if setting.get("pre_condition") == "current_user.id":
            return replace(actions, assignee="me")
        case "ticket.owner_id" if setting.get("pre_condition") == "not_set":
            return replace(actions, assignee="none")
        case "ticket.owner_id" if value in agents:
            return replace(actions, assignee=agents[value])
        case "ticket.tags":
            return _with_tags(actions, setting.get("operator"), value)
    return None


def _with_tags(actions: Actions, operator: object, value: str) -> Actions | None:
    tags = tuple(tag.strip() for tag in value.split(",") if tag.strip())
    # Our notation of a macro has no blanks within a tag.
    if any(" " in tag or '"' in tag for tag in tags):
        return None
    if operator == "add":
        return replace(actions, add_tags=tags)
    return replace(actions, remove_tags=tags) if operator == "remove" else None


def _id(value: str) -> int:
    return int(value) if value.isdecimal() else 0


def _variable(match: re.Match[str]) -> str:
    # A bar would part the question from its answers.
    name = " ".join(match[1].replace("|", " ").split())
    return f"{{{{{_OURS[name]}}}}}" if name in _OURS else f"{{{{ask: {name or 'value'}}}}}"


def _text(content: str) -> str:
    return html_to_text(content).text if "<" in content else content
