import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.checklists import (
    ChecklistTemplate,
    Step,
    StepField,
    digit_of,
    parse_checklists,
    progress,
    suggest,
    to_toml,
)
from desk.errors import BadInput
from desk.mood import ANGRY, CALM, Mood
from desk.statuses import CHANNELS

HEARD = ChecklistTemplate(
    "heard",
    "HEARD",
    (
        Step("hear", "Hear", "Listen"),
        Step("empathize", "Empathize", "Say it"),
        Step("apologize", "Apologize", "Once"),
        Step("resolve", "Resolve", "Fix it", required=False, field=StepField.GESTURE),
        Step("diagnose", "Diagnose", "Why", later=True, field=StepField.TASK),
    ),
    angry=True,
)
TEN = ChecklistTemplate("ten", "Ten steps", tuple(Step(f"s{place}", f"Step {place}", "Do") for place in range(1, 11)))


def bound(
    key: str,
    *,
    channels: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    queues: tuple[str, ...] = (),
    flags: tuple[str, ...] = (),
) -> ChecklistTemplate:
    return ChecklistTemplate(
        key, key, (Step("a", "A", "Do"),), channels=channels, tags=tags, queues=queues, flags=flags
    )


def test_progress_counts_what_was_done() -> None:
    now = progress(HEARD, {"hear", "empathize"}, set())
    assert now.text == "2/5"
    assert not now.complete


def test_a_step_that_is_not_required_or_comes_later_does_not_keep_it_open() -> None:
    now = progress(HEARD, {"hear", "empathize"}, {"apologize"})
    assert (now.text, now.skipped, now.complete) == ("2/5", 1, True)


def test_diagnose_done_after_the_solution_ends_the_list() -> None:
    now = progress(HEARD, {"hear", "empathize", "apologize", "diagnose"}, {"resolve"})
    assert (now.text, now.complete) == ("4/5", True)


def test_steps_that_the_template_lost_do_not_count() -> None:
    now = progress(HEARD, {"hear", "gone"}, {"hear", "also-gone"})
    assert (now.done, now.skipped, now.total) == (1, 0, 5)


def test_each_digit_ticks_its_step() -> None:
    assert "".join(digit_of(place) for place in range(len(TEN.steps))) == "1234567890"


def test_a_step_is_found_by_its_key() -> None:
    assert HEARD.step("resolve").field is StepField.GESTURE
    with pytest.raises(BadInput, match="“solve” is no step of HEARD"):
        HEARD.step("solve")


def offered(
    *templates: ChecklistTemplate,
    angry: bool = False,
    tags: tuple[str, ...] = (),
    queue: str = "",
    flags: tuple[str, ...] = (),
) -> str:
    mood = Mood(ANGRY if angry else CALM)
    return suggest(templates, mood=mood, channel="phone", tags=tags, queue=queue, flags=flags)


def test_angry_customers_get_heard_and_others_the_ten_steps() -> None:
    assert offered(HEARD, TEN) == offered(TEN, HEARD) == "ten"
    assert offered(HEARD, TEN, angry=True) == offered(TEN, HEARD, angry=True) == "heard"


def test_the_closest_binding_wins() -> None:
    calls, billing = bound("calls", channels=("phone",)), bound("billing", queues=("Billing",))
    abusive = bound("abusive", tags=("Abusive",))
    every = (HEARD, TEN, calls, billing, abusive, bound("chats", channels=("chat",)))
    assert offered(*every) == "calls"
    assert offered(*every, queue="billing") == "billing"
    assert offered(*every, queue="billing", angry=True) == "heard"
    assert offered(*every, tags=("abusive", "x"), angry=True) == "abusive"
    assert (
        offered(*every, bound("careful", flags=("Abusive",)), tags=("abusive",), flags=("vip", "abusive")) == "careful"
    )


def test_all_bindings_of_a_list_have_to_be_met() -> None:
    picky = bound("picky", channels=("phone",), tags=("vip",))
    assert offered(TEN, picky) == "ten"
    assert offered(TEN, picky, tags=("vip",)) == "picky"


def test_where_nothing_fits_the_first_is_offered() -> None:
    assert offered(bound("a", tags=("x",)), bound("b", tags=("y",))) == "a"
    with pytest.raises(BadInput, match="There is no checklist to offer"):
        offered()


STEP = 'key = "s"\ntitle = "S"\nmeaning = "m"\n'


