"""The team's rules: TOML that is kept in the workspace, so that all consoles of it go by the same.

The invariants: what is kept was parsed first, so that no reader ever meets a file that can't be used; a kind that the
team has never written is the starter's, and becomes so again where nothing is written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from desk.errors import BadInput
from desk.nearest import mend_name
from desk.roles import Right
from storage import content
from storage.connect import Connection, writing

if TYPE_CHECKING:
    from storage.deeds.by import By


@dataclass(frozen=True, slots=True)
class Rules:
    """One kind: what it is in a few words, its starter in storage/content, and what refuses a bad text.

    `check` takes the text and what to call it in errors. `changed` remembers, within the transaction that writes them,
    that the workspace isn't up to new rules; `follow` brings it up to them, in bounded transactions of its own.
    """

    title: str
    starter: str
    check: Callable[[str, str], object]
    changed: Callable[[Connection], None] | None = None
    follow: Callable[[Connection], None] | None = None


def _targets(text: str, where: str) -> object:
    from desk.targets import parse_targets

    return parse_targets(text, where)


def _gestures(text: str, where: str) -> object:
    from desk.gestures import parse_gestures

    return parse_gestures(text, where)


def _ratings(text: str, where: str) -> object:
    from desk.ratings import parse_ratings

    return parse_ratings(text, where)


def _boards(text: str, where: str) -> object:
    from desk.boards import parse_boards
    from desk.metrics.registry import METRICS

    return parse_boards(text, where, METRICS)


def _targets_changed(connection: Connection) -> None:
    from storage.clocks import fall_behind

    fall_behind(connection)


def _follow_targets(connection: Connection) -> None:
    from storage.clocks import catch_up

    catch_up(connection)


def _answers(text: str, where: str) -> object:
    from desk.knowledge.rules import parse_answer_rules

    return parse_answer_rules(text, where)


def _review(text: str, where: str) -> object:
    from storage.review import rules_with

    return rules_with(text, where)


def _pack(text: str, where: str) -> object:
    from desk.promises.pack import parse_pack

    return parse_pack(text, where)


def _alerts(text: str, where: str) -> object:
    from desk.alerts import parse_alerts
    from desk.metrics.registry import METRICS

    return parse_alerts(text, where, METRICS)


# Parsers are imported where a text is checked: whoever reads one kind needs none of the others.
KINDS: Mapping[str, Rules] = {
    "alerts": Rules("which numbers are worth a bell, a note or a command", "alerts.toml", _alerts),
    "answers": Rules("what known answers cost, and when one contact was enough", "answers.toml", _answers),
    "boards": Rules("which numbers stand on the live board, and how", "boards.toml", _boards),
    "gestures": Rules("what agents may give away, and how much of it", "gestures.toml", _gestures),
    "ratings": Rules("whether customers are asked how an answer was, and how", "ratings.toml", _ratings),
    "review": Rules("what the reviewer marks in a draft, over what Heard comes with", "review/team.toml", _review),
    "targets": Rules(
        "how soon customers are answered, the team's hours, warnings",
        "targets.toml",
        _targets,
        _targets_changed,
        _follow_targets,
    ),
    "promises-en": Rules("how promises are found in English", "promises/en.toml", _pack),
    "promises-de": Rules("how promises are found in German", "promises/de.toml", _pack),
    "promises-es": Rules("how promises are found in Spanish", "promises/es.toml", _pack),
}

_READ = "SELECT value FROM setting WHERE key = ?"
_WRITE = "INSERT INTO setting(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value"
_RESET = "DELETE FROM setting WHERE key = ?"


def rules_named(kind: str) -> Rules:
    """The rules of that kind; BadInput with the nearest name where there are none."""
    if kind not in KINDS:
        raise BadInput(f"There are no rules called “{kind}”", mend_name(kind, KINDS))
    return KINDS[kind]


def read(connection: Connection, kind: str) -> str:
    """The team's TOML of that kind, else the starter's."""
    found = connection.execute(_READ, (_key(kind),)).fetchone()
    return str(found[0]) if found else _starter(rules_named(kind).starter)


def is_own(connection: Connection, kind: str) -> bool:
    """Whether the team has written its own."""
    return connection.execute(_READ, (_key(kind),)).fetchone() is not None


def write(connection: Connection, kind: str, text: str | None, where: str = "") -> None:
    """Keep the team's own rules, and go by them; without a text go by the starter's again.

    Where BadInput names file and key, all is as it was. Whoever does so for a person calls `change`.
    """
    _go_by(connection, kind, text, where, lambda: None)


def change(connection: Connection, by: "By", kind: str, text: str | None, where: str = "") -> None:
    """The same as somebody's deed: it is on record, and Refused for who may not."""

    def allowed() -> None:
        from storage.audit import note
        from storage.supervisors import require

        require(connection, by.agent_id, Right.RULES)
        note(connection, by, "rules", words=kind)

    _go_by(connection, kind, text, where, allowed)


def _go_by(connection: Connection, kind: str, text: str | None, where: str, allowed: Callable[[], object]) -> None:
    rules = rules_named(kind)
    if text is not None:
        rules.check(text, where or kind)
    with writing(connection):
        allowed()
        if text is None:
            connection.execute(_RESET, (_key(kind),))
        else:
            connection.execute(_WRITE, (_key(kind), text))
        if rules.changed:
            rules.changed(connection)
    if rules.follow:
        rules.follow(connection)


@cache
def _starter(name: str) -> str:
    """Read once: every deed asks for the targets."""
    return content.read(name)


def _key(kind: str) -> str:
    return f"rules.{kind}"
