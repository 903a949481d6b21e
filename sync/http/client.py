"""Speaking HTTP with one service: asking, writing once, and fetching files, with every trouble told in plain words.

The invariants: a read changes nothing and may be repeated, a write is never repeated by itself once the other side may
have it; nothing that logs in leaves in an error, a log or a traceback, and none goes to another host; every wait has a
limit, and `wake` ends it.
"""

import asyncio
import math
from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from time import monotonic
from typing import TypeVar

from desk import times
from desk.text import clean
from sync.errors import Broken, Offline, SourceError
from sync.http.addresses import is_within, may_be_visited, parsed, site_url, target
from sync.http.asking import Answer, Ask, Limits, Login, Site
from sync.http.bearing import Bearing, may_pass
from sync.http.failures import SLIPS, Cut, fresh, of_status
from sync.http.line import FILE, Line, Opened, Trace
from sync.http.logins import hidden, sendable
from sync.http.rates import Rates
from sync.http.skew import Skew
from sync.protocol import Later, Unclear

T = TypeVar("T")
PAUSES = (0.5, 2.0)
# A file may be sent on from host to host so often.
HOPS = 3
_LONGEST_WORDS = 200
# What comes of these statuses after a write is not known: somebody in between may have answered.
_UNCLEAR = (408, *SLIPS)
_ONWARD = (301, 302, 303, 307, 308)


