"""Which identity of a customer answers a question, and how well: pure comparison, no database.

Ranks, best first: exact, prefix, word, digits, substring, typo; within one the most recent contact comes first. In a
short question of digits alone the end of a number counts as much as its beginning, and of four digits it comes first:
callers are asked for the last four.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.identifiers import Question, fold, spellings, without_tag
from desk.lookup import IdentityKind, Match
from desk.phones import abroad, national
from storage.search.expressions import is_last_four

# kind, value, normal, known
Identity = tuple[int, str, str, int]

RANKS: dict[Match, int] = {"exact": 0, "prefix": 1, "word": 2, "digits": 3, "substring": 4, "typo": 5}
# Longer than this, digits are a number being typed from its front.
SHORT_NUMBER = 7
# Plain numbers: a keystroke compares some hundred identities, and making an enum of each took a tenth of its time.
_EMAIL, _PHONE = int(IdentityKind.EMAIL), int(IdentityKind.PHONE)
_CODES = frozenset(map(int, (IdentityKind.ACCOUNT, IdentityKind.ORDER, IdentityKind.HANDLE)))


@dataclass(frozen=True, slots=True)
class Finding:
    """How one customer answers: by which identity, at which rank, and how closely (1 is best) within it."""

    match: Match
    rank: int
    kind: int
    value: str
    known: bool
    closeness: float = 1.0


def shared_word(question: Question) -> str:
    """The longest word that every identity holds which answers the question by itself; empty where there is none.

    Not of digits: those may stand in an identity with letters or blanks between them.
    """
    if question.mode == "digits":
        return ""
    forms = (question.name, question.code, without_tag(question.address), question.handle)
    shared = [word for word in question.words if all(word in form for form in forms if form)]
    return max(shared, key=len, default="")


def best(question: Question, identities: Sequence[Identity], closeness: float = 1.0) -> Finding | None:
    """The best answer among a customer's identities; None where no single one answers."""
    compare = _COMPARISONS[question.mode]
    found: Finding | None = None
    for identity in identities:
        match = compare(question, identity[0], identity[2])
        if match is None:
            continue
        rank = _rank(question, match)
        if found is None or rank < found.rank or (rank == found.rank and identity[3] and not found.known):
            found = Finding(match, rank, identity[0], identity[1], bool(identity[3]), closeness)
    return found


def containing(needle: str, identities: Sequence[Identity]) -> Finding | None:
    """The first identity that holds `needle` anywhere."""
    for kind, value, normal, known in identities:
        if needle in fold(normal):
            return Finding("substring", RANKS["substring"], kind, value, bool(known))
    return None


def _rank(question: Question, match: Match) -> int:
    if is_last_four(question) and match in ("prefix", "digits"):
        return RANKS["prefix"] if match == "digits" else RANKS["word"]
    if match == "digits" and question.mode == "digits" and len(question.digits) <= SHORT_NUMBER:
        return RANKS["prefix"]
    return RANKS[match]


def _text(question: Question, kind: int, normal: str) -> Match | None:
    if kind in _CODES:
        return _code(question, normal)
    typed = question.address if kind == _EMAIL or not question.words else question.name
    if normal.startswith(typed):
        return "exact" if normal == typed else "prefix"
    return "word" if question.words and _holds_words(question.words, normal) else None


def _code(question: Question, normal: str) -> Match | None:
    if normal in (question.code, question.address, question.handle):
        return "exact"
    typed = question.address
    if normal.startswith((typed, question.code or typed, question.handle or typed)):
        return "prefix"
    return "word" if question.words and _holds_words(question.words, normal) else None


def _domain(question: Question, kind: int, normal: str) -> Match | None:
    if kind != _EMAIL:
        return _text(question, kind, normal)
    if normal.startswith(question.address):
        return "exact" if normal == question.address else "prefix"
    domain = normal.partition("@")[2]
    return "word" if domain.startswith(question.address) or f".{question.address}" in domain else None


def _email(question: Question, kind: int, normal: str) -> Match | None:
    if normal.startswith(question.address):
        return "exact" if normal == question.address else "prefix"
    if kind != _EMAIL:
        # Some names are written with an @ in them.
        if normal in (question.name, question.code, question.handle):
            return "exact"
        return "prefix" if question.name and normal.startswith((question.name, question.code)) else None
    if without_tag(normal) == without_tag(question.address):
        return "exact"
    nothing_after_at = question.address.endswith("@")
    return "word" if nothing_after_at and _holds_words(question.words, normal) else None


def _digits(question: Question, kind: int, normal: str) -> Match | None:
    digits = question.digits
    if kind == _PHONE:
        return _phone(question, normal)
    if normal.startswith(digits):
        return "exact" if normal == digits else "prefix"
    if kind in _CODES:
        own = "".join(letter for letter in normal if letter.isdigit())
        if own.startswith(digits):
            return "word"
        return "digits" if own.endswith(digits) else None
    if normal == question.address:
        return "exact"
    return "word" if digits in normal.replace(" ", "") else None


def _phone(question: Question, normal: str) -> Match | None:
    digits = question.digits
    number, _, extension = normal.removeprefix("+").partition("x")
    for typed in (digits, abroad(digits) or digits):
        if number.startswith(typed):
            return "exact" if number == typed else "prefix"
    if question.plus:
        return None
    bare = digits.removeprefix("0") if digits.startswith("0") else digits
    inland = national(number) if normal.startswith("+") else number
    for typed in (digits, bare):
        if inland.startswith(typed):
            return "exact" if inland == typed else "prefix"
    if number.endswith(digits) or (extension and f"{number}{extension}".endswith(digits)):
        return "digits"
    return "digits" if len(bare) >= SHORT_NUMBER and number.endswith(bare) else None


_COMPARISONS = {"text": _text, "domain": _domain, "email": _email, "digits": _digits, "empty": _text}


def _holds_words(words: Sequence[str], normal: str) -> bool:
    """Whether every word begins somewhere in `normal`, cheaply: whoever asks has found the customer by words."""
    if len(words) == 1:
        return words[0] in normal
    return all(word in normal for word in words)


def words_apart(question: Question, identities: Sequence[Identity], closeness: float) -> Finding | None:
    """The identity that holds the most words, where no single one holds them all (a name and a company)."""
    if not identities:
        return None
    kind, value, _, known = max(identities, key=lambda identity: _words_held(question.words, identity))
    return Finding("word", RANKS["word"], kind, value, bool(known), closeness)


def _words_held(words: Sequence[str], identity: Identity) -> int:
    _, value, normal, _ = identity
    held = f"{normal} {normal.replace(' ', '')}"
    if not value.isascii():
        held = " ".join((held, *spellings(value)))
    return sum(word in held for word in words)
