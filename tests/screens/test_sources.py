"""The sources on the screen: their state in plain words in the title line, in the banner, on their page."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC

import pytest

from desk.times import HOUR, MINUTE, SECOND
from screens.action import Place
from screens.source_lines import (
    KindWords,
    source_facts,
    source_line,
    spoken_age,
    standing,
    state_words,
)
from screens.sources import SourcesScreen
from screens.welcome import WelcomeScreen
from storage import sources
from storage.connect import Connection
from storage.sources import SourceRow
from storage.workspace import Workspace
from sync.lock import only_one
from tests.factories import NOW
from tests.hostile import HOSTILE
from tests.rest import seen, settled, until
from tests.screens.room import console, desk, fill, press
from tests.screens.stage import Stage, written
from widgets.inks import pieces_width

SETTINGS = {
    "address": "support@example.test", "user": "support", "imap": "imaps://imap.example.test:993",
    "smtp": "smtps://smtp.example.test:465", "client_secret": "canary-7421",
}  # fmt: skip


def source(
    state: str = "idle", *, name: str = "support", said: str = "", mend: str = "", synced_at: int | None = NOW,
    next_at: int | None = None, failures: int = 0, done: int = 0, total: int = 0,
    settings: Mapping[str, str] = SETTINGS,
) -> SourceRow:  # fmt: skip
    return SourceRow(1, "mailbox", name, settings, state, said, mend, NOW, synced_at, next_at, failures, done, total, 0)


GOOD = source(synced_at=NOW - 4 * SECOND)
AWAY = source("away", said="imap.example.test can't be reached", synced_at=NOW - 4 * MINUTE, failures=3)
SALES_AWAY = source("away", name="sales", said="no route", synced_at=NOW - 2 * HOUR, failures=9)
STUCK = source(
    "stuck",
    name="desk",
    said="It answered what can't be read.",
    mend="Try it later.",
    synced_at=NOW - MINUTE,
    failures=3,
)
DENIED = source(
    "denied", said="The password of support was refused", mend="`heard secret set support` takes a new one."
)


@pytest.mark.parametrize(
    ("rows", "words", "mood", "banner"),
    [
        ([], "", "well", ""),
        ([GOOD], "synced 4 s", "well", ""),
        ([GOOD, source(synced_at=NOW - 2 * HOUR)], "synced 2 h", "well", ""),
        ([source("")], "synced 0 s", "well", ""),
        ([source("", synced_at=None)], "not synced yet", "busy", ""),
        ([source("syncing", synced_at=None)], "syncing", "busy", ""),
        ([source("syncing", synced_at=None, done=1200, total=5000)], "syncing 24 %", "busy", ""),
        # A round that finds nothing is no news.
        ([source("syncing", synced_at=NOW - SECOND, done=7, total=7)], "synced 1 s", "well", ""),
        ([AWAY], "offline 4 min", "trouble", "Offline since 08:56: all goes on, what you send leaves later"),
        # Of several, the one that was reached last says since when none is.
        ([SALES_AWAY, AWAY], "offline 4 min", "trouble", "Offline since 08:56: all goes on, what"),
        ([GOOD, SALES_AWAY], "sales offline", "partly", "sales can't be reached since 07:00: what you send there"),
        ([GOOD, SALES_AWAY, AWAY], "2 of 3 offline", "partly", "sales and support can't be reached since 07:00: what"),
        ([source("away", synced_at=None)], "offline", "trouble", "Offline: all goes on, what"),
        ([GOOD, source("away", name="sales", synced_at=None)], "sales offline", "partly", "sales can't be reached: wh"),
        ([DENIED], "password refused", "trouble", "support: The password of support was refused. `heard secret set"),
        ([AWAY, DENIED], "support: password refused", "trouble", "support: The password of support was refused. `hea"),
        # Neither asked too often nor answered with nonsense is out of reach.
        ([source(said="It is asked too often", failures=5, synced_at=NOW - MINUTE)], "synced 1 min", "well", ""),
        ([STUCK], "desk stuck", "partly", "desk: It answered what can't be read. Try it later."),
        ([AWAY, STUCK], "support offline", "partly", "support can't be reached"),
        ([source("denied", said="The token has expired")], "login refused", "trouble", "support: The token has expire"),
    ],
)
def test_a_few_cells_say_how_all_sources_do(rows: list[SourceRow], words: str, mood: str, banner: str) -> None:
    found = standing(rows, NOW, UTC)
    assert (found.words, found.mood) == (words, mood)
    assert found.banner.startswith(banner)
    assert bool(found.banner) == bool(banner)


def test_each_state_is_told_in_words() -> None:
    assert state_words(GOOD, NOW) == "all is well"
    assert state_words(source("", synced_at=None), NOW) == "waits for its first sync"
    assert state_words(source("syncing", synced_at=None, done=1, total=9), NOW) == "first sync, 1 of 9"
    assert state_words(source("syncing", done=1, total=9), NOW) == "fetching, 1 of 9"
    assert state_words(AWAY, NOW) == "can't be reached for 4 min"
    assert state_words(STUCK, NOW) == "doesn't work for 1 min"
    often = source(said="Zendesk is asked too often", failures=5)
    assert state_words(often, NOW) == "trying again: Zendesk is asked too often"
    assert [source_line(row, 78, NOW)[1][0] for row in (GOOD, often, STUCK, DENIED)] == ["●", "○", "!", "×"]
    assert state_words(source(said="it closed the line", failures=1), NOW) == "trying again: it closed the line"
    assert [spoken_age(NOW - span, NOW) for span in (0, 90 * SECOND, 3 * HOUR)] == ["0 s", "1 min", "3 h"]


def test_a_page_says_what_is_wrong_and_what_to_do_and_never_a_secret() -> None:
    refused = source("denied", said=DENIED.said, mend=DENIED.mend, next_at=NOW + 15 * MINUTE, failures=1)
    facts = {label: words for label, words, _ in source_facts(refused, NOW, UTC, whole=True)}
    assert facts["What happened"] == DENIED.said
    assert facts["What to do"] == DENIED.mend
    assert facts["Next try"] == "09:15, or now with F5"
    assert facts["Reads by"] == "imaps://imap.example.test:993"
    assert "canary" not in str(facts)
    assert "Reads by" not in {label for label, _, _ in source_facts(refused, NOW, UTC, whole=False)}
    assert ("", "All is kept here, and leaves when it is back.", "muted") in source_facts(AWAY, NOW, UTC, whole=False)
    half = source_facts(source("syncing", synced_at=None, done=50, total=100), NOW, UTC, whole=False)
    assert ("", "━" * 12 + "─" * 12 + " 50 %", "mark") in half


def test_a_page_says_where_agents_cannot_show_each_other_what_they_have() -> None:
    def said(row: SourceRow) -> list[str]:
        return [words for label, words, _ in source_facts(row, NOW, UTC, whole=False) if label == "Who has what"]

    assert said(source()) == []
    assert said(replace(source(), claims=False)) == ["is known here alone: the mail server keeps no marks of agents."]


HELPDESK = replace(
    source(name="desk", settings={"url": "https://rt.example.test/rt", "takes": "note reply status tick"}),
    id=2, kind="rt",
)  # fmt: skip


def test_a_helpdesk_is_told_with_what_it_takes_and_what_it_was_tried_against() -> None:
    words = KindWords("Token", "Run against version 5.0.")
    facts = {label: said for label, said, _ in source_facts(HELPDESK, NOW, UTC, whole=True, kind=words)}
    assert facts["Kind"] == "Request Tracker"
    assert facts["Address"] == "https://rt.example.test/rt"
    assert facts["Takes"] == "replies, notes, status, its checklists"
    assert facts["Tried"] == "Run against version 5.0."
    unclaimed = source_facts(replace(HELPDESK, claims=False), NOW, UTC, whole=True)
    assert "Who has what" not in {label for label, _, _ in unclaimed}
    for cells in (78, 198):
        line = source_line(HELPDESK, cells, NOW, "de")
        assert "".join(text for text, _ in line).startswith(" ●")
        assert " de  desk " in "".join(text for text, _ in line)
        assert "rt.example.test/rt" in "".join(text for text, _ in line)
        assert pieces_width(line) == cells
    refused = replace(HELPDESK, state="denied", said="There is no secret for “desk”")
    assert standing([refused], NOW, UTC).words == "no token yet"


async def test_a_helpdesk_s_page_asks_its_kind_once_and_for_its_own_secret(workspace: Workspace) -> None:
    asked: list[str] = []

    def words(kind: str) -> KindWords:
        asked.append(kind)
        return KindWords("Zugangstoken", "Never run against one.")

    app = Stage(workspace, SourcesScreen)
    app.seat.kind_words = words
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(app)
        app.seat.sources = (GOOD, HELPDESK)
        screen = app.screen
        assert isinstance(screen, SourcesScreen)
        screen.sources_changed()
        await settled(app)
        assert asked == []
        await pilot.press("j")
        await until(app, lambda: "Never run against one." in seen(app))
        await pilot.press("k", "j")
        await settled(app)
        assert asked == ["rt"]
        await pilot.press("ctrl+e")
        await settled(app)
        assert "Zugangstoken of desk" in seen(app)


async def test_another_one_is_connected_from_the_page(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[tuple[str, ...]] = []
    monkeypatch.setattr("screens.welcome.run_aside", lambda _app, _workspace, *command: run.append(command))
    app = Stage(workspace, SourcesScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app)
        await pilot.press("ctrl+n")
        await settled(app)
        assert "Help Scout" in seen(app)
        await pilot.press(*"zend", "enter")
        await settled(app)
        assert run == [("connect", "zendesk")]


def test_hostile_words_stay_in_their_line() -> None:
    for _, text in HOSTILE:
        line = source_line(source("idle", name=text, said=text, settings={"address": text}), 80, NOW)
        assert pieces_width(line) == 80


def connect(connection: Connection) -> int:
    """A mailbox that nobody has synced."""
    source_id = sources.add(connection, "mailbox", "support", SETTINGS, NOW)
    connection.commit()
    return source_id


def tell(connection: Connection, source_id: int, **columns: int | str | None) -> None:
    sources.tell(connection, source_id, **columns)
    connection.commit()


@pytest.fixture
def synced_elsewhere(workspace: Workspace) -> Iterator[None]:
    """Somebody syncs already, so that a console starts nothing."""
    with only_one(workspace):
        yield


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_page_follows_what_the_sync_process_writes(
    workspace: Workspace, connection: Connection, size: tuple[int, int]
) -> None:
    app = Stage(workspace, SourcesScreen)
    async with app.run_test(size=size) as pilot:
        await settled(app)
        assert "heard connect mailbox" in seen(app)
        assert "heard connect KIND" in seen(app)
        assert "rt, zendesk, zammad, freshdesk, helpscout, redmine" in seen(app)
        screen = app.screen
        assert isinstance(screen, SourcesScreen)
        app.seat.sources = (source("syncing", synced_at=None, done=1200, total=5000),)
        screen.sources_changed()
        await settled(app)
        assert "heard connect mailbox" not in seen(app)
        assert "first sync, 1,200 of 5,000" in seen(app)
        assert "━━━━━─────────────────── 24 %" in seen(app)
        assert "◌" in seen(app)
        # A small page has room for what matters.
        assert ("Reads by" in seen(app)) is (size == (120, 36))
        await pilot.press("enter")
        assert "imaps://imap.example.test:993" in seen(app)
        app.seat.sources = (DENIED,)
        screen.sources_changed()
        await settled(app)
        assert "○ password refused" in seen(app).splitlines()[0]
        assert "`heard secret set support` takes a new one." in seen(app)
        assert screen.focused is screen.lines
        await pilot.press("q")
        assert not isinstance(app.screen, SourcesScreen)


@pytest.mark.usefixtures("synced_elsewhere")
async def test_the_title_line_and_the_banner_follow_without_a_key(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    source_id = connect(connection)
    async with console(workspace) as app:
        await until(app, lambda: "not synced yet" in seen(app))
        rows = desk(app).queue.count
        tell(connection, source_id, state="idle", synced_at=app.seat.clock())
        await until(app, lambda: "● synced" in seen(app))
        tell(connection, source_id, state="away", said="no route", failures=3)
        await until(app, lambda: "all goes on, what you send leaves later" in seen(app))
        assert "○ offline" in seen(app).splitlines()[0]
        assert desk(app).queue.count == rows
        tell(connection, source_id, state="idle", said="", failures=0, synced_at=app.seat.clock())
        await until(app, lambda: "● synced" in seen(app) and "all goes on" not in seen(app))


@pytest.mark.usefixtures("synced_elsewhere")
async def test_f5_asks_for_a_round_and_f6_shows_the_sources(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    source_id = connect(connection)
    asked = "SELECT asked_at FROM source_state WHERE source_id = ?"
    async with console(workspace) as app:
        await until(app, lambda: bool(app.seat.sources))
        await press(app, "F5")
        assert desk(app).notices.text == "Looking for news"
        assert written(connection, asked, source_id)
        await press(app, "F6")
        assert isinstance(app.screen, SourcesScreen)
        assert app.screen.place is Place.SOURCES
        assert "support@example.test" in seen(app)


async def test_where_nothing_is_connected_nothing_is_started(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        app.tick()
        await settled(app)
        app.tick()
        assert app.sync is None
        await press(app, "F5")
        assert desk(app).notices.text == "Nothing is connected. Ctrl+N on F6 does that, or `heard connect KIND`."


async def test_the_welcome_shows_how_far_a_new_mailbox_is(workspace: Workspace) -> None:
    app = Stage(workspace, WelcomeScreen)
    async with app.run_test(size=(80, 24)):
        await settled(app)
        screen = app.screen
        assert isinstance(screen, WelcomeScreen)
        app.seat.sources = (source("syncing", synced_at=None, done=1200, total=5000),)
        screen.sources_changed()
        await settled(app)
        assert "support@example.test" in seen(app)
        assert "━━━━━─────────────────── 24 %" in seen(app)
