"""What is written to a Freshdesk, by what it is found again, and what is refused before or by it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from desk.statuses import Priority, Status
from sync.conformance.kept import Kept
from sync.errors import Throttled
from sync.protocol import Conflict, Outcome, Receipt, Refused, Unclear
from sync.sources.freshdesk.source import NEWS, Freshdesk
from sync.tickets import ChangeTicket, OutgoingFile, WriteMessage
from tests.servers import freshdesk
from tests.sync.sources.freshdesk.stage import account


class Scene:
    """A ticket of Zoe's that was read."""

    def __init__(self, fake: freshdesk.Freshdesk, source: Freshdesk) -> None:
        self.fake, self.source, self.kept = fake, source, Kept()
        self.zoe = fake.desk.add_contact("Zoe", "zoe@customer.example")
        self.number = fake.desk.add_ticket(self.zoe, "Pump", "<div>It drips.</div>", age=60)
        self.kept.read(source)

    @property
    def row(self) -> dict[str, object]:
        """The ticket there."""
        return {**self.fake.desk.tickets[self.number]}

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
def scene(fake: freshdesk.Freshdesk) -> Iterator[Scene]:
    """The ticket, and the source."""
    with closing(Freshdesk(account(fake.url))) as source:
        yield Scene(fake, source)


def test_a_reply_goes_to_the_requester_and_to_those_who_are_named(scene: Scene) -> None:
    """Freshdesk's reply has no field for recipients: the others get a copy."""
    named = replace(scene.reply(), recipients=("ZOE@customer.example", "li@home.example"), copies=("bo@home.example",))
    assert isinstance(scene.push(named), Receipt)
    assert scene.fake.desk.said[scene.number][0]["cc_emails"] == ["li@home.example", "bo@home.example"]
    alone = scene.push(replace(scene.reply("Elsewhere."), recipients=("li@home.example",)))
    assert isinstance(alone, Refused)
    assert len(scene.fake.desk.said[scene.number]) == 1


def test_whoever_the_customer_has_in_copy_gets_a_copy(scene: Scene) -> None:
    """Freshdesk copies in nobody by itself; the customer's newest word counts, and an agent may leave them out."""
    desk = scene.fake.desk
    desk.tickets[scene.number]["cc_emails"] = ["Li <li@home.example>", "help@desk.example"]
    desk.tickets[scene.number]["support_email"] = "Help@desk.example"
    assert isinstance(scene.push(scene.reply()), Receipt)
    desk.say(scene.number, scene.zoe, "Still.", incoming=True, private=False, cc_emails=["bo@home.example"])
    scene.kept.read(scene.source)
    assert isinstance(scene.push(scene.reply("Thank you.")), Receipt)
    # What is written in the portal isn't called incoming.
    desk.say(scene.number, scene.zoe, "Here.", incoming=False, private=False, cc_emails=["li@home.example"])
    scene.kept.read(scene.source)
    assert isinstance(scene.push(scene.reply("I see.")), Receipt)
    assert isinstance(scene.push(replace(scene.reply("To you."), recipients=("zoe@customer.example",))), Receipt)
    said = [row["cc_emails"] for row in desk.said[scene.number] if row["user_id"] == scene.fake.agent]
    assert said == [["li@home.example"], ["bo@home.example"], ["li@home.example"], []]


def test_files_go_along(scene: Scene, tmp_path: Path) -> None:
    """As a form; a message of a file alone has its name for words, since Freshdesk takes none without."""
    path = tmp_path / "plan.pdf"
    path.write_bytes(b"%PDF-1.7 \r\n--x\xff")
    files = (OutgoingFile("plan.pdf", "application/pdf", path),)
    note = replace(scene.reply(), kind="note", body="", files=files)
    assert isinstance(scene.push(note), Receipt)
    assert isinstance(
        scene.push(replace(scene.reply("See <here>."), files=files, copies=("bo@home.example",))), Receipt
    )
    said = scene.fake.desk.said[scene.number]
    assert [(row["body"], row["private"], row["cc_emails"]) for row in said] == [
        ("<div>plan.pdf</div>", True, []), ("<div>See &lt;here&gt;.</div>", False, ["bo@home.example"]),
    ]  # fmt: skip
    assert list(scene.fake.desk.files.values()) == [b"%PDF-1.7 \r\n--x\xff"] * 2
    assert scene.source.find(note) is not None


