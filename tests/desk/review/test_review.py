"""What a review marks and what it lets through, and that nothing makes it fail or grow slow."""

import re
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desk.review.engine import MOST_MARKS, review
from desk.review.marks import Context, Kind, Mark, moved
from desk.review.own_words import MOST, own_words
from desk.review.rules import Rules
from storage.review import rules_with
from tests.hostile import HOSTILE
from tests.linear import is_linear

ANA = Context(language="en", names=("Ana Ruiz",))
NOTE = Context(kind=Kind.NOTE, language="en", names=("Ana Ruiz",))


@cache
def rules() -> Rules:
    return rules_with()


def marks(text: str, context: Context = ANA) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mark in review(text, context, rules()):
        found.setdefault(mark.rule, []).append(mark.text)
    return found


def fixed(text: str, context: Context = ANA) -> str:
    """The text with everything put in that the marks propose."""
    for mark in reversed(review(text, context, rules())):
        if mark.replacement is not None:
            text = text[: mark.start] + mark.replacement + text[mark.end :]
    return text


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("It should work now.", "certainty", "It should work"),
        ("I think it broke.", "guess", "I think"),
        ("Dark mode will be released next month.", "estimate", ""),
        ("We will add a dark mode.", "feature", "We will add a"),
        ("Sorry for any inconvenience.", "apology", ""),
        ("Your call is important to us.", "canned", "Your call is important"),
        ("You failed to confirm it.", "blame", "You failed to"),
        ("Those are the rules.", "policy", "Those are the rules"),
        ("The backend is down.", "jargon", "backend"),
        ("I have recorded your vote.", "deliberate", ""),
        ("That is NOT possible.", "capitals", "NOT"),
        ("I have attached the bill.", "attachment", "I have attached"),
        ("It costs {{ask: amount}} in all.", "unfilled", "{{ask: amount}}"),
        ("It costs {{ask: amount in all.", "unfilled", "{{"),
        ("It costs [AMOUNT] in all.", "unfilled", "[AMOUNT]"),
        ("It is under <booking number>.", "unfilled", "<booking number>"),
        ("Ask for [guest name] there.", "unfilled", "[guest name]"),
        ("It is for {name} alone.", "unfilled", "{name}"),
        ("It costs ${price} in all.", "unfilled", "${price}"),
        ("It costs %PRICE% in all.", "unfilled", "%PRICE%"),
        ("@bo can you take it", "reply-as-note", "@bo"),
        ("Hi Sam,\nit is done.", "wrong-name", "Sam"),
        ("Hi,\nit is done.", "name", "Hi"),
        ("Es sollte jetzt funktionieren, und das ist gut.", "certainty", ""),
        ("Disculpe las molestias, el pedido no ha salido.", "apology", "Disculpe las molestias"),
    ],
)
def test_each_rule_marks_its_words(text: str, rule: str, words: str) -> None:
    found = marks(text, Context(names=("Ana Ruiz",)))
    assert rule in found
    if words:
        assert words in found[rule]


@pytest.mark.parametrize(
    "text",
    [
        "> It should work.",
        "On Mon 2 Mar 2026, Ana wrote:\n> I think it should",
        "`I think it should work`",
        "```\nI think it should work\n```",
        "    I think it should work",
        "See https://example.org/it-should-work-i-think",
        "“I think it should work” is what was said.",
        "Done.\n-- \nI think it should work",
        "My guess, not checked: it should work.",
        "This is a guess: I think it broke.",
        "Should I send it?",
        "This should not have happened.",
        "You should have heard from me on Monday; you didn't, and that is my fault.",
        "You shouldn't have had to write twice.",
        "What should happen with the old one?",
        "The set {1, 2} and the mark {x} are in the book.",
        "It rings [that is the loud one with the order number on it] twice.",
    ],
)
def test_what_isnt_said_by_the_agent_as_true_is_let_through(text: str) -> None:
    assert not marks(text, Context(language="en"))


def test_a_word_that_the_customer_used_is_no_jargon() -> None:
    assert "jargon" in marks("The backend is up.")
    asked = Context(language="en", customer_text="Is your backend down?")
    assert "jargon" not in marks("The backend is up.", asked)
    echoed = Context(language="en", customer_text="Should it work?")
    assert "certainty" in marks("It should work.", echoed)


def test_two_everyday_words_in_capitals_shout_and_names_do_not() -> None:
    assert marks("YOU HAVE to write.")["capitals"] == ["YOU HAVE"]
    assert "capitals" not in marks("The USB port and the HAVE lamp.")


def test_any_of_the_names_in_a_greeting_may_be_theirs() -> None:
    assert "wrong-name" not in marks("Hi Maria Ruiz,\nit is done.")
    assert "wrong-name" in marks("Hi Maria Rojas,\nit is done.")


