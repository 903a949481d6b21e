"""The table [phone]: what it takes, and what is said of the rest."""

import io
from pathlib import Path

import pytest

from console.__main__ import main
from console.config import parse
from console.credentials.ladder import Ladder
from console.paths import secrets_folder
from console.telephony.settings import PhoneSettings
from desk.errors import BadInput


def phone(text: str) -> PhoneSettings | None:
    return parse(f"[phone]\n{text}", "config.toml").phone


def test_without_the_table_there_is_no_telephone() -> None:
    assert parse("", "config.toml").phone is None


def test_what_it_takes() -> None:
    assert phone('way = "baresip"') == PhoneSettings("baresip", 4444)
    whole = phone('way = "asterisk"\naddress = "localhost:5039"\nuser = "heard"\nextension = "PJSIP/101"')
    assert whole == PhoneSettings("asterisk", 5039, "heard", "PJSIP/101")
    assert whole is not None
    assert (whole.wanted.variable, whole.wanted.key) == ("HEARD_PHONE_TOKEN", "phone/heard")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "one of baresip, asterisk, cti"),
        ('way = "skype"', "one of baresip, asterisk, cti"),
        ('way = "asterisk"', "the user and the extension"),
        ('way = "cti"\nextention = "1"', "Did you mean extension"),
        ('way = "cti"\nextension = 101', "whose extension is a text"),
        ('way = "cti"\naddress = "0.0.0.0:8475"', "on this machine"),
        ('way = "cti"\naddress = "pbx.example.org:8475"', "on this machine"),
        ('way = "cti"\naddress = "127.0.0.1:http"', "like 127.0.0.1:8475"),
        ('way = "cti"\naddress = "127.0.0.1:70000"', "like 127.0.0.1:8475"),
    ],
)
def test_what_it_refuses(text: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        phone(text)
    assert str(caught.value).startswith("config.toml: phone must be ")
    assert words in str(caught.value)


def test_its_secret_is_stored_like_a_source_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[phone]\nway = "asterisk"\nuser = "heard"\nextension = "101"\n', encoding="utf-8")
    monkeypatch.setenv("HEARD_CONFIG", str(config))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"s3cret\n")))
    assert main(["secret", "store", "phone", "--plain"]) == 0
    wanted = PhoneSettings("asterisk", 5038, "heard", "101").wanted
    assert Ladder(secrets_folder(), environment={}).look(wanted).secret.reveal() == "s3cret"
    assert main(["secret", "remove", "phone"]) == 0
    assert "s3cret" not in capsys.readouterr().out


def test_without_a_telephone_that_wants_one_there_is_nothing_to_store(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["secret", "store", "phone"]) == 1
    assert "No telephone is configured that wants a secret" in capsys.readouterr().err
