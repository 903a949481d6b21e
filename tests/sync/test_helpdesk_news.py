"""What a helpdesk tells: news first and again, at its own pace, and files when somebody wants them."""

import hashlib
from collections.abc import Iterator

import pytest

from desk.times import MINUTE, SECOND
from storage import attachments, sources
from storage.connect import Connection, writing
from storage.helpdesk import files
from sync import fetching, reader
from sync.errors import Broken, Denied, Offline, PartGone, SourceError, Throttled, Untried
from sync.tickets import FileNews, Passed
from tests.servers.processes import until
from tests.sync.branch import Branch

PLAN = FileNews("f1", "plan.pdf", "application/pdf", 9)
PHOTO = FileNews("f2", "photo.jpg", "image/jpeg", 0)


@pytest.fixture
def office(branch: Branch) -> Branch:
    """A branch with a ticket that has two files."""
    branch.bureau.opens("Lamp", "It flickers.")
    branch.bureau.writes("1", "See there.", files=(PLAN, PHOTO))
    branch.bureau.files.update(f1=[b"left, ", b"yes"], f2=[b"flash"])
    branch.sync()
    return branch


def test_everything_comes_in_once(branch: Branch) -> None:
    for subject in ("Lamp", "Vase", "Chair"):
        branch.bureau.opens(subject, f"{subject} is broken.")
    tally = branch.sync()
    assert tally.pulled == 6
    assert branch.sync().pulled == 0
    assert sorted(str(subject) for subject in branch.tickets()) == ["Chair", "Lamp", "Vase"]
    branch.bureau.writes("2", "Hello?")
    assert branch.sync().pulled == 1
    assert branch.said("Vase") == [("inbound", "Vase is broken."), ("inbound", "Hello?")]


def test_news_are_asked_for_while_the_past_takes_long(branch: Branch) -> None:
    branch.bureau.page = 1
    for number in range(8):
        branch.bureau.opens(f"Order {number}", "When?")

    def turned() -> None:
        branch.ahead += reader.NEWS_EVERY // 3
        if branch.bureau.count("past") == 2:
            branch.bureau.writes("1", "Still nothing!")

    branch.bureau.turned = turned
    branch.sync()
    calls = [call for call in branch.bureau.calls if call in ("news", "past")]
    assert calls.count("news") >= 3
    assert calls.index("news", 1) <= 6, calls
    assert "Order 0" in branch.tickets()


