"""Programs that are told of an alert: what they read, what they may not do, and that none stays behind."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from console.telling import Tellings, document, ways
from desk.alerts import Told, parse_alerts
from desk.metrics.registry import METRICS
from tests.factories import NOW

LINE = Told("k", "Late; $(touch x)", "late", "", 6.0, 5.0, "Late; $(touch x): 6, above 5")


@pytest.fixture
def waited() -> Callable[[Callable[[], bool]], None]:
    """Waits for a fact, a short while each time."""

    def wait(fact: Callable[[], bool]) -> None:
        for _ in range(1500):
            if fact():
                return
            Event().wait(0.02)
        raise AssertionError("it did not come")

    return wait


def test_a_program_reads_all_of_it_as_json_and_no_shell_reads_anything(
    tmp_path: Path, waited: Callable[[Callable[[], bool]], None]
) -> None:
    out = tmp_path / "out.json"
    program = "import sys, os; new = sys.argv[2]; open(new + '.new', 'w').write(sys.stdin.read())"
    renamed = program + "; os.rename(new + '.new', new)"
    tellings = Tellings()
    tellings.start((sys.executable, "-c", renamed, "$(touch y)", str(out)), 30, document(tmp_path, [LINE], NOW))
    waited(out.exists)
    waited(lambda: tellings.attend() == [])
    told = json.loads(out.read_text())
    assert (told["words"], told["alerts"][0]["value"]) == (LINE.words, 6.0)
    assert told["workspace"] == str(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json"]
    tellings.leave()


def test_one_that_takes_too_long_is_ended_with_what_it_started(
    tmp_path: Path, waited: Callable[[Callable[[], bool]], None]
) -> None:
    file = tmp_path / "pid"
    program = (
        "import subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        f" open({str(file)!r}, 'w').write(str(child.pid)); time.sleep(600)"
    )
    tellings = Tellings()
    tellings.start((sys.executable, "-c", program), 3600, "{}")
    waited(lambda: file.exists() and bool(file.read_text()))
    assert tellings.attend() == []
    tellings._running[0].until = 0.0
    assert "took too long" in tellings.attend()[0]
    waited(lambda: not _runs(int(file.read_text())))
    assert tellings.attend() == []


def _runs(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


def test_a_program_that_fails_or_never_reads_is_told_of_and_waited_for_by_nobody(
    waited: Callable[[Callable[[], bool]], None],
) -> None:
    tellings = Tellings()
    tellings.start((sys.executable, "-c", "raise SystemExit(3)"), 30, "x" * 1_000_000)
    found: list[str] = []
    waited(lambda: bool(found) or _gathered(found, tellings))
    assert found == [f"{sys.executable} ended with status 3"]
    with pytest.raises(OSError, match="No such file"):
        tellings.start(("/nowhere/at/all",), 3, "{}")


def test_each_way_is_one_that_the_team_asked_for() -> None:
    held = parse_alerts('command = ["notify", "a b"]\ncommand_seconds = 3', "alerts", METRICS)
    (note, limit), (command, seconds) = ways(held)
    assert note[-2:] == ("alerts", "note")
    assert limit > 0
    assert (command, seconds) == (("notify", "a b"), 3)
    assert ways(parse_alerts("desktop = false", "alerts", METRICS)) == []


def test_leaving_ends_them(waited: Callable[[Callable[[], bool]], None]) -> None:
    tellings = Tellings()
    tellings.start((sys.executable, "-c", "import time; time.sleep(600)"), 3600, "{}")
    pid = tellings._running[0].process.pid
    tellings.leave()
    assert not _runs(pid)
    assert os.getpid() != pid


def _gathered(found: list[str], tellings: Tellings) -> bool:
    found += tellings.attend()
    return bool(found)


def test_a_storm_that_is_more_than_a_pipe_holds_arrives_whole(
    tmp_path: Path, waited: Callable[[Callable[[], bool]], None]
) -> None:
    out = tmp_path / "out.json"
    program = "import sys, os; new = sys.argv[1]; open(new + '.new', 'w').write(sys.stdin.read())"
    tellings = Tellings()
    text = document(tmp_path, [LINE] * 2000, NOW)
    assert len(text) > 200_000
    tellings.start((sys.executable, "-c", program + "; os.rename(new + '.new', new)", str(out)), 30, text)
    waited(out.exists)
    assert out.read_text() == text
    waited(lambda: tellings.attend() == [])
    tellings.leave()
