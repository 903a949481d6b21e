"""What Zendesk makes hard in reading: whole seconds, other hosts, limits, rows that don't fit."""

from contextlib import closing

import pytest

from desk.lookup import IdentityKind
from desk.statuses import Status
from desk.times import MINUTE, now
from storage.ingest.records import IdentityRecord
from sync.conformance.kept import Kept
from sync.errors import Throttled
from sync.protocol import Receipt
from sync.sources.zendesk.source import LIBRARY, NEWS, PAST
from sync.tickets import MessageNews, SnippetNews, ViewNews
from tests.servers.zendesk import Zendesk
from tests.servers.zendesk_rows import Row, iso, rows
from tests.sync.sources.zendesk.stage import ZendeskStage, connected


@pytest.fixture
def stage(fake: Zendesk) -> ZendeskStage:
    """The fake, with people in it."""
    return ZendeskStage(fake)


def test_two_changes_of_one_second_are_both_told(stage: ZendeskStage) -> None:
    """Though both have the same stamp, and the first was read before the second was made."""
    ticket = stage.add_ticket("Pump", "It drips.")
    with closing(stage.source()) as source:
        kept = Kept()
        kept.read(source)
        stage.fake.leap = 0.0
        stage.customer_writes(ticket, "Now one.")
        stamp = stage.account.tickets[int(ticket)]["updated_at"]
        kept.read(source)
        stage.customer_writes(ticket, "Now two.")
        stage.account.tickets[int(ticket)]["updated_at"] = stamp
        kept.read(source)
    assert "Now two." in kept.bodies(ticket)


def test_what_changed_a_moment_ago_is_not_read_twice(stage: ZendeskStage) -> None:
    """News overlap by minutes; what is known of them is remembered in the cursor."""
    ticket = stage.add_ticket("Pump", "It drips.")
    with closing(stage.source()) as source:
        kept = Kept()
        kept.read(source)
        stage.customer_writes(ticket, "Again.")
        kept.read(source)
    with closing(stage.source()) as source:
        page = source.pull(NEWS, kept.cursors["news"])
    assert page.records == ()


def test_a_cursor_that_is_unknown_begins_again(stage: ZendeskStage) -> None:
    """Everything comes once more, and nothing is lost."""
    for number in range(24):
        stage.add_ticket(f"Pump {number}", "It drips.")
    with closing(stage.source()) as source:
        first = source.pull(PAST, "")
        stage.fake.faults.refuse(400, path="/api/v2/tickets")
        again = source.pull(PAST, first.cursor)
    assert [record for record in again.records if isinstance(record, MessageNews)][:20] == [
        record for record in first.records if isinstance(record, MessageNews)
    ]


def test_a_customer_is_no_agent(stage: ZendeskStage) -> None:
    """Whoever logs in has to work there."""
    stage.account.users[stage.fake.agent]["role"] = "end-user"
    with closing(stage.source()) as source:
        health = source.check()
    assert not health.works
    assert "no agent" in health.steps[-1].said


def test_a_row_that_does_not_fit_is_passed_over(stage: ZendeskStage) -> None:
    """It is named by its number, and all others come in."""
    odd, other = stage.add_ticket("Pump", "It drips."), stage.add_ticket("Valve", "It leaks.")
    stage.account.tickets[int(odd)]["created_at"] = "yesterday"
    stage.account.comments[int(other)].append({"id": 7, "body": "No author", "created_at": iso(stage.fake.now())})
    with closing(stage.source()) as source:
        kept = Kept()
        kept.take(source.pull(PAST, ""))
    assert kept.tickets.keys() == {other}
    assert "leaks" in kept.bodies(other)
    assert [passed.what for passed in kept.passed] == [f"Ticket {odd}", f"Comment on ticket {other}: 7"]


def test_people_come_with_all_that_they_are_known_by(stage: ZendeskStage) -> None:
    """Further identities, the team's own key, organization, custom fields that hold an order."""
    account, zoe = stage.account, stage.account.users[stage.zoe]
    account.organizations[9] = {"id": 9, "name": "Pumps & Co"}
    zoe |= {"organization_id": 9, "external_id": "C-4471", "notes": "Calls often", "user_fields": {"plan": "pro"}}
    also: Row = {"id": 77, "user_id": stage.zoe, "type": "email", "value": "zoe@home.example"}
    account.identities[stage.zoe].append(also)
    account.fields = [{"id": 5, "type": "text", "title": "Order number"}]
    ticket = stage.add_ticket("Pump", "It drips.")
    account.tickets[int(ticket)]["custom_fields"] = [{"id": 5, "value": "ORD-8841"}]
    with closing(stage.source()) as source:
        kept = Kept()
        kept.take(source.pull(PAST, ""))
    customer = kept.tickets[ticket].customer
    assert customer is not None
    assert {*customer.identities} == {
        IdentityRecord(IdentityKind.EMAIL, "zoe@customer.example"), IdentityRecord(IdentityKind.PHONE, "+14155550134"),
        IdentityRecord(IdentityKind.ACCOUNT, "C-4471"), IdentityRecord(IdentityKind.EMAIL, "zoe@home.example"),
        IdentityRecord(IdentityKind.ORDER, "ORD-8841"),
    }  # fmt: skip
    assert (customer.organization, customer.note, customer.external_id) == ("Pumps & Co", "Calls often", str(stage.zoe))
    assert kept.tickets[ticket].fields == {"Order number": "ORD-8841"}


