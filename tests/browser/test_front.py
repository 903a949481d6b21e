"""The front, as whoever has no business there sees it: what is refused, and what every answer says."""

import http.client
import shutil
import signal
import ssl
import stat
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from storage.workspace import Workspace
from tests.browser.served import Served
from tests.terminal.desk import HEARD
from tests.terminal.term import DEADLINE

pytestmark = pytest.mark.terminal
OPENSSL = shutil.which("openssl")
SAFE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


def serve(workspace: Workspace, *words: str) -> subprocess.CompletedProcess[str]:
    """`heard serve` where it refuses."""
    return subprocess.run(
        [HEARD, "--workspace", workspace.folder, "serve", *words],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_nobody_gets_in_without_the_token_or_under_another_name(served: Served) -> None:
    # The page that asks for the token, and nothing of a terminal.
    status, headers, page = served.ask("/")
    assert status == 200
    assert b"/entry.js" in page
    assert b"textual.js" not in page
    assert SAFE.items() <= headers.items()
    assert "script-src 'self';" in headers["content-security-policy"]
    assert "'unsafe-eval'" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"

    for wrong in ("", "wrong", served.token[:-1], served.token + "x", "x" * 100_000):
        assert served.enter(wrong) == (403, "")
    assert served.enter(served.token, origin="http://evil.example") == (403, "")
    assert served.enter(served.token, origin="") == (403, "")
    status, cookie = served.enter(served.token)
    assert status == 204
    assert cookie.startswith(f"heard-{served.host.rpartition(':')[2]}=")
    assert served.token not in cookie

    let_in = {"Cookie": cookie}
    assert b"textual.js" in served.ask("/", headers=let_in)[2]
    assert served.ask("/alive")[0] == 403
    assert served.ask("/alive", headers=let_in)[0] == 204
    # A name that leads here without being ours: what DNS rebinding does.
    assert served.ask("/", headers={**let_in, "Host": "evil.example"})[0] == 421
    assert served.ask("/", headers={**let_in, "Host": "localhost"})[0] == 421

    for headers in (
        {},
        {"Cookie": cookie},
        {"Cookie": cookie, "Origin": "http://evil.example"},
        {"Cookie": cookie + "x", "Origin": served.address},
        {"Origin": served.address},
    ):
        with pytest.raises(InvalidStatus) as refused:
            served.tab(headers=headers)
        assert refused.value.response.status_code == 403
    with pytest.raises(InvalidStatus) as refused:
        served.tab(headers={"Cookie": cookie, "Origin": "http://evil.example", "Host": "evil.example"})
    assert served.consoles() == []

    # Nothing of it was written down, and it ends well.
    status, printed = served.end(signal.SIGTERM)
    assert status == 0
    assert printed == ""


def test_no_file_has_an_address_but_those_of_the_pages(served: Served, tmp_path: Path) -> None:
    cookie = {"Cookie": served.enter(served.token)[1]}
    page = served.ask("/", headers=cookie)[2].decode()
    version = page.partition("/files/")[2].partition("/")[0]
    for name in ("page.js", "page.css", "textual.js", "xterm.css", "RobotoMono.ttf", "entry.js"):
        status, headers, content = served.ask(f"/files/{version}/{name}")
        assert (status, len(content) > 500) == (200, True), name
        assert SAFE.items() <= headers.items()
    # Nothing in the pages comes from anywhere else.
    assert "://" not in page
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    for path in (
        f"/files/{version}/terminal.html", f"/files/{version}/../door.py", f"/files/{version}/%2e%2e%2fdoor.py",
        f"/files/{version}/{tmp_path}/secret.txt", f"/files/{version}//etc/passwd", "/files/", "/static/",
        "/download/x", "/ws", "/openapi.json", "/%00", f"/files/{version}/", "/heard.db", "/files/old/page.js",
    ):  # fmt: skip
        assert served.ask(path, headers=cookie)[0] == 404, path
    assert served.ask("/enter", headers=cookie)[0] == 405


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--tabs", "0", "--json"), "0 tabs can't be served"),
        (("--host", "0.0.0.0", "--json"), "in plain text"),
        (("--certificate", "none.pem", "--key", "none.pem", "--port", "0", "--json"), "The certificate can't be used"),
        ((), "no log should have it"),
        (("--wall", "--json"), "Name --board too"),
        (("--board", "Answer", "--json"), "There is no board 'Answer'. Did you mean Answers?"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(demo: Workspace, words: tuple[str, ...], told: str) -> None:
    done = serve(demo, *words)
    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_workspace_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = serve(Workspace(tmp_path / "nowhere"), "--json")
    assert done.returncode == 1
    assert "There is no workspace" in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_token_of_a_file_holds_for_the_next_time_and_is_told_nobody(demo: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "token"
    with Served(demo, "--token-file", str(file)) as first:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text(encoding="utf-8").strip() == first.token
    with Served(demo, "--token-file", str(file)) as second:
        assert second.token == first.token
    # As a service would run it: the log has the address, and where the token is.
    with subprocess.Popen(
        [HEARD, "--workspace", demo.folder, "serve", "--port", "0", "--token-file", file],
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    assert process.returncode == 0
    assert first.token not in line
    assert line.startswith("Heard is at http://127.0.0.1:")
    assert str(file) in line


def test_a_proxy_that_speaks_tls_serves_it_under_its_own_name_alone(demo: Workspace) -> None:
    address = "https://board.example.com"
    with Served(demo, "--address", address) as served:
        assert served.address == address
        port = listening_port(served.process.pid)
        served.host = f"127.0.0.1:{port}"
        assert served.ask("/")[0] == 421
        status, headers, _ = served.ask("/", headers={"Host": "board.example.com"})
        assert status == 200
        assert "wss://board.example.com" in headers["content-security-policy"]
        headers = {"Host": "board.example.com", "Origin": address}
        status, answered, _ = served.ask("/enter", method="POST", body=served.token, headers=headers)
        assert status == 204
        assert "Secure" in answered["set-cookie"]


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_a_certificate_of_ones_own_is_spoken(demo: Workspace, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "chain.pem"
    subprocess.run(
        [OPENSSL or "", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    with Served(demo, "--certificate", str(certificate), "--key", str(key)) as served:
        assert served.address.startswith("https://127.0.0.1:")
        context = ssl.create_default_context(cafile=str(certificate))
        with closing(http.client.HTTPSConnection(served.host, timeout=DEADLINE, context=context)) as line:
            line.request("POST", "/enter", body=served.token, headers={"Origin": served.address})
            answer = line.getresponse()
            assert answer.status == 204
            assert "Secure" in (answer.getheader("set-cookie") or "")


def listening_port(process: int) -> int:
    """The port on which a process listens, as the kernel says."""
    folder = Path(f"/proc/{process}/fd")
    ours = {str(each.readlink()) for each in folder.iterdir()}
    rows = [line.split() for line in Path(f"/proc/{process}/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return next(int(row[1].partition(":")[2], 16) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in ours)
