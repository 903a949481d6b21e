"""Which addresses a service may have, and which may be asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from sync.errors import Broken
from sync.http import site_url
from sync.http.addresses import is_within, parsed, target

SITE = "https://desk.example.com/helpdesk"


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://desk.example.com", "https://desk.example.com"),
        (" desk.example.com/ ", "https://desk.example.com"),
        ("https://desk.example.com/rt/", "https://desk.example.com/rt"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080/rt", "http://[::1]:8080/rt"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example"),
    ],
)
def test_an_address_is_taken_as_people_give_it(given: str, url: str) -> None:
    assert site_url(given) == url


@pytest.mark.parametrize(
    "given",
    ["", "https://", "http://desk.example.com", "ftp://desk.example.com", "https://u:p@desk.example.com",
     "https://desk.example.com/?a=1", "https://desk.example.com/#a", "https://desk.example.com:nine",
     "https://a\nb.example", "https:/desk.example.com", "https://xn--.example", "https://desk.example.com:0",
     "https://desk.example.com:65536"],
)  # fmt: skip
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(BadInput) as caught:
        site_url(given)
    assert "u:p" not in str(caught.value)


@pytest.mark.parametrize(
    "path",
    ["tickets", "", "/a/../../admin", "/./a", "/a\nb", "https://u:p@desk.example.com/a", "//evil.example/a/..",
     "https://xn--.example/a"],
)  # fmt: skip
def test_a_path_that_leads_out_is_refused(path: str) -> None:
    with pytest.raises(Broken):
        target(SITE, path, {})


@given(st.text(max_size=30))
def test_no_path_leads_to_another_host(path: str) -> None:
    try:
        url = target(SITE, f"/{path}", {})
    except Broken:
        return
    assert is_within(SITE, url)
    assert url.path.startswith("/helpdesk/")


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://desk.example.com/x", True),
        ("https://desk.example.com:443/x", True),
        ("https://DESK.example.com/x", True),
        ("http://desk.example.com/x", False),
        ("https://desk.example.com:8443/x", False),
        ("https://desk.example.com.evil.example/x", False),
        ("https://evil.example/https://desk.example.com", False),
    ],
)
def test_an_address_is_the_services_own(url: str, own: bool) -> None:
    found = parsed(url)
    assert found is not None
    assert is_within(SITE, found) == own
