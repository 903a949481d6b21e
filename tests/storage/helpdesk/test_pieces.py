"""What else a helpdesk keeps: snippets, views, checklists of tickets, calls, and files that are fetched when wanted."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from desk.calls import CallEvent
from desk.errors import Refused
from desk.lookup import IdentityKind
from desk.snippets import Snippet
from desk.times import MINUTE, SECOND
from storage import attachments, library
from storage.connect import writing
from storage.deeds.by import By
from storage.deeds.calls import heard_of
from storage.deeds.checklist import skip, tick, untick
from storage.deeds.undo import undo
from storage.engine import deed_session
from storage.helpdesk import files
from storage.helpdesk.records import CallNews, ChecklistNews, FileNews, ItemNews, SnippetNews, TickItem, ViewNews
from storage.runs import runs
from tests.factories import NOW, make_customer, make_identity
from tests.storage.helpdesk.far import BO, Far, said, ticket

GREETING = Snippet("Greeting", "Hello {{name}}", trigger="acme-hi")


def names(far: Far) -> list[tuple[object, ...]]:
    """The snippets that this helpdesk told."""
    return far.all("SELECT title, \"trigger\", folder, body FROM snippet WHERE folder = 'acme' ORDER BY title")


def test_canned_answers_are_snippets_and_follow_what_is_changed_there(far: Far) -> None:
    far.tell(SnippetNews("s1", GREETING))
    assert names(far) == [("Greeting", "acme-hi", "acme", "Hello {{name}}")]
    far.connection.execute("UPDATE snippet SET body = 'Ours' WHERE folder = 'acme'")
    far.tell(SnippetNews("s1", GREETING))
    assert names(far) == [("Greeting", "acme-hi", "acme", "Ours")]
    far.tell(SnippetNews("s1", replace(GREETING, body="Theirs")), SnippetNews("s2", replace(GREETING, title="Other")))
    assert names(far) == [("Greeting", "acme-hi", "acme", "Theirs"), ("Other", "", "acme", "Hello {{name}}")]
    far.connection.execute("DELETE FROM snippet WHERE title = 'Other'")
    far.tell(SnippetNews("s2", replace(GREETING, title="Other")))
    assert len(names(far)) == 1


def test_lists_are_views_behind_the_teams_own(far: Far) -> None:
    before = far.all("SELECT position, name FROM view ORDER BY position")
    far.tell(ViewNews("v1", "Late", "due:late"), ViewNews("v2", "Odd", "no:such"), ViewNews("v1", "Late", "due:late"))
    after = far.all("SELECT position, name, query FROM view ORDER BY position")
    assert [row[:2] for row in after[:-1]] == before
    assert after[-1][1:] == ("Late", "due:late")
    far.tell(ViewNews("v1", "Very late", "due:late priority:high"))
    assert far.one("SELECT name, query FROM view ORDER BY position DESC LIMIT 1") == (
        "Very late",
        "due:late priority:high",
    )


def a_list(*items: tuple[str, bool], of: str = "1") -> ChecklistNews:
    """A checklist as it stands there; an item's text is its number."""
    return ChecklistNews(of, "c1", "Refund", tuple(ItemNews(key, f"Step {key}", done) for key, done in items))


def ticked(far: Far) -> list[tuple[str, str]]:
    """What is ticked on the ticket, by list and step."""
    return [(run.checklist, mark.step) for run in runs(far.connection, far.ticket_id()) for mark in run.ticks]


def test_a_checklist_of_a_ticket_stands_on_it_and_on_no_other(far: Far) -> None:
    offered = library.templates(far.connection)
    far.tell(ticket("1"), ticket("2"), a_list(("11", True), ("12", False)))
    (template,) = library.templates_of(far.connection, far.ticket_id("1"))
    assert (template.title, [step.title for step in template.steps]) == ("Refund", ["Step 11", "Step 12"])
    assert library.templates(far.connection) == offered
    assert library.templates_of(far.connection, far.ticket_id("2")) == ()
    assert ticked(far) == [(template.key, "11")]
    far.tell(a_list(("11", False), ("12", True), ("13", True)))
    assert ticked(far) == [(template.key, "12"), (template.key, "13")]


def test_a_tick_goes_there_and_stays_until_it_has_arrived(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(), a_list(("11", False), ("12", True)))
    key = library.templates_of(far.connection, far.ticket_id())[0].key
    with deed_session(engine) as session:
        tick(session, by, far.ticket_id(), key, "11")
    far.tell(a_list(("11", False), ("12", False)))
    assert ticked(far) == [(key, "11")]
    asked = far.does()
    assert isinstance(asked, TickItem)
    assert (asked.ticket, asked.checklist, asked.item, asked.done) == ("1", "c1", "11", True)
    far.tell(a_list(("11", True), ("12", False)))
    with deed_session(engine) as session:
        untick(session, by, far.ticket_id(), key, "11")
    assert far.asks()[1] == replace(asked, key=far.asks()[0].uid.hex(), done=False, begun_at=by.at)
    with deed_session(engine) as session:
        skip(session, by, far.ticket_id(), key, "12", "not here")
    assert far.all("SELECT count(*) FROM outbox WHERE kind = 'tick'") == [(2,)]


def test_a_tick_that_has_not_left_outlives_what_was_ticked_and_unticked_there(
    far: Far, engine: Engine, by: By
) -> None:  # fmt: skip
    far.tell(ticket(), a_list(("11", False)))
    with deed_session(engine) as session:
        tick(session, by, far.ticket_id(), library.templates_of(far.connection, far.ticket_id())[0].key, "11")
    far.tell(a_list(("11", True)), a_list(("11", False)))
    assert len(ticked(far)) == 1
    asked = far.asks()[1]
    assert isinstance(asked, TickItem)
    assert asked.done


