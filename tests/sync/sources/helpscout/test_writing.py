"""What is written to a Help Scout, by what it is found again, and what is refused before or by it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from desk.statuses import Status
from sync.conformance.kept import Kept
from sync.errors import Throttled
from sync.protocol import Conflict, Outcome, Receipt, Refused, Unclear
from sync.sources.helpscout.source import NEWS, HelpScout
from sync.tickets import ChangeTicket, OutgoingFile, WriteMessage
from tests.servers import helpscout
from tests.servers.helpscout_rows import Row
from tests.sync.sources.helpscout.stage import account


class Scene:
    """A conversation of Zoe's that was read."""

    def __init__(self, fake: helpscout.HelpScout, source: HelpScout) -> None:
        self.fake, self.source, self.kept = fake, source, Kept()
        fake.desk.add_mailbox("Support")
        self.billing = fake.desk.add_mailbox("Billing")
        self.zoe = fake.desk.add_customer("Zoe", "Wells", "zoe@customer.example", "zoe@home.example")
        copies: list[str] = ["bo@home.example"]
        self.number = fake.desk.add_conversation(self.zoe, "Pump", "It drips.", age=60, cc=[*copies])
        self.kept.read(source)

    @property
    def row(self) -> Row:
        """The conversation there."""
        return self.fake.desk.conversations[self.number]

    @property
    def last(self) -> Row:
        """What was said last."""
        return self.fake.desk.threads[self.number][-1]

    def reply(self, body: str = "Turn the valve.") -> WriteMessage:
        """An answer to what is known."""
        return self.kept.reply(str(self.number), body)

    def change(self) -> ChangeTicket:
        """A change from what is known."""
        return self.kept.change(str(self.number))

    def push(self, operation: WriteMessage | ChangeTicket) -> Outcome:
        """Ask for it, and read what has become of it."""
        outcome = self.source.push(operation, lambda: None)
        self.kept.read(self.source)
        return outcome


@pytest.fixture
def scene(fake: helpscout.HelpScout) -> Iterator[Scene]:
    """The conversation, and the source."""
    with closing(HelpScout(account(fake.url))) as source:
        yield Scene(fake, source)


def test_a_reply_goes_to_those_who_stand_on_the_conversation(scene: Scene) -> None:
    """Unless others are named."""
    assert isinstance(scene.push(scene.reply()), Receipt)
    assert scene.last["cc"] == ["bo@home.example"]
    named = replace(scene.reply("Both."), recipients=("zoe@home.example", "li@home.example"))
    assert isinstance(scene.push(named), Receipt)
    assert scene.last["cc"] == ["li@home.example"]
    assert isinstance(scene.push(replace(scene.reply("Li."), recipients=("li@home.example",))), Refused)
    assert scene.last["body"] == "<div>Both.</div>"


@pytest.mark.parametrize("status", ["active", "pending", "closed"])
@pytest.mark.parametrize("kind", ["reply", "note"])
def test_a_reply_leaves_the_status_as_it_is(scene: Scene, status: str, kind: str) -> None:
    """By itself it would open a conversation again."""
    scene.fake.desk.happens(scene.number, status=status)
    scene.kept.read(scene.source)
    words = scene.kept.reply(str(scene.number), "Turn it.", "note" if kind == "note" else "reply")
    assert isinstance(scene.push(words), Receipt)
    assert scene.row["status"] == status


def test_files_go_along(scene: Scene, tmp_path: Path) -> None:
    """Packed; a message of a file alone has its name for words, since none may be empty."""
    path = tmp_path / "plan.pdf"
    path.write_bytes(b"%PDF-1.7\xff")
    note = replace(scene.reply(""), kind="note", files=(OutgoingFile("plan.pdf", "application/pdf", path),))
    assert isinstance(scene.push(note), Receipt)
    assert (scene.last["type"], scene.last["body"]) == ("note", "<div>plan.pdf</div>")
    assert list(scene.fake.desk.files.values()) == [b"%PDF-1.7\xff"]
    assert scene.source.find(note) is not None
    with path.open("wb") as film:
        film.truncate((10 << 20) + 1)
    assert isinstance(scene.push(note), Refused)


