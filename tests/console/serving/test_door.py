"""Who is let in: by the token alone, under a name that is served, from a page of this very place."""

from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.serving.door import (
    COOKIE_SECONDS,
    Door,
    checked_token,
    host_of,
    hosts_here,
    new_token,
)
from desk.errors import BadInput

TOKEN = "a-token-of-thirty-two-letters-oh-yes"
NOW = 1_800_000_000


@pytest.fixture
def door() -> Door:
    return Door(TOKEN, hosts_here(8773, "http"), "heard-8773")


def other(token: str) -> Door:
    return Door(token, hosts_here(8773, "http"), "heard-8773")


@given(st.text())
def test_nothing_but_the_token_fits(text: str) -> None:
    assert other(TOKEN).fits(text) == (text.strip() == TOKEN)
    assert other(TOKEN).fits(f" {TOKEN}\n")


def test_a_cookie_lets_in_until_it_ends_and_says_nothing_of_the_token(door: Door) -> None:
    cookie = door.cookie(NOW)
    assert TOKEN not in cookie
    assert door.lets_in(cookie, NOW)
    assert door.lets_in(cookie, NOW + COOKIE_SECONDS - 1)
    assert not door.lets_in(cookie, NOW + COOKIE_SECONDS)
    assert door.cookie(NOW) != cookie


def test_a_cookie_of_another_token_lets_nobody_in(door: Door) -> None:
    assert not door.lets_in(other(new_token()).cookie(NOW), NOW)


@given(place=st.integers(min_value=0, max_value=200), letter=st.sampled_from(ascii_letters + digits + "."))
def test_a_cookie_that_was_changed_anywhere_lets_nobody_in(place: int, letter: str) -> None:
    cookie = other(TOKEN).cookie(NOW)
    place %= len(cookie)
    changed = cookie[:place] + letter + cookie[place + 1 :]
    assert other(TOKEN).lets_in(changed, NOW) == (changed == cookie)


@given(st.text())
def test_no_cookie_of_anybodys_making_is_more_than_refused(text: str) -> None:
    assert not other(TOKEN).lets_in(text, NOW)


def test_a_cookie_is_out_of_reach_of_scripts_and_other_sites(door: Door) -> None:
    name, *words = door.set_cookie(NOW).split("; ")
    assert name.startswith("heard-8773=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(words)
    assert "Secure" not in words
    secure = Door(TOKEN, frozenset({"board.example.com"}), "heard-1", secure=True)
    assert "Secure" in secure.set_cookie(NOW).split("; ")


@pytest.mark.parametrize("host", ["127.0.0.1:8773", "localhost:8773", "LocalHost:8773", "[::1]:8773"])
def test_this_machines_own_names_are_served(door: Door, host: str) -> None:
    assert door.knows_host(host)
    assert door.knows_origin(f"http://{host}", host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "evil.example",
        "evil.example:8773",
        "127.0.0.1:8774",
        "127.0.0.1.evil.example:8773",
        "0.0.0.0:8773",
    ],
)
def test_no_other_name_is_served(door: Door, host: str) -> None:
    assert not door.knows_host(host)
    assert not door.knows_origin(f"http://{host}", host)


@pytest.mark.parametrize(
    "origin",
    ["", "null", "https://localhost:8773", "http://localhost", "http://127.0.0.1:8773", "http://evil.example",
     "http://localhost:8773.evil.example", "http://localhost:8773/"],
)  # fmt: skip
def test_another_sites_page_is_no_page_of_ours(door: Door, origin: str) -> None:
    assert not door.knows_origin(origin, "localhost:8773")


def test_usual_ports_stand_in_no_host() -> None:
    assert "localhost" in hosts_here(80, "http")
    assert "localhost" in hosts_here(443, "https")
    assert "localhost:80" in hosts_here(80, "https")


@pytest.mark.parametrize("token", ["", "short", "x" * 31, "x" * 513, "x" * 40 + " y", "ü" * 40, "a\nb" * 20, "#" * 40])
def test_a_token_that_is_weak_or_fits_no_address_is_refused(token: str) -> None:
    with pytest.raises(BadInput, match="holds no token that is safe"):
        checked_token(token, "the file")


def test_new_tokens_are_good_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(50)}
    assert len(tokens) == 50
    assert {checked_token(f"{token}\n", "the file") for token in tokens} == tokens


@pytest.mark.parametrize(
    ("address", "host"),
    [("https://board.example.com", "board.example.com"), ("https://board.example.com/", "board.example.com"),
     ("https://board.example.com:443", "board.example.com"),
     ("https://Board.Example.com:8443", "board.example.com:8443"),
     ("https://[::1]:8443", "[::1]:8443")],
)  # fmt: skip
def test_an_address_names_its_host(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(
    "address",
    ["board.example.com", "http://board.example.com", "https://", "https://a.example/board", "https://a:b@c.example",
     "https://a.example:port", "https://a.example?x=1", "https://a.example#x"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadInput, match="no address"):
        host_of(address)
