"""What is Redmine's alone: notes that would be public, what it leaves out in silence, files, and paging by seconds."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from desk.errors import BadInput
from desk.statuses import Priority, Status
from sync.conformance.kept import Kept
from sync.protocol import Receipt, Refused
from sync.sources.redmine import KIND
from sync.tickets import OutgoingFile, Passed, TicketGone
from tests.servers.redmine import RedmineServer
from tests.sync.sources.redmine.stage import RedmineStage


def nothing() -> None:
    """What a hand-over does where nobody keeps a record."""


def test_a_note_that_everybody_would_see_is_refused(stage: RedmineStage, redmine: RedmineServer) -> None:
    ticket = stage.add_ticket("Pump", "It drips.")
    with closing(sqlite3.connect(redmine.folder / "redmine.sqlite", timeout=60)) as connection:
        (before,) = connection.execute("SELECT permissions FROM roles WHERE name = 'Manager'").fetchone()
        without = before.replace("- :set_notes_private\n", "")
        assert without != before
        connection.execute("UPDATE roles SET permissions = ? WHERE name = 'Manager'", (without,))
        connection.commit()
        try:
            with closing(stage.source()) as source:
                kept = Kept()
                kept.read(source)
                refused = source.push(kept.reply(ticket, "Only among us.", "note"), nothing)
        finally:
            connection.execute("UPDATE roles SET permissions = ? WHERE name = 'Manager'", (before,))
            connection.commit()
    assert isinstance(refused, Refused)
    assert "everybody" in refused.why
    assert redmine.notes(ticket) == []


def test_what_its_workflow_does_not_allow_is_told(stage: RedmineStage) -> None:
    ticket = stage.add_ticket("Pump", "It drips.")
    with closing(stage.source()) as source:
        kept = Kept()
        kept.read(source)
        refused = source.push(replace(kept.change(ticket), status=Status.HOLD), nothing)
    assert isinstance(refused, Refused)
    assert "no step from New to on hold" in refused.why


def test_several_fields_at_once_and_another_project(stage: RedmineStage, redmine: RedmineServer) -> None:
    ticket = stage.add_ticket("Pump", "It drips.")
    with closing(stage.source()) as source:
        kept = Kept()
        kept.read(source)
        ben = str(redmine.agents["ben"].id)
        change = replace(kept.change(ticket), priority=Priority.URGENT, assignee=ben, queue="billing")
        receipt = source.push(change, nothing)
        assert isinstance(receipt, Receipt)
        assert receipt.found is not None
        assert (receipt.found.queue, receipt.found.assignee, receipt.found.priority_label) == ("Billing", ben, "Urgent")
        nobody = replace(change, version=receipt.found.version, assignee="", queue=None, priority=None)
        receipt = source.push(nobody, nothing)
        assert isinstance(receipt, Receipt)
        unknown = source.push(replace(nobody, version="", assignee=None, queue="Nowhere"), nothing)
    assert isinstance(unknown, Refused)
    standing = stage.standing(ticket)
    assert standing is not None
    assert (standing.assignee, standing.queue) == ("", "Billing")


def test_files_go_along(stage: RedmineStage, redmine: RedmineServer, tmp_path: Path) -> None:
    ticket = stage.add_ticket("Pump", "It drips.")
    path = tmp_path / "plan"
    path.write_bytes(bytes(range(256)) * 40)
    with closing(stage.source()) as source:
        kept = Kept()
        kept.read(source)
        file = OutgoingFile("größe & plan.bin", "application/octet-stream", path)
        receipt = source.push(replace(kept.reply(ticket, "As drawn."), files=(file,)), nothing)
        assert isinstance(receipt, Receipt)
        kept.read(source)
        (told,) = kept.messages[ticket, receipt.external_id].files
        assert (told.name, told.size) == ("größe & plan.bin", path.stat().st_size)
        assert b"".join(source.fetch(told.external_id)) == path.read_bytes()


def test_what_is_gone_takes_nothing(stage: RedmineStage, redmine: RedmineServer) -> None:
    ticket = redmine.create("Pump", "It drips.")
    with closing(stage.source()) as source:
        kept = Kept()
        kept.read(source)
        redmine.ask("DELETE", f"/issues/{ticket}.json")
        refused = source.push(kept.reply(ticket, "Turn it."), nothing)
    assert isinstance(refused, Refused)
    assert "gone" in refused.why


def test_more_tickets_of_one_second_than_a_page_has(stage: RedmineStage, redmine: RedmineServer) -> None:
    tickets = [stage.add_ticket(f"Pump {number}", "It drips.") for number in range(2)]
    with closing(stage.source()) as source:
        kept = Kept()
        kept.read(source)
        with closing(sqlite3.connect(redmine.folder / "redmine.sqlite", timeout=60)) as connection:
            # Eight more, touched within one second by a server whose clock is ahead: six are listed at once.
            (second,) = connection.execute("SELECT datetime('now', '+1 hour')").fetchone()
            connection.execute(
                """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8)
                   INSERT INTO issues(tracker_id, project_id, subject, description, status_id, priority_id, author_id,
                       lock_version, created_on, updated_on, start_date, done_ratio, is_private, root_id, lft, rgt)
                   SELECT tracker_id, project_id, 'Copy ' || i, 'Copy', status_id, priority_id, author_id, 0, ?1, ?1,
                       start_date, 0, 0, NULL, 1, 2 FROM issues, n WHERE id = ?2""",
                (second, tickets[0]),
            )
            connection.execute("UPDATE issues SET root_id = id WHERE root_id IS NULL")
            connection.commit()
            try:
                kept.read(source)
                stage.customer_writes(tickets[1], "It still drips.")
                kept.read(source)
            finally:
                connection.execute("DELETE FROM issues WHERE subject LIKE 'Copy %'")
                connection.commit()
    assert "still" in kept.bodies(tickets[1])
    assert sum(each.subject.startswith("Copy ") for each in kept.tickets.values()) == 8


def test_an_issue_that_does_not_fit_is_passed_over(stage: RedmineStage) -> None:
    ticket, other = stage.add_ticket("Pump", "It drips."), stage.add_ticket("Valve", "It leaks.")
    with closing(stage.source()) as source:
        stage.garble(ticket)
        kept = Kept()
        kept.read(source)
    assert list(kept.tickets) == [other]
    assert [each.what for each in kept.passed] == [f"issue {ticket}"]
    assert isinstance(kept.passed[0], Passed)


def test_a_file_alone_is_known_by_what_it_brought(stage: RedmineStage, redmine: RedmineServer, tmp_path: Path) -> None:
    """A change of ours has no words either, and is no such message."""
    ticket = stage.add_ticket("Pump", "It drips.")
    path = tmp_path / "plan"
    path.write_bytes(b"plan")
    with closing(stage.source()) as source:
        kept = Kept()
        kept.read(source)
        reply = replace(kept.reply(ticket, ""), files=(OutgoingFile("plan.bin", "image/png", path),), version="")
        redmine.set(ticket, user=redmine.agents["ana"], status_id=redmine.statuses["Feedback"])
        assert source.find(reply) is None
        receipt = source.push(reply, nothing)
        assert isinstance(receipt, Receipt)
        assert source.find(reply) == receipt
        kept.read(source)
        files = kept.messages[ticket, receipt.external_id].files
        assert [(each.name, each.type) for each in files] == [("plan.bin", "image/png")]
        invisible = source.push(kept.reply(ticket, "\u200b"), nothing)
    assert isinstance(invisible, Refused)


def test_words_are_found_by_whoever_writes_now(stage: RedmineStage, redmine: RedmineServer) -> None:
    ticket = stage.add_ticket("Pump", "It drips.")
    with closing(stage.source()) as source:
        kept = Kept()
        kept.read(source)
        source.close()
        stage.hand_on()
        assert isinstance(source.push(kept.reply(ticket, "Turn it."), nothing), Receipt)
    assert redmine.notes(ticket) == [("Turn it.", False)]


@pytest.mark.parametrize(("status", "why"), [(413, "status 413"), (400, "status 400"), (403, "doesn't let you write")])
def test_what_stands_before_it_refuses_for_good(stage: RedmineStage, status: int, why: str) -> None:
    """As a proxy does with what is too large; asked for again and again, it would hold up everything behind it."""
    ticket = stage.add_ticket("Pump", "It drips.")
    with closing(stage.source()) as source:
        kept = Kept()
        kept.read(source)
        stage.refuse(status)
        refused = source.push(kept.reply(ticket, "Turn it."), nothing)
    assert isinstance(refused, Refused)
    assert why in refused.why


def test_an_issue_that_does_not_fit_takes_nothing(stage: RedmineStage) -> None:
    ticket = stage.add_ticket("Pump", "It drips.")
    with closing(stage.source()) as source:
        kept = Kept()
        kept.read(source)
        reply, change = kept.reply(ticket, "Turn it."), replace(kept.change(ticket), status=Status.SOLVED)
        stage.garble(ticket)
        assert source.find(reply) is None
        for operation in (reply, change):
            assert isinstance(source.push(operation, nothing), Refused)


def test_what_is_hidden_for_a_while_is_told_again(stage: RedmineStage, redmine: RedmineServer) -> None:
    """Its time hasn't moved when a right is given back, and so no list of changes has it."""
    tickets = [stage.add_ticket(f"Pump {number}", "It drips.") for number in range(5)]
    with closing(stage.source()) as source, closing(_database(redmine)) as connection:
        kept = Kept()
        kept.read(source)
        move = "UPDATE issues SET project_id = project_id + ? WHERE id = ?"
        connection.executemany(move, [(1_000, ticket) for ticket in tickets[:3]])
        connection.commit()
        try:
            kept.read(source)
            assert set(kept.gone) == set(tickets[:3])
        finally:
            connection.executemany(move, [(-1_000, ticket) for ticket in tickets[:3]])
            connection.commit()
        told: list[object] = []
        kept.read(source, lambda _, page: told.extend(page.records))
        assert not kept.gone
        kept.read(source, lambda _, page: told.extend(each for each in page.records if isinstance(each, TicketGone)))
    assert not [each for each in told if isinstance(each, TicketGone)]


def _database(redmine: RedmineServer) -> sqlite3.Connection:
    return sqlite3.connect(redmine.folder / "redmine.sqlite", timeout=60)


@pytest.mark.parametrize("url", ["", "https://", "https://[::1", "http://redmine.example.com", "u:canary@desk"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadInput) as caught:
        KIND.check({"url": url})
    assert "canary" not in f"{caught.value} {caught.value.mend}"