def test_progress_counts_what_is_said_on_tickets_that_are_still_to_come(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch.bureau.page = 1
    for number in range(4):
        branch.bureau.opens(f"Order {number}", "When?")
        branch.bureau.writes(str(number + 1), "Still nothing!")
    tell, told = sources.tell, []

    def telling(connection: Connection, source_id: int, **columns: int | str | None) -> None:
        told.append((columns.get("done"), columns.get("total")))
        tell(connection, source_id, **columns)

    monkeypatch.setattr(sources, "tell", telling)
    branch.sync()
    assert [each for each in told if each[0]] == [(3, 12), (6, 12), (9, 12), (12, 12)]


def test_a_pause_that_the_service_asks_for_is_kept(branch: Branch) -> None:
    branch.bureau.opens("Lamp", "It flickers.")
    branch.bureau.falls["past"] = [Throttled("It is asked too often", again_in=400) for _ in range(4)]
    with branch.sitting() as worker:
        for _ in range(4):
            before = branch.clock()
            assert not worker.round()
            state, said, _, next_at = branch.state()
            assert (state, said) == ("idle", "It is asked too often")
            assert int(str(next_at)) >= before + 400 * SECOND
        assert worker.round()
    assert branch.state() == ("idle", "", 0, None)
    assert "Lamp" in branch.tickets()


@pytest.mark.parametrize(
    ("error", "states"),
    [
        (Offline("No network"), ["idle", "idle", "away"]),
        (Broken("It answered what can't be read"), ["idle", "idle", "stuck"]),
        (Denied("The token was refused"), ["denied", "denied", "denied"]),
    ],
    ids=["offline", "broken", "denied"],
)
def test_what_lasts_is_told_for_what_it_is(branch: Branch, error: SourceError, states: list[str]) -> None:
    branch.bureau.falls["past"] = [error] * len(states)
    with branch.sitting() as worker:
        found = []
        for _ in states:
            assert not worker.round()
            found.append(branch.state()[0])
        assert found == states
        assert worker.round()


def test_a_secret_that_was_lacking_is_looked_for_as_soon_as_a_process_starts_anew(branch: Branch) -> None:
    """Nobody was asked, so that nothing has to be waited for: who sets it and starts Heard again sees it work."""
    branch.bureau.opens("Lamp", "It flickers.")
    branch.bureau.falls["past"] = [Untried("There is no secret for “desk”")]
    with branch.at_work():
        until(lambda: branch.state()[:1] == ("denied",), "the lack of a secret")
    with branch.at_work():
        until(lambda: "Lamp" in branch.tickets(), "the ticket")


def test_what_can_not_be_read_is_told_and_ends_nothing(branch: Branch) -> None:
    branch.bureau.passed.append(Passed("Ticket 7", "it has no creator"))
    branch.bureau.opens("Lamp", "It flickers.")
    branch.sync()
    errors = [told["what"] for told in branch.told if told["event"] == "error"]
    assert errors == ["Ticket 7 can't be read: it has no creator"]
    assert "Lamp" in branch.tickets()


def test_a_file_stays_there_until_it_is_wanted(office: Branch) -> None:
    assert office.bureau.count("fetch") == 0
    office.asks_for_file("plan.pdf")
    office.sync()
    assert office.bureau.count("fetch") == 1
    digest = hashlib.sha256(b"left, yes").digest()
    assert office.rows("SELECT digest, size FROM attachment WHERE name = 'plan.pdf'") == [(digest, 9)]
    assert attachments.path(office.workspace, digest).read_bytes() == b"left, yes"
    assert office.rows("SELECT external_id FROM remote_file") == [("f2",)]


@pytest.mark.parametrize("told", [9, 0], ids=["as was told", "as comes out"])
def test_a_file_that_is_too_large_is_refused(office: Branch, told: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LARGEST", 4)
    office.asks_for_file("plan.pdf" if told else "photo.jpg")
    office.sync()
    ((said,),) = office.rows("SELECT said FROM remote_file WHERE external_id = ?", "f1" if told else "f2")
    assert "larger than" in str(said)
    assert office.bureau.count("fetch") == (0 if told else 1)
    assert not [path for path in office.workspace.attachments.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "error", [PartGone("It was deleted there"), Broken("It is no file", "Look there."), Denied("Not for you", "Ask.")]
)
def test_a_file_that_can_not_come_says_why_and_the_next_one_comes(office: Branch, error: SourceError) -> None:
    office.bureau.falls["fetch"] = [error]
    office.asks_for_file("plan.pdf")
    office.asks_for_file("photo.jpg")
    office.sync()
    why = f"{error.message}. {error.mend}".strip()
    assert office.rows("SELECT external_id, said FROM remote_file WHERE said <> ''") == [("f1", why)]
    office.sync()
    assert office.bureau.count("fetch") == 2, "it isn't tried again before somebody asks"


def test_a_file_whose_host_is_away_keeps_nothing_else_from_coming(office: Branch) -> None:
    office.bureau.falls["fetch"] = [Offline("Nobody listens")]
    office.asks_for_file("plan.pdf")
    office.bureau.opens("Vase", "It broke.")
    with office.sitting() as worker:
        worker.round()
        assert "Vase" in office.tickets()
        assert office.rows("SELECT said FROM remote_file WHERE external_id = 'f1'") == [("",)]
        worker.round()
        assert office.bureau.count("fetch") == 1, "not at once again"
        office.ahead += 10 * MINUTE
        worker.round()
    assert office.rows("SELECT external_id FROM remote_file") == [("f2",)]


def test_who_calls_a_file_off_is_heard_while_it_comes(office: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "STEP", 1)
    ((plan,),) = office.rows("SELECT id FROM attachment WHERE name = 'plan.pdf'")

    def pieces() -> Iterator[bytes]:
        yield b"left, "
        with writing(office.connection):
            files.call_off(office.connection, int(str(plan)))
        yield b"yes"

    office.asks_for_file("plan.pdf")
    office.bureau.files["f1"] = pieces()
    office.sync()
    assert office.rows("SELECT asked_at, done FROM remote_file WHERE external_id = 'f1'") == [(None, 0)]
    assert not [path for path in office.workspace.attachments.rglob("*") if path.is_file()]


def test_a_file_that_is_wished_for_comes_while_the_sync_only_waits(office: Branch) -> None:
    with office.at_work():
        until(lambda: "wait" in office.bureau.calls, "a round that has ended")
        office.asks_for_file("photo.jpg")
        until(lambda: office.rows("SELECT 1 FROM attachment WHERE name = 'photo.jpg' AND size = 5"), "the file")
        assert office.bureau.count("wake"), "it was not waited for the next round"
