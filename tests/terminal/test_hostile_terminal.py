"""What strangers write, on every screen and from every command: none of it may steer the terminal."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desk import flags
from desk.ids import new_uid
from desk.lookup import IdentityKind
from desk.times import now
from storage import rules, sources
from storage.connect import Connection, writing
from storage.search.index import index_customers
from storage.workspace import Workspace, open_to_write
from sync.lock import only_one
from tests.factories import make_agent, make_customer, make_identity, make_message, make_standing, make_tag, make_ticket
from tests.hostile import HOSTILE
from tests.terminal.desk import HEARD, Desk, strangers_bytes

pytestmark = pytest.mark.terminal
MARK = "MARKED"
HELPDESKS = 8
# SQLite keeps no lone surrogates; what can't be stored can't come out of it either.
TEXTS = tuple(text.encode("utf-8", "ignore").decode() for _, text in HOSTILE)


def poison(connection: Connection) -> None:
    """Every text of a workspace, by plain SQL, so that nothing is cleaned on its way in."""
    at = now()
    ana = make_agent(connection, handle="ana", name=f"Ana {TEXTS[16]}")
    customers = []
    for number, text in enumerate(TEXTS):
        organization = connection.execute(
            "INSERT INTO organization(uid, name, domain, note, created_at) VALUES(?,?,?,?,?)",
            (new_uid(), text, text, text, at),
        ).lastrowid
        customer = make_customer(connection, MARK + text)
        marks = flags.write([flags.Flag(text, text, None, text)])
        customers.append(customer)
        connection.execute(
            "UPDATE customer SET organization_id = ?, plan = ?, note = ?, flags = ?, details = ? WHERE id = ?",
            (organization, text, text, marks, json.dumps({text: text}), customer),
        )
        for identity in (IdentityKind.EMAIL, IdentityKind.PHONE, IdentityKind.ACCOUNT, IdentityKind.HANDLE):
            make_identity(connection, customer, identity, f"{number}{text}", known=number % 2 == 0)
        ticket = make_ticket(
            connection, subject=MARK + text, customer_id=customer, preview=text, goal=text, summary=text, choice=text,
            assignee_id=ana, created_at=at - number, message_count=3,
        )  # fmt: skip
        make_tag(connection, ticket, f"{number}{text}")
        for kind in ("inbound", "outbound", "note"):
            message = make_message(
                connection, ticket, kind=kind, body=text, subject=text, sender=text, recipients=text, copies=text,
                customer_id=customer, at=at, automatic=text, bounce=text,
            )  # fmt: skip
        file = connection.execute(
            "INSERT INTO attachment(uid, message_id, name, type, size, digest, content_id, inline)"
            " VALUES(?,?,?,?,9,?,?,0)",
            (new_uid(), message, text, text, bytes(32), text),
        ).lastrowid
        stand_elsewhere(connection, ticket, file, text, at)
        connection.execute(
            "INSERT INTO event(deed, kind, at, agent_id, ticket_id, data, patch) VALUES(?,'changed',?,?,?,?,'')",
            (new_uid(), at, ana, ticket, json.dumps({"field": "assignee", "before": text, "after": text})),
        )
        connection.execute(
            "INSERT INTO draft(ticket_id, agent_id, kind, recipients, copies, subject, body, attachments, cursor,"
            " updated_at) VALUES(?,?,'reply_all',?,?,?,?,?,0,?)",
            (ticket, ana, text, text, text, text, json.dumps([text]), at),
        )
        connection.execute(
            "INSERT INTO outbox(uid, deed, ticket_id, kind, payload, state, created_at, ready_at, tries, error)"
            " VALUES(?,?,?,?,'{}','failed',?,?,1,?)",
            (new_uid(), new_uid(), ticket, text, at, at, text),
        )
        connection.execute(
            "INSERT INTO snippet(uid, title, trigger, folder, keywords, body, actions, uses, created_at, updated_at)"
            " VALUES(?,?,?,?,?,?,'',0,?,?)",
            (new_uid(), text, f"{number}{text}", text, text, text, at, at),
        )
        connection.execute("INSERT INTO team(uid, name, created_at) VALUES(?,?,?)", (new_uid(), f"{number}{text}", at))
        connection.execute(
            "INSERT INTO view(uid, position, name, query, sort) VALUES(?,?,?,'status:active','due')",
            (new_uid(), 20 + number, text),
        )
    index_customers(connection, customers)


def stand_elsewhere(connection: Connection, ticket: int, file: int | None, text: str, at: int) -> None:
    """Let a ticket be one of a helpdesk's, every second one of the other, which tell nothing but such texts."""
    names = [name for (name,) in connection.execute("SELECT name FROM source WHERE kind = 'rt' ORDER BY id")]
    if len(names) < HELPDESKS:
        settings = {"url": text, "user": text, "takes": f"reply note {text}", "pages": text}
        source = sources.add(connection, "rt", f"{MARK}{text}{len(names)}", settings, at)
        sources.tell(connection, source, state="stuck", said=text, mend=text, failures=3, synced_at=at)
    else:
        source = connection.execute("SELECT max(id) - ? % 2 FROM source", (ticket,)).fetchone()[0]
    make_standing(connection, ticket, source, f"https://rt.example.test/{text}", label=text)
    connection.execute("UPDATE remote_ticket SET number = ?1, priority_label = ?1 WHERE ticket_id = ?2", (text, ticket))
    connection.execute("UPDATE ticket SET details = ?, priority = 3 WHERE id = ?", (json.dumps({text: text}), ticket))
    connection.execute(
        "INSERT INTO remote_file(attachment_id, source_id, external_id, done, said) VALUES(?, ?, ?, 0, ?)",
        (file, source, text, text),
    )


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace in which nothing is harmless, and which nobody syncs."""
    workspace = Workspace(tmp_path_factory.mktemp("poisoned") / "workspace")
    with closing(open_to_write(workspace)) as connection, writing(connection):
        poison(connection)
    with only_one(workspace):
        yield workspace


@pytest.fixture
def desk(poisoned: Workspace) -> Iterator[Desk]:
    with Desk(poisoned, columns=140, rows=40) as desk:
        desk.wait_until_live()
        yield desk
        assert b"Traceback" not in desk.raw
        assert strangers_bytes(bytes(desk.raw)) == b""
        assert desk.process.poll() is None


def open_list(desk: Desk) -> None:
    desk.step("7", then="Queue · All open")
    desk.wait_for(MARK)


def test_list_and_every_ticket(desk: Desk) -> None:
    open_list(desk)
    desk.step("G", then=MARK)
    desk.press("g", "g", "enter")
    for number in range(1001, 1001 + len(TEXTS)):
        desk.wait_for(lambda desk: desk.lines[0].find(str(number)) > 0)  # noqa: B023 - asked before the next round
        desk.press("Q", "O", "]")


def test_sources_and_their_pages(desk: Desk) -> None:
    desk.step("f6", then="8 connected")
    for _ in range(HELPDESKS):
        desk.press("j", "enter")


def leave(desk: Desk) -> None:
    """Esc alone, then the keys of the queue or the ticket again: a key right behind it would be taken for Alt."""
    desk.press("escape")
    desk.wait_for(lambda desk: "resolve" in desk.lines[-1])


STRANGERS = """
[[board]]
title = "Strangers"

