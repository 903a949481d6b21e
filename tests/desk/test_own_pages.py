"""Pages that a helpdesk told: its own pass, everything else is refused in words."""

import pytest

from desk.errors import Refused
from desk.own_pages import host_of, own_page

HOSTS = frozenset({"rt.example.com", "127.0.0.1:8080"})


@pytest.mark.parametrize(
    "url",
    [
        "https://rt.example.com/Ticket/Display.html?id=42",
        "https://RT.example.com:443/Ticket/Display.html?id=42#txn-7",
        "http://127.0.0.1:8080/issues/1042",
    ],
)
def test_its_own_pages_pass_as_they_are(url: str) -> None:
    assert own_page(url, HOSTS) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://evil.example/Ticket/Display.html?id=42",
        "https://rt.example.com.evil.example/",
        "https://rt.example.com@evil.example/",
        "https://ana:secret@rt.example.com/",
        "https://rt.example.com:8443/",
        "http://127.0.0.1/issues/1042",
        "file:///etc/passwd",
        "javascript:alert(1)//rt.example.com",
        "--help",
        "rt.example.com/1",
        "https://rt.example.com/$(id) x",
        "https://rt.example.com/\\evil.example",
        "https://rt.example.com/\n",
        "https://rt.ex\u0430mple.com/",
        "https://[rt.example.com/",
        "https://rt.example.com:port/",
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        own_page(url, HOSTS)
    assert refused.value.mend


def test_a_host_is_named_without_the_usual_port() -> None:
    assert host_of("https://RT.example.com:443/rt/") == "rt.example.com"
    assert host_of("acme.zendesk.com") == "acme.zendesk.com"
    assert host_of("http://127.0.0.1:8080") == "127.0.0.1:8080"
    assert host_of("https://[") == host_of("") == ""
