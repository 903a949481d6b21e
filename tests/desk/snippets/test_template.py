import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.snippets import VARIABLES, FieldKind, answer, check, first_name, open_fields, render

ANA = {"customer.first_name": "Ana", "customer.email": "ana@example.com", "agent.first_name": "Sam"}


def test_values_and_defaults_are_filled_in() -> None:
    body = "Hi {{customer.first_name|there}}, {{ Customer.Email }}\n{{team.hours|weekdays}} {{agent.name|}}."
    assert render(body, ANA).text == "Hi Ana, ana@example.com\nweekdays ."
    assert render(body, {}).text == "Hi there, {{ Customer.Email }}\nweekdays ."


def test_a_blank_value_counts_as_unknown() -> None:
    assert render("Hi {{customer.first_name|there}}", {"customer.first_name": " "}).text == "Hi there"


def test_what_is_open_stays_in_the_text_and_is_found_again() -> None:
    rendered = render("{{ask: order number|none}} by {{choose: refund | credit}} for {{customer.phone}}", ANA)
    assert [(field.kind, field.prompt, field.options) for field in rendered.open_fields] == [
        (FieldKind.ASK, "order number", ("none",)),
        (FieldKind.CHOOSE, "choose", ("refund", "credit")),
        (FieldKind.MISSING, VARIABLES["customer.phone"], ()),
    ]
    assert open_fields(rendered.text) == rendered.open_fields
    assert [rendered.text[field.start : field.end] for field in rendered.open_fields] == [
        "{{ask: order number|none}}", "{{choose: refund | credit}}", "{{customer.phone}}",
    ]  # fmt: skip
    assert rendered.problems == ()


def test_equal_fields_are_answered_together() -> None:
    text = "{{ask: order}} was sent. Track {{ask: order}} here: {{ask: link}}"
    field = open_fields(text)[0]
    assert answer(text, field, "8841") == "8841 was sent. Track 8841 here: {{ask: link}}"


@pytest.mark.parametrize(
    ("body", "text", "cursor"),
    [
        ("Hi {{customer.first_name}},\n{{cursor}}\nSam", "Hi Ana,\n\nSam", 8),
        ("No mark", "No mark", 7),
        ("{{cursor}}a{{cursor}}b", "ab", 0),
    ],
)
def test_the_cursor_goes_where_the_agent_goes_on(body: str, text: str, cursor: int) -> None:
    rendered = render(body, ANA)
    assert (rendered.text, rendered.cursor) == (text, cursor)


@pytest.mark.parametrize(
    ("body", "message", "mend"),
    [
        ("a\n{{customer.frist_name}}", "“customer.frist_name” is no variable (line 2)", "{{customer.first_name}}?"),
        ("{{zzz|x}}", "“zzz” is no variable (line 1)", "{{ask: order number}}"),
        ("{{}}", "“” is no variable (line 1)", "{{ask: order number}}"),
        ("{{choose: refund |}}", "There is nothing to choose between (line 1)", "{{choose: refund | credit}}"),
        ("{{ask:  }}", "The question is empty (line 1)", "{{ask: order number}}"),
        ("{{customer.name", "“{{” isn't closed (line 1)", "}}"),
        ("{{ask: two\nlines}}", "“{{” isn't closed (line 1)", "}}"),
    ],
)
def test_mistakes_are_named_with_their_line(body: str, message: str, mend: str) -> None:
    with pytest.raises(BadInput) as caught:
        check(body)
    assert caught.value.message == message
    assert mend in caught.value.mend
    (problem,) = render(body, ANA).problems
    assert body[problem.start : problem.start + 2] == "{{"


def test_the_teams_own_details_are_variables() -> None:
    check("{{customer.details.seats|some}} seats")
    assert render("{{customer.details.seats|some}} seats", {"customer.details.seats": "12"}).text == "12 seats"
    with pytest.raises(BadInput):
        check("{{customer.details.}}")


def test_every_variable_has_its_help() -> None:
    for name, text in VARIABLES.items():
        check(f"{{{{{name}}}}}")
        assert text == text.strip() != ""


BRACES = st.text(st.sampled_from("{}|:ask cursortm.phone\n"), max_size=40)


@given(BRACES, BRACES)
def test_what_a_customer_is_called_never_becomes_a_field(before: str, name: str) -> None:
    quiet = before.replace("{{", "{ ").replace("{{", "{ ")
    rendered = render(f"{quiet} {{{{customer.name|}}}}", {"customer.name": name})
    assert rendered.open_fields == ()
    assert rendered.problems == ()


@given(BRACES, BRACES)
def test_any_template_renders_and_its_spans_lie_inside(body: str, name: str) -> None:
    rendered = render(body, {"customer.phone": name})
    assert 0 <= rendered.cursor <= len(rendered.text)
    for field in rendered.open_fields:
        assert rendered.text[field.start : field.end].startswith("{{")
        assert rendered.text[field.start : field.end].endswith("}}")


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ana Ruiz", "Ana"),
        ("Ruiz, Ana María", "Ana"),
        ("Dr. Ana Ruiz", "Ana"),
        ("J. R. Smith", "J. R. Smith"),
        ("李伟", "李伟"),
        ("ana@example.com", ""),
        ("+1 415 555 0134", ""),
        ("Mr", ""),
        ("", ""),
    ],
)
def test_people_are_greeted_by_their_first_name(name: str, greeting: str) -> None:
    assert first_name(name) == greeting
