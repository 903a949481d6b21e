"""Names that stand for each other."""

from desk.identifiers import words_of
from desk.nicknames import _table, also_called


def test_short_and_full_names_stand_for_each_other() -> None:
    assert "robert" in also_called("bob")
    assert "bob" in also_called("robert")
    assert "jose" in also_called("pepe")
    assert "friedrich" in also_called("fritz")
    assert also_called("zzz") == frozenset()


def test_nobody_is_also_called_themselves_and_every_name_is_folded() -> None:
    for name, others in _table().items():
        assert name not in others
        assert words_of(name) == [name]
        assert all(name in also_called(other) for other in others)
