"""The file for links: written by a command, taken away by it, and its command line read back as a desktop does."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest

from console.__main__ import main
from console.telephony import desktop


def read() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys of this format keep their capitals
    parser.read(desktop.file(), encoding="utf-8")
    return parser["Desktop Entry"]


def words(entry: configparser.SectionProxy) -> list[str]:
    """The command line as a desktop takes it apart: the file's own escapes first, then the quotes, then the fields."""
    value = entry["Exec"].replace("\\\\", "\\")
    parts = re.findall(r'"((?:\\.|[^"\\])*)"|(\S+)', value)
    return [re.sub(r"\\(.)", r"\1", quoted or bare).replace("%%", "%") for quoted, bare in parts]


def test_it_is_written_and_taken_away(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["phone", "desktop"]) == 0
    said = capsys.readouterr().out
    assert str(desktop.file()) in said
    assert (
        "xdg-mime default heard-pop.desktop x-scheme-handler/tel x-scheme-handler/callto x-scheme-handler/sip" in said
    )
    entry = read()
    assert entry["MimeType"] == "x-scheme-handler/tel;x-scheme-handler/callto;x-scheme-handler/sip;"
    assert words(entry)[-3:] == ["pop", "--", "%u"]
    assert main(["phone", "desktop", "--remove"]) == 0
    assert not desktop.file().exists()
    assert main(["phone", "desktop", "--remove"]) == 0
    assert capsys.readouterr().out.splitlines() == ["Removed.", "There was none."]


@pytest.mark.parametrize("name", ["with blank", 'quo"ted', "dol$lar`tick", "back\\slash", "per%cent", "ümlaut"])
def test_any_workspace_and_agent_go_along(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARD_AGENT", "ana")
    assert main(["--workspace", str(tmp_path / name), "phone", "desktop"]) == 0
    found = words(read())
    assert found[0] == "env"
    assert read()["Exec"].replace("%%", "").count("%") == 1, "what isn't doubled would be a field"
    assert {"HEARD_AGENT=ana", f"HEARD_WORKSPACE={tmp_path / name}"} <= set(found)


def test_its_command_shows_the_card(workspace: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARD_WORKSPACE", str(tmp_path / "workspace"))
    assert main(["phone", "desktop"]) == 0
    command = [word.replace("%u", "tel:+49-30-123456") for word in words(read())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "Nobody is known by +4930123456.\n"
