import pytest

from desk.nearest import mend_name, nearest

KNOWN = ("status", "assignee", "Priority")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("stauts", "status"), ("ASSIGNE", "assignee"), ("priorty", "Priority"), ("zzz", None), ("", None)],
)
def test_the_nearest_name_is_found_in_its_own_spelling(typed: str, meant: str | None) -> None:
    assert nearest(typed, KNOWN) == meant


def test_the_mend_names_the_nearest_or_all() -> None:
    assert mend_name("stat", iter(KNOWN)) == "Did you mean status?"
    assert mend_name("zzz", iter(KNOWN)) == "Known here: status, assignee, Priority."
