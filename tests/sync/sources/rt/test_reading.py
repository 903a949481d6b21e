"""What a real Request Tracker has is told whole: people, words, files, fields, and what became of tickets."""

import pytest

from desk.lookup import IdentityKind
from desk.statuses import Priority, Status
from sync.errors import Denied
from tests.servers.rt import RtServer
from tests.servers.service import Json
from tests.sync.sources.rt.desks import desk

ZOE = "Zoë Müller <zoe@customer.example>"
HTML = """From: Max <max@customer.example>\r\nTo: support@heard.test\r\nSubject: Hi\r\nMIME-Version: 1.0\r
Message-ID: <html@customer.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Only <b>bold</b></p>\r\n"""


@pytest.fixture(autouse=True)
def swept(rt: RtServer) -> None:
    """Nothing of other tests in sight, and nobody mailed."""
    rt.sweep()
    rt.mute(True)


def test_a_ticket_is_told_with_its_fields_and_its_customer(rt: RtServer) -> None:
    fields: Json = {"Product": "Router", "Order number": "A-1001", "Tags": ["vip", "déjà-vu"]}
    ticket = rt.as_agent("ana").create("Support", "Röuter 🔥", ZOE, "It burns.", Priority=50, CustomFields=fields)
    known: Json = {"MobilePhone": "+49 170 1234567", "CustomFields": {"Account number": "K-77"}}
    rt.as_agent("root").ask("PUT", "user/zoe@customer.example", known)
    with desk(rt, "root") as seen:
        seen.read()
        told = seen.ticket(ticket)
    assert (told.subject, told.label, told.status, told.queue) == ("Röuter 🔥", "new", Status.OPEN, "Support")
    assert (told.priority, told.tags, told.assignee) == (Priority.NORMAL, ("vip", "déjà-vu"), "")
    assert told.fields == {"Product": "Router", "Order number": "A-1001"}
    assert told.url == f"{rt.url}/Ticket/Display.html?id={ticket}"
    assert told.customer is not None
    assert {(each.kind, each.value) for each in told.customer.identities} == {
        (IdentityKind.EMAIL, "zoe@customer.example"), (IdentityKind.PHONE, "+49 170 1234567"),
        (IdentityKind.ACCOUNT, "K-77"), (IdentityKind.ORDER, "A-1001"),
    }  # fmt: skip


def test_words_are_whose_they_are(rt: RtServer) -> None:
    rt.mail(ZOE, "It burns.", subject="Router")
    ticket = rt.newest()
    rt.as_agent("ben").reply(ticket, "Pour water.")
    rt.as_agent("chloe").note(ticket, "Be nice.")
    rt.mail("Kim <kim@customer.example>", "I see smoke, too.", ticket)
    with desk(rt) as seen:
        seen.read()
        said = seen.said(ticket)
    told = [(each.kind, each.body.strip(), each.agent, each.sender) for each in said]
    assert told == [
        ("inbound", "It burns.", "", "zoe@customer.example"), ("outbound", "Pour water.", "ben", "Ben Okafor"),
        ("note", "Be nice.", "chloe", "Chloé Dubois"), ("inbound", "I see smoke, too.", "", "Kim"),
    ]  # fmt: skip
    assert [each.customer.name if each.customer else "" for each in said] == ["", "", "", "Kim"]
    assert [seen.kept.agents[name].email for name in ("ben", "chloe")] == ["ben@heard.test", "chloe@heard.test"]
    assert len({(each.at, each.external_id) for each in said}) == 4


def test_html_is_told_where_there_are_no_plain_words(rt: RtServer) -> None:
    rt.post_mail(HTML.encode())
    ticket = rt.newest()
    rt.as_agent("ana").note(ticket, "<i>so</i>", ContentType="text/html")
    with desk(rt) as seen:
        seen.read()
        assert [(each.html, each.body.strip()) for each in seen.said(ticket)] == [
            (True, "<p>Only <b>bold</b></p>"), (True, "<i>so</i>"),
        ]  # fmt: skip


def test_files_are_told_and_not_taken_for_words(rt: RtServer) -> None:
    ticket = rt.as_agent("ana").create("Support", "Log", ZOE, "See.")
    files: Json = [{"FileName": "r.log", "FileType": "text/plain", "FileContent": "bMOtbmVhIHVubwo="}]
    rt.as_agent("ana").note(ticket, "the log", Attachments=files)
    with desk(rt) as seen:
        seen.read()
        note = seen.said(ticket)[-1]
        assert (note.body, [(each.name, each.type, each.size) for each in note.files]) == (
            "the log", [("r.log", "text/plain", 11)],
        )  # fmt: skip
        assert b"".join(seen.source.fetch(note.files[0].external_id)) == "línea uno\n".encode()


