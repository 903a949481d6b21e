"""What a Zammad tells: all of it, each thing when it has changed, and nothing of it disturbed by what goes on there."""

from contextlib import closing

import pytest

from desk.lookup import IdentityKind
from desk.statuses import Status
from desk.times import MINUTE, SECOND
from storage.ingest.records import IdentityRecord
from sync.errors import SourceError
from sync.sources.zammad import reading
from sync.tickets import AgentNews, CallNews, ChecklistNews, MessageNews, Passed, SnippetNews, TicketGone, TicketNews
from tests.servers.zammad import Zammad as Fake
from tests.sync.sources.zammad.reader import desk, told
from tests.sync.sources.zammad.stage import connected


def test_a_ticket_is_told_whole() -> None:
    """With its customer and their numbers, its owner, tags, fields, and its own page."""
    with desk() as (fake, reader):
        case = fake.desk.opens(10, "Brake", "It squeaks.", order_number="4711-B", campaign=None, urgent_case=True)
        case.tags.append("bike")
        fake.desk.sets(case.id, owner_id=4, state_id=8, priority_id=3)
        case.pending_time = "2027-01-01T09:00:00.000Z"
        records = reader.read()
        (news,) = told(records, TicketNews)
        assert (news.number, news.subject, news.queue, news.channel) == (case.number, "Brake", "Support", "email")
        assert (news.label, news.status, news.priority_label) == (
            "waiting for the workshop (on hold)",
            Status.HOLD,
            "3 high",
        )
        assert (news.assignee, news.tags, news.url) == ("4", ("bike",), f"{fake.url}/#ticket/zoom/{case.id}")
        assert news.fields == {
            "Order number": "4711-B",
            "Urgent case": "yes",
            "Pending till": "2027-01-01T09:00:00.000Z",
        }
        assert news.customer is not None
        assert (news.customer.name, news.customer.organization) == ("Ana Ruiz", "Harbour Bikes")
        assert set(news.customer.identities) >= {
            IdentityRecord(IdentityKind.EMAIL, "ana@customer.example"),
            IdentityRecord(IdentityKind.PHONE, "+49 30 1234567"),
            IdentityRecord(IdentityKind.ACCOUNT, "A-7781"),
            IdentityRecord(IdentityKind.ORDER, "4711-B"),
        }
        assert news.customer.flags[0].kind == "vip"
        assert records.index(next(one for one in told(records, AgentNews) if one.external_id == "4")) < records.index(
            news
        )


def test_the_newest_come_first_and_the_past_ends_where_it_was_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies behind that isn't even asked for."""
    monkeypatch.setattr(reading, "SIZE", 4)
    with desk({"days": "10"}) as (fake, reader):
        now = fake.now()
        for age in range(40):
            fake.desk.opens(10, f"{age} days ago", "Hello.", at=now - age * 86_400)
        reader.read("news")
        subjects = [news.subject for news in told(reader.read("past"), TicketNews)]
        assert subjects == [f"{age} days ago" for age in range(10)]
        assert len(fake.asked_for("/search")) <= 6
        before = len(fake.asked)
        assert reader.read("past") == []
        assert len(fake.asked) == before


