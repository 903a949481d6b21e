"""A command of one's own that prints the secret: no shell, a time limit, and its complaint without what it printed."""

import json
import os
import sys
import time
from pathlib import Path

import pytest

from console.credentials.commands import arguments_of, from_command
from console.credentials.rungs import Found, Passed, Rung
from desk.errors import BadInput
from tests.console.credentials.given import CANARY
from tests.servers.processes import until


def said(setting: str, seconds: float = 60) -> str:
    found = from_command(setting, seconds)
    assert isinstance(found, Passed)
    assert found.broken
    assert CANARY not in repr(found)
    return found.why


def printed(setting: str) -> str:
    found = from_command(setting, 60)
    assert isinstance(found, Found), found
    return found.secret.reveal()


def python(code: str) -> str:
    return json.dumps([sys.executable, "-c", code])


def test_words_or_a_list() -> None:
    assert arguments_of("op read 'op://a b/c'") == ("op", "read", "op://a b/c")
    assert arguments_of('["op", "read", "op://a b/c"]') == ("op", "read", "op://a b/c")
    for wrong in ("", "op 'read", "[1]", "[]", "[", "[[" * 5000):
        with pytest.raises(BadInput):
            arguments_of(wrong or " ")


def test_what_it_prints_is_the_secret_without_its_line_end() -> None:
    assert printed("printf 'a b\\r\\n'") == "a b"
    assert printed("echo pässwörd") == "pässwörd"


def test_no_shell_reads_it(tmp_path: Path) -> None:
    assert printed(f"echo $(id) `id` ; touch {tmp_path}/made && x") == f"$(id) `id` ; touch {tmp_path}/made && x"
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_set() -> None:
    assert from_command(" ") == Passed(Rung.COMMAND, "none is set")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("/nowhere/pass show x", "No such file"),
        ("true", "is empty"),
        ("printf 'a\\nb\\n'", "more than one line"),
        ("printf '\\377'", "no text"),
        ("printf 'a\\033[31mb'", "no text"),
        ("sh -c 'echo gone wrong >&2; exit 3'", "status 3: gone wrong"),
        ("op 'read", "can't be read"),
    ],
)
def test_each_way_not_to_serve(setting: str, words: str) -> None:
    assert words in said(setting)


def test_its_complaint_is_cleaned_and_holds_no_secret() -> None:
    why = said(
        python(
            f"import sys; print('{CANARY}'); sys.stderr.write('no \\033[31m{CANARY}\\r\\n' + 'x' * 9999); sys.exit(1)"
        )
    )
    assert "no ‹secret›" in why
    assert "\x1b" not in why
    assert len(why) < 600


def test_it_has_no_terminal_and_no_other_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARD_OTHER_TOKEN", CANARY)
    monkeypatch.setenv("PASSWORD_STORE_DIR", "/store")
    assert (
        printed(python("import os, sys; print(sys.stdin.read() + os.environ.get('HEARD_OTHER_TOKEN', 'none'))"))
        == "none"
    )
    assert printed("printenv PASSWORD_STORE_DIR") == "/store"


def test_the_time_limit_holds_for_its_children_too(tmp_path: Path) -> None:
    begun = time.monotonic()
    # The command itself ends at once; its child holds the pipe open.
    code = f"import os, time; open('{tmp_path}/pid', 'w').write(str(os.getpid())); time.sleep(600)"
    why = said(python(f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {code!r}])"), 2)
    assert "within 2 s" in why
    assert time.monotonic() - begun < 300
    pid = (tmp_path / "pid").read_text() if (tmp_path / "pid").exists() else ""
    if pid:
        until(lambda: not alive(int(pid)), "the end of the child")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and ") Z " in stat.read_text())
