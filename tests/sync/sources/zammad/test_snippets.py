"""Text modules and macros, as snippets of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.snippets import Actions, check
from desk.statuses import Priority, Status
from sync.sources.zammad.answers import Macro, Named, TextModule
from sync.sources.zammad.snippets import macro, text_module
from sync.sources.zammad.telling import Names
from sync.tickets import Passed, SnippetNews

NAMES = Names(
    {4: Named(4, "closed", "closed"), 8: Named(8, "on hold", "pending reminder")}, {3: Named(3, "3 high")}, {}, {}
)


def snippet(content: str) -> str:
    """The body of a text module with that content."""
    told = text_module(TextModule(1, "Name", content, "thanks, bye"))
    assert isinstance(told, SnippetNews)
    assert told.snippet.keywords == ("thanks", "bye")
    return told.snippet.body


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ("<p>#{ticket.customer.fullname},</p><p>#{ user.fullname }</p>", "{{customer.name}},\n\n{{agent.name}}"),
        ("About #{ticket.number}: #{ticket.order_number}", "About {{ticket.number}}: {{ask: ticket.order_number}}"),
        ("Choose #{a|b} #{|}", "Choose {{ask: a b}} {{ask: value}}"),
        ("Write {{this}} #{}", "Write { {this} } {{ask: value}}"),
    ],
)  # fmt: skip
def test_a_text_module_speaks_our_language(content: str, body: str) -> None:
    """What is known is filled in here, and what isn't is asked for."""
    assert snippet(content) == body


@given(st.text(alphabet="#{}| ab.\n<>", max_size=40))
def test_no_text_module_becomes_a_broken_snippet(content: str) -> None:
    """Whatever stands in it."""
    told = text_module(TextModule(1, "Name", content))
    if isinstance(told, SnippetNews):
        check(told.snippet.body)


@pytest.mark.parametrize(("name", "content"), [("Name", " <p> </p>"), (" ", "Words")])
def test_an_empty_text_module_is_passed_over(name: str, content: str) -> None:
    """It would be nothing here."""
    assert isinstance(text_module(TextModule(1, name, content)), Passed)


def test_a_macro_sets_what_we_can_set() -> None:
    """All of it, in our words."""
    perform = {
        "ticket.state_id": {"value": "8"},
        "ticket.priority_id": {"value": 3},
        "ticket.owner_id": {"pre_condition": "current_user.id", "value": ""},
        "ticket.tags": {"operator": "add", "value": "spam, bulk"},
    }
    told = macro(Macro(1, "Hold", perform), NAMES, {})
    assert isinstance(told, SnippetNews)
    assert told.snippet.actions == Actions(
        status=Status.HOLD, priority=Priority.HIGH, assignee="me", add_tags=("spam", "bulk")
    )


@pytest.mark.parametrize(
    ("setting", "assignee"),
    [({"pre_condition": "not_set"}, "none"), ({"value": "4", "pre_condition": "specific"}, "Bo")],
)
def test_a_macro_gives_a_ticket_to_somebody(setting: dict[str, object], assignee: str) -> None:
    """By the name that agents have here."""
    told = macro(Macro(1, "Bo's", {"ticket.owner_id": setting}), NAMES, {"4": "Bo"})
    assert isinstance(told, SnippetNews)
    assert told.snippet.actions.assignee == assignee


@pytest.mark.parametrize(
    "perform",
    [
        {},
        {"article.note": {"body": "internal"}, "ticket.state_id": {"value": "4"}},
        {"ticket.state_id": {"value": "99"}},
        {"ticket.owner_id": {"value": "99"}},
        {"ticket.tags": {"operator": "add", "value": "two words"}},
        {"ticket.tags": {"operator": "sets", "value": "x"}},
        {"ticket.group_id": "2"},
    ],
)
def test_a_macro_that_does_more_is_no_half_macro(perform: dict[str, object]) -> None:
    """It is passed over, and said why."""
    assert isinstance(macro(Macro(1, "More", perform), NAMES, {}), Passed)
