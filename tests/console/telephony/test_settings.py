"""The table [phone]: what it takes, and what is said of the rest."""

import pytest

from console.config import parse
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