[[board.row]]
tile = [{ metric = "waiting", form = "list" }, { metric = "load", form = "bars" }]

[[board.row]]
tile = [{ metric = "backlog_team", form = "bars" }, { metric = "arrived", form = "chart" }]
"""


def test_the_live_board_and_what_it_explains(desk: Desk) -> None:
    with closing(open_to_write(desk.workspace)) as connection:
        rules.write(connection, "boards", STRANGERS)
    desk.step("g", "s", then="Live board · Strangers")
    desk.wait_for(MARK)
    for _ in range(4):
        desk.press(*"j" * 20)
        desk.step("i", then="How it is counted")
        desk.press("G")
        desk.step("escape", then="Live board · Strangers")
        desk.press("tab")
    desk.press("tab", "j", "j", "enter")
    desk.wait_for("Esc goes back to the number")


def test_drafts_pickers_and_questions(desk: Desk) -> None:
    open_list(desk)
    desk.press("enter")
    desk.wait_for(lambda desk: "#" in desk.lines[0])
    desk.step("r", then="Your draft, as you left it")
    desk.press("escape")
    desk.wait_for("The draft is kept")
    for key, title in (("t", "tags now"), ("V", "Move to"), ("/", "status is active")):
        desk.step(key, then=title)
        desk.press("down", "down", "up", "escape")
        desk.gone(title)
    desk.press("a", "o")
    desk.step(then="Assign to")
    desk.press("escape")
    desk.gone("Assign to")
    desk.step(";", then="Snippet title, trigger")
    desk.press(*["down"] * 30, "escape")
    desk.gone("Snippet title, trigger")
    desk.step(":", then=": ")
    desk.send(f"find {MARK}\r")
    desk.wait_for("found")


def test_customers_snippets_outbox_and_help(desk: Desk) -> None:
    desk.send(f"c{MARK}")
    desk.wait_for("found")
    desk.press(*["down"] * 20, "enter")
    desk.wait_for("Known by")
    desk.press("G", "escape")
    desk.gone("Known by")
    leave(desk)
    desk.step("g", "k", then="Snippets")
    desk.press(*["j"] * 40, "G")
    desk.step("g", "o", then="Outbox")
    desk.press(*["j"] * 40, "G")
    desk.step("?", then="Keys of this screen")


def test_no_row_is_styled_by_what_stands_in_it(desk: Desk) -> None:
    open_list(desk)
    styles = set()
    for y in range(4, 20):
        row = [desk.screen.buffer[y][x] for x in range(desk.screen.columns)]
        letters = "".join(cell.data[:1] or " " for cell in row)
        start = letters.find(MARK, letters.find(MARK) + 1)
        assert start >= 0, desk.text
        styles |= {(cell.fg, cell.bg, cell.bold, cell.italics, cell.reverse) for cell in row[start : start + len(MARK)]}
    assert len(styles) == 1


@pytest.mark.parametrize(
    "command",
    [
        ("find", MARK),
        ("tickets", ""),
        ("show", "#1017"),
        ("show", "#1023"),
        ("snippets", "list"),
        ("outbox", "list"),
    ],
    ids=" ".join,
)
def test_commands_print_nothing_that_steers(poisoned: Workspace, command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [HEARD, "--workspace", poisoned.folder, *command], capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert strangers_bytes(done.stdout.replace(b"\t", b" ")) == b""


def test_what_doctor_says_of_the_sources_steers_nothing(poisoned: Workspace) -> None:
    done = subprocess.run(
        [HEARD, "--workspace", poisoned.folder, "doctor"], capture_output=True, check=False, timeout=60
    )
    assert b"Traceback" not in done.stderr
    assert MARK.encode() in done.stdout
    assert strangers_bytes(done.stdout + done.stderr) == b""


def test_an_import_of_it_shows_and_prints_nothing_that_steers(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    tickets = tmp_path / "tickets.jsonl"
    tickets.write_text(
        "\n".join(
            json.dumps({"subject": MARK + text, "channel": text, "tags": [text], "assignee": text,
                        "customer": {"name": text, "email": f"{number}@example.com", "phone": text, "account": text},
                        "messages": [{"kind": "inbound", "at": "2026-01-02T03:04:05Z", "from": text, "text": text}]})
            for number, (_, text) in enumerate(HOSTILE)
        ),
        encoding="utf-8",
    )  # fmt: skip
    mail = tmp_path / "mail.eml"
    mail.write_bytes(b"From: \x1b]0;owned\x07 <a@b.example>\r\nSubject: \x1b[31mred\x9b1m\r\n\r\nbody \x1b[2J\x00\r\n")
    done = subprocess.run(
        [HEARD, "--workspace", workspace.folder, "import", tickets, mail], capture_output=True, check=False, timeout=120
    )
    assert b"Traceback" not in done.stderr
    assert strangers_bytes(done.stdout + done.stderr) == b""
    with Desk(workspace, columns=140, rows=40) as desk:
        desk.wait_until_live()
        desk.step("9", then=MARK)
        desk.press("G", "enter")
        desk.wait_for(lambda desk: "#" in desk.lines[0])
        assert strangers_bytes(bytes(desk.raw)) == b""
