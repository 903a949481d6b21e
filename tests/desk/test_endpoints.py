"""Addresses of servers: what is typed, what it means, and that no password ever crosses a network in plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.endpoints import Endpoint, is_loopback, parse_endpoint
from desk.errors import BadInput


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("imaps://imap.example.com", Endpoint("imap", "tls", "imap.example.com", 993)),
        ("imaps://IMAP.Example.com:1993/", Endpoint("imap", "tls", "imap.example.com", 1993)),
        ("imap+starttls://mail.example.com", Endpoint("imap", "starttls", "mail.example.com", 143)),
        (" imap.example.com ", Endpoint("imap", "tls", "imap.example.com", 993)),
        ("imap.example.com:994", Endpoint("imap", "tls", "imap.example.com", 994)),
        ("imap://127.0.0.1:1143", Endpoint("imap", "none", "127.0.0.1", 1143)),
        ("imap://[::1]:1143", Endpoint("imap", "none", "::1", 1143)),
        ("imaps://bücher.example", Endpoint("imap", "tls", "xn--bcher-kva.example", 993)),
    ],
)
def test_what_is_typed(text: str, expected: Endpoint) -> None:
    assert parse_endpoint(text, "imap") == expected
    assert parse_endpoint(str(expected), "imap") == expected


@pytest.mark.parametrize(
    ("text", "port"), [("smtps://a.example", 465), ("smtp+starttls://a.example", 587), ("smtp://localhost", 25)]
)
def test_the_usual_ports_of_smtp(text: str, port: int) -> None:
    assert parse_endpoint(text, "smtp").port == port


@pytest.mark.parametrize(
    "text",
    [
        "imap://imap.example.com",
        "imap://localhost.example.com",
        "imap://127.0.0.1.example.com",
        "imap://127.0.0.1@evil.example",
        "imap://10.0.0.1",
    ],
)
def test_plain_text_stays_on_this_machine(text: str) -> None:
    with pytest.raises(BadInput):
        parse_endpoint(text, "imap")


@pytest.mark.parametrize(
    "text",
    ["", "imaps://", "smtps://a.example", "https://a.example", "imaps://a b", "imaps://a.example:0",
     "imaps://a.example:99999", "imaps://a.example/INBOX", "imaps://-a.example", "imaps://[zz]", "imaps://a\r\nb"],
)  # fmt: skip
def test_what_is_no_address_is_said_to_be_none(text: str) -> None:
    with pytest.raises(BadInput):
        parse_endpoint(text, "imap")


def test_a_password_in_the_address_is_not_repeated() -> None:
    with pytest.raises(BadInput) as caught:
        parse_endpoint("imaps://ana:canary-9@imap.example.com", "imap")
    assert "canary" not in str(caught.value)
    assert "--user" in caught.value.mend


@given(st.text())
def test_any_text_is_an_endpoint_or_an_error_of_ours(text: str) -> None:
    try:
        endpoint = parse_endpoint(text, "smtp")
    except BadInput:
        return
    assert endpoint.security != "none" or is_loopback(endpoint.host)
    assert parse_endpoint(str(endpoint), "smtp") == endpoint