def test_two_questions_are_in_order_and_the_third_is_marked() -> None:
    two = "Which lamp is it? Where does it stand?"
    assert "questions" not in marks(two)
    assert marks(two + " When did it break?")["questions"] == ["When did it break?"]
    assert "questions" not in marks("1. Which lamp?\n2. Where?\n3. When did it break?")


def test_a_paragraph_of_a_hundred_words_is_no_wall() -> None:
    assert "wall" not in marks("Word after word. " * 33 + "One.")
    assert "wall" in marks("Word after word. " * 33 + "One more.")


def test_a_letter_of_fewer_words_needs_no_greeting() -> None:
    assert "greeting" not in marks("word " * 24, Context(language="en"))
    assert "greeting" in marks("word " * 25, Context(language="en"))


def test_who_signed_a_shared_mailbox_may_be_greeted() -> None:
    signed = Context(language="en", names=("Lark Cycles",), customer_text="Please mend it.\n\nTove")
    assert "wrong-name" not in marks("Hi Tove,\nit is done.", signed)
    assert "wrong-name" in marks("Hi Sam,\nit is done.", signed)


def test_a_note_that_ends_as_letters_do_is_noticed_above_the_name_too() -> None:
    for ends in ("Kind regards", "Kind regards,\nBo", "Kind regards,\nBo\nSupport"):
        assert "note-as-reply" in marks("It left us today.\n" + ends, NOTE)


def test_a_rule_of_some_channels_is_silent_on_others() -> None:
    long = "Your order left us on Monday. " * 6
    for channel, greets in (("email", True), ("", True), ("chat", False)):
        found = marks(long, Context(language="en", channel=channel))
        assert ("greeting" in found) is greets


def test_an_attachment_that_is_there_is_no_mark() -> None:
    assert "attachment" not in marks("I have attached it.", Context(language="en", attachments=1))


@pytest.mark.parametrize(
    ("names", "greeted", "wrong"),
    [
        (("Ana Ruiz",), "Hi Ana,", False),
        (("Ana Ruiz",), "Dear Ms. Ruiz,", False),
        (("Ana Ruiz",), "Hi Anna,", True),
        (("Ana Ruiz",), "Hi all,", False),
        (("Robert Miles",), "Hello Bob!", False),
        (("ana.ruiz@example.org",), "Hi Ana.", False),
        (("Sam O'Hara",), "Dear Mr O’Hara,", False),
        (("Zoë Müller",), "Hi Zoe,", False),
        ((), "Hi Sam,", False),
    ],
)
def test_whose_name_a_greeting_may_use(names: tuple[str, ...], greeted: str, wrong: bool) -> None:
    found = marks(greeted + "\nit is done.", Context(language="en", names=names))
    assert ("wrong-name" in found) is wrong


def test_another_customers_name_is_wrong_wherever_it_stands() -> None:
    context = Context(language="en", names=("Ana Ruiz",), others=("Li Wei", "Ana Ruiz"))
    assert marks("Hi Ana,\nthe parcel of Li Wei left.", context) == {"wrong-name": ["Li Wei"]}
    assert not marks("Hi Ana,\nthe parcel of Ana Ruiz left.", context)
    assert marks("Hi Ana,\nLi Weiss wrote, and Li\nWei too.", context) == {"wrong-name": ["Li\nWei"]}


def test_a_name_inside_another_is_nobody_elses() -> None:
    context = Context(language="en", names=("Diana Ruiz",), others=("Ana Ruiz", "Diana Rui"))
    assert not marks("Hi Diana,\nthe parcel for Diana Ruiz left.", context)
    assert "wrong-name" in marks("Hi Diana,\nthe parcel for Ana Ruiz left.", context)


@pytest.mark.parametrize(
    "text",
    [
        "The bank:\n    {{ask: iban}}\nThat is all.",
        "\t{{ask: iban}}",
        "Type “{{ask: code}}” there.",
        'Type "{{ask: code}}" there.',
        "Type `{{ask: code}}` there.",
        "Done.\n-- \n{{ask: name}}",
        "On Monday:\n> {{ask: iban}}\n\nIt is {{ask: iban}}.",
    ],
)
def test_an_open_field_asks_wherever_it_stands(text: str) -> None:
    assert len(marks(text)["unfilled"]) == 1