def test_who_is_copied_in_is_told_of_the_customers_newest_word(stage: ZendeskStage) -> None:
    """So that a reply to all is to all of them, and one to the sender alone leaves them out."""
    ticket = stage.add_ticket("Pump", "It drips.")
    kim = stage.account.add_user("Kim", "kim@example.test")
    stage.account.tickets[int(ticket)]["email_cc_ids"] = [kim]
    stage.customer_writes(ticket, "Still.")
    stage.colleague_writes(ticket, "We look.", public=True)
    with closing(stage.source()) as source:
        kept = Kept()
        kept.take(source.pull(PAST, ""))
    assert [message.copies for message in kept.messages.values()] == ["", "kim@example.test", ""]


def test_work_can_begin_after_few_requests(stage: ZendeskStage) -> None:
    """The first tickets are there before most of the past is asked for."""
    for number in range(40):
        stage.add_ticket(f"Pump {number}", "It drips.")
    with closing(stage.source()) as source:
        kept = Kept()
        kept.take(source.pull(NEWS, ""))
        kept.take(source.pull(PAST, ""))
    assert len(kept.tickets) == 20
    assert stage.requests() <= 20 + 9
    newest = max(int(ticket) for ticket in stage.account.tickets)
    assert str(newest) in kept.tickets


def test_all_that_was_said_comes_however_much_it_is(stage: ZendeskStage) -> None:
    """A hundred comments are a page."""
    ticket = stage.add_ticket("Pump", "It drips.")
    stage.fake.leap = 0.0
    for number in range(150):
        stage.customer_writes(ticket, f"Drop {number}.")
    with closing(stage.source()) as source:
        kept = Kept()
        kept.take(source.pull(PAST, ""))
    assert len(kept.messages) == 151


def test_a_customers_private_word_is_theirs_and_a_rules_is_nobodys(stage: ZendeskStage) -> None:
    """A note is what agents say among themselves."""
    ticket = stage.add_ticket("Pump", "It drips.")
    with stage.turn():
        stage.account.add_comment(int(ticket), stage.zoe, {"body": "Between us.", "public": False}, {})
        stage.account.add_comment(int(ticket), -1, {"body": "Closing soon.", "public": True}, {})
    with closing(stage.source()) as source:
        kept = Kept()
        kept.take(source.pull(PAST, ""))
    told = [(message.kind, bool(message.automatic)) for message in kept.messages.values()]
    assert told == [("inbound", False), ("inbound", False), ("outbound", True)]


@pytest.mark.parametrize("role", [{"suspended": True}, {"active": False}, None])
def test_who_worked_there_once_is_no_customer(stage: ZendeskStage, role: Row | None) -> None:
    """Zendesk calls them end users since, or doesn't know them any more; what they wrote stays ours."""
    account = stage.account
    ticket, left = stage.add_ticket("Pump", "It drips."), account.add_user("Lee Left", "lee@example.test", "agent")
    kim = account.add_user("Kim", "kim@example.test")
    with stage.turn():
        for author, public, channel in ((left, True, "web"), (left, False, "api"), (kim, True, "email")):
            account.add_comment(int(ticket), author, {"body": "-", "public": public, "via": {"channel": channel}}, {})
    if role is None:
        del account.users[left]
    else:
        account.users[left] |= {"role": "end-user", **role}
    with closing(stage.source()) as source:
        kept = Kept()
        kept.take(source.pull(PAST, ""))
    assert [message.kind for message in kept.messages.values()] == ["inbound", "outbound", "note", "inbound"]


def test_a_note_of_somebody_who_was_made_a_customer_is_a_note(stage: ZendeskStage) -> None:
    """Customers write no private words at their desks."""
    ticket, left = stage.add_ticket("Pump", "It drips."), stage.account.add_user("Lee", "lee@example.test")
    with stage.turn():
        said: Row = {"body": "He is angry.", "public": False, "via": {"channel": "web"}}
        stage.account.add_comment(int(ticket), left, said, {})
    with closing(stage.source()) as source:
        kept = Kept()
        kept.take(source.pull(PAST, ""))
    assert [message.kind for message in kept.messages.values()] == ["inbound", "note"]


