"""A real Request Tracker, worked from here: what leaves, what comes between, and what becomes of a lost answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest

from console.connecting import open_source
from console.credentials.ladder import Ladder
from console.paths import secrets_folder
from desk.statuses import Priority, Status
from storage import attachments
from storage.connect import Connection
from storage.deeds.plan import Change
from storage.helpdesk.settling import COLLEAGUE_WROTE, CUSTOMER_WROTE
from storage.sources import SourceRow
from storage.workspace import Workspace
from sync.protocol import Operation, Outcome, Source
from tests.servers.line import Line
from tests.servers.processes import HOST
from tests.servers.rt import RtServer
from tests.sync.branch import NAME, Branch

ZOE = "zoe@customer.example"
ABOUT_IT = "Please turn it off and unplug it."


@dataclass
class Tracker:
    """A branch beside a Request Tracker, behind a line, with one ticket that is known here.

    `before` happens right before the next operation, `handed` when the next one is handed over.
    """

    branch: Branch
    server: RtServer
    line: Line
    subject: str
    ticket: str
    before: list[Callable[[], object]] = field(default_factory=list)
    handed: list[Callable[[], object]] = field(default_factory=list)

    def opens(self, source: Source) -> Source:
        """That source, at whose operations something happens."""
        push = source.push

        def pushing(operation: Operation, hand_over: Callable[[], None]) -> Outcome:
            _first(self.before)

            def handing_over() -> None:
                hand_over()
                _first(self.handed)

            return push(operation, handing_over)

        source.push = pushing  # type: ignore[method-assign]  # only these tests look in between
        return source

    def said(self, kind: str = "Correspond") -> list[str]:
        """The words of a kind that stand on the ticket there."""
        return [words.strip() for words in self.server.as_agent("root").messages(self.ticket, kind)]

    def mailed(self) -> list[EmailMessage]:
        """What has left for the customer with an agent's words about it."""
        mine = [mail for mail in self.server.outbox() if f"#{self.ticket}]" in str(mail["Subject"])]
        return [mail for mail in mine if ABOUT_IT in mail.as_string() and ZOE in str(mail["To"])]


def _first(happenings: list[Callable[[], object]]) -> None:
    if happenings:
        happenings.pop(0)()


@pytest.fixture
def tracker(
    rt: RtServer, workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Tracker]:  # fmt: skip
    monkeypatch.setenv(f"HEARD_{NAME.upper()}_TOKEN", rt.agent("ana").token)
    # Other tests have left theirs there, which come in too.
    subject = f"Lamp of {request.node.name}"
    ticket = rt.as_agent("root").create("Support", subject, ZOE, "It flickers.", Status="open")
    with Line(rt.port) as line:
        url = f"http://{HOST}:{line.port}"
        ladder = Ladder(secrets_folder())
        branch = Branch(workspace, connection, kind="rt", settings={"url": url})
        tracker = Tracker(branch, rt, line, subject, ticket)

        def opening(row: SourceRow) -> Source:
            return tracker.opens(open_source(row.kind, row.name, row.settings, ladder))

        branch.opening = opening
        branch.sync()
        yield tracker


def test_a_reply_reaches_the_customer_once_and_a_note_never(tracker: Tracker) -> None:
    branch = tracker.branch
    branch.writes(tracker.subject, ABOUT_IT)
    branch.writes(tracker.subject, f"I said: {ABOUT_IT}", "note")
    assert branch.sync().pushed == 2
    assert branch.sync().pulled == 0, "nothing of it is news"
    assert tracker.said().count(ABOUT_IT) == 1
    assert tracker.said("Comment") == [f"I said: {ABOUT_IT}"]
    assert len(tracker.mailed()) == 1
    assert [kind for kind, words in branch.said(tracker.subject) if ABOUT_IT in str(words)] == ["outbound", "note"]


def _customer(tracker: Tracker) -> None:
    tracker.server.mail(ZOE, "Now it burns!", tracker.ticket)


def _colleague(tracker: Tracker) -> None:
    tracker.server.as_agent("ben").reply(tracker.ticket, "A new one is on its way.")


@pytest.mark.parametrize(
    ("happens", "why"), [(_customer, CUSTOMER_WROTE), (_colleague, COLLEAGUE_WROTE.format(where=NAME))]
)
def test_a_reply_is_held_where_somebody_wrote_right_before_it(
    tracker: Tracker, happens: Callable[[Tracker], None], why: str
) -> None:
    tracker.before.append(lambda: happens(tracker))
    tracker.branch.writes(tracker.subject, ABOUT_IT)
    assert tracker.branch.sync().held == 1
    assert tracker.branch.outbox() == [("held", why)]
    assert not tracker.mailed()


def test_fields_that_two_change_at_once_are_as_both_wished(tracker: Tracker) -> None:
    branch = tracker.branch
    tracker.before.append(lambda: tracker.server.as_agent("ben").set(tracker.ticket, Priority=100))
    branch.changes(tracker.subject, Change(status=Status.PENDING, assignee=None, add_tags=("lamp",)))
    branch.sync()
    branch.sync()
    assert branch.states() == ["sent"]
    assert branch.ticket(tracker.subject, "status, priority") == (Status.PENDING, Priority.HIGH)
    there = tracker.server.as_agent("root").ticket(tracker.ticket)
    assert there["Status"] == "stalled"
    assert str(there["Priority"]) in ("100", "High")


def test_a_reply_whose_answer_is_cut_off_is_found_and_not_written_again(tracker: Tracker) -> None:
    branch = tracker.branch
    tracker.handed.append(lambda: setattr(tracker.line, "cut_after", 0))
    branch.writes(tracker.subject, ABOUT_IT)
    branch.begin().once()
    tracker.line.cut_after = None
    for _ in range(3):
        branch.ahead += 120 * 1_000_000
        branch.begin().once()
    assert branch.states() == ["sent"]
    assert tracker.said().count(ABOUT_IT) == 1
    assert len(tracker.mailed()) == 1


def test_a_customers_file_comes_when_it_is_wished_for(tracker: Tracker) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ZOE, "support@heard.test", f"Re: [heard.test #{tracker.ticket}] Lamp"
    mail["Message-ID"] = f"<{tracker.ticket}.photo@customer.example>"
    mail.set_content("See the photo.")
    photo = bytes(range(256)) * 2000
    mail.add_attachment(photo, maintype="image", subtype="png", filename="lamp.png")
    tracker.server.post_mail(mail.as_bytes())
    branch = tracker.branch
    branch.sync()
    branch.asks_for_file("lamp.png")
    branch.sync()
    ((digest, size),) = branch.rows("SELECT digest, size FROM attachment WHERE name = 'lamp.png'")
    assert isinstance(digest, bytes)
    assert size == len(photo)
    assert attachments.path(branch.workspace, digest).read_bytes() == photo
