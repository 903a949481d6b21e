"""Events in words of the past tense, for the line of time: "Ana set the status to pending".

`storage.deeds.journal` says which kinds there are and what their data hold. What was taken back is no history of the
ticket, and what a message already shows (a reply, a note) isn't told twice.
"""

import json
from typing import cast

from desk.promises import shown_span
from storage.deeds.journal import Fact
from storage.deeds.titles import shown

# Events that the conversation shows as messages, and the bookkeeping of undo and of the library.
SILENT = frozenset(
    {"replied", "noted", "forwarded", "called", "undone", "redone", "snippet_used", "acknowledged", "incident_update"}
)

Data = dict[str, Fact]


def event_words(kind: str, data: str, agent: str) -> str:
    """What an agent did, as a sentence without a full stop; `agent` is empty where no person did it."""
    facts = cast(Data, json.loads(data))
    who = agent or "Heard"
    if kind == "changed" and "where" in facts:
        return f"{_is_now(facts)}, says {facts['where']}"
    if kind == "changed":
        return f"{who} took it" if _took(facts, agent) else f"{who} {_changed(facts)}"
    wording = _KINDS.get(kind)
    if wording is None:
        return f"{who}: {kind.replace('_', ' ')}"
    return f"{who} {wording.format_map(_texts(facts))}"


def _is_now(facts: Data) -> str:
    """How a field stands that was changed elsewhere, by whomever."""
    field, before, after = str(facts.get("field", "")), facts.get("before"), facts.get("after")
    if field == "assignee":
        return f"{after or 'Nobody'} has it now"
    if field == "tags":
        return f"Somebody {_tagged(before, after)}"
    return f"The {field} is {_shown(field, after)} now" if after is not None else f"It is in no {field} now"


def _took(facts: Data, agent: str) -> bool:
    return bool(agent) and facts.get("field") == "assignee" and facts.get("after") == agent


def _texts(facts: Data) -> dict[str, str]:
    """The facts as texts, empty for those that an older row may lack."""
    known = ("checklist", "step", "number", "title", "lost", "name", "into_name")
    number, reason = facts.get("number"), _plain(facts.get("reason"))
    return {
        # As the checklist called itself and the step then, whatever it calls them now.
        **{name: _plain(facts.get(name + "_title") or facts.get(name)) for name in known},
        "number": ", #".join(number) if isinstance(number, list) else _plain(number),
        "because": f": {reason}" if reason else "",
        "beaten_by": shown_span(abs(int(str(facts.get("beaten_by", 0))))),
    }


def _plain(value: Fact) -> str:
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _changed(facts: Data) -> str:
    field, before, after = str(facts.get("field", "")), facts.get("before"), facts.get("after")
    match field:
        case "assignee":
            return f"assigned it to {after}" if after else f"took it from {_plain(before) or 'nobody'}"
        case "tags":
            return _tagged(before, after)
        case "snoozed_until":
            return f"snoozed it until {_shown(field, after)}" if after else "woke it"
        case "watch":
            return "began to watch it" if after else "stopped watching it"
        case "team" | "queue":
            return f"moved it to {after}" if after else f"took it out of its {field}"
        case "goal" | "summary" | "choice":
            return f"wrote down the {field}: {after}" if after else f"cleared the {field}"
        case _:
            return f"set the {field} to {_shown(field, after)}"


def _tagged(before: Fact, after: Fact) -> str:
    had = set(before) if isinstance(before, list) else set()
    has = set(after) if isinstance(after, list) else set()
    added, removed = ", ".join(sorted(has - had)), ", ".join(sorted(had - has))
    if added and removed:
        return f"added the tags {added} and took off {removed}"
    return f"added the tags {added}" if added else f"took off the tags {removed}"


def _shown(field: str, value: Fact) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else shown(field, value)


_KINDS = {
    "opened_first": "wrote first: {title}",
    "begun": "began the checklist {checklist}",
    "ticked": "ticked “{step}” ({checklist})",
    "skipped": "skipped “{step}” ({checklist}){because}",
    "unticked": "unticked “{step}” ({checklist})",
    "merged": "merged it into #{number}",
    "merged_in": "merged #{number} into it",
    "customers_merged": "merged {name} into {into_name}",
    "customers_parted": "parted {name} from {into_name}",
    "identity_split": "split {title} off {name}",
    "customers_told_apart": "said that these are two people",
    "customer_made": "made the customer",
    "renamed": "renamed the customer",
    "customer_noted": "wrote the customer's note",
    "flagged": "changed the flags",
    "identity_added": "added a way to know the customer",
    "identity_confirmed": "confirmed a way to know the customer",
    "identity_removed": "removed a way to know the customer",
    "answer_kept": "kept “{title}” as a known answer",
    "answer_improved": "improved the answer “{title}”",
    "task_made": "made the task “{title}”",
    "task_changed": "changed the task “{title}”",
    "task_done": "did the task “{title}”",
    "task_opened": "opened the task “{title}” again",
    "task_linked": "linked it to the task “{title}”",
    "task_unlinked": "took it from the task “{title}”",
    "rating_acted": "noted what was done about the rating{because}",
    "incident_linked": "linked it to the incident “{title}”",
    "incident_unlinked": "said that it is none of the incident “{title}”",
    "gesture_given": "gave {title}{because}",
    "gesture_asked": "asked for {title}, which goes beyond a budget{because}",
    "gesture_approved": "approved {title}",
    "gesture_refused": "refused {title}{because}",
    "promised": "promised “{title}”",
    "promise_withdrawn": "withdrew the promise “{title}”",
    "promise_kept": "kept the promise “{title}”, {beaten_by} early",
    "promise_broken": "broke the promise “{title}”, {beaten_by} late",
    "banner_told": "told everybody: {title}",
    "banner_ended": "took back what everybody was told: {title}",
    "retried": "sent on its way again: {title}",
    "overridden": "changed the {lost} too, and came second",
    "dropped": "dropped from the outbox: {title}",
    "counted_as_sent": "counted as sent: {title}",
}
