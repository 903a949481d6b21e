"""What a question and an answer are without greeting, farewell, signature and quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.knowledge.capture import (
    LONGEST_QUESTION,
    answer_of,
    beyond,
    of_one_customer,
    own_words,
    question_of,
    shortened,
    title_of,
)
from desk.snippets.template import check, open_fields, render
from tests.linear import is_linear

REPLY = """\
Hi Ana,

your refund of 20 EUR left today, Ana. It takes three days.

Write to us again if Ana Ruiz sees nothing at ana@example.org.

Kind regards,
Mei Lin
Support

On Monday Ana Ruiz wrote:
> Where is my refund?
"""


def test_an_answer_is_what_was_said_with_the_customer_as_a_variable() -> None:
    assert answer_of(REPLY, "Ana Ruiz", "ana@example.org") == (
        "your refund of 20 EUR left today, {{customer.first_name}}. It takes three days.\n\n"
        "Write to us again if {{customer.name}} sees nothing at {{customer.email}}."
    )


@pytest.mark.parametrize("name", ["customer", "customer.email", "email", "name", "first_name customer", "example"])
def test_a_customer_who_is_called_as_a_field_breaks_none(name: str) -> None:
    text = answer_of(f"Dear you,\nit left, {name}, for name@example.org.", name, "name@example.org")
    assert text == "it left, {{customer.name}}, for {{customer.email}}."
    check(text)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Hello there,\nit works.\nThanks\nBo", "it works."),
        ("Hi Bo, it works.\n\nBest", "it works."),
        ("Hallo Frau Meier,\n\nes geht.\n\nViele Grüße\nBo", "es geht."),
        ("Hola Ana:\n\nya va.\n\nUn saludo,\nBo", "ya va."),
        ("Dear Mr. Lind,\n\nit works.\n\nYours sincerely\nBo", "it works."),
        ("Please say hello Ana, then go.", "Please say hello Ana, then go."),
        ("High water came.", "High water came."),
        ("It works.\n\n-- \nBo Lind\nKettle", "It works."),
        # Thanks that go on are words, and so is what stands below a farewell and says something.
        ("Thanks for the order number. I look now.", "Thanks for the order number. I look now."),
        ("It works.\n\nThanks\n\nPlease restart it, then write which number the screen shows you.",
         "It works.\n\nThanks\n\nPlease restart it, then write which number the screen shows you."),
        ("Hi", "Hi"),
        ("", ""),
    ],
)  # fmt: skip
def test_greeting_and_farewell_go_and_nothing_else(body: str, said: str) -> None:
    assert own_words(body) == said


def test_a_bare_name_at_the_end_is_the_writers() -> None:
    assert own_words("It works.\n\nMei", "Mei Tanaka") == "It works."
    assert own_words("It works.\n\nMei", "Bo Lind") == "It works.\n\nMei"
    assert own_words("Mei", "Mei Tanaka") == "Mei"


def test_a_question_is_the_customers_own_and_marked_where_it_is_cut() -> None:
    asked = "Hi,\n\nI bought a lamp. Where is my refund? It is late. Can you look?\n\nThanks\nAna"
    assert question_of(asked, "Re: Refund") == "Where is my refund? Can you look?"
    assert question_of("It never came.\nI wait since Monday.", "x") == "It never came. I wait since Monday."
    assert question_of("", "Re: AW: Fwd: My  lamp") == "My lamp"
    long = question_of("word " * 200, "x")
    assert long.endswith("word…")
    assert len(long) <= LONGEST_QUESTION


def test_what_is_of_one_customer_alone_is_named() -> None:
    text = "Order 8841-22 of ana@example.org costs 20 EUR, call +45 55 12 34 56. It takes 3 days, AB-1234."
    assert of_one_customer(text) == ("ana@example.org", "8841-22", "45 55 12 34 56", "AB-1234")
    assert of_one_customer("It takes 3 days, or 10 at most.") == ()


def test_what_a_newer_answer_adds() -> None:
    known = "Your refund left today. It takes three days."
    assert beyond(known, "Your refund left today!\nYour bank may take longer over a holiday.") == (
        "Your bank may take longer over a holiday."
    )
    assert beyond(known, known) == ""


@given(st.text(), st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_said_becomes_a_snippet_that_can_be_kept_and_says_it_again(
    body: str, customer: str, email: str
) -> None:
    text = answer_of(body, customer, email)
    check(text)
    fields = {"customer.name": "N", "customer.first_name": "F", "customer.email": "E"}
    assert open_fields(render(text, fields).text) == ()
    assert bool(text.strip()) == bool(own_words(body).strip())


@given(st.text(max_size=400), st.integers(2, 200))
def test_what_is_shortened_is_a_beginning_of_it(text: str, longest: int) -> None:
    short = shortened(text, longest)
    flat = " ".join(text.split())
    assert len(short) <= longest
    assert short == flat or (short.endswith("…") and flat.startswith(short[:-1]))


def test_a_title_is_a_subject_without_its_marks() -> None:
    assert title_of("Re: [EXT] AW: Where is it?") == "[EXT] AW: Where is it?"
    assert title_of("RE[2]: Where is it?") == "Where is it?"


@pytest.mark.parametrize("run", ["a.", "1 ", "hi ", "best\n", "a@", "-", " x"])
def test_a_long_run_of_anything_takes_no_longer_than_its_length(run: str) -> None:
    def work(times: int) -> object:
        text = run * times
        return of_one_customer(text + "@"), answer_of(text, "Ana Ruiz"), question_of(text, "")

    assert is_linear(work, 5000)
