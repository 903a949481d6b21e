"""Ratings: the one line that asks for them, the links and words that give one, and how either is read. Pure.

The invariants: a mail is a rating only where it holds a token of ours, or where its first own line is one of the
team's words and nothing else; what stands beside that is heard as any other mail. A score that a stranger makes up is
no more than their own vote.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from desk.mail.quotes import Fold
from desk.tables import Table, read_tables

BAD, FINE, GREAT = 1, 2, 3
NAMES: Mapping[int, str] = MappingProxyType({GREAT: "great", FINE: "fine", BAD: "bad"})
# The score, the number of the message that is rated, and what of its random bytes proves that it was sent to them.
_TOKEN = re.compile(r"\bR([123])-([0-9a-z]{1,12})-([0-9a-f]{12})\b")
_PROOF = 6
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Longer is no one word.
_LONGEST_WORD = 24
_LINE = 120
_AROUND = " \t.,!?…*_\"'“”„»«()"


@dataclass(frozen=True, slots=True)
class Asking:
    """How a language asks: its line, and the words for each score, of which the first is shown."""

    key: str
    line: str
    words: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RatingRules:
    """A team's rules; off means that nothing is asked, and no word is read as an answer."""

    on: bool
    languages: tuple[Asking, ...]

    def asking(self, language: str) -> Asking:
        """How that language asks; the first of the rules where it isn't there."""
        return next((each for each in self.languages if each.key == language), self.languages[0])

    def score(self, text: str) -> int | None:
        """What a line means that is one of the words and nothing else; None for any other."""
        word = text.strip(_AROUND).casefold()
        if not word or len(word) > _LONGEST_WORD:
            return None
        return next(
            (score for each in self.languages for score, words in each.words.items() if word in words_of(words)), None
        )


@dataclass(frozen=True, slots=True)
class Token:
    """What a link brings back."""

    score: int
    message_id: int
    proof: bytes


@dataclass(frozen=True, slots=True)
class Vote:
    """What a mail says: a score, and the words beside it (none: it is a rating and nothing else)."""

    score: int
    words: str


def words_of(words: Sequence[str]) -> set[str]:
    """Words as they are compared."""
    return {word.strip(_AROUND).casefold() for word in words}


def token(score: int, message_id: int, uid: bytes) -> str:
    """What the link of a score carries in its subject."""
    return f"R{score}-{_base36(message_id)}-{proof_of(uid).hex()}"


def proof_of(uid: bytes) -> bytes:
    """The random end of a message's uid, which stands nowhere else that customers see."""
    return uid[-_PROOF:]


def token_in(subject: str) -> Token | None:
    """The token of a subject; None where there is none."""
    found = _TOKEN.search(subject)
    return Token(int(found[1]), int(found[2], 36), bytes.fromhex(found[3])) if found else None


def links(asking: Asking, address: str, message_id: int, uid: bytes) -> tuple[tuple[str, str], ...]:
    """The word and the link of each score, the best first: one press opens a mail that is ready to be sent."""
    return tuple(
        (word, f"mailto:{quote(address, safe='@+')}?subject={quote(f'{word} {token(score, message_id, uid)}')}")
        for score, word in ((score, asking.words[score][0]) for score in NAMES)
    )


def asked(asking: Asking, presses: Sequence[tuple[str, str]]) -> str:
    """The lines of the signature."""
    return "\n".join((asking.line, *(f"{word}: {link}" for word, link in presses)))


def own_lines(body: str, folds: Sequence[Fold]) -> list[str]:
    """What somebody wrote themselves: without quotes and signature, and without blank lines."""
    hidden = {number for fold in folds for number in range(fold.start, fold.end)}
    return [
        line.strip()
        for number, line in enumerate(body.split("\n"))
        if number not in hidden and line.strip() and not line.lstrip().startswith(">")
    ]


def vote_by_word(rules: RatingRules, body: str, folds: Sequence[Fold]) -> Vote | None:
    """What an answer says whose first line is one of the words; None for any other."""
    first = body.lstrip()[:_LINE].partition("\n")[0]
    if rules.score(first) is None:
        return None
    lines = own_lines(body, folds)
    score = rules.score(lines[0]) if lines else None
    return None if score is None else Vote(score, "\n".join(lines[1:]))


def vote_by_link(found: Token, rules: RatingRules, body: str, folds: Sequence[Fold]) -> Vote:
    """What the mail of a link says; the word alone in it says nothing more."""
    lines = [line for line in own_lines(body, folds) if rules.score(line) is None]
    return Vote(found.score, "\n".join(lines))


def parse_ratings(toml: str, where: str = "ratings") -> RatingRules:
    """The rules that a team has written; BadInput says file, table, key and the nearest name."""
    top = read_tables(toml, where)
    on = top.flag("on", default=False)
    languages = tuple(map(_asking, top.tables("language")))
    top.done()
    if not languages:
        raise top.problem("language", "there is none to ask in", "Begin each with [[language]].")
    meant: dict[str, int] = {}
    for each in languages:
        for score, words in each.words.items():
            for word in words_of(words):
                if meant.setdefault(word, score) != score:
                    raise top.problem("language", f"“{word}” means two things", "Let each word mean one score.")
    return RatingRules(on, languages)


def _asking(table: Table) -> Asking:
    key, line = table.text("key").strip(), " ".join(table.text("line").split())
    words: dict[int, tuple[str, ...]] = {}
    for score, name in NAMES.items():
        given = tuple(word.strip() for word in table.texts(name) if word.strip())
        if not given:
            raise table.problem(name, "has no word", f'Write it like {name} = ["{name.capitalize()}"].')
        long = next((word for word in given if len(word) > _LONGEST_WORD or not word.strip(_AROUND)), None)
        if long is not None:
            raise table.problem(name, f"“{long}” can't be a word to answer with", "Let it be a short one.")
        words[score] = given
    table.done()
    return Asking(key, line, words)


def _base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits
