"""Uids are UUIDv7 whichever way they are made."""

from itertools import islice
from uuid import UUID

from desk.ids import new_uid, new_uids


def test_many_at_a_time_are_like_one_alone() -> None:
    before = new_uid()
    many = list(islice(new_uids(), 1_000))
    after = new_uid()
    assert len(set(many)) == len(many)
    for uid in many:
        parsed = UUID(bytes=uid)
        assert (parsed.version, parsed.variant) == (7, "specified in RFC 4122")
        assert before[:6] <= uid[:6] <= after[:6]