def test_a_tick_that_arrived_is_undone_by_its_opposite(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(), a_list(("11", False)))
    with deed_session(engine) as session:
        tick(session, by, far.ticket_id(), library.templates_of(far.connection, far.ticket_id())[0].key, "11")
    far.does()
    with deed_session(engine) as session:
        undo(session, by)
    asked = far.asks()[1]
    assert isinstance(asked, TickItem)
    assert not asked.done
    assert ticked(far) == []


def test_a_long_list_is_several_and_one_that_is_gone_leaves(far: Far) -> None:
    far.tell(ticket(), a_list(*((str(number), False) for number in range(1, 13))))
    titles = [template.title for template in library.templates_of(far.connection, far.ticket_id())]
    assert titles == ["Refund (1/2)", "Refund (2/2)"]
    far.tell(a_list(("1", False)))
    assert [template.title for template in library.templates_of(far.connection, far.ticket_id())] == ["Refund"]
    far.tell(ChecklistNews("1", "c1", "Refund", ()))
    assert library.templates_of(far.connection, far.ticket_id()) == ()
    assert far.all("SELECT * FROM remote_step") == []


def test_calls_of_its_log_are_calls_of_whoever_has_the_number(far: Far) -> None:
    li = make_customer(far.connection)
    make_identity(far.connection, li, IdentityKind.PHONE, "+14155550134")
    call = CallNews("77", "in", "+1 415 555 0134", "Li", NOW, answered=True, seconds=60, agent="7")
    missed = replace(call, external_id="78", answered=False, seconds=None, number="+1 415 555 0199", agent="")
    far.tell(BO, call, missed, call)
    rows = far.all("SELECT way, state, customer_id, agent_id IS NOT NULL, answered_at, ended_at FROM call ORDER BY id")
    assert rows == [
        ("acme", "done", li, 1, NOW, NOW + 60 * SECOND),
        ("acme", "missed", None, 0, None, None),
    ]


@pytest.mark.parametrize(
    ("number", "seconds", "rows"),
    [("+1 415 555 0134", 40, 1), ("(415) 555-0134", -40, 1), ("+1 415 555 0134", 90, 2), ("+1 415 555 0135", 5, 2)],
)
def test_a_call_that_a_telephone_here_has_heard_of_is_the_same(far: Far, number: str, seconds: int, rows: int) -> None:
    """Nobody who rang once has rung in vain twice, whatever notation and clock the helpdesk has."""
    heard_of(far.connection, CallEvent("baresip", "x1", "ringing", NOW, number="+14155550134"), None)
    call = CallNews("77", "in", number, "Li", NOW + (seconds + 600) * SECOND, answered=False)
    far.tell(call, ahead=600 * SECOND)
    assert len(far.all("SELECT id FROM call")) == rows


def test_who_is_called_back_at_once_was_called(far: Far) -> None:
    heard_of(far.connection, CallEvent("baresip", "x1", "ringing", NOW, number="+14155550134"), None)
    far.tell(CallNews("77", "out", "+1 415 555 0134", "Li", NOW + 20 * SECOND, answered=True))
    assert far.all("SELECT direction FROM call ORDER BY id") == [("in",), ("out",)]


def test_a_call_that_is_told_anew_has_its_end_and_stays_written_down(far: Far) -> None:
    call = CallNews("77", "in", "+1 415 555 0134", "Li", NOW, answered=False)
    far.tell(call)
    far.connection.execute("UPDATE call SET state = 'done', wrapped_at = ?", (NOW,))
    far.tell(replace(call, seconds=30))
    assert far.all("SELECT state, ended_at FROM call") == [("done", NOW + 30 * SECOND)]


def test_a_file_comes_when_it_is_wanted(far: Far, tmp_path: Path) -> None:
    far.tell(ticket(), said("m1", files=(FileNews("f1", "a.txt", "text/plain", 0), FileNews("f2", "b.txt", "", 9))))
    first, second = (int(str(key)) for (key,) in far.all("SELECT id FROM attachment ORDER BY id"))
    source_id = far.helpdesk.row.id
    assert files.next_wanted(far.connection, source_id) is None
    with writing(far.connection):
        files.ask(far.connection, second, NOW)
        files.ask(far.connection, first, NOW + MINUTE)
    wanted = files.next_wanted(far.connection, source_id)
    assert wanted is not None
    assert (wanted.attachment_id, wanted.external_id, wanted.name, wanted.size) == (second, "f2", "b.txt", 9)
    files.failed(far.connection, second, "It is larger than 25 MB")
    wanted = files.next_wanted(far.connection, source_id)
    assert wanted is not None
    assert wanted.attachment_id == first
    digest = attachments.keep(far.helpdesk.workspace, b"bytes")
    files.arrived(far.connection, first, digest, 5)
    assert files.next_wanted(far.connection, source_id) is None
    assert far.all("SELECT id, size, digest FROM attachment WHERE id = ?", first) == [(first, 5, digest)]
    with pytest.raises(Refused, match="doesn't lie at a helpdesk"):
        files.ask(far.connection, first, NOW)
    files.ask(far.connection, second, NOW)
    assert files.next_wanted(far.connection, source_id) is not None
    files.call_off(far.connection, second)
    assert not files.is_wanted(far.connection, second)