def test_a_lost_reply_is_found_by_its_words(scene: Scene) -> None:
    """The app's own user's, of that kind and that time; not a colleague's, nor an older one."""
    reply = scene.reply("OK & go")
    ben = scene.fake.desk.add_user("Ben", "Agent", "ben@example.test")
    scene.fake.desk.say(scene.number, ben, "message", "OK &amp; go")
    scene.fake.desk.say(scene.number, scene.fake.user, "note", "OK &amp; go")
    scene.fake.desk.say(scene.number, scene.fake.user, "message", "OK &amp; go", age=3_600.0)
    assert scene.source.find(reply) is None
    scene.kept.read(scene.source)
    scene.fake.faults.cut(after=True, method="POST", path="/reply")
    assert isinstance(scene.source.push(scene.reply("OK & go"), lambda: None), Unclear)
    with closing(HelpScout(account(scene.fake.url))) as another:
        found = another.find(reply)
    assert found is not None
    assert found.external_id == str(scene.last["id"])


def test_fields_are_set_one_by_one_and_the_status_last(scene: Scene) -> None:
    """Each has a request of its own; what stands so already has none."""
    wanted = replace(
        scene.change(), status=Status.SOLVED, assignee=str(scene.fake.user), queue="Billing", add_tags=("leak",)
    )
    handed: list[int] = []
    outcome = scene.source.push(wanted, lambda: handed.append(1))
    assert isinstance(outcome, Receipt)
    assert handed == [1]
    written = [
        (request.method, request.fields().get("path")) for request in scene.fake.asked if request.method != "GET"
    ]
    assert written[1:] == [("PATCH", "/mailboxId"), ("PATCH", "/assignTo"), ("PUT", None), ("PATCH", "/status")]
    assert outcome.found is not None
    assert (outcome.found.status, outcome.found.queue, outcome.found.tags) == (Status.SOLVED, "Billing", ("leak",))
    assert isinstance(scene.push(wanted), Receipt)
    assert len([request for request in scene.fake.asked if request.method in ("PATCH", "PUT")]) == 4


def test_a_change_that_broke_off_is_gone_on_with(scene: Scene) -> None:
    """What was set is not set again; the state that it made is no other's."""
    wanted = replace(scene.change(), status=Status.SOLVED, assignee=str(scene.fake.user))
    scene.fake.faults.refuse(429, retry_after=1, method="PATCH")
    scene.source.push(wanted, lambda: None)
    assert "assignee" not in scene.row
    scene.fake.faults.clear()
    with closing(HelpScout(account(scene.fake.url))) as source:
        assert isinstance(source.push(wanted, lambda: None), Receipt)
    assert scene.row["status"] == "closed"


def test_a_receipt_tells_nothing_of_what_was_not_read(scene: Scene) -> None:
    """The customer wrote while it was changed: what stands now is not what is known here."""
    wanted = replace(scene.change(), status=Status.SOLVED)

    def zoe_writes() -> None:
        scene.fake.desk.say(scene.number, scene.zoe, "customer", "Wait!")

    scene.fake.faults.meanwhile(zoe_writes, method="PATCH")
    outcome = scene.source.push(wanted, lambda: None)
    assert outcome == Receipt(str(scene.number))


def test_tags_of_others_stay_where_all_are_replaced(scene: Scene) -> None:
    """Whatever their letters: Help Scout makes them small."""
    scene.row["tags"] = [{"tag": "theirs"}, {"tag": "old"}]
    wanted = replace(scene.change(), version="", add_tags=("Ours", "THEIRS"), remove_tags=("Old",))
    assert isinstance(scene.push(wanted), Receipt)
    assert scene.kept.tickets[str(scene.number)].tags == ("theirs", "ours")
    assert isinstance(scene.push(replace(wanted, version="old")), Receipt)


