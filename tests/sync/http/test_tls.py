"""Certificates are verified: whoever can't show one that is trusted hears nothing."""

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.errors import Broken, Offline
from sync.http import Ask, Http, Site
from tests.servers.dovecot import OPENSSL
from tests.sync.http.conftest import Answering, bearer

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed, which makes a certificate")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost's own, with its key beside it."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [OPENSSL or "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "own.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder / "own.pem"


@pytest.fixture
def encrypted(certificate: Path) -> Iterator[Answering]:
    """A service that speaks TLS alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    service = Answering()
    service.encrypt(context)
    with service:
        yield service


def asked(service: Answering, host: str, context: ssl.SSLContext) -> int:
    http = Http(Site("desk", f"https://{host}:{service.port}", context), bearer)
    try:
        return http.ask(Ask("/a")).status
    finally:
        http.close()


def test_a_certificate_that_is_trusted_is_enough(encrypted: Answering, certificate: Path) -> None:
    assert asked(encrypted, "localhost", ssl.create_default_context(cafile=str(certificate))) == 200


def test_one_that_nobody_knows_is_named(encrypted: Answering) -> None:
    with pytest.raises(Broken, match="certificate of localhost can't be trusted") as caught:
        asked(encrypted, "localhost", ssl.create_default_context())
    assert "--ca FILE" in caught.value.mend
    assert encrypted.asked == []


def test_one_of_another_name_is_not_enough(encrypted: Answering, certificate: Path) -> None:
    with pytest.raises(Broken, match="can't be trusted"):
        asked(encrypted, "127.0.0.1", ssl.create_default_context(cafile=str(certificate)))
    assert encrypted.asked == []


def test_who_speaks_no_tls_is_named(service: Answering) -> None:
    with pytest.raises((Broken, Offline)):
        asked(service, "localhost", ssl.create_default_context())
    assert service.asked == []