def test_files_that_are_too_large_are_not_sent(scene: Scene, tmp_path: Path) -> None:
    """20 MB is the most."""
    path = tmp_path / "film.mp4"
    with path.open("wb") as film:
        film.truncate((20 << 20) + 1)
    large = replace(scene.reply(), files=(OutgoingFile("film.mp4", "video/mp4", path),))
    assert isinstance(scene.push(large), Refused)
    assert not scene.fake.asked_for("reply")


def test_words_that_freshdesk_lays_out_anew_are_found(scene: Scene) -> None:
    """It is the words that count, with the agent's signature after them or without."""
    reply = scene.reply("Turn the valve.\n\n  Then look:\n> it drips\n© Ana")
    scene.fake.faults.cut(after=True, method="POST")
    assert isinstance(scene.source.push(reply, lambda: None), Unclear)
    row = scene.fake.desk.said[scene.number][0]
    row["body"] = str(row["body"]).replace("<br>", "</p>\n<p>") + '<p class="sign">Ana\n Agent</p>'
    assert scene.source.find(reply) is None
    scene.fake.desk.agents[scene.fake.agent]["signature"] = "<b>Ana</b> Agent"
    with closing(Freshdesk(account(scene.fake.url))) as another:
        found = another.find(reply)
    assert found is not None
    assert found.external_id == str(row["id"])


def test_the_same_words_twice_are_two_replies(scene: Scene) -> None:
    """The first has arrived; what became of the second is found out by what isn't the first."""
    assert isinstance(scene.push(scene.reply("OK")), Receipt)
    second = replace(scene.reply("OK"), key="5" * 32)
    scene.fake.faults.cut(method="POST")
    assert isinstance(scene.source.push(second, lambda: None), Unclear)
    assert scene.source.find(second) is None
    assert isinstance(scene.source.push(second, lambda: None), Receipt)
    assert len(scene.fake.desk.said[scene.number]) == 2


def test_the_same_words_of_another_are_not_ours(scene: Scene) -> None:
    """A colleague's, a customer's, or those of long ago."""
    reply = scene.reply("OK")
    ben = scene.fake.desk.add_agent("Ben Agent", "ben@example.test")
    scene.fake.desk.say(scene.number, ben, "<div>OK</div>", incoming=False, private=False)
    scene.fake.desk.say(scene.number, scene.zoe, "<div>OK</div>", incoming=True, private=False)
    scene.fake.desk.say(scene.number, scene.fake.agent, "<div>OK</div>", incoming=False, private=True)
    old = scene.fake.desk.say(scene.number, scene.fake.agent, "<div>OK</div>", incoming=False, private=False)
    old["created_at"] = "2021-04-09T12:29:56Z"
    assert scene.source.find(reply) is None


def test_what_waits_for_others_is_pending_where_there_is_no_such_status(scene: Scene) -> None:
    """It is Freshdesk's own word that tells the two apart; a label that is known is used again."""
    assert isinstance(scene.push(replace(scene.change(), status=Status.HOLD)), Receipt)
    assert (scene.row["status"], scene.kept.tickets[str(scene.number)].label) == (7, "Waiting on Third Party")
    pending = replace(scene.change(), status=Status.PENDING, label="Waiting on Customer")
    assert isinstance(scene.push(pending), Receipt)
    assert (scene.row["status"], scene.kept.tickets[str(scene.number)].status) == (6, Status.PENDING)


