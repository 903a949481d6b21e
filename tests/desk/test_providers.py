"""Looking servers up by address: the table first, a guess that says so for the rest."""

import pytest

from desk.errors import BadInput, NotFound
from desk.providers import Guess, Provider, parse_providers, provider_named, servers_of

TABLE = """
[[provider]]
key = "acme"
title = "Acme Mail"
domains = ["Acme.example", "acme.test"]
imap = "imaps://imap.acme.example"
smtp = "smtp+starttls://smtp.acme.example"
login = "app-password"
keeps_sent = true
notes = ["Make an app password."]
"""


def test_by_the_domain_whatever_its_case() -> None:
    known = parse_providers(TABLE, "table")
    found = servers_of(" Support@ACME.example ", known)
    assert isinstance(found, Provider)
    assert (found.key, found.imap.port, found.smtp.security, found.login, found.keeps_sent) == (
        "acme", 993, "starttls", "app-password", True,
    )  # fmt: skip


def test_a_guess_tries_closed_ways_only() -> None:
    found = servers_of("help@bücher.example", parse_providers(TABLE, "table"))
    assert isinstance(found, Guess)
    assert found.domain == "xn--bcher-kva.example"
    assert [str(each) for each in found.imap] == [
        "imaps://imap.xn--bcher-kva.example:993",
        "imaps://mail.xn--bcher-kva.example:993",
        "imaps://xn--bcher-kva.example:993",
    ]
    assert {each.security for each in found.smtp} == {"tls", "starttls"}
    assert found.smtp[0].host == "smtp.xn--bcher-kva.example"


def test_a_domain_below_a_known_one_is_not_that_provider() -> None:
    assert isinstance(servers_of("a@mail.acme.example", parse_providers(TABLE, "table")), Guess)


@pytest.mark.parametrize(
    "address", ["", "ana", "ana@", "@acme.example", "a b@acme.example", "ana@localhost", "a@b@c.d"]
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(BadInput):
        servers_of(address, ())


def test_by_key_with_the_nearest_one() -> None:
    known = parse_providers(TABLE, "table")
    assert provider_named("ACME", known) == known[0]
    with pytest.raises(NotFound) as caught:
        provider_named("acne", known)
    assert "acme" in caught.value.mend


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ('login = "oauht"', "oauth"),
        ('imap = "imap://imap.acme.example"', "plain text"),
        ('domain = ["a"]', "domains"),
    ],
)
def test_a_wrong_table_is_named(wrong: str, named: str) -> None:
    key = wrong.split(" ")[0]
    lines = [line for line in TABLE.splitlines() if not line.startswith(f"{key} ")]
    with pytest.raises(BadInput) as caught:
        parse_providers("\n".join([*lines, wrong]), "table")
    assert named in str(caught.value)


def test_no_domain_stands_in_two_rows() -> None:
    second = TABLE.replace('key = "acme"', 'key = "other"')
    with pytest.raises(BadInput) as caught:
        parse_providers(TABLE + second, "table")
    assert "acme.example" in str(caught.value)
