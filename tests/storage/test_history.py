"""Events in words of the past tense."""

import json

import pytest

from storage.history import event_words


def changed(field: str, before: object, after: object) -> tuple[str, dict[str, object]]:
    return "changed", {"field": field, "before": before, "after": after}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (changed("status", 0, 3), "Ana set the status to solved"),
        (changed("priority", 1, 2), "Ana set the priority to high"),
        (changed("assignee", None, "Bo Lind"), "Ana assigned it to Bo Lind"),
        (changed("assignee", "Bo Lind", "Ana"), "Ana took it"),
        (changed("assignee", "Bo Lind", None), "Ana took it from Bo Lind"),
        (changed("team", None, "Billing"), "Ana moved it to Billing"),
        (changed("queue", "Refunds", None), "Ana took it out of its queue"),
        (changed("tags", ["vip"], ["late", "refund", "vip"]), "Ana added the tags late, refund"),
        (changed("tags", ["vip"], []), "Ana took off the tags vip"),
        (changed("tags", ["a"], ["b"]), "Ana added the tags b and took off a"),
        (changed("snoozed_until", 1, None), "Ana woke it"),
        (changed("watch", False, True), "Ana began to watch it"),
        (changed("watch", True, False), "Ana stopped watching it"),
        (changed("goal", "", "ship it"), "Ana wrote down the goal: ship it"),
        (changed("choice", "x", ""), "Ana cleared the choice"),
        (("begun", {"checklist": "heard"}), "Ana began the checklist heard"),
        (("ticked", {"checklist": "heard", "step": "hear", "text": "", "reason": ""}), "Ana ticked “hear” (heard)"),
        (
            ("unticked", {"checklist": "heard", "step": "hear", "checklist_title": "HEARD", "step_title": "Hear"}),
            "Ana unticked “Hear” (HEARD)",
        ),
        (("skipped", {"checklist": "heard", "step": "hear", "reason": "calm"}), "Ana skipped “hear” (heard): calm"),
        (("skipped", {"checklist": "heard", "step": "hear"}), "Ana skipped “hear” (heard)"),
        (("merged", {"number": 1042}), "Ana merged it into #1042"),
        (("merged_in", {"number": ["7"]}), "Ana merged #7 into it"),
        (("merged_in", {"number": ["7", "9"]}), "Ana merged #7, #9 into it"),
        (("retried", {"title": "reply on #7"}), "Ana sent on its way again: reply on #7"),
        (("dropped", {"title": "note on #7", "done": "Dropped"}), "Ana dropped from the outbox: note on #7"),
        (("priced_up", {}), "Ana: priced up"),
        (("ticked", {}), "Ana ticked “” ()"),
    ],
)
def test_an_event_is_told_in_words(event: tuple[str, dict[str, object]], words: str) -> None:
    kind, data = event
    assert event_words(kind, json.dumps(data), "Ana") == words


def test_a_snooze_is_told_with_its_time() -> None:
    data = json.dumps({"field": "snoozed_until", "before": None, "after": 1_772_442_000_000_000})
    assert event_words("changed", data, "Ana").startswith("Ana snoozed it until Mon 02 Mar ")


def test_what_no_person_did_was_done_by_heard() -> None:
    data = json.dumps({"field": "status", "before": 1, "after": 0})
    assert event_words("changed", data, "") == "Heard set the status to open"


def test_braces_in_texts_are_no_fields() -> None:
    data = json.dumps({"checklist": "{step}", "step": "{0}", "reason": "{x!r}"})
    assert event_words("skipped", data, "{Ana}") == "{Ana} skipped “{0}” ({step}): {x!r}"