def test_what_stands_so_already_is_not_written(scene: Scene) -> None:
    """However old the version is that it was asked from."""
    wanted = replace(scene.change(), status=Status.SOLVED, priority=Priority.URGENT, add_tags=("leak",))
    assert isinstance(scene.push(wanted), Receipt)
    assert isinstance(scene.push(wanted), Receipt)
    assert len(scene.fake.asked_for("/tickets", "PUT")) == 1
    receipt = scene.push(replace(wanted, status=Status.OPEN))
    assert isinstance(receipt, Conflict)


def test_tags_of_others_stay_where_all_are_replaced(scene: Scene) -> None:
    """What a colleague added since is among those that are written."""
    scene.fake.desk.tickets[scene.number]["tags"] = ["theirs", "old"]
    wanted = replace(scene.change(), version="", add_tags=("ours", "theirs"), remove_tags=("old", "unknown"))
    assert isinstance(scene.push(wanted), Receipt)
    assert scene.row["tags"] == ["theirs", "ours"]


def test_a_receipt_tells_how_the_ticket_stands_now(scene: Scene) -> None:
    """So that the next change goes from there."""
    outcome = scene.source.push(
        replace(scene.change(), status=Status.SOLVED, assignee=str(scene.fake.agent)), lambda: None
    )
    assert isinstance(outcome, Receipt)
    assert outcome.found is not None
    assert (outcome.found.status, outcome.found.assignee) == (Status.SOLVED, str(scene.fake.agent))
    following = replace(scene.change(), version=outcome.found.version, assignee="")
    assert isinstance(scene.source.push(following, lambda: None), Receipt)
    assert scene.row["responder_id"] is None


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"queue": "Nobody's"}, "There is no group"),
        ({"assignee": "ana"}, "isn't known in Freshdesk"),
        ({"assignee": "4711"}, "There is no agent matching"),
        ({"add_tags": ("x" * 33,)}, "maximum of 32 characters"),
    ],
)
def test_what_freshdesk_does_not_take_is_refused_in_its_words(scene: Scene, wanted: dict[str, str], why: str) -> None:
    """And nothing is changed."""
    before = scene.row
    outcome = scene.push(replace(scene.change(), **wanted))  # type: ignore[arg-type]  # one field at a time
    assert isinstance(outcome, Refused)
    assert why in outcome.why
    assert scene.row == before


def test_what_an_agent_wrote_may_use_the_requests_that_are_spared(scene: Scene) -> None:
    """Looks before it and after it included: reading waits for the next minute, they don't."""
    known = scene.kept.cursors[NEWS.key]
    # Three are spared; a reply takes three, the look for it two.
    scene.fake.most = scene.fake.used + 4
    scene.source.pull(NEWS, known)
    with pytest.raises(Throttled):
        scene.source.pull(NEWS, known)
    scene.fake.most += 2
    reply = scene.reply()
    assert isinstance(scene.source.push(reply, lambda: None), Receipt)
    assert scene.source.find(reply) is not None


def test_nothing_is_written_to_what_is_not_there(scene: Scene) -> None:
    """Nor to what lies in the trash."""
    reply = scene.reply()
    assert isinstance(scene.source.push(replace(reply, ticket="4711"), lambda: None), Refused)
    scene.fake.desk.delete(scene.number)
    for operation in (reply, scene.change()):
        assert isinstance(scene.source.push(operation, lambda: None), Refused)
    assert not scene.fake.asked_for("/reply")


def test_an_agent_without_the_right_is_told_so(scene: Scene) -> None:
    """It is refused once and for all, not tried again and again."""
    scene.fake.faults.refuse(403, method="POST", body=b'{"code":"access_denied","message":"Not yours"}')
    outcome = scene.source.push(scene.reply(), lambda: None)
    assert outcome == Refused("Freshdesk does not let this agent do that", "Not yours")