def test_what_was_merged_before_is_told_with_the_rest(rt: RtServer) -> None:
    ana = rt.as_agent("ana")
    first, second, third = (ana.create("Support", f"T{number}", ZOE, f"words {number}") for number in range(3))
    ana.merge(third, second)
    ana.merge(second, first)
    with desk(rt) as seen:
        seen.read()
        assert sorted(each.body for each in seen.said(first)) == ["words 0", "words 1", "words 2"]
        assert second not in seen.kept.tickets


def test_a_ticket_that_comes_back_is_told_whole(rt: RtServer) -> None:
    ana = rt.as_agent("ana")
    ticket = ana.create("Support", "Gone", ZOE, "old words")
    ana.delete(ticket)
    with desk(rt) as seen:
        seen.read()
        assert ticket not in seen.kept.tickets
        rt.as_agent("root").set(ticket, Status="open")
        seen.read()
        assert [each.body for each in seen.said(ticket)] == ["old words"]


def test_what_is_merged_later_brings_its_words_along(rt: RtServer) -> None:
    ana = rt.as_agent("ana")
    first, second = (ana.create("Support", f"T{number}", ZOE, f"words {number}") for number in range(2))
    with desk(rt) as seen:
        seen.source.pull(seen.source.streams()[0], "")
        seen.kept.cursors["past"] = '{"since":0,"others":0,"active":false,"below":0,"done":true}'
        seen.read()
        ana.merge(second, first)
        seen.read()
        assert seen.kept.gone == {second: first}
        assert "words 1" in [each.body for each in seen.said(first)]


def test_events_say_what_was_done(rt: RtServer) -> None:
    ana = rt.as_agent("ana")
    ticket, other = ana.create("Support", "Pump", ZOE, "drips"), ana.create("Support", "Valve", ZOE, "leaks")
    ana.set(ticket, Owner="ben")
    ana.set(ticket, Queue="Billing")
    ana.set(ticket, Status="stalled")
    ana.set(ticket, AddRefersTo=int(other))
    with desk(rt) as seen:
        seen.read()
        assert seen.events(ticket) == [
            "Owner: Ben Okafor", "Queue: Support → Billing", "Status: new → stalled", f"Linked: refers to {other}",
        ]  # fmt: skip
        assert seen.ticket(ticket).status == Status.PENDING


def test_one_who_sees_no_notes_loses_nothing_else(rt: RtServer) -> None:
    ana = rt.as_agent("ana")
    ticket = ana.create("Support", "Long", ZOE, "first")
    for number in range(4):
        ana.note(ticket, f"among us {number}")
    ana.reply(ticket, "aloud")
    with desk(rt, "dee") as seen:
        seen.read()
        assert [each.body for each in seen.said(ticket)] == ["first", "aloud"]
        ana.note(ticket, "again among us")
        rt.mail(ZOE, "then", ticket)
        seen.read()
        assert [each.body.strip() for each in seen.said(ticket)] == ["first", "aloud", "then"]


@pytest.mark.parametrize("agent", ["ben", "chloe", "dee"])
def test_no_zone_hides_a_ticket_that_was_solved_while_the_past_was_read(rt: RtServer, agent: str) -> None:
    ana = rt.as_agent("ana")
    tickets = [ana.create("Support", f"T{number}", ZOE, "words") for number in range(3)]
    ana.set(tickets[0], Status="resolved")
    with desk(rt, agent) as seen:
        past = seen.source.streams()[1]
        page = seen.source.pull(past, "")
        ana.set(tickets[1], Status="resolved")
        ana.set(tickets[0], Status="open")
        seen.kept.take(page)
        seen.kept.cursors["past"] = page.cursor
        while page.more:
            page = seen.source.pull(past, page.cursor)
            seen.kept.take(page)
        assert set(tickets) <= seen.kept.tickets.keys()
        assert seen.ticket(tickets[0]).label == "open"


def test_a_password_logs_in_too(rt: RtServer) -> None:
    rt.as_agent("ana").create("Support", "T", ZOE, "words")
    with desk(rt, user="ana") as seen:
        health = seen.source.check()
        assert [step.name for step in health.steps if step.works] == [
            "Login", "Tickets", "Customers", "Tags", "Keys",
        ]  # fmt: skip
        assert "5.0" in health.steps[0].said
    with desk(rt, user="ben@nowhere") as seen, pytest.raises(Denied):
        seen.read()


def test_a_status_of_the_teams_own_counts_as_it_says(rt: RtServer) -> None:
    ticket = rt.as_agent("ana").create("Support", "T", ZOE, "words")
    rt.as_agent("ana").set(ticket, Status="stalled")
    with desk(rt, statuses="stalled=hold", priorities="0,10,20,30") as seen:
        rt.as_agent("ana").set(ticket, Priority=20)
        seen.read()
        told = seen.ticket(ticket)
    assert (told.status, told.label) == (Status.HOLD, "stalled")
    assert (told.priority, told.priority_label) == (Priority.HIGH, "20")
    assert not seen.kept.passed