def test_what_waits_for_others_is_pending_there(scene: Scene) -> None:
    """And what is closed for good is closed."""
    for status, word in ((Status.HOLD, "pending"), (Status.CLOSED, "closed"), (Status.OPEN, "active")):
        assert isinstance(scene.push(replace(scene.change(), status=status)), Receipt)
        assert scene.row["status"] == word


def test_what_is_not_there_is_not_written_to(scene: Scene) -> None:
    """Deleted, merged, spam, or never there."""
    reply, change = scene.reply(), scene.change()
    into = scene.fake.desk.add_conversation(scene.zoe, "Pump again", "It drips.")
    for merged in (False, True):
        if merged:
            scene.fake.desk.merge(scene.number, into)
        else:
            scene.fake.desk.happens(scene.number, status="spam")
        for operation in (reply, change, replace(reply, ticket="x")):
            assert isinstance(scene.source.push(operation, lambda: None), Refused)
        assert scene.source.find(replace(reply, ticket="4711")) is None
    assert not scene.fake.asked_for("reply")


@pytest.mark.parametrize(
    ("wanted", "why"),
    [({"queue": "Nobody's"}, "no inbox"), ({"assignee": "ana"}, "isn't known"), ({"assignee": "4711"}, "/assignTo")],
)
def test_what_help_scout_does_not_take_is_refused(scene: Scene, wanted: dict[str, str], why: str) -> None:
    """In its words where it says any."""
    outcome = scene.push(replace(scene.change(), **wanted))  # type: ignore[arg-type]  # one field at a time
    assert isinstance(outcome, Refused)
    assert why in outcome.why


def test_a_conversation_that_is_full_takes_no_more(scene: Scene) -> None:
    """A hundred threads are the most."""
    for number in range(99):
        scene.fake.desk.say(scene.number, scene.zoe, "customer", f"Drop {number}.")
    scene.kept.read(scene.source)
    outcome = scene.push(replace(scene.reply(), seen=str(scene.last["id"])))
    assert isinstance(outcome, Refused)
    assert "100" in outcome.why


def test_a_change_from_another_state_waits(scene: Scene) -> None:
    """A colleague tagged it meanwhile."""
    change = replace(scene.change(), status=Status.SOLVED)
    scene.fake.desk.happens(scene.number, tags=[{"tag": "vip"}])
    assert isinstance(scene.source.push(change, lambda: None), Conflict)
    assert scene.row["status"] == "active"


def test_a_teams_conversation_is_nobodys(scene: Scene) -> None:
    """Whoever has the team's number among the users doesn't have it."""
    scene.row["assignee"] = {"id": scene.fake.user, "type": "team", "first": "Pumps", "last": ""}
    scene.kept.read(scene.source)
    assert scene.kept.tickets[str(scene.number)].assignee == ""


def test_what_came_cut_short_is_asked_for(scene: Scene) -> None:
    """Before a reply, too: a word that a list leaves out holds it."""
    scene.fake.desk.cuts_short = True
    reply = scene.reply()
    scene.fake.desk.say(scene.number, scene.zoe, "customer", "It is mended.")
    assert isinstance(scene.push(reply), Conflict)
    assert "It is mended." in scene.kept.bodies(str(scene.number))


def test_what_an_agent_wrote_may_use_the_requests_that_are_spared(scene: Scene) -> None:
    """Looks before it and after it included: reading waits for the next minute, they don't."""
    known = scene.kept.cursors[NEWS.key]
    # Four are spared: one for each look, two for the reply.
    scene.fake.most = scene.fake.used + 5
    scene.source.pull(NEWS, known)
    with pytest.raises(Throttled):
        scene.source.pull(NEWS, known)
    reply = scene.reply()
    assert isinstance(scene.source.push(reply, lambda: None), Receipt)
    assert scene.source.find(reply) is not None
    assert scene.fake.used == scene.fake.most
