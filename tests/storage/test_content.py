import re

import pytest

from desk.checklists import ChecklistTemplate, StepField, parse_checklists
from desk.checklists import to_toml as checklists_to_toml
from desk.errors import NotFound
from desk.flags import ABUSIVE
from desk.snippets import Snippet, open_fields, parse_snippets, render, to_toml, trigger_before
from storage.content import read

# Words that take away trust, hide behind rules or come from a can, each of them a row of the practice.
UNWANTED = re.compile(
    r"\b(?:should|would've|might|maybe|perhaps|probably|possibly|hopefully|looks like|seems|appears|i think|i guess|"
    r"unfortunately|apologi[sz]e for any|any inconvenience|inconvenience|your call is important|valued customer|"
    r"kindly|please note|do not hesitate|don't hesitate|feel free|as soon as possible|asap|shortly|soon|"
    r"policy|policies|rules|terms of service|actually|obviously|simply|just to|user|canned|reach out|touch base|"
    r"at the earliest|we apologise|we apologize|no problem|to be honest|honestly|vote)\b",
    re.IGNORECASE,
)


def snippets() -> tuple[Snippet, ...]:
    return parse_snippets(read("snippets.toml"), "snippets.toml")


def checklists() -> tuple[ChecklistTemplate, ...]:
    return parse_checklists(read("checklists.toml"), "checklists.toml")


def test_a_content_that_is_missing_is_named() -> None:
    with pytest.raises(NotFound, match=r"no content named nothing\.toml"):
        read("nothing.toml")


def test_the_starter_library_is_whole() -> None:
    library = snippets()
    assert len(library) >= 35
    assert {
        "Greetings", "Clarify", "Empathy", "Promise", "Refund", "Invoice", "Login", "Shipping", "Bug",
        "Feature request", "Bad news", "Scope", "Hand-over", "Hard contacts", "Closing", "Follow-up", "Phone", "Macros",
    } == {snippet.folder for snippet in library}  # fmt: skip
    assert {"ref", "login"} <= {snippet.trigger for snippet in library}
    assert parse_snippets(to_toml(library), "again") == library


@pytest.mark.parametrize("snippet", snippets(), ids=lambda snippet: snippet.trigger)
def test_each_snippet_says_it_well(snippet: Snippet) -> None:
    assert UNWANTED.findall(snippet.body) == []
    assert render(snippet.body, {}).problems == ()
    assert trigger_before(f";{snippet.trigger}", len(snippet.trigger) + 1) == snippet.trigger
    assert snippet.keywords
    assert snippet.body == snippet.body.strip()


def test_empathy_is_never_from_a_can() -> None:
    for snippet in snippets():
        if snippet.folder == "Empathy":
            assert open_fields(snippet.body), f"{snippet.title} says the same to everyone"


def test_no_feature_gets_a_date() -> None:
    for snippet in snippets():
        if snippet.folder == "Feature request":
            assert not re.search(r"ask: [^}]*(?:day|date|when|time)", snippet.body)


def test_the_checklists_are_those_of_the_practice() -> None:
    heard, ten, abuse = checklists()
    assert [step.title for step in heard.steps] == ["Hear", "Empathize", "Apologize", "Resolve", "Diagnose"]
    assert [step.title for step in ten.steps] == [
        "Take it seriously", "Show interest", "Find the goal", "Ask what is unclear", "Confirm", "Mirror the feeling",
        "Keep on track", "Let them choose", "Promise only what you keep", "End with encouragement",
    ]  # fmt: skip
    assert heard.angry
    assert not ten.angry
    assert abuse.flags == (ABUSIVE,)
    assert [step.title for step in (*heard.steps, *ten.steps) if step.later] == ["Diagnose"]
    assert {step.title: step.field for step in (*heard.steps, *ten.steps) if step.field is not StepField.NONE} == {
        "Resolve": StepField.GESTURE, "Diagnose": StepField.TASK, "Find the goal": StepField.GOAL,
        "Confirm": StepField.SUMMARY, "Let them choose": StepField.CHOICE,
    }  # fmt: skip
    assert parse_checklists(checklists_to_toml(checklists()), "again") == checklists()


def test_every_step_has_a_tip_an_end_and_a_snippet_of_its_own() -> None:
    triggers = {snippet.trigger for snippet in snippets()}
    for template in checklists():
        for step in template.steps:
            assert step.tip, step.title
            assert step.done_when, step.title
            assert step.snippet in triggers, step.title
            assert UNWANTED.findall(f"{step.meaning} {step.tip} {step.done_when}") == [], step.title
