"""What logs in, and what a customer wrote, is in no error, log or traceback, whatever goes wrong."""

import base64
import logging
import ssl
from collections.abc import Callable, Iterator

import pytest

from console.credentials.rungs import NoSecret, Wanted
from sync.conformance.canary import all_of, everything_logged, holds
from sync.errors import Denied, SourceError
from sync.http import Ask, Http, Site
from tests.servers.processes import free_port
from tests.servers.service import Response
from tests.sync.http.conftest import SECRET, Answering, Speaking

WORDS = "canary-customer-0b61"
LIBRARIES = ("httpx", "httpcore", "hpack", "h2", "h11", "anyio")
ASK = Ask(f"/tickets/{WORDS}", {"q": WORDS}, method="POST", json={"text": WORDS})
BASIC = {"Authorization": "Basic " + base64.b64encode(f"ana:{SECRET}".encode()).decode()}
TOKEN = {"Authorization": f"token {SECRET}"}


def outcome(job: Callable[[], object]) -> tuple[str, SourceError | None]:
    try:
        return repr(job()), None
    except SourceError as error:
        return "", error


@pytest.mark.parametrize(
    "login", [{"Authorization": f"Bearer {SECRET}"}, BASIC, TOKEN], ids=["bearer", "basic", "token"]
)
@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 429, 500, 0])
def test_nothing_is_shown_of_a_refusal(
    service: Answering, speaking: Speaking, login: dict[str, str], status: int
) -> None:
    http = speaking(service, login=lambda: login)
    echo = f"{SECRET} {WORDS} {login['Authorization']}"
    service.said = lambda _: Response(
        status, echo.encode(), {"Retry-After": "99", "Location": f"https://x.example/{SECRET}"}
    )
    if status == 0:
        service.faults.cut(times=9)
    jobs: tuple[Callable[[], object], ...] = (
        lambda: http.ask(ASK),
        lambda: http.ask_all([ASK, ASK]),
        lambda: http.write(ASK, lambda: None),
        lambda: list(http.stream(ASK)),
    )
    with everything_logged() as lines:
        for job in jobs:
            told, error = outcome(job)
            assert not holds(told + all_of(error, __file__), SECRET)
            assert WORDS not in str(error)
    assert not any(holds(line, SECRET) or WORDS in line for line in lines)


def test_nothing_is_shown_where_nobody_is(speaking: Speaking) -> None:
    http = Http(Site("desk", f"http://127.0.0.1:{free_port()}", ssl.create_default_context()), lambda: BASIC)
    with everything_logged() as lines, pytest.raises(SourceError) as caught:
        http.ask(ASK)
    http.close()
    assert not holds(all_of(caught.value, __file__) + "".join(lines), SECRET)


@pytest.fixture
def everything_wanted(http: Http) -> Iterator[None]:
    """Every level at DEBUG, by name, as by whoever looks for a fault."""
    loggers = [
        logging.getLogger(name) for name in logging.root.manager.loggerDict if name.partition(".")[0] in LIBRARIES
    ]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def test_the_libraries_stay_silent_however_they_are_asked(http: Http, everything_wanted: None) -> None:
    with everything_logged() as lines:
        http.ask(ASK)
    assert [line for line in lines if line.partition(".")[0].partition(":")[0] in LIBRARIES] == []


@pytest.mark.parametrize("login", [{"Authorization": f"Bearer {SECRET}"}, BASIC, TOKEN, {"X-Key": SECRET}])
def test_words_of_the_other_side_lose_the_secret(service: Answering, speaking: Speaking, login: dict[str, str]) -> None:
    http = speaking(service, login=lambda: login)
    http.ask(Ask("/a"))
    header = next(iter(login.values()))
    said = http.said(f"no \x1b[31msuch\ntoken: {SECRET} in {header}" + " and so on" * 90)
    assert not holds(said, SECRET)
    assert said.startswith("no such token: ‹secret› in")
    assert len(said) <= 200


def test_a_login_that_finds_no_secret_says_so(service: Answering, speaking: Speaking) -> None:
    def login() -> dict[str, str]:
        raise NoSecret(Wanted("desk", {}), ())

    http = speaking(service, login=login)
    jobs: tuple[Callable[[], object], ...] = (lambda: http.ask(ASK), lambda: http.write(ASK, lambda: None))
    for job in jobs:
        with pytest.raises(Denied, match="There is no secret for “desk”") as told:
            job()
        assert told.value.mend == "Store it with `heard secret store desk`, or set HEARD_DESK_TOKEN."
    assert not service.asked
