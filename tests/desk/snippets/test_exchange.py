import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.identifiers import fold
from desk.snippets import Actions, Snippet, parse_snippets, to_toml
from desk.statuses import Priority, Status

REFUND = Snippet(
    title='Refund "on its way"',
    trigger="ref",
    folder="Refund",
    keywords=("money back", "Geld zurück"),
    actions=Actions(Status.PENDING, add_tags=("refund",)),
    body='Hi {{customer.first_name|there}},\n\n\tC:\\refunds says """yes""".\n',
)


def test_a_snippet_is_written_as_people_would() -> None:
    assert to_toml([REFUND]) == (
        "[[snippet]]\n"
        'title = "Refund \\"on its way\\""\n'
        'trigger = "ref"\n'
        'folder = "Refund"\n'
        'keywords = ["money back", "Geld zurück"]\n'
        'actions = "status=pending +refund"\n'
        'body = """\n'
        "Hi {{customer.first_name|there}},\n"
        "\n"
        '\tC:\\\\refunds says \\"""yes\\""".\n'
        "\n"
        '"""\n'
    )


def test_row_and_use_stay_at_home() -> None:
    (read,) = parse_snippets(to_toml([Snippet("Hi", "Hello", id=7, uses=30)]), "team.toml")
    assert read == Snippet("Hi", "Hello")


def test_a_known_answer_takes_its_question_along() -> None:
    known = Snippet("Hi", "Hello", question='Is "this" it?')
    assert parse_snippets(to_toml([known]), "team.toml") == (known,)


def test_files_written_elsewhere_are_read() -> None:
    toml = '[[snippet]]\r\ntitle = "Hi"\r\nbody = """\r\nOne\r\nTwo\r\n"""\r\n'
    assert parse_snippets(toml, "team.toml") == (Snippet("Hi", "One\nTwo"),)
    assert parse_snippets("", "team.toml") == ()


@pytest.mark.parametrize(
    ("toml", "message", "mend"),
    [
        ("[[snippet", "team.toml: ", "Write it as TOML"),
        ("[[snipet]]", "team.toml: snipet: is not known here", "Did you mean snippet?"),
        ("snippet = 3", "team.toml: snippet: is no list of tables", "[[snippet]]"),
        ('[[snippet]]\nbody = "x"', "team.toml: snippet 1, title: is missing", 'title = "…"'),
        ("[[snippet]]\ntitle = 3", "team.toml: snippet 1, title: is no text", "in quotes"),
        (
            '[[snippet]]\ntitle = "Hi"\ntriger = "hi"\nbody = "x"',
            "team.toml: snippet 1 (“Hi”), triger: is not known here",
            "Did you mean trigger?",
        ),
        (
            '[[snippet]]\ntitle = "Hi"\nbody = "x"\nkeywords = "a, b"',
            "team.toml: snippet 1 (“Hi”), keywords: is no list of texts",
            '["one", "two"]',
        ),
        (
            '[[snippet]]\ntitle = "Hi"\nbody = "x"\nkeywords = ["a, b"]',
            "team.toml: snippet 1 (“Hi”), keywords: “a, b” is no keyword",
            "without commas",
        ),
        (
            '[[snippet]]\ntitle = "Hi"\nbody = "{{custmer.name}}"',
            "team.toml: snippet 1 (“Hi”), body: “custmer.name” is no variable (line 1)",
            "customer.name",
        ),
        (
            '[[snippet]]\ntitle = "Hi"\nactions = "status=slved"',
            "team.toml: snippet 1 (“Hi”), actions: “slved” is no status",
            "solved",
        ),
        ('[[snippet]]\ntitle = "Hi"', "team.toml: snippet 1 (“Hi”), body: is empty, and there are no actions", "Write"),
        (
            '[[snippet]]\ntitle = "Hi"\ntrigger = "two words"\nbody = "x"',
            "team.toml: snippet 1 (“Hi”), trigger: “two words” can't be typed as one word",
            "hyphens",
        ),
        (
            '[[snippet]]\ntitle = "A"\ntrigger = "x"\nbody = "x"\n[[snippet]]\ntitle = "B"\ntrigger = "X"\nbody = "x"',
            "team.toml: snippet 2 (“B”), trigger: “X” belongs to “A”",
            "another",
        ),
    ],
)
def test_mistakes_are_named_with_file_place_and_key(toml: str, message: str, mend: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_snippets(toml, "team.toml")
    assert caught.value.message.startswith(message)
    assert mend in caught.value.mend


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(nfc)
KEYWORDS = TEXT.filter(lambda text: text == text.strip() != "" and "," not in text)
BODY = st.one_of(TEXT, st.text(st.sampled_from('"\\\n\r\t a\x00\x7f'), max_size=12)).filter(str.strip)
SNIPPETS = st.lists(
    st.builds(
        Snippet,
        title=TEXT.filter(str.strip),
        body=BODY.filter(lambda body: "{{" not in body),
        trigger=st.just("") | st.from_regex(r"[a-z0-9.-]{1,8}", fullmatch=True),
        folder=TEXT,
        keywords=st.lists(KEYWORDS, max_size=3).map(tuple),
        actions=st.builds(Actions, priority=st.none() | st.sampled_from(Priority)),
    ),
    max_size=4,
    unique_by=lambda snippet: fold(snippet.trigger) or object(),
)


@given(SNIPPETS)
def test_what_is_written_is_read_as_the_same(snippets: list[Snippet]) -> None:
    assert parse_snippets(to_toml(snippets), "team.toml") == tuple(snippets)


@given(st.text(max_size=60))
def test_any_file_is_read_or_refused_with_its_name(toml: str) -> None:
    try:
        parse_snippets(toml, "team.toml")
    except BadInput as error:
        assert error.message.startswith("team.toml: ")  # noqa: PT017


@pytest.mark.parametrize("toml", ["a = " + "[" * 5000, "a = " + "1" * 5000])
def test_a_hostile_file_is_refused_like_any_other(toml: str) -> None:
    with pytest.raises(BadInput, match=r"^team\.toml: "):
        parse_snippets(toml, "team.toml")
