"""What is said to a service and what comes back, as plain values: `Ask` and `Answer`, and what a service is like.

The invariant: none of them shows in its `repr` what a customer wrote, or what logs in.
"""

import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from sync.errors import Broken
from sync.http.whole import whole
from sync.tickets import OutgoingFile

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")
Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
# Headers that log in. It is called before the first request, kept, and called again after a 401 and after `close`: so
# whoever has a token that expires gives a new one then. It may raise SourceError, and may use another `Http`.
Login = Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Site:
    """A service at an address, and how it is spoken to. `name`: what people call the source.

    `url`: what every path is appended to. `connections`: so many requests at once. `patience`: the longest silence in
    seconds.
    """

    name: str
    url: str
    context: ssl.SSLContext
    connections: int = 2
    patience: float = 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How a service tells its rate limit, by the names of headers; seconds or a date in each but `left`.

    `wait`: when to come back after a 429 or 503. `left`: how many requests are left in this span, `resets`: when it
    begins anew (empty: after `span` seconds). Reading stops while no more than `spare` are left, so that what an agent
    wrote can leave; 0: it stops when the service says so.
    """

    wait: tuple[str, ...] = ("retry-after",)
    left: str = ""
    resets: str = ""
    span: int = 60
    spare: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `path` is appended to the site's address, or is a whole address that the service gave itself.

    At most one of the bodies: `json`; `form` with `files` (multipart where there are files, each with its field's
    name); `upload`: the bytes of a file and nothing else. `accept`: statuses besides 2xx that are handed back as
    answers; every other one is an error, which says `what` was wanted in words of ours, such as "the tickets".
    """

    path: str
    params: Mapping[str, str | int | Sequence[str]] = field(default_factory=dict, repr=False)
    method: str = "GET"
    json: Json = field(default=None, repr=False)
    form: Mapping[str, str | Sequence[str]] | None = field(default=None, repr=False)
    files: tuple[tuple[str, OutgoingFile], ...] = field(default=(), repr=False)
    upload: OutgoingFile | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    accept: tuple[int, ...] = ()
    what: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole. The names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def read(self, adapter: "TypeAdapter[T]") -> T:
        """The body as what the adapter says; Broken with the place where it doesn't fit, never with what is there."""
        # pydantic is loaded by whoever made the adapter.
        from pydantic import ValidationError

        try:
            return adapter.validate_json(whole(self.body))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            place = ".".join(str(step) for step in first["loc"])[:80] or "its beginning"
            wrong = f"{first['type']} at {place}"
        raise Broken(f"The service answered in a form that is not known here: {wrong}", REPORT)

    def json(self) -> Json:
        """The body as JSON; Broken where it is none."""
        try:
            found: Json = json.loads(whole(self.body))
        except (ValueError, RecursionError):
            found = None
        else:
            return found
        raise Broken("The service answered with something else than JSON", "Is this the address of its API?")


REPORT = "Please report it, with the version of the service."