@pytest.mark.parametrize(
    ("toml", "message", "mend"),
    [
        ("[[checklists]]", "own.toml: checklists: is not known here", "Did you mean checklist?"),
        ("[[checklist]]", "own.toml: checklist 1, key: is missing", 'key = "…"'),
        ('[[checklist]]\nkey = "My list"', "own.toml: checklist 1 (“My list”), key: “My list” is no key", "hyphens"),
        (
            '[[checklist]]\nkey = "a"\ntitle = "A"',
            "own.toml: checklist 1 (“A”), step: there are 0 steps",
            "1 to 10",
        ),
        (
            '[[checklist]]\nkey = "a"\ntitle = "A"\n'
            + "".join(f'[[checklist.step]]\nkey = "s{n}"\ntitle = "S"\nmeaning = "m"\n' for n in range(11)),
            "own.toml: checklist 1 (“A”), step: there are 11 steps",
            "of a longer list make two",
        ),
        (
            f'[[checklist]]\nkey = "a"\ntitle = "A"\n[[checklist.step]]\n{STEP}[[checklist.step]]\n{STEP}',
            "own.toml: checklist 1 (“A”), step: “s” is there twice",
            "own key",
        ),
        (
            f'[[checklist]]\nkey = "a"\ntitle = "A"\n[[checklist.step]]\n{STEP}feild = "goal"',
            "own.toml: checklist 1 (“A”), step 1 (“S”), feild: is not known here",
            "Did you mean field?",
        ),
        (
            f'[[checklist]]\nkey = "a"\ntitle = "A"\n[[checklist.step]]\n{STEP}field = "gaol"',
            "own.toml: checklist 1 (“A”), step 1 (“S”), field: “gaol” is not known",
            "Did you mean goal?",
        ),
        (
            f'[[checklist]]\nkey = "a"\ntitle = "A"\n[[checklist.step]]\n{STEP}later = "yes"',
            "own.toml: checklist 1 (“A”), step 1 (“S”), later: is neither true nor false",
            "later = true",
        ),
        (
            f'[[checklist]]\nkey = "a"\ntitle = "A"\nchannels = ["phne"]\n[[checklist.step]]\n{STEP}',
            "own.toml: checklist 1 (“A”), channels: “phne” is no channel",
            "Did you mean phone?",
        ),
        (
            f'[[checklist]]\nkey = "a"\ntitle = "A"\n[[checklist.step]]\n{STEP}' * 2,
            "own.toml: checklist 2 (“A”), key: “a” is there twice",
            "own key",
        ),
    ],
)
def test_mistakes_are_named_with_file_place_and_key(toml: str, message: str, mend: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_checklists(toml, "own.toml")
    assert caught.value.message == message
    assert mend in caught.value.mend


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(
    lambda text: unicodedata.normalize("NFC", text)
)
WORDS = TEXT.filter(str.strip)
KEYS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)
STEPS = st.lists(
    st.builds(
        Step, KEYS, WORDS, WORDS, tip=TEXT, done_when=TEXT, snippet=TEXT, required=st.booleans(), later=st.booleans(),
        field=st.sampled_from(StepField),
    ),
    min_size=1, max_size=10, unique_by=lambda step: step.key,
).map(tuple)  # fmt: skip
TEMPLATES = st.lists(
    st.builds(
        ChecklistTemplate, KEYS, WORDS, STEPS, purpose=TEXT, angry=st.booleans(),
        channels=st.lists(st.sampled_from([channel.key for channel in CHANNELS]), max_size=2).map(tuple),
        tags=st.lists(TEXT, max_size=2).map(tuple), queues=st.lists(TEXT, max_size=2).map(tuple),
        flags=st.lists(TEXT, max_size=2).map(tuple),
    ),
    max_size=3, unique_by=lambda template: template.key,
)  # fmt: skip


@given(TEMPLATES)
def test_what_is_written_is_read_as_the_same(templates: list[ChecklistTemplate]) -> None:
    assert parse_checklists(to_toml(templates), "own.toml") == tuple(templates)


@given(STEPS, st.data())
def test_progress_never_contradicts_itself(steps: tuple[Step, ...], data: st.DataObject) -> None:
    template = ChecklistTemplate("a", "A", steps)
    keys = st.sets(st.sampled_from([step.key for step in steps]))
    done, skipped = data.draw(keys), data.draw(keys)
    now = progress(template, done, skipped)
    assert now.done + now.skipped <= now.total
    if now.done + now.skipped == now.total:
        assert now.complete
