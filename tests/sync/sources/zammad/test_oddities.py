"""What is odd at a Zammad, be it one answer or a clock: it spoils nothing but itself."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from desk.times import now
from sync.errors import Broken
from sync.protocol import Refused
from sync.tickets import ChecklistNews, MessageNews, Passed, TicketGone, TicketNews, WriteMessage
from tests.sync.sources.zammad.reader import desk, told


@pytest.mark.parametrize(
    "path", ["/tags", "/ticket_articles/by_ticket", "/checklists", "/users/10"], ids=lambda path: path.split("/")[1]
)
@pytest.mark.parametrize("body", [b"5", b'{"tags": 5, "assets": 5}'])
def test_an_answer_of_an_unknown_form_spoils_nothing_else(path: str, body: bytes) -> None:
    """Its ticket comes all the same, and so does every other one."""
    with desk() as (fake, reader):
        cases = [fake.desk.opens(11, f"Brake {number}", "It squeaks.") for number in range(2)]
        fake.desk.says(cases[0].id, 10, "Mine too.")
        fake.desk.lists(cases[0].id, "Repair", "Look")
        fake.faults.refuse(200, path=path, body=body)
        records = reader.read()
        assert fake.faults.left == 0
        assert {news.subject for news in told(records, TicketNews)} == {"Brake 0", "Brake 1"}
        assert len(told(records, MessageNews)) == (1 if "articles" in path else 3)
        assert len(told(records, ChecklistNews)) == (0 if "checklists" in path else 1)
        assert len(told(records, Passed)) == (1 if "articles" in path else 0)


def test_a_merge_whose_link_is_odd_is_told_all_the_same() -> None:
    with desk() as (fake, reader):
        case, into = (fake.desk.opens(10, title, "It squeaks.") for title in ("Brake", "Brakes"))
        reader.read()
        fake.desk.merges(case.id, into.id)
        fake.faults.refuse(200, path="/links", body=b'{"links": 5}')
        assert told(reader.read("news"), TicketGone) == [TicketGone(str(case.id))]


def test_somebody_else_who_answers_spoils_everything() -> None:
    """The page of a hotel's network is no ticket that can't be read: the round is tried again."""
    with desk() as (fake, reader):
        fake.desk.opens(10, "Brake", "It squeaks.")
        fake.faults.refuse(200, path="/tags", body=b"<html>Room number?</html>")
        with pytest.raises(Broken, match="else than JSON"):
            reader.read()
        assert len(told(reader.read(), TicketNews)) == 1


def test_a_clock_that_was_wrong_once_hides_nothing() -> None:
    """A ticket of next year is the newest for a year, and what is written meanwhile is new all the same."""
    with desk() as (fake, reader):
        case, odd = (fake.desk.opens(10, title, "It squeaks.") for title in ("Brake", "Odd"))
        odd.updated_at = datetime(2040, 1, 1, tzinfo=UTC).timestamp()
        reader.read()
        fake.desk.says(case.id, 10, "Still.")
        assert [news.subject for news in told(reader.read("news"), TicketNews)] == ["Brake"]
        odd.updated_at += 1
        fake.desk.says(case.id, 10, "Again.")
        assert [news.subject for news in told(reader.read("news"), TicketNews)] == ["Brake", "Odd"]
        fake.desk.says(case.id, 10, "And again.")
        assert [news.subject for news in told(reader.read("news"), TicketNews)] == ["Brake"]
        assert reader.read("news") == []


@pytest.mark.parametrize(("status", "mend"), [(413, "smaller"), (400, ""), (415, "")])
def test_what_stands_before_it_refuses_for_good(status: int, mend: str) -> None:
    """As a proxy does with what is too large; asked for again and again, it would hold up everything behind it."""
    with desk() as (fake, reader):
        case = fake.desk.opens(10, "Brake", "It squeaks.")
        seen = str(fake.desk.of(case.id)[-1].id)
        reply = WriteMessage(uuid4().hex, str(case.id), "reply", "Turn it.", (), (), (), "", seen, now())
        fake.faults.refuse(status, method="POST", path="/ticket_articles", body=b"<html>no</html>")
        refused = reader.source.push(reply, lambda: None)
    assert isinstance(refused, Refused)
    assert f"status {status}" in refused.why
    assert mend in refused.mend
