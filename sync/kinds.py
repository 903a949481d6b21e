"""The kinds of services that can be connected: ours, and those that other packages bring along.

The invariant: a kind is loaded only when it is used, so that nobody waits for code of services that they don't have.
Who writes a source of their own names a `Kind` under the entry point group `heard.sources` (docs/sources.md).
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points

from desk.errors import BadInput
from desk.nearest import mend_name
from desk.text import clean
from sync.protocol import Source
from sync.secret import Secret

GROUP = "heard.sources"
# What has no kind here: mail is connected, and spoken, in its own way.
MAILBOX = "mailbox"
# Where each of ours lies: a module that has a KIND.
OURS = {
    "rt": "sync.sources.rt",
    "redmine": "sync.sources.redmine",
    "zendesk": "sync.sources.zendesk",
    "zammad": "sync.sources.zammad",
    "freshdesk": "sync.sources.freshdesk",
    "helpscout": "sync.sources.helpscout",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A setting that connecting asks for: its name (also the option that gives it), the question, and an example."""

    key: str
    words: str
    example: str = ""
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """What a source is opened with. `settings` hold no secret; `secret` is called at each login, with the rung's."""

    name: str
    settings: Mapping[str, str]
    secret: Callable[[], Secret]
    context: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of service.

    `secret`: what people there call what one logs in with. `options`: further settings, each with what it is for.
    `takes`: what of that which is done here it takes: reply, note, merge, tick, and the fields of a ticket that it
    knows (status, priority, assignee, queue, tags). `tried`: against what it was ever run, in a sentence. `check`
    raises BadInput where settings can't be right; `open` makes the source, which connects when it is used first.
    `settles`: after so many seconds words that it took can surely be found there, and what can't was not taken.
    `pages`: the hosts at which its tickets have their own pages, where that isn't the one of the setting `url`.
    """

    key: str
    title: str
    questions: tuple[Question, ...]
    secret: str
    takes: frozenset[str]
    tried: str
    open: Callable[[Account], Source]
    check: Callable[[Mapping[str, str]], None]
    options: Mapping[str, str] = field(default_factory=dict)
    settles: int = 120
    pages: tuple[str, ...] = ()


def names() -> tuple[str, ...]:
    """All kinds of helpdesks that can be connected here, ours first; nobody else's takes the name of one of ours."""
    others = sorted(point.name for point in entry_points(group=GROUP) if point.name != MAILBOX)
    return tuple(dict.fromkeys((*OURS, *others)))


def kind_named(name: str) -> Kind:
    """The kind of that name; BadInput where there is none, or where it is another package's and can't be used."""
    if name in OURS:
        ours = import_module(OURS[name]).KIND
        assert isinstance(ours, Kind)
        return ours
    if name not in names():
        raise BadInput(f"There is no kind of source “{name}”", mend_name(name, names()))
    place = next(point for point in entry_points(group=GROUP) if point.name == name)
    try:
        kind = place.load()
    except Exception as error:
        why = clean(str(error), lines=False)
        raise BadInput(f"The source “{name}” can't be loaded: {why}", f"See to {place.value}.") from error
    if not isinstance(kind, Kind) or kind.key != name:
        raise BadInput(
            f"{place.value} is no kind of source “{name}”", f"It must be a sync.kinds.Kind of the key {name}."
        )
    return kind
