"""What stands in forms: kept under what they are about, in the place of what stood before, forgotten alone."""

import json

import pytest

from storage import form_drafts
from storage.connect import Connection
from storage.export.person import person
from storage.form_drafts import About, Typed
from tests.factories import NOW, make_agent, make_customer, make_ticket

NOTE = About("note", customer=7)
WRITTEN = {"note": Typed("", "Rings in the evening\nonly"), "next": Typed("2h", "")}


@pytest.mark.parametrize(
    "other",
    [
        About("note", customer=8),
        About("gesture", customer=7),
        About("note", tickets=(7,)),
        About("note", customer=7, opened_with="Li"),
    ],
)
def test_it_comes_back_in_the_form_about_the_same_thing_alone(connection: Connection, other: About) -> None:
    ana, ben = make_agent(connection, handle="ana"), make_agent(connection, handle="ben")
    form_drafts.save(connection, ana, NOTE, WRITTEN, NOW)
    assert form_drafts.load(connection, ana, NOTE) == WRITTEN
    assert form_drafts.load(connection, ana, other) == {}
    assert form_drafts.load(connection, ben, NOTE) == {}
    form_drafts.forget(connection, ana, other)
    assert form_drafts.load(connection, ana, NOTE) == WRITTEN


def test_the_newest_stands_in_the_place_of_the_one_before(connection: Connection) -> None:
    form_drafts.save(connection, None, NOTE, WRITTEN, NOW)
    form_drafts.save(connection, None, NOTE, {"note": Typed("", "Rings")}, NOW + 1)
    assert form_drafts.load(connection, None, NOTE) == {"note": Typed("", "Rings")}
    form_drafts.save(connection, None, NOTE, {}, NOW + 2)
    assert connection.execute("SELECT count(*) FROM form_draft").fetchone() == (0,)


def test_the_same_tickets_are_the_same_in_any_order_and_words_in_any_case(connection: Connection) -> None:
    form_drafts.save(connection, None, About("task", (3, 1, 3), opened_with=" Li  Wei"), WRITTEN, NOW)
    assert form_drafts.load(connection, None, About("task", (1, 3), opened_with="li wei")) == WRITTEN


def test_a_persons_export_tells_what_is_being_written_about_them(connection: Connection) -> None:
    li, other = make_customer(connection, "Li Wei"), make_customer(connection, "Bo Berg")
    ticket = make_ticket(connection, customer_id=li)
    for about in (About("note", customer=li), About("task", (ticket,)), About("note", customer=other)):
        words = "about Bo" if about.customer == other else about.form
        form_drafts.save(connection, None, about, {"title": Typed("", words)}, NOW)
    told = json.dumps(person(connection, li, NOW)["forms"])
    assert [f'"text": "{words}"' in told for words in ("note", "task", "about Bo")] == [True, True, False]
