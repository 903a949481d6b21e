"""Where it listens and under which names; what can't be is refused before a port is taken."""

import socket
import stat
from contextlib import closing
from pathlib import Path

import pytest

from console.serving.door import checked_token
from console.serving.listen import Place, Wanted, take, token_in
from desk.errors import BadInput, HeardError, Refused


def taken(wanted: Wanted) -> Place:
    """What it takes, given back at once."""
    place = take(wanted)
    place.socket.close()
    return place


def test_this_machine_alone_is_the_usual() -> None:
    place = taken(Wanted("127.0.0.1", 0))
    port = place.url.rpartition(":")[2]
    assert place.url == f"http://127.0.0.1:{port}"
    assert place.door.hosts == {f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"}
    assert not place.door.secure
    assert place.door.token != taken(Wanted("localhost", 0)).door.token


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_the_newer_protocol_is_this_machine_too() -> None:
    try:
        place = taken(Wanted("::1", 0))
    except Refused:
        pytest.skip("nothing listens on ::1 here")
    assert place.url.startswith("http://[::1]:")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "board.example.com", "", "127.0.0.1.example.com"])
def test_plain_text_is_spoken_on_this_machine_alone(host: str) -> None:
    with pytest.raises(Refused, match="in plain text") as refused:
        take(Wanted(host, 0))
    assert "--certificate" in refused.value.mend


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Wanted("127.0.0.1", 70_000), "can't be listened on"),
        (Wanted("127.0.0.1", -1), "can't be listened on"),
        (Wanted("127.0.0.1", 0, address="http://board.example.com"), "is no address"),
        (Wanted("127.0.0.1", 0, certificate=Path("chain.pem")), "go together"),
        (Wanted("127.0.0.1", 0, key=Path("key.pem")), "go together"),
        (Wanted("0.0.0.0", 0, Path("chain.pem"), Path("key.pem")), "under which name"),
        (Wanted("127.0.0.1", 0, token_file=Path("/dev/null/token")), "can't be read"),
    ],
)
def test_what_cannot_be_is_refused(wanted: Wanted, told: str) -> None:
    with pytest.raises(HeardError, match=told):
        take(wanted)


def test_a_port_that_is_taken_is_told() -> None:
    place = take(Wanted("127.0.0.1", 0))
    with closing(place.socket):
        place.socket.listen()
        port = place.socket.getsockname()[1]
        with pytest.raises(Refused, match="Address already in use") as refused:
            take(Wanted("127.0.0.1", port))
    assert "--port 0" in refused.value.mend


def test_another_address_is_the_only_name_then() -> None:
    place = taken(Wanted("127.0.0.1", 0, address="https://Board.example.com/"))
    assert place.door.hosts == {"board.example.com"}
    assert place.door.secure
    assert place.url == "https://Board.example.com"


def test_a_token_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "heard" / "token"
    token = token_in(file)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token_in(file) == token == checked_token(token, "it")
    file.chmod(0o640)
    with pytest.raises(BadInput, match="can be read by others"):
        token_in(file)
    file.chmod(0o600)
    for text in (b"short\n", b"\xff" * 40, b""):
        file.write_bytes(text)
        with pytest.raises(BadInput, match="no token that is safe"):
            token_in(file)
