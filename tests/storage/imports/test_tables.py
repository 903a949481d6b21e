"""Tables of customers, tickets and snippets: nothing vanishes, a second run adds nothing, bad rows are named."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.times import DAY, HOUR
from storage.connect import Connection
from storage.imports import values
from storage.imports.files import Kind
from storage.imports.report import Report
from storage.imports.run import Wish, import_files
from storage.imports.tables import Read, guess, parse_map, rows
from storage.workspace import Workspace
from tests.factories import NOW

PEOPLE = """given_name,surname,Mail,Telefon,customer no,Company,date_of_birth
Ana,Ruiz,ana@example.org;ana.r@example.com,+49 30 901820,4471,Casa Ruiz,1980-02-01
Sam,O'Hara,,030 901821,4472,,
"""


def _import(workspace: Workspace, connection: Connection, *files: Path, **wish: object) -> Report:
    whole = {"files": files, "regions": ("DE",), **wish}
    return import_files(workspace, connection, Wish(**whole), NOW)  # type: ignore[arg-type] # names checked by Wish


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    return file


def test_customers_come_in_with_every_identity(workspace: Workspace, connection: Connection, people: Path) -> None:
    report = _import(workspace, connection, people)
    assert (report.read, report.added, report.problems) == (2, 2, [])
    rows_found = connection.execute(
        """SELECT c.name, i.kind, i.normal FROM identity i JOIN customer c ON c.id = i.customer_id
           WHERE i.kind <> 1 ORDER BY c.id, i.kind, i.normal"""
    ).fetchall()
    assert rows_found == [
        ("Ana Ruiz", 2, "ana.r@example.com"),
        ("Ana Ruiz", 2, "ana@example.org"),
        ("Ana Ruiz", 3, "+4930901820"),
        ("Ana Ruiz", 4, "4471"),
        ("Ana Ruiz", 6, "casa ruiz"),
        ("Sam O'Hara", 3, "+4930901821"),
        ("Sam O'Hara", 4, "4472"),
    ]


def test_a_column_that_fits_no_field_is_kept(workspace: Workspace, connection: Connection, people: Path) -> None:
    _import(workspace, connection, people)
    (details,) = connection.execute("SELECT details FROM customer WHERE name = 'Ana Ruiz'").fetchone()
    assert json.loads(details) == {"date_of_birth": "1980-02-01"}


def test_a_second_run_adds_nothing(workspace: Workspace, connection: Connection, people: Path) -> None:
    _import(workspace, connection, people)
    again = _import(workspace, connection, people)
    assert (again.read, again.added, again.updated, again.skipped) == (2, 0, 0, 2)


def test_a_customer_who_is_there_gains_what_is_new(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_text('{"name": "Ana Ruiz", "emails": ["ana@example.org"], "plan": "Pro"}\n')
    second.write_text('{"name": "A. Ruiz", "emails": ["ANA@example.org"], "plan": "Free", "phones": ["+4930901820"]}\n')
    _import(workspace, connection, first)
    report = _import(workspace, connection, second)
    assert (report.added, report.updated) == (0, 1)
    assert connection.execute("SELECT name, plan FROM customer").fetchall() == [("Ana Ruiz", "Pro")]
    kinds = [row[0] for row in connection.execute("SELECT kind FROM identity ORDER BY kind")]
    assert kinds == [1, 1, 2, 3]


def test_people_without_telling_identities_are_known_again_by_their_row(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "names.csv"
    file.write_text("name,town\nLi Wei,Leipzig\nLi Wei,Berlin\n")
    assert _import(workspace, connection, file).added == 2
    assert _import(workspace, connection, file).skipped == 2


def test_a_mapped_column_wins_over_the_usual_names(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name;display\nruiz-17;Ana Ruiz\n")
    _import(workspace, connection, file, mapping=("name=display", "account=name"))
    found = connection.execute("SELECT kind, value FROM identity ORDER BY kind").fetchall()
    assert found == [(1, "Ana Ruiz"), (4, "ruiz-17")]


@pytest.mark.parametrize(
    ("pair", "words"),
    [("acount=x", "account"), ("account", "no column"), ("account=missing", "no column 'missing'")],
)
def test_a_wrong_map_says_what_to_write(workspace: Workspace, connection: Connection, people: Path, pair: str,
                                        words: str) -> None:  # fmt: skip
    with pytest.raises(BadInput, match=words):
        _import(workspace, connection, people, mapping=(pair,))
    assert connection.execute("SELECT count(*) FROM customer").fetchone() == (0,)


def test_a_bad_row_is_named_and_the_others_come_in(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "people.jsonl"
    file.write_text('{"name": "Ana"}\nno json\n["list"]\n{"plan": "Pro"}\n{"name": {"first": "x"}}\n{"name": "Bo"}\n')
    report = _import(workspace, connection, file)
    assert (report.read, report.added, report.unparsed) == (6, 2, 4)
    assert [problem.where.rpartition(" ")[2] for problem in report.problems] == ["2", "3", "4", "5"]


def test_tickets_bring_their_conversation(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    ticket = {
        "subject": "Where is it?", "channel": "phone", "status": "pending", "priority": "high", "tags": ["Parcel"],
        "assignee": "Bo Lind", "customer": {"name": "Ana Ruiz", "email": "ana@example.org"}, "external_id": "T-1",
        "created_at": "2026-02-01T10:00:00+01:00",
        "messages": [
            {"kind": "call", "at": "2026-02-01T10:00:00+01:00", "from": "Ana Ruiz", "text": "No parcel"},
            {"kind": "note", "at": "2026-02-01T10:05:00+01:00", "from": "Bo", "text": "Lost in Leipzig"},
        ],
        "region": "north",
    }  # fmt: skip
    file = tmp_path / "tickets.jsonl"
    file.write_text(json.dumps(ticket) + "\n")
    assert _import(workspace, connection, file).added == 1
    found = connection.execute(
        """SELECT t.subject, t.status, t.priority, c.key, a.name, u.name, t.message_count, t.details
           FROM ticket t JOIN channel c ON c.id = t.channel_id JOIN agent a ON a.id = t.assignee_id
           JOIN customer u ON u.id = t.customer_id"""
    ).fetchone()
    assert found == ("Where is it?", 1, 2, "phone", "Bo Lind", "Ana Ruiz", 2, '{"region": "north"}')
    ticket["messages"].append({"kind": "inbound", "text": "Any news?", "at": "2026-02-02"})  # type: ignore[attr-defined]
    file.write_text(json.dumps(ticket) + "\n")
    again = _import(workspace, connection, file)
    assert (again.added, again.updated) == (0, 1)
    assert _import(workspace, connection, file).skipped == 1
    assert connection.execute("SELECT message_count FROM ticket").fetchone() == (3,)


def test_a_wrong_status_names_the_nearest(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    file = tmp_path / "tickets.csv"
    file.write_text("subject,status\nHelp,opne\n")
    report = _import(workspace, connection, file)
    assert report.unparsed == 1
    assert "open" in report.problems[0].what


def test_snippets_are_known_by_their_trigger(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    file = tmp_path / "snippets.jsonl"
    line = {
        "title": "Our refund",
        "trigger": ";zz-refund",
        "folder": "Money",
        "keywords": ["back"],
        "body": "It is paid.",
    }
    file.write_text(json.dumps(line) + "\n")
    assert _import(workspace, connection, file).added == 1
    assert _import(workspace, connection, file).skipped == 1
    line["body"] = "It is on its way."
    file.write_text(json.dumps(line) + "\n")
    assert _import(workspace, connection, file).updated == 1
    found = connection.execute('SELECT body, keywords FROM snippet WHERE "trigger" = ?', ("zz-refund",)).fetchall()
    assert found == [("It is on its way.", "back")]


def test_a_table_in_an_old_charset_is_read(tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes("Name;E-Mail\nJürgen Größe;j@example.org\n".encode("cp1252"))
    (row,) = rows(file, Kind.CUSTOMERS, {})
    assert isinstance(row, Read)
    assert row.fields == {"name": "Jürgen Größe", "email": "j@example.org"}


@pytest.mark.parametrize(
    ("head", "kind"),
    [("subject,status", Kind.TICKETS), ("title,body", Kind.SNIPPETS), ("first name,last name", Kind.CUSTOMERS)],
)
def test_the_kind_is_guessed_from_the_columns(tmp_path: Path, head: str, kind: Kind) -> None:
    file = tmp_path / "table.csv"
    file.write_text(head + "\na,b\n")
    assert guess(file, {}) is kind


def test_columns_that_say_nothing_are_refused_with_a_way_out(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("alpha,beta\n1,2\n")
    with pytest.raises(BadInput, match="--as"):
        guess(file, {})


@given(st.dictionaries(st.sampled_from(["name", "account", "email"]), st.text("abc=", min_size=1, max_size=5)))
def test_every_pair_of_a_map_is_kept(pairs: dict[str, str]) -> None:
    assert parse_map([f"{name}={column}" for name, column in pairs.items()], Kind.CUSTOMERS) == pairs


@pytest.mark.parametrize(
    ("written", "microseconds"),
    [
        ("2026-03-02T09:00:00+00:00", NOW),
        ("2026-03-02T10:00:00+01:00", NOW),
        ("2026-03-02 09:00", NOW),
        ("02.03.2026 09:00", NOW),
        ("20260302", NOW - 9 * HOUR),
        ("03/03/2026", NOW - 9 * HOUR + DAY),
        ("1772442000", NOW),
    ],
)
def test_dates_are_understood(written: str, microseconds: int) -> None:
    assert values.time({"at": written}, "at") == microseconds


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match="no date"):
        values.time({"at": "soon"}, "at")
