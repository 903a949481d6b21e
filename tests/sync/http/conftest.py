"""A small service that answers as a test says, and `Http` that speaks to it."""

import ssl
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest

from sync.http import Http, Limits, Login, Site
from tests.servers.service import Request, Response, Service

SECRET = "canary-http-51ce77"


class Answering(Service):
    """Answers by `said`, which a test may set; otherwise it tells what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.said: Callable[[Request], Response | None] = lambda _: None

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Speak TLS from the start."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def answer(self, request: Request) -> Response:
        return self.said(request) or Response.of(
            {"path": request.path, "params": dict(request.params), "body": request.body.decode("latin-1")}
        )


class Speaking(Protocol):
    """Makes an `Http` that is closed in the end."""

    def __call__(
        self,
        service: Service,
        *,
        login: Login = ...,
        limits: Limits | None = None,
        connections: int = 2,
        patience: float = 20.0,
    ) -> Http: ...


def bearer() -> dict[str, str]:
    """The login of these tests."""
    return {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture(scope="session")
def running() -> Iterator[Answering]:
    """One service for all, since starting and ending one takes longer than most tests."""
    with Answering() as service:
        yield service


@pytest.fixture(scope="session")
def context() -> ssl.SSLContext:
    """What a certificate is held to."""
    return ssl.create_default_context()


@pytest.fixture
def service(running: Answering) -> Answering:
    """The service, as if nobody had ever asked it."""
    running.faults.clear()
    running.cut()
    with running.turn:
        running.asked.clear()
        running.said = lambda _: None
    return running


@pytest.fixture
def speaking(context: ssl.SSLContext) -> Iterator[Speaking]:
    made: list[Http] = []

    def speak(
        service: Service,
        *,
        login: Login = bearer,
        limits: Limits | None = None,
        connections: int = 2,
        patience: float = 20.0,
    ) -> Http:
        site = Site("desk", service.url, context, connections, patience=patience)
        made.append(Http(site, login, limits=limits, pauses=(0.01, 0.01)))
        return made[-1]

    yield speak
    for http in made:
        http.close()


@pytest.fixture
def http(service: Answering, speaking: Speaking) -> Http:
    return speaking(service)
