"""The table that comes with Heard can be read, and every row of it is usable."""

import pytest

from desk.providers import Provider, servers_of
from sync.sources.mailbox.providers import known_providers


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("a@gmail.com", "gmail"), ("a@outlook.com", "outlook"), ("a@fastmail.com", "fastmail"), ("a@me.com", "icloud"),
        ("a@yahoo.co.uk", "yahoo"), ("a@gmx.net", "gmx"), ("a@web.de", "webde"), ("a@mailbox.org", "mailbox-org"),
        ("a@posteo.de", "posteo"), ("a@zoho.com", "zoho"), ("a@proton.me", "proton"),
    ],
)  # fmt: skip
def test_the_well_known(address: str, key: str) -> None:
    found = servers_of(address, known_providers())
    assert isinstance(found, Provider)
    assert found.key == key


def test_who_takes_no_usual_password_says_what_to_do() -> None:
    for provider in known_providers():
        assert provider.login == "password" or provider.notes, provider.key
        assert provider.imap.protocol == "imap"
        assert provider.smtp.protocol == "smtp"


def test_the_table_says_that_nobody_tried_it() -> None:
    from importlib.resources import files

    head = files("sync.sources.mailbox").joinpath("providers.toml").read_text(encoding="utf-8").partition("[[")[0]
    assert "never tried" in head
