"""What the demo is made of, read from the TOML beside it."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Scenario:
    """One thing that customers write about, with the words of a whole conversation about it."""

    key: str
    weight: int
    queue: str
    tags: tuple[str, ...]
    subjects: tuple[str, ...]
    openings: tuple[str, ...]
    calls: tuple[str, ...]
    angry: str
    ask: str
    answer: str
    note: str
    resolve: str
    thanks: str
    goal: str


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one country; `phone` takes a number below 1,000 and one below 100."""

    country: str
    weight: int
    given: tuple[str, ...]
    family: tuple[str, ...]
    phone: str


@dataclass(frozen=True, slots=True)
class Member:
    """One of the team."""

    handle: str
    name: str
    team: str
    role: str = "agent"


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """A queue of the team's: its name, and the team that works it."""

    name: str
    team: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone and everything that the stories can name."""

    team: tuple[Member, ...]
    queues: tuple[WorkQueue, ...]
    plans: tuple[str, ...]
    products: tuple[str, ...]
    towns: tuple[str, ...]
    organizations: tuple[str, ...]
    domains: tuple[str, ...]
    names: tuple[Names, ...]


def scenarios() -> tuple[Scenario, ...]:
    """All scenarios, in the order of their file."""
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[Scenario, ...]).validate_python(_read("scenarios.toml")["scenario"])


def cast() -> Cast:
    """The team, and what customers are made of."""
    from pydantic import TypeAdapter

    return TypeAdapter(Cast).validate_python(_read("people.toml"))


def _read(name: str) -> dict[str, object]:
    return tomllib.loads(files("console.demo").joinpath(name).read_text("utf-8"))
