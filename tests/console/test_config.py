"""The configuration: taken whole or refused with file, setting and the nearest name."""

import dataclasses
import re
import tomllib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.config import LAYOUTS, SETTINGS, THEMES, Config, load, parse
from console.zone import local_zone, zone_name
from desk.errors import BadInput

DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"


def refused(text: str) -> str:
    with pytest.raises(BadInput) as caught:
        parse(text, "config.toml")
    return str(caught.value)


def test_every_setting_of_the_dataclass_is_read() -> None:
    assert [setting.name for setting in SETTINGS] == [field.name for field in dataclasses.fields(Config)]


def test_every_setting_is_documented_and_the_example_is_taken() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|", document.partition("## Environment")[0], re.MULTILINE)
    assert rows == [setting.name for setting in SETTINGS]
    example = re.search(r"```toml\n(.*?)```", document, re.DOTALL)
    assert example is not None
    assert set(tomllib.loads(example[1])) == set(rows)
    config = parse(example[1], "example")
    assert config.keys == {"ticket.snooze": ("z", "Z")}
    assert config.editor_command == ("nvim", "-c", "set spell")
    for choice in (*THEMES, *LAYOUTS):
        assert f"`{choice}`" in document


def test_themes_are_those_of_the_widgets() -> None:
    from widgets import theme

    assert {each.name for each in theme.THEMES} == set(THEMES)


def test_without_a_file_everything_has_its_default() -> None:
    assert load() == Config()


def test_a_named_file_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARD_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(BadInput, match="There is no configuration at"):
        load()


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b'name = "Jos\xe9"')
    with pytest.raises(BadInput, match="is not UTF-8 at byte 11"):
        load(file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("them = 'heard-dark'", "'them' is no setting. Did you mean theme?"),
        ("zzz = 1", "Known here: name, handle, regions"),
        ("theme = 'heard-lite'", "theme must be one of heard-dark"),
        ("theme = 'heard-lite'", "Did you mean heard-light?"),
        ("layout = 'three '", "Did you mean three?"),
        ("undo_seconds = 601", "from 0 to 600, not 601"),
        ("undo_seconds = true", "undo_seconds must be"),
        ("mouse = 'no'", "mouse must be true or false"),
        ("time_zone = 'Europe/Madird'", "Did you mean Europe/Madrid?"),
        ("time_zone = '/etc/passwd'", "time_zone must be"),
        ("regions = 'US'", "two-letter countries"),
        ("regions = ['USA']", "two-letter countries"),
        ("handle = 'ana ruiz'", "one word"),
        ('name = "a\\u001b[31m"', "a text of one line"),
        ("editor = 'vi \"'", "quotes are closed"),
        ("keys = 'z'", "a table, [keys]"),
        ("[keys]\nsnooze = 3", "a table of keys"),
        ("name = ", "is not TOML"),
    ],
)
def test_what_is_wrong_is_named(text: str, said: str) -> None:
    message = refused(text)
    assert said in message
    assert "config.toml" in message


def test_keys_may_be_written_with_and_without_quotes() -> None:
    assert parse('[keys]\nticket.snooze = "z"\n"go.mine" = []', "x").keys == {"ticket.snooze": ("z",), "go.mine": ()}


@given(st.dictionaries(st.text(max_size=8), st.one_of(st.integers(), st.text(max_size=5), st.booleans())))
def test_no_table_breaks_the_reader(table: dict[str, int | str | bool]) -> None:
    lines = []
    for key, value in table.items():
        written = str(value).lower() if isinstance(value, bool | int) else quoted(value)
        lines.append(f"{quoted(key)} = {written}")
    text = "\n".join(lines)
    # Most made-up tables are refused, and then the file is named; one that is taken is taken as it stands.
    with suppress(BadInput):
        config = parse(text, "made.toml")
        assert {name: getattr(config, name) for name in table} == table


def quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(c):08x}" if c in '"\\' or not c.isprintable() else c for c in text) + '"'


def test_defaults_come_from_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_AT.UTF-8")
    monkeypatch.setenv("VISUAL", "emacs -nw")
    monkeypatch.setenv("LOGNAME", "ana")
    assert Config().phone_regions == ("AT",)
    assert Config().editor_command == ("emacs", "-nw")
    assert Config().agent_name == "Ana"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert Config().phone_regions == ("US",)


def test_the_local_zone_knows_clock_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    zone = local_zone("Europe/Madrid")
    assert datetime(2026, 1, 1, tzinfo=zone).utcoffset() == timedelta(hours=1)
    assert datetime(2026, 7, 1, tzinfo=zone).utcoffset() == timedelta(hours=2)
    assert zone_name(zone) == "Europe/Madrid"
    monkeypatch.setenv("TZ", ":Asia/Tokyo")
    assert zone_name(local_zone()) == "Asia/Tokyo"
    monkeypatch.setenv("TZ", "no/such")
    assert datetime(2026, 1, 1, tzinfo=UTC).astimezone(local_zone()).utcoffset() is not None