@pytest.mark.parametrize("older", [False, True])
def test_more_tickets_than_a_page_may_have_changed_in_one_moment(older: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an import. Both forms of a search's answer are read."""
    monkeypatch.setattr(reading, "SIZE", 3)
    with desk() as (fake, reader):
        fake.older = older
        moment = fake.now() - 60
        many = {str(fake.desk.opens(10, "Imported", "Hello.", at=moment).id) for _ in range(8)}
        one = str(fake.desk.opens(10, "Before", "Hello.", at=moment - 60).id)
        reader.read("news")
        past = [news.external_id for news in told(reader.read("past"), TicketNews)]
        assert sorted(past) == sorted({*many, one})
        for ticket in many:
            fake.desk.sets(int(ticket), priority_id=3)
            fake.desk.tickets[int(ticket)].updated_at = moment + 30
        news = [news.external_id for news in told(reader.read("news"), TicketNews)]
        assert sorted(news) == sorted(many)
        assert told(reader.read("news"), TicketNews) == []


def test_a_change_that_is_seen_late_is_told() -> None:
    """Whoever wrote slowly has an earlier time than what is known already."""
    with desk() as (fake, reader):
        late, other = (fake.desk.opens(10, subject, "Hello.", at=fake.now() - 90) for subject in ("late", "other"))
        reader.read()
        fake.desk.sets(other.id, priority_id=3)
        assert [news.subject for news in told(reader.read("news"), TicketNews)] == ["other"]
        late.priority_id, late.updated_at = 3, late.updated_at + 1
        assert [news.subject for news in told(reader.read("news"), TicketNews)] == ["late"]
        assert told(reader.read("news"), TicketNews) == []


def test_its_clock_may_be_wrong() -> None:
    """Only its own times are compared with each other."""
    with desk() as (fake, reader):
        fake.faults.clock_ahead = -86_400.0
        case = fake.desk.opens(10, "Brake", "It squeaks.")
        reader.read()
        fake.desk.says(case.id, 10, "Still.")
        assert [news.body for news in told(reader.read("news"), MessageNews)] == ["It squeaks.", "Still."]
        page = reader.source.pull(reader.source.streams()[0], reader.cursors["news"])
        assert abs(page.ahead + 86_400 * SECOND) < 60 * SECOND


def test_a_ticket_that_cant_be_read_is_passed_over_once() -> None:
    """The page goes on; it comes again only when it changes."""
    with desk() as (fake, reader):
        reader.read()
        odd, plain = fake.desk.opens(10, "odd", "Hello."), fake.desk.opens(10, "plain", "Hello.")
        odd.more = {"state_id": "what?"}
        first = reader.read("news")
        assert [passed.what for passed in told(first, Passed)] == [f"ticket {odd.id}"]
        assert [news.subject for news in told(first, TicketNews)] == ["plain"]
        assert told(reader.read("news"), Passed) == []
        assert plain.id != odd.id


def test_a_ticket_that_vanishes_while_it_is_read_is_gone() -> None:
    """Deleted between the search and its articles."""
    with desk() as (fake, reader):
        reader.read()
        case = fake.desk.opens(10, "Brake", "It squeaks.")
        fake.faults.after_page = lambda: fake.desk.deletes(case.id) if case.id in fake.desk.tickets else None
        assert reader.read("news") == [TicketGone(str(case.id))]


def test_one_ticket_that_zammad_fails_at_holds_nothing_up() -> None:
    """It stands in the queue without its words; the others come whole."""
    with desk() as (fake, reader):
        reader.read()
        odd, plain = fake.desk.opens(10, "odd", "Hello."), fake.desk.opens(11, "plain", "Good day.")
        fake.faults.refuse(500, path=f"by_ticket/{odd.id}", times=2)
        records = reader.read("news")
        assert [news.subject for news in told(records, TicketNews)] == ["odd", "plain"]
        assert [news.body for news in told(records, MessageNews)] == ["Good day."]
        assert [passed.what for passed in told(records, Passed)] == [f"articles of ticket {odd.number}"]
        assert reader.read("news") == []
        fake.desk.touch(plain.id)
        fake.faults.refuse(500, path=f"by_ticket/{plain.id}")
        assert [news.body for news in told(reader.read("news"), MessageNews)] == ["Good day."]


def test_where_zammad_fails_at_everything_nothing_is_passed_over() -> None:
    """It comes when it is well again."""
    with desk() as (fake, reader):
        reader.read()
        fake.desk.opens(10, "Brake", "It squeaks.")
        fake.faults.refuse(500, path="by_ticket", times=9)
        fake.faults.refuse(404, path="/users/me")
        with pytest.raises(SourceError):
            reader.read("news")
        fake.faults.clear()
        assert [news.body for news in told(reader.read("news"), MessageNews)] == ["It squeaks."]


def test_a_merge_says_where_the_words_went() -> None:
    """And they are told again on that ticket, which is told before."""
    with desk() as (fake, reader):
        case, into = fake.desk.opens(10, "Brake", "It squeaks."), fake.desk.opens(10, "Bike", "It is old.")
        reader.read()
        fake.desk.merges(case.id, into.id)
        records = reader.read("news")
        assert records[-1] == TicketGone(str(case.id), str(into.id))
        assert {(news.ticket, news.body) for news in told(records, MessageNews)} == {
            (str(into.id), "It squeaks."),
            (str(into.id), "It is old."),
        }


def test_what_may_not_be_seen_any_more_is_gone_and_comes_back() -> None:
    """Its time doesn't move by that."""
    with desk() as (fake, reader):
        case = fake.desk.opens(10, "Brake", "It squeaks.")
        fake.desk.sets(case.id, group_id=2)
        reader.read()
        fake.desk.access[3] = {1}
        assert reader.read() == [TicketGone(str(case.id))]
        assert reader.read() == []
        fake.desk.access[3] = {1, 2}
        assert [news.external_id for news in told(reader.read(), TicketNews)] == [str(case.id)]


def test_a_closed_ticket_is_no_deleted_one() -> None:
    """It only leaves those that are looked after."""
    with desk() as (fake, reader):
        case = fake.desk.opens(10, "Brake", "It squeaks.")
        reader.read()
        fake.desk.sets(case.id, state_id=4)
        assert told(reader.read(), TicketGone) == []


def test_a_checklist_comes_and_goes() -> None:
    """Its steps in the order that agents gave them."""
    with desk() as (fake, reader):
        case = fake.desk.opens(10, "Brake", "It squeaks.")
        reader.read()
        kept = fake.desk.lists(case.id, "Repair", "Look", "Mend", "")
        kept.items.reverse()
        (there,) = told(reader.read("news"), ChecklistNews)
        assert (there.ticket, there.external_id, there.title) == (str(case.id), str(kept.id), "Repair")
        assert [item.text for item in there.items] == ["Mend", "Look"]
        reader.read("gone")
        case.checklist = None
        fake.desk.touch(case.id)
        assert told(reader.read("gone"), ChecklistNews) == [ChecklistNews(str(case.id), str(kept.id), "", ())]


def test_agents_and_what_they_write_with_are_read_now_and_then() -> None:
    """Nobody else is told as an agent; and within the hour nothing is asked for again."""
    with desk() as (fake, reader):
        fake.desk.text_modules = [
            {"id": 1, "name": "Thanks", "content": "<p>Thank you, #{ticket.customer.firstname}!</p>", "active": True},
            {"id": 2, "name": "Old", "content": "No.", "active": False},
        ]
        fake.desk.macros = [
            {"id": 1, "name": "Done", "active": True, "perform": {"ticket.state_id": {"value": "4"}}},
            {"id": 2, "name": "Note", "active": True, "perform": {"article.note": {"body": "seen"}}},
        ]
        records = reader.read("team")
        assert [agent.name for agent in told(records, AgentNews)] == ["Ada Brandt", "Bo Lund", "Cy Moss"]
        assert {news.external_id: news.snippet.body for news in told(records, SnippetNews)} == {
            "text-1": "Thank you, {{customer.first_name}}!",
            "macro-1": "",
        }
        assert [passed.what for passed in told(records, Passed)] == ["macro “Note”"]
        before = len(fake.asked)
        assert reader.read("team") == []
        assert len(fake.asked) == before


def test_calls_that_are_over_are_told_once() -> None:
    """With the customer's number, whoever called whom."""
    with desk() as (fake, reader):
        fake.desk.rings("4930555666", answered=True, name="Ana Ruiz")
        fake.desk.rings("442079460018", answered=False, out=True)
        ringing = fake.desk.rings("anonymous", answered=False)
        ringing["state"] = "newCall"
        calls = told(reader.read("calls"), CallNews)
        assert [(call.direction, call.number, call.name, call.answered, call.seconds) for call in calls] == [
            ("in", "+4930555666", "Ana Ruiz", True, 120),
            ("out", "+442079460018", "", False, 150),
        ]
        reader.ahead = 2 * MINUTE
        ringing["state"] = "hangup"
        assert [call.number for call in told(reader.read("calls"), CallNews)] == ["anonymous"]
        before = len(fake.asked)
        assert reader.read("calls") == []
        assert len(fake.asked) == before


def test_what_a_team_has_made_new_is_known_soon() -> None:
    """A group that nobody knew when the names were read."""
    with desk() as (fake, reader):
        fake.desk.opens(10, "Brake", "It squeaks.")
        reader.read()
        fake.desk.groups[9], fake.desk.addresses[9] = "Workshop", 1
        fake.desk.access[3].add(9)
        case = fake.desk.opens(10, "Bike", "It is old.")
        reader.ahead = 2 * MINUTE
        fake.desk.sets(case.id, group_id=9)
        assert [news.queue for news in told(reader.read("news"), TicketNews)] == ["Workshop"]


def test_another_token_may_be_another_agents() -> None:
    """After it was closed, nothing is taken for known."""
    with desk() as (fake, reader):
        assert "Ada Brandt" in reader.source.check().steps[0].said
        fake.desk.me = 4
        assert "Ada Brandt" in reader.source.check().steps[0].said
        reader.source.close()
        assert "Bo Lund" in reader.source.check().steps[0].said


def test_without_the_right_there_are_no_calls_and_check_says_so() -> None:
    """All else works."""
    with desk() as (fake, reader):
        fake.permissions = {"ticket.agent"}
        fake.desk.rings("4930555666", answered=True)
        assert reader.read("calls") == []
        health = reader.source.check()
        assert health.works
        assert "left out" in health.steps[-1].said


@pytest.mark.parametrize("ending", ["/", "/api/v1", "/api/v1/", "/#ticket/zoom/5", "#dashboard"])
def test_an_address_may_be_written_in_many_ways(ending: str) -> None:
    """With a slash, with the path of the API, or as the browser shows it."""
    with Fake() as fake, closing(connected(fake, {"url": fake.url + ending})) as source:
        assert source.check().works