def test_an_open_field_asks_however_far_down_it_stands() -> None:
    assert len(marks("word " * (MOST // 5) + "{{ask: iban}}")["unfilled"]) == 1


def test_a_field_that_somebody_else_wrote_asks_nothing() -> None:
    assert "unfilled" not in marks("> {{ask: iban}}\n  > {{ask: name}}\nIt is done.")


@pytest.mark.parametrize(
    ("names", "text", "colleague"),
    [
        (("Ana Ruiz", "@ana_r"), "@ana_r it left us today.", False),
        (("ana_r",), "@Ana_R it left us today.", False),
        (("Ana Ruiz",), "@Ana it left us today.", False),
        (("Ana Ruiz",), "@bo can you take it", True),
        ((), "@bo can you take it", True),
    ],
)
def test_a_customers_own_handle_is_no_colleague(names: tuple[str, ...], text: str, colleague: bool) -> None:
    assert ("reply-as-note" in marks(text, Context(language="en", names=names))) is colleague


def test_a_note_is_taken_for_a_reply_only_by_its_form() -> None:
    assert "note-as-reply" in marks("Hi Ana,\nit left today.", NOTE)
    assert "note-as-reply" in marks("It left today.\n\nKind regards\nBo", NOTE)
    assert not marks("Hi Bo,\nI think Ana should get a refund.", NOTE)
    assert "reply-as-note" not in marks("The customer is angry.", NOTE)
    assert "reply-as-note" in marks("The customer is angry.")


def test_greetings_are_for_letters() -> None:
    letter = "Your parcel left us today. " * 6
    assert "greeting" in marks(letter, Context(language="en", channel="email"))
    assert "greeting" not in marks(letter, Context(language="en", channel="chat"))
    assert fixed(letter, ANA).startswith("Hi Ana,\n\nYour parcel")


def test_a_wall_is_parted_between_two_sentences() -> None:
    wall = "The van left at ten and came back. " * 20
    parted = fixed("Hi Ana,\n\n" + wall.strip())
    assert "back.\n\nThe van" in parted
    assert "wall" not in marks(parted)


def test_the_fixes_read_well() -> None:
    assert fixed("I think it broke.") == "My guess, not checked: it broke."
    assert fixed("It should work now.") == "It works now."
    assert fixed("You should be able to sign in.") == "You can sign in."
    assert fixed("Your refund should arrive today.") == "Your refund will arrive today."
    assert fixed("That is NOT possible.") == "That is not possible."
    assert fixed("PLEASE READ THIS.") == "Please read this."
    assert fixed("That is NOT WHAT I MEANT.") == "That is not what I meant."
    assert fixed("Dear customer,\nit left.") == "Hi Ana,\nit left."
    assert fixed("Hi Sam,\nit left.") == "Hi Ana,\nit left."


PIECES = [
    *(text for _, text in HOSTILE), "should", "I think", "{{", "}}", "Hi", "Ana", "\n", " ", "?", ".", "NOT", "`",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_marks_are_those_of_the_text_whatever_it_is(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = review(text, Context(names=("Ana Ruiz", "@", ""), others=("", "Li Wei"), customer_text=text), rules())
    assert [(mark.start, mark.end) for mark in found] == sorted((mark.start, mark.end) for mark in found)
    ends: dict[str, int] = {}
    for mark in found:
        assert 0 <= mark.start < mark.end <= len(text)
        assert mark.text == text[mark.start : mark.end]
        assert mark.start >= ends.get(mark.rule, 0)
        ends[mark.rule] = mark.end


@given(st.text(alphabet=st.sampled_from('>-_`"“”„«@:/.\n \tw'), max_size=200))
def test_own_words_are_as_long_as_the_text(text: str) -> None:
    own = own_words(text)
    assert len(own) == len(text)
    assert [place for place, sign in enumerate(text) if sign == "\n"] == [
        place for place, sign in enumerate(own) if sign == "\n"
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "I think it should ",
        "a" * 50,
        "> " * 3,
        "`",
        '"',
        "“a",
        "(",
        "[x",
        "{{",
        "A B, ",
        "?",
        "www.",
        "a@",
        "a.b@c.",
        "Hi Hi ",
        "\n\n",
        "- ",
        "<a",
        "%A",
        "{a",
        "{{ask: a}}",
        "\n >",
        "should? ",
    ],
)
def test_hostile_texts_take_a_time_that_grows_with_them(piece: str) -> None:
    # Up to where a text is cut, so that four times as much is four times as much.
    size = MOST // 5 // len(piece)
    assert is_linear(lambda times: review(piece * times, ANA, rules()), size)


def test_a_hostile_text_has_bounded_marks() -> None:
    found = review("I think it should work. " * 20_000, ANA, rules())
    assert max(mark.end for mark in found) <= MOST
    counts = {mark.rule: sum(1 for each in found if each.rule == mark.rule) for mark in found}
    assert max(counts.values()) <= MOST_MARKS


def mark_at(start: int, end: int) -> Mark:
    return Mark("rule", start, end, "x" * (end - start), "Why.", "What.")


@given(st.integers(0, 20), st.integers(0, 5), st.integers(0, 10), st.integers(0, 20), st.integers(1, 5))
@example(start=1, gone=0, new=0, place=0, length=2)
def test_marks_move_with_their_words(start: int, gone: int, new: int, place: int, length: int) -> None:
    text = "".join(chr(ord("a") + number) for number in range(26))
    changed = text[:start] + "-" * new + text[start + gone :]
    (*kept,) = moved([mark_at(place, place + length)], start, start + gone, new)
    for mark in kept:
        assert changed[mark.start : mark.end] == text[place : place + length]
    assert bool(kept) == (re.search(text[place : place + length], changed) is not None)