def test_a_status_that_came_since_is_known_by_its_word(stage: ZendeskStage) -> None:
    """Asked for once a minute at most, however often a word is met that nobody knows."""
    opened: Row = {"id": 1, "status_category": "open", "agent_label": "Open", "active": True, "default": True}
    stage.account.statuses = [opened]
    ticket, at = stage.add_ticket("Pump", "It drips."), now()
    with closing(connected(stage.fake, clock=lambda: at)) as source:
        kept = Kept()
        kept.read(source)
        stage.account.statuses.append({**opened, "id": 2, "agent_label": "With the bank"})
        stage.account.tickets[int(ticket)]["custom_status_id"] = 2
        stage.customer_writes(ticket, "Again.")
        at += MINUTE
        kept.read(source)
        assert kept.tickets[ticket].label == "With the bank"
        stage.account.tickets[int(ticket)]["custom_status_id"] = 3
        for word in ("Hello?", "Anybody?"):
            stage.customer_writes(ticket, word)
            kept.read(source)
    assert len(stage.fake.asked_for("/custom_statuses")) == 2


def test_what_is_null_is_empty(stage: ZendeskStage) -> None:
    """Old rows have no lists: they are read all the same."""
    ticket = stage.add_ticket("Pump", "It drips.")
    stage.add_file(ticket, "drip.png", b"png")
    nothing: Row = dict.fromkeys(("tags", "custom_fields", "email_cc_ids", "followup_ids", "via"))
    stage.account.tickets[int(ticket)] |= nothing
    first, last = stage.account.comments[int(ticket)]
    first |= dict.fromkeys(("attachments", "via", "html_body"))
    rows(last["attachments"])[0] |= dict.fromkeys(("size", "content_type", "inline", "deleted"))
    with closing(stage.source()) as source:
        kept = Kept()
        kept.take(source.pull(PAST, ""))
    assert kept.passed == []
    assert kept.tickets[ticket].tags == ()
    assert [(file.name, file.size) for said in kept.messages.values() for file in said.files] == [("drip.png", 0)]


def test_macros_and_views_are_told(stage: ZendeskStage) -> None:
    """Now and then; what can't be said in our words is left out."""
    stage.account.macros = [
        {"id": 1, "title": "Refunds::Yes", "active": True, "actions": [
            {"field": "comment_value_html", "value": "<p>Hi {{ticket.requester.first_name}},<br>done.</p>"},
            {"field": "status", "value": "solved"}, {"field": "current_tags", "value": "refund paid"},
            {"field": "assignee_id", "value": "current_user"},
        ]},
        {"id": 2, "title": "Form", "active": True, "actions": [{"field": "ticket_form_id", "value": "3"}]},
        {"id": 3, "title": "Gone", "active": False, "actions": [{"field": "comment_value", "value": "x"}]},
    ]  # fmt: skip
    unsolved: Row = {"field": "status", "operator": "less_than", "value": "solved"}
    stage.account.views = [
        {"id": 4, "title": "Mine", "active": True, "conditions": {"all": [
            unsolved, {"field": "assignee_id", "operator": "is", "value": "current_user"},
            {"field": "group_id", "operator": "is", "value": "2"},
        ], "any": []}},
        {"id": 5, "title": "Odd", "active": True, "conditions": {"all": [
            unsolved, {"field": "locale_id", "operator": "is", "value": "1"},
        ], "any": []}},
    ]  # fmt: skip
    with closing(stage.source()) as source:
        page = source.pull(LIBRARY, "")
        assert source.pull(LIBRARY, page.cursor).records == ()
    snippets = [record.snippet for record in page.records if isinstance(record, SnippetNews)]
    assert [(each.title, each.folder, each.body) for each in snippets] == [
        ("Yes", "Refunds", "Hi {{customer.first_name}},\ndone.")
    ]
    actions = snippets[0].actions
    assert (actions.status, actions.assignee, actions.add_tags) == (Status.SOLVED, "me", ("refund", "paid"))
    views = [(record.name, record.query) for record in page.records if isinstance(record, ViewNews)]
    assert views == [("Mine", "status:open status:pending status:hold assignee:me queue:Billing")]


def test_a_file_is_fetched_without_a_login(stage: ZendeskStage) -> None:
    """Its bytes lie at another host, which gets to know nothing of ours."""
    ticket = stage.add_ticket("Pump", "It drips.")
    stage.add_file(ticket, "drip.png", b"\x89PNG")
    with closing(stage.source()) as source:
        kept = Kept()
        kept.take(source.pull(PAST, ""))
        file = next(file for message in kept.messages.values() for file in message.files)
        assert b"".join(source.fetch(file.external_id)) == b"\x89PNG"
    assert len(stage.fake.files.asked) == 1
    assert "authorization" not in stage.fake.files.asked[0].headers


def test_reading_leaves_the_last_requests_to_what_is_written(stage: ZendeskStage) -> None:
    """Of a minute's requests, a few are kept for agents."""
    ticket = stage.add_ticket("Pump", "It drips.")
    with closing(connected(stage.fake, every=10**12)) as source:
        kept = Kept()
        kept.read(source)
        stage.fake.limit.most = len(stage.fake.limit.used) + 11
        source.pull(NEWS, kept.cursors["news"])
        with pytest.raises(Throttled):
            source.pull(NEWS, kept.cursors["news"])
        assert stage.fake.limit.most - len(stage.fake.limit.used) == 10
        reply = kept.reply(ticket, "Turn it.")
        assert isinstance(source.push(reply, lambda: None), Receipt)
        assert source.find(reply) is not None
