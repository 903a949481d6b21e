"""`heard pop`: the console that runs shows it; without one the card is printed, for people and as JSON."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from console.__main__ import main
from desk.ids import new_uid
from desk.lookup import IdentityKind
from desk.times import DAY, now
from storage.connect import Connection
from storage.search.index import index_customers
from storage.workspace import Workspace
from tests.console.telephony.ear import Ear
from tests.factories import make_customer, make_identity, make_message, make_ticket

NUMBER = "+4930123456"


@pytest.fixture
def desk(workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with Erika, who has a ticket, and with two who share a number."""
    monkeypatch.setenv("HEARD_WORKSPACE", str(workspace.folder))
    monkeypatch.setenv("HEARD_AGENT", "ana")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    people = {name: make_customer(connection, name) for name in ("Erika Muster", "Max Muster", "Moritz Muster")}
    make_identity(connection, people["Erika Muster"], IdentityKind.PHONE, NUMBER)
    make_identity(connection, people["Erika Muster"], IdentityKind.EMAIL, "erika@example.org")
    for name in ("Max Muster", "Moritz Muster"):
        make_identity(connection, people[name], IdentityKind.PHONE, "+4989555777")
    ticket = make_ticket(connection, customer_id=people["Erika Muster"], subject="The \x1b[31mparcel")
    make_message(connection, ticket, customer_id=people["Erika Muster"], body="Where is it?")
    index_customers(connection, list(people.values()))
    return workspace


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["pop", *words]) == 0
    return capsys.readouterr().out


def test_several_that_it_might_be_are_on_record_as_a_search(desk: Workspace, connection: Connection) -> None:
    assert main(["pop", "+4989555777"]) == 0
    assert connection.execute("SELECT kind, words FROM audit").fetchall() == [("searched", "2 customers")]


@pytest.mark.parametrize("given", [NUMBER, "tel:030-123456", "sip:+4930123456@pbx", "Erika", "sip:erika@example.org"])
def test_without_a_console_the_card_is_printed(desk: Workspace, capsys: pytest.CaptureFixture[str], given: str) -> None:
    printed = said(capsys, given)
    assert printed.startswith("Erika Muster\n")
    assert "#1001  The parcel\n" in printed
    assert "wrote: Where is it?" in printed
    assert "\x1b" not in printed


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("anonymous", "The number is withheld"),
        ("+49301", "Nobody is known by +49301."),
        ("tel:+4930999;ext=12", "Nobody is known by +4930999, extension 12."),
        ("+4989555777", "Several have this number:\n  Moritz Muster  +4989555777\n  Max Muster"),
        ("Muster", "Perhaps:\n"),
        ("\x1b]0;title\x07", "withheld"),
    ],
)
def test_who_it_is_not(desk: Workspace, capsys: pytest.CaptureFixture[str], given: str, words: str) -> None:
    assert words in said(capsys, given)


def test_as_json(desk: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(said(capsys, NUMBER, "--json"))
    assert (found["shown"], found["match"], found["number"]) == (False, "one", NUMBER)
    assert found["card"]["name"] == "Erika Muster"
    assert [ticket["number"] for ticket in found["card"]["tickets"]] == [1001]
    assert found["card"]["contacts"][0]["text"] == "Where is it?"
    several = json.loads(said(capsys, "+4989555777", "--json"))
    assert ([each["name"] for each in several["customers"]], several["card"]) == (["Moritz Muster", "Max Muster"], None)


def test_the_printed_card_says_what_was_promised_and_how_often_they_called(
    desk: Workspace, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Calls before" not in said(capsys, NUMBER)
    at = now()
    connection.execute(
        "INSERT INTO promise(uid, ticket_id, words, made_at, due_at, target_at, state) VALUES(?,1,?,0,?,?,'open')",
        (new_uid(), "we send it by Friday", at + DAY, at),
    )
    for state, rang_at in (("done", at - 90 * DAY), ("missed", at - 60 * DAY)):
        connection.execute(
            "INSERT INTO call(uid, direction, state, way, external_id, number, caller, customer_id, rang_at,"
            " held_seconds, goal, notes, outcome, follow_up) VALUES(?,'in',?,'pop','','','',1,?,0,'','','','')",
            (new_uid(), state, rang_at),
        )
    printed = said(capsys, NUMBER)
    assert "we send it by Friday (#1001)" in printed
    assert "Calls before: 2\n" in printed
    connection.execute("UPDATE call SET rang_at = ? WHERE state = 'missed'", (at - DAY,))
    assert "Calls before: 2, 1 missed of late\n" in said(capsys, NUMBER)


def test_a_console_that_runs_shows_it(desk: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    with Ear(desk, "ana") as ear:
        assert said(capsys, "--caller", "Erika", f"tel:{NUMBER}") == "The console shows it.\n"
        assert said(capsys, "Erika", "--json") == '{"shown": true}\n'
        assert said(capsys, NUMBER, "--print").startswith("Erika Muster\n")
    assert [(each.text, each.caller, each.call_id) for each in ear.heard] == [
        (f"tel:{NUMBER}", "Erika", None), ("Erika", "", None),
    ]  # fmt: skip


def test_another_agent_s_console_hears_nothing(desk: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    with Ear(desk, "bo") as ear:
        assert said(capsys, NUMBER).startswith("Erika Muster\n")
    assert ear.heard == []


def test_it_asks_neither_database_nor_screen_where_a_console_runs(desk: Workspace) -> None:
    program = (
        "import sys\nfrom console.__main__ import main\nmain(['pop', '+4930123456'])\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    with Ear(desk, "ana") as ear:
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60,
            cwd=Path(__file__).parents[3],
        )  # fmt: skip
    assert len(ear.heard) == 1
    modules = set(done.stderr.split())
    heavy = {"asyncio", "sqlcipher3", "phonenumbers", "textual", "sqlmodel", "ssl", "subprocess"}
    assert modules & heavy == set()
    assert len(modules) <= 140, sorted(modules)
