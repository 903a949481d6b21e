"""Snippets and checklists, read whole and taken in whole."""

from dataclasses import replace

import pytest

from desk.checklists import ChecklistTemplate, Step
from desk.errors import NotFound
from desk.snippets import Snippet, parse_actions
from storage.connect import Connection, driver
from storage.library import Taken, replace_or_add, snippet_named, snippets, template_named, templates
from tests.factories import NOW

REFUND = Snippet("Refund", "Hi {{customer.first_name|there}}", "ref", "Money", ("money back", "return"))
MACRO = Snippet("Close kindly", "", folder="Ends", actions=parse_actions("status=solved +done"))
STEPS = (Step("greet", "Greet", "say hello"), Step("close", "Close", "say goodbye", later=True))
CHECKLIST = ChecklistTemplate("doorstep", "Doorstep", STEPS, channels=("phone",))


@pytest.fixture
def empty(connection: Connection) -> Connection:
    connection.execute("DELETE FROM snippet")
    connection.execute("DELETE FROM checklist")
    return connection


def test_what_was_taken_in_is_read_as_it_was_given(empty: Connection) -> None:
    assert replace_or_add(empty, [REFUND, MACRO], NOW) == Taken(2, 0, 0)
    assert [replace(each, id=0) for each in snippets(empty)] == [MACRO, REFUND]
    assert replace_or_add(empty, [CHECKLIST], NOW) == Taken(1, 0, 0)
    assert templates(empty) == (CHECKLIST,)


def test_a_second_time_adds_nothing(empty: Connection) -> None:
    replace_or_add(empty, [REFUND, MACRO, CHECKLIST], NOW)
    assert replace_or_add(empty, [REFUND, MACRO, CHECKLIST], NOW) == Taken(0, 0, 3)
    assert (len(snippets(empty)), len(templates(empty))) == (2, 1)


def test_a_snippet_is_known_by_its_trigger_or_else_by_folder_and_title(empty: Connection) -> None:
    replace_or_add(empty, [REFUND, MACRO], NOW)
    empty.execute("UPDATE snippet SET uses=7")
    renamed = replace(REFUND, title="Refund now", folder="Elsewhere")
    longer = replace(MACRO, body="Bye")
    moved = replace(MACRO, folder="Other")
    assert replace_or_add(empty, [renamed, longer, moved], NOW) == Taken(1, 2, 0)
    assert [(each.title, each.folder, each.body, each.uses) for each in snippets(empty)] == [
        ("Refund now", "Elsewhere", REFUND.body, 7),
        ("Close kindly", "Ends", "Bye", 7),
        ("Close kindly", "Other", "", 0),
    ]


def test_a_checklist_is_replaced_in_its_place(empty: Connection) -> None:
    other = replace(CHECKLIST, key="other", title="Other")
    replace_or_add(empty, [CHECKLIST, other], NOW)
    renamed = replace(CHECKLIST, title="At the door")
    assert replace_or_add(empty, [renamed], NOW) == Taken(0, 1, 0)
    assert templates(empty) == (renamed, other)


def test_what_a_file_smuggles_in_is_cleaned(empty: Connection) -> None:
    replace_or_add(empty, [replace(REFUND, title="Re\x1b[31mfund\n", body="a\x07b"), CHECKLIST], NOW)
    sly = replace(CHECKLIST, title="Door\x1b[2J", steps=(replace(STEPS[0], tip="x\x1b]0;y\x07z"),))
    replace_or_add(empty, [sly], NOW)
    (snippet,) = snippets(empty)
    assert (snippet.title.strip(), snippet.body) == ("Refund", "ab")
    (template,) = templates(empty)
    assert (template.title, template.steps[0].tip) == ("Door", "xz")


def test_a_file_is_taken_whole_or_not_at_all(empty: Connection) -> None:
    empty.execute("CREATE TRIGGER no BEFORE INSERT ON snippet WHEN new.title='Bad' BEGIN SELECT raise(ABORT,'no'); END")
    with pytest.raises(driver().IntegrityError):
        replace_or_add(empty, [REFUND, replace(MACRO, title="Bad")], NOW)
    assert snippets(empty) == ()


def test_one_is_found_by_trigger_title_or_key(empty: Connection) -> None:
    replace_or_add(empty, [REFUND, MACRO, CHECKLIST], NOW)
    for name in ("ref", ";ref", "REFUND"):
        assert snippet_named(empty, name).title == "Refund"
    assert template_named(empty, "Doorstep") == template_named(empty, "doorstep") == CHECKLIST


def test_one_that_is_none_is_said_with_the_nearest(empty: Connection) -> None:
    for find in (snippet_named, template_named):
        with pytest.raises(NotFound):
            find(empty, "x")
    replace_or_add(empty, [REFUND, CHECKLIST], NOW)
    with pytest.raises(NotFound) as failure:
        snippet_named(empty, "refnd")
    assert failure.value.mend == "Did you mean Refund?"
    with pytest.raises(NotFound) as failure:
        template_named(empty, "dorstep")
    assert failure.value.mend == "Did you mean doorstep?"


def test_a_question_comes_with_its_answer_and_stays_where_a_file_has_none(empty: Connection) -> None:
    known = replace(REFUND, question="Where is my money?")
    assert replace_or_add(empty, [known], NOW) == Taken(1, 0, 0)
    assert replace_or_add(empty, [known], NOW) == Taken(0, 0, 1)
    assert replace_or_add(empty, [REFUND], NOW) == Taken(0, 0, 1)
    assert snippet_named(empty, "ref").question == "Where is my money?"
    assert replace_or_add(empty, [replace(known, question="Refund?")], NOW) == Taken(0, 1, 0)
    assert snippet_named(empty, "ref").question == "Refund?"
