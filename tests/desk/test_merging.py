"""The merge of two sides' edits, over any edits: nothing is lost without a word, and the newest writer wins."""

from hypothesis import given
from hypothesis import strategies as st

from desk.merging import Edit, Overridden, merge

FIELDS = ("status", "priority", "assignee", "tags")
values = st.sampled_from(("a", "b", "c", None))
bases = st.fixed_dictionaries(dict.fromkeys(FIELDS, values))


def sides(by: str) -> "st.SearchStrategy[dict[str, Edit[str | None]]]":
    return st.dictionaries(st.sampled_from(FIELDS), st.builds(Edit, values, st.integers(0, 3), st.just(by)))


def edited(base: dict[str, str | None], side: dict[str, Edit[str | None]]) -> dict[str, Edit[str | None]]:
    return {field: edit for field, edit in side.items() if edit.value != base[field]}


@given(bases, sides("Ana"), sides("Ben"))
def test_what_one_side_alone_has_changed_is_kept(
    base: dict[str, str | None], ours: dict[str, Edit[str | None]], theirs: dict[str, Edit[str | None]]
) -> None:
    merged = merge(base, ours, theirs)
    mine, others = edited(base, ours), edited(base, theirs)
    assert merged.fields.keys() == base.keys()
    for field in FIELDS:
        if field in mine and field not in others:
            assert merged.fields[field] == mine[field].value
        elif field in others and field not in mine:
            assert merged.fields[field] == others[field].value
        elif field not in mine:
            assert merged.fields[field] == base[field]


@given(bases, sides("Ana"), sides("Ben"))
def test_where_both_have_the_newest_wins_and_the_other_is_told(
    base: dict[str, str | None], ours: dict[str, Edit[str | None]], theirs: dict[str, Edit[str | None]]
) -> None:
    merged = merge(base, ours, theirs)
    mine, others = edited(base, ours), edited(base, theirs)
    both = [field for field in FIELDS if field in mine and field in others]
    for field in both:
        newest = max(mine[field].at, others[field].at)
        assert merged.fields[field] in {edit.value for edit in (mine[field], others[field]) if edit.at == newest}
        if mine[field].at == others[field].at:
            assert merged.fields[field] == others[field].value
    told = {
        (given_up.field, given_up.lost.value, given_up.lost.by, given_up.kept.value) for given_up in merged.overridden
    }
    lost = {
        (field, edit.value, edit.by, merged.fields[field])
        for field in both for edit in (mine[field], others[field]) if edit.value != merged.fields[field]
    }  # fmt: skip
    assert told == lost


@given(bases, sides("Ana"), sides("Ben"))
def test_merging_again_changes_nothing(
    base: dict[str, str | None], ours: dict[str, Edit[str | None]], theirs: dict[str, Edit[str | None]]
) -> None:
    once = merge(base, ours, theirs)
    assert merge(once.fields, {}, {}).fields == once.fields
    now = {field: Edit(value, 4, "both") for field, value in once.fields.items()}
    for other in (ours, theirs, now):
        again = merge(base, now, other)
        assert (again.fields, [one.kept.by for one in again.overridden]) == (
            once.fields,
            ["both"] * len(again.overridden),
        )
    assert merge(base, ours, ours).fields == {**base, **{field: edit.value for field, edit in ours.items()}}
    assert merge(base, ours, ours).overridden == ()


@given(bases, sides("Ana"), sides("Ben"))
def test_edits_of_different_fields_may_come_in_any_order(
    base: dict[str, str | None], ours: dict[str, Edit[str | None]], theirs: dict[str, Edit[str | None]]
) -> None:
    theirs = {field: edit for field, edit in theirs.items() if field not in ours}
    assert merge(base, ours, theirs) == merge(base, theirs, ours)
    assert merge(base, ours, theirs).overridden == ()
    one_by_one = merge(merge(base, ours, {}).fields, {}, theirs)
    assert one_by_one.fields == merge(base, ours, theirs).fields


def test_what_gave_way_names_both_writers() -> None:
    ana, ben = Edit("ana", 1, "Ana"), Edit("ben", 2, "Ben, in the mailbox support@example.test")
    merged = merge(
        {"assignee": "", "status": "open"}, {"assignee": ana, "status": Edit("solved", 1, "Ana")}, {"assignee": ben}
    )
    assert merged.fields == {"assignee": "ben", "status": "solved"}
    assert merged.overridden == (Overridden("assignee", ana, ben),)


def test_a_field_that_nobody_knew_of_is_an_edit() -> None:
    assert merge({}, {}, {"priority": Edit("high", 1, "Ben")}).fields == {"priority": "high"}