class Http:
    """One service, used by one thread at a time, except for `wake`. It connects when it is used first.

    `secrets` takes out of a text what must not be shown; `clock` is ours, in microseconds; `pauses` are the seconds
    between tries after a slip.
    """

    def __init__(
        self,
        site: Site,
        login: Login,
        *,
        secrets: Callable[[str], str] = str,
        clock: Callable[[], int] = times.now,
        limits: Limits | None = None,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self.site = replace(site, url=site_url(site.url))
        self._login, self._secrets, self._clock, self._pauses = login, secrets, clock, pauses
        self._rates = Rates(limits or Limits())
        self._skew = Skew()
        self._headers: Mapping[str, str] | None = None
        self._woken = Event()
        self._is_urgent = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._line: Line | None = None

    @property
    def ahead(self) -> int:
        """By how much the service's clock is ahead of ours, in microseconds, as far as its answers tell."""
        return self._skew.ahead

    def ask(self, ask: Ask) -> Answer:
        """Read something. Slips are tried again, and so is what comes too early, where that is soon enough.

        Raises Offline, Unreachable, Throttled, Denied, or Broken.
        """
        return self.ask_all((ask,))[0]

    def ask_all(self, asks: Sequence[Ask]) -> list[Answer]:
        """The same for many, side by side, answered in their order. The first error ends all of them."""
        return self._plainly(lambda: self._asked(asks))

    def write(self, ask: Ask, hand_over: Callable[[], None]) -> Answer | Later | Unclear:
        """Write something, once. `hand_over` is called when a line is there, right before the first byte leaves.

        What it raises stops it. What the service certainly has not done is an error, as for `ask`.
        """
        return self._plainly(lambda: self._written(ask, hand_over))

    def stream(self, ask: Ask) -> Generator[bytes, None, None]:
        """The bytes of a file, piece by piece. It may lie at another host, which is told nothing that logs in."""
        opened = self._plainly(lambda: self._file(ask))
        line, until = self._line, monotonic() + FILE
        try:
            while piece := self._plainly(lambda: self._run(self._open_line().piece(opened))):
                yield piece
                if monotonic() > until:
                    raise Broken(f"A file came too slowly: not within {FILE // 60:.0f} minutes", "Try it later.")
        finally:
            if self._line is line:
                self._run(opened.close())

    @contextmanager
    def urgent(self) -> Iterator[None]:
        """What is read within belongs to something that an agent wrote: it may use the requests that are spared."""
        self._is_urgent = True
        try:
            yield
        finally:
            self._is_urgent = False

    def said(self, text: str) -> str:
        """Words of the other side for an error: one short clean line, without secrets."""
        return clean(hidden(self._headers or {}, self._secrets(text)), lines=False)[:_LONGEST_WORDS]

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until `wake`; there is never news."""
        self._woken.wait(seconds)
        self._woken.clear()
        return False

    def wake(self) -> None:
        """End the wait that is on, or the next one; callable from every thread."""
        self._woken.set()

    def close(self) -> None:
        """Let go of every connection, and forget what logged in; the next call makes new ones."""
        self._headers = None
        loop, line = self._loop, self._line
        self._loop = self._line = None
        if loop is not None and line is not None:
            loop.run_until_complete(_ended(line))
            loop.close()

    def _plainly(self, job: Callable[[], T]) -> T:
        """Do it; an error is raised anew, since the frames below hold what was on its way, in plain text or packed."""
        try:
            return job()
        except SourceError as error:
            failure = fresh(error)
        raise failure

    def _asked(self, asks: Sequence[Ask]) -> list[Answer]:
        for ask in asks:
            self._must_be_own(ask)
        answers: dict[int, Answer] = {}
        bearing = self._bearing()
        while len(answers) < len(asks):
            bearing.hold_back()
            done = len(answers)
            trouble = self._run(self._side_by_side(asks, answers, self._logged_in()))
            if len(answers) > done:
                bearing.got_on()
            if trouble is not None and bearing.bear(trouble):
                self._headers = None
        return [answers[number] for number in range(len(asks))]

    async def _side_by_side(
        self, asks: Sequence[Ask], answers: dict[int, Answer], login: Mapping[str, str]
    ) -> Answer | Cut | None:
        """Ask what has no answer yet; the first trouble that may pass ends it, once what is under way has ended."""
        left = iter([number for number in range(len(asks)) if number not in answers])
        troubles: list[Answer | Cut] = []

        async def work() -> None:
            for number in left:
                if troubles:
                    return
                try:
                    answer = await self._sent(asks[number], login)
                except Cut as cut:
                    troubles.append(cut)
                    return
                if _is_answer(answer, asks[number]):
                    answers[number] = answer
                elif may_pass(answer):
                    troubles.append(answer)
                else:
                    raise of_status(answer, asks[number], self._open_line().host)

        workers = min(self.site.connections, len(asks) - len(answers))
        tasks = [asyncio.ensure_future(work()) for _ in range(workers)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return troubles[0] if troubles else None

    def _written(self, ask: Ask, hand_over: Callable[[], None]) -> Answer | Later | Unclear:
        self._must_be_own(ask)
        handed = False

        async def at_the_last_moment(event: str, _: Mapping[str, object]) -> None:
            nonlocal handed
            if not handed and event.endswith(".send_request_headers.started"):
                hand_over()
                handed = True

        host = self._open_line().host
        for _ in range(2):
            closed = self._rates.closed_for(reading=False)
            if closed:
                return _later(closed, host)
            login = self._logged_in()
            try:
                answer = self._run(self._sent(ask, login, at_the_last_moment))
            except SourceError as error:
                if not handed or isinstance(error, Offline):
                    raise
                return Unclear(error.message)
            if _is_answer(answer, ask):
                return answer
            if answer.status != 401:
                break
            self._headers = None
        if self._rates.closed_for(reading=False) and answer.status in (429, 503):
            return _later(self._rates.closed_for(reading=False), host)
        if answer.status in _UNCLEAR:
            return Unclear(f"{host} has trouble of its own (status {answer.status})")
        raise of_status(answer, ask, host)

    def _file(self, ask: Ask) -> Opened:
        """A file whose head has come."""
        bearing = self._bearing()
        hops = 0
        while True:
            bearing.hold_back()
            url = target(self.site.url, ask.path, ask.params)
            own = is_within(self.site.url, url)
            line = self._open_line()
            if not own and not may_be_visited(self.site.url, url):
                raise Broken(f"{line.host} keeps a file where it would come in plain text")
            opened = self._run(line.open(ask, self._logged_in() if own else {}))
            answer = opened.answer
            if _is_answer(answer, ask):
                return opened
            self._run(opened.close())
            onward = parsed(str(url.join(answer.headers.get("location", "")))) if answer.status in _ONWARD else None
            if onward is not None and hops < HOPS:
                hops += 1
                ask = Ask(str(onward), what=ask.what)
                continue
            self._rates.heed(answer)
            if not may_pass(answer):
                raise of_status(answer, ask, line.host)
            if bearing.bear(answer):
                self._headers = None

    async def _sent(self, ask: Ask, login: Mapping[str, str], trace: Trace | None = None) -> Answer:
        """One request, and what its answer tells besides."""
        asked_at = self._clock()
        answer = await self._open_line().send(ask, login, trace)
        self._skew.heed(answer.headers, asked_at, self._clock())
        self._rates.heed(answer)
        return answer

    def _logged_in(self) -> Mapping[str, str]:
        if self._headers is None:
            self._headers = sendable(dict(self._login()))
        return self._headers

    def _bearing(self) -> Bearing:
        return Bearing(self._open_line().host, self._rates, self._woken, self._pauses, spares=not self._is_urgent)

    def _must_be_own(self, ask: Ask) -> None:
        """Nothing but a file may lie elsewhere."""
        if not is_within(self.site.url, target(self.site.url, ask.path, {})):
            raise Broken(f"{self._open_line().host} names another host for what is its own")

    def _open_line(self) -> Line:
        if self._line is None:
            self._loop, self._line = asyncio.new_event_loop(), Line(self.site)
        return self._line

    def _run(self, coroutine: Coroutine[None, None, T]) -> T:
        self._open_line()
        assert self._loop is not None
        return self._loop.run_until_complete(coroutine)


def _is_answer(answer: Answer, ask: Ask) -> bool:
    return 200 <= answer.status < 300 or answer.status in ask.accept


def _later(span: float, host: str) -> Later:
    return Later(math.ceil(span), f"{host} asks for a pause")


async def _ended(line: Line) -> None:
    """End what an interruption left, and then the line."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await line.close()
    await asyncio.get_running_loop().shutdown_asyncgens()
