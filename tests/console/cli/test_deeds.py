"""The commands that do deeds: reply, note, set, outbox, backup and restore."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from console.__main__ import main
from storage.connect import Connection
from storage.people import agent_named
from storage.review import mute
from storage.workspace import Workspace
from tests.factories import make_agent, make_customer, make_message, make_queue, make_tag, make_team, make_ticket

Heard = Callable[..., tuple[int, str, str]]


@pytest.fixture
def heard(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Heard:
    """Run a command; its status, output and errors. `text` is its standard input."""
    config = tmp_path / "heard.toml"
    config.write_text('handle = "ana"\nname = "Ana Ruiz"\ntime_zone = "UTC"\n')
    monkeypatch.setenv("HEARD_CONFIG", str(config))

    def run(*arguments: str, text: str | bytes = "") -> tuple[int, str, str]:
        content = text.encode() if isinstance(text, str) else text
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        status = main(["--workspace", str(workspace.folder), *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_a_reply_from_standard_input(connection: Connection, heard: Heard) -> None:
    ticket = make_ticket(connection, subject="Lamp", customer_id=make_customer(connection))
    make_message(connection, ticket, sender="Li Wei <li@example.org>")
    status, out, _ = heard("reply", "1001", text="It is on its way.\n")
    assert status == 0
    assert out == (
        "Replied to #1001, to Li Wei <li@example.org>; "
        "it leaves in 15 s, until then `u` in the console takes it back.\n"
    )
    row = connection.execute("SELECT recipients, subject, body FROM message WHERE kind='outbound'").fetchone()
    assert row == ("Li Wei <li@example.org>", "Re: Lamp", "It is on its way.")
    assert connection.execute("SELECT state, (SELECT handle FROM agent) FROM outbox").fetchall() == [
        ("undoable", "ana")
    ]


def test_a_reply_from_a_file_at_once(connection: Connection, heard: Heard, tmp_path: Path) -> None:
    make_ticket(connection, subject="Re: Lamp", customer_id=make_customer(connection, email="li@example.org"))
    file = tmp_path / "answer.txt"
    file.write_text("\ufeffDone — thank you!", encoding="utf-8")
    status, out, _ = heard("reply", "#1001", str(file), "--now", "--status", "solved", "--cc", "sam@example.org")
    assert (status, out) == (0, "Replied to #1001, to li@example.org; it is on its way.\n")
    row = connection.execute("SELECT recipients, copies, subject, body FROM message").fetchone()
    assert row == ("li@example.org", "sam@example.org", "Re: Lamp", "Done — thank you!")
    assert connection.execute("SELECT status FROM ticket").fetchone() == (3,)
    assert {row[0] for row in connection.execute("SELECT state FROM outbox")} == {"sent"}


def test_a_note(connection: Connection, heard: Heard) -> None:
    make_ticket(connection)
    assert heard("note", "1001", text="Carrier lost it.")[:2] == (0, "Noted on #1001.\n")
    assert connection.execute("SELECT kind, body FROM message").fetchall() == [("note", "Carrier lost it.")]


@pytest.mark.parametrize(
    ("arguments", "text", "words"),
    [
        (("note", "1001"), "", "The note is empty"),
        (("note", "1001"), b"\xff\xfe", "not UTF-8 at byte 0"),
        (("reply", "1001", "no-such-file.txt"), "", "no-such-file.txt can't be read"),
        (("reply", "1001", "--status", "sovled"), "Hi", "Did you mean solved?"),
        (("reply", "4711"), "Hi", "4711"),
    ],
)
def test_what_can_not_be_written_is_refused_in_one_line(
    connection: Connection, heard: Heard, arguments: tuple[str, ...], text: str | bytes, words: str
) -> None:
    make_ticket(connection)
    status, out, err = heard(*arguments, text=text)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert words in err
    assert connection.execute("SELECT count(*) FROM message").fetchone() == (0,)


@pytest.mark.parametrize(
    ("command", "text", "rule"),
    [
        ("reply", "Your order [ORDER NUMBER] left.", "unfilled"),
        ("reply", "Hi Sam,\nit left.", "wrong-name"),
        ("reply", "The customer is angry, be kind.", "reply-as-note"),
        ("note", "Hi Li,\nit left.", "note-as-reply"),
    ],
)
def test_what_the_composer_would_ask_about_is_refused_unless_told_so(
    connection: Connection, heard: Heard, command: str, text: str, rule: str
) -> None:
    ticket = make_ticket(connection, customer_id=make_customer(connection, name="Li Wei"))
    make_message(connection, ticket, sender="Li Wei <li@example.org>")
    written = "SELECT body FROM message WHERE kind <> 'inbound'"
    status, out, err = heard(command, "1001", text=text)
    assert (status, out) == (1, "")
    assert err.startswith("standard input:1:")
    assert f": {rule}: “" in err
    assert f"Nothing was written: the reviewer asks about {rule}" in err
    assert "Mend it, or give --as-is." in err
    assert connection.execute(written).fetchall() == []
    status, out, err = heard(command, "1001", "--as-is", text=text)
    assert status == 0
    assert f": {rule}: “" in err
    assert connection.execute(written).fetchall() == [(text,)]


def test_other_marks_speak_and_stop_nothing(connection: Connection, heard: Heard) -> None:
    ticket = make_ticket(connection, customer_id=make_customer(connection, name="Li Wei"))
    make_message(connection, ticket, body="The backend?", sender="Li Wei <li@example.org>")
    status, _, err = heard("reply", "1001", text="Hi Li,\nit should work, the backend is up.")
    assert status == 0
    assert err == (
        "standard input:2:1: certainty: “it should work” Sounds unsure about something that can be checked. "
        "Check it, then say that it is so.\n"
    )
    mute(connection, agent_named(connection, "ana").id, "certainty")
    assert heard("reply", "1001", text="Hi Li,\nit should work.")[::2] == (0, "")


def test_whoever_wrote_may_be_greeted_and_nobody_else_though_the_rule_is_muted(
    connection: Connection, heard: Heard
) -> None:
    ticket = make_ticket(connection)
    make_message(connection, ticket, sender="Li Wei <li@example.org>")
    assert heard("reply", "1001", text="Hi Li,\nit left.")[0] == 0
    mute(connection, agent_named(connection, "ana").id, "wrong-name")
    assert heard("reply", "1001", text="Hi Sam,\nit left.")[0] == 1


def test_a_file_that_goes_with_it_is_counted(connection: Connection, heard: Heard, tmp_path: Path) -> None:
    make_ticket(connection, customer_id=make_customer(connection))
    file = tmp_path / "plan.txt"
    file.write_text("the plan", encoding="utf-8")
    assert "attachment: " in heard("reply", "1001", text="I have attached the plan.")[2]
    assert heard("reply", "1001", "--attach", str(file), text="I have attached the plan.")[2] == ""


def test_set_changes_all_or_nothing(connection: Connection, heard: Heard) -> None:
    ticket = make_ticket(connection)
    make_tag(connection, ticket, "vip")
    team, queue = make_team(connection), make_queue(connection)
    make_agent(connection)
    status, out, err = heard(
        "set", "1001", "status=pending", "priority=high", "assignee=bo", "team=billing", "queue=Refunds", "+refund",
        "-vip", "snooze=3d",
    )  # fmt: skip
    assert (status, err) == (0, "")
    assert out.startswith("Changed #1001: status pending, priority high, assignee Bo Lind, team Billing, queue Refunds")
    row = connection.execute("SELECT status, priority, assignee_id, team_id, queue_id FROM ticket").fetchone()
    assert row == (1, 2, agent_named(connection, "bo").id, team, queue)
    tags = connection.execute("SELECT name FROM tag JOIN ticket_tag ON tag_id = id").fetchall()
    assert tags == [("refund",)]
    status, _, err = heard("set", "1001", "status=solved", "assignee=nobdy")
    assert status == 1
    assert connection.execute("SELECT status FROM ticket").fetchone() == (1,)


def test_set_gives_fields_back(connection: Connection, heard: Heard) -> None:
    make_ticket(connection)
    assert heard("set", "1001", "assignee=me", "snooze=2h", "tags=a,b")[0] == 0
    mine = agent_named(connection, "ana").id
    assert connection.execute("SELECT assignee_id, snoozed_until IS NULL FROM ticket").fetchone() == (mine, 0)
    assert heard("set", "1001", "assignee=none", "snooze=none", "-hold", "-a")[0] == 0
    assert connection.execute("SELECT assignee_id, snoozed_until FROM ticket").fetchone() == (None, None)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("status=sovled", "Did you mean solved?"),
        ("priorty=high", "Did you mean priority?"),
        ("queue=Refund", "Did you mean Refunds?"),
        ("assignee=anna", "Did you mean ana?"),
        ("snooze=yesterday", "“yesterday”"),
        ("+", "names no tag"),
        ("status=open", "so already"),
    ],
)
def test_set_names_what_is_wrong(connection: Connection, heard: Heard, given: str, words: str) -> None:
    make_ticket(connection)
    make_queue(connection)
    status, out, err = heard("set", "1001", given)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert words in err


def test_a_mistyped_workspace_is_not_made(heard: Heard, tmp_path: Path) -> None:
    status, _, err = heard("set", "1001", "status=solved", "--workspace", str(tmp_path / "typo"))
    assert status == 1
    assert "There is no workspace" in err
    assert not (tmp_path / "typo").exists()


def test_the_outbox_as_the_contract_says(connection: Connection, heard: Heard) -> None:
    make_ticket(connection)
    heard("note", "1001", text="One")
    heard("reply", "1001", text="Two")
    status, out, _ = heard("outbox", "list", "--json")
    assert status == 0
    reply, note = json.loads(out)
    assert (reply["kind"], reply["state"], note["kind"], note["state"]) == ("reply", "undoable", "note", "sent")
    uid = connection.execute("SELECT uid FROM ticket").fetchone()[0]
    assert (reply["ticket"], reply["tries"], reply["error"]) == (uid.hex(), 0, "")
    assert reply["since"].endswith("+00:00")
    lines = heard("outbox", "list")[1].splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(reply["operation"])


def test_dropping_and_trying_again(connection: Connection, heard: Heard) -> None:
    make_ticket(connection)
    heard("reply", "1001", text="Two")
    operation = connection.execute("SELECT lower(hex(uid)) FROM outbox").fetchone()[0]
    status, _, err = heard("outbox", "retry", operation)
    assert (status, "The reply on #1001 is undoable" in err) == (1, True)
    assert heard("outbox", "drop", operation)[:2] == (0, "Dropped the reply on #1001.\n")
    assert heard("outbox", "list")[1] == "Nothing is waiting.\n"
    connection.execute("UPDATE outbox SET state='failed', error='no route'")
    assert "no route" in heard("outbox", "list")[1]
    assert heard("outbox", "retry", operation)[:2] == (0, "Trying again the reply on #1001.\n")
    assert connection.execute("SELECT state, error FROM outbox").fetchone() == ("waiting", "")
    assert heard("outbox", "drop", "ffff")[0] == 1


def test_backup_and_restore(connection: Connection, heard: Heard, tmp_path: Path, workspace: Workspace) -> None:
    make_ticket(connection)
    status, out, _ = heard("backup", str(tmp_path / "copy"), "--json")
    assert status == 0
    assert json.loads(out) == {
        "folder": str(tmp_path / "copy"), "tickets": 1, "messages": 0, "attachments": 0, "missing": [],
    }  # fmt: skip
    status, _, err = heard("restore", str(tmp_path / "copy"))
    assert (status, "--replace" in err) == (1, True)
    connection.close()
    status, out, err = heard("restore", str(tmp_path / "copy"), "--replace", "--json")
    assert (status, err) == (0, "")
    kept = Path(json.loads(out)["kept_aside"])
    assert (kept / "heard.db").exists()
    assert (workspace.folder / "heard.db").exists()
