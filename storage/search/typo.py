"""The last tier: who may be meant where nothing is found as it was typed.

Names go by words: each word's likely meanings come from `lookup_misspelling`, the customers who have them are compared
whole, in any order of the words. Addresses and numbers go by halves: one slip leaves one half intact, so everyone who
shares a half is read from an index and compared. All of it is bounded by rows read, so that no question takes long.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, permutations
from json import dumps
from math import log2

from desk.identifiers import Question, backwards, without_tag, words_of
from desk.lookup import IdentityKind
from desk.nicknames import also_called
from desk.phones import abroad, calling_codes, national
from storage.connect import Connection
from storage.search.documents import NAMES, SHORTEST_WORD, TWO_EDITS, pieces
from storage.search.expressions import any_of, begins_with, ends_with, exactly
from storage.search.rank import RANKS, Finding, Identity
from storage.search.schema import LAST_PLACE, WORD_BITS
from storage.search.several import several

# Rows read from an index for one half, and customers compared for one expression.
HALVES = 2000
CUSTOMERS = 100
MEANINGS = 20
# Words that share the most pieces, of all that share one.
SHARING = 250
# Words this different are different words; whole questions this different are someone else.
SIMILAR_WORD = 0.75
SIMILAR_NAME = 0.4
SURE = 0.85
EDITS = 2
SHORTEST_NUMBER = 5
# More words than this are compared in their given order only.
SHUFFLED = 3
MOST_JOINED = 3
TELLING = 0.1
LONGER = 0.02
HIGHEST = "\U0010ffff"
LAST_FEW = 5
CODES = (IdentityKind.ACCOUNT, IdentityKind.ORDER)

# A piece's words have their ids in the lower bits of the entries above it.
_SHARING = (
    "SELECT m.entry - (p.value << ?2) FROM json_each(?1) p CROSS JOIN lookup_misspelling m "
    "ON m.entry BETWEEN p.value << ?2 AND (p.value + 1 << ?2) - 1"
)
_SPELT = "SELECT word FROM lookup_word WHERE id IN (?*)"
_KNOWN = "SELECT word FROM lookup_word WHERE word IN (?*)"
_NAMED = (
    "SELECT i.customer_id, i.normal FROM (SELECT ? - rowid AS recency FROM lookup WHERE lookup MATCH ? "
    "ORDER BY rowid LIMIT ?) l CROSS JOIN customer c ON c.recency = l.recency "
    "CROSS JOIN identity i ON i.customer_id = c.id AND i.kind IN (?*)"
)
_STARTING = "SELECT customer_id, normal FROM identity WHERE normal >= ? AND normal < ? LIMIT ?"
_ENDING = "SELECT customer_id, address FROM lookup_backwards WHERE address >= ? AND address < ? LIMIT ?"


def likely(connection: Connection, question: Question, regions: tuple[str, ...]) -> dict[int, float]:
    """Customers who may be meant, with how closely they fit (1 is best)."""
    if question.mode == "email":
        return _by_address(connection, question.address)
    if question.mode == "digits":
        return _by_digits(connection, question, regions)
    found = _by_code(connection, question.code) if _is_code(question.code) else {}
    if question.mode == "domain":
        _merge(found, _by_lost_at(connection, question.address))
    if question.words:
        _merge(found, _by_name(connection, question.words))
    return found


def explain(question: Question, identities: Sequence[Identity], closeness: float) -> Finding:
    """The identity that is nearest to the question, as a finding of this closeness."""
    kind, value, _, known = max(identities, key=lambda identity: _nearness(question, identity))
    return Finding("typo", RANKS["typo"], kind, value, bool(known), closeness)


def _nearness(question: Question, identity: Identity) -> float:
    from rapidfuzz.distance import OSA

    kind, _, normal, _ = identity
    if kind in NAMES:
        return alike(question.words, normal.split()) if question.mode in ("text", "domain") else 0.0
    if kind == IdentityKind.EMAIL:
        return OSA.normalized_similarity(without_tag(question.address), without_tag(normal))
    if kind == IdentityKind.PHONE:
        number = normal.removeprefix("+").partition("x")[0]
        return max(OSA.normalized_similarity(question.digits, form) for form in (number, national(number)))
    return OSA.normalized_similarity(question.code, normal)


def _by_name(connection: Connection, words: tuple[str, ...]) -> dict[int, float]:
    readings = [*_readings(words), *_splits(connection, words)]
    # Many words say enough together; each with all that it may mean took fifty milliseconds.
    most = MEANINGS // max(1, len(words) - 1)
    groups = {word: _meanings(connection, word, most) for reading in readings for word in reading}
    # What was put together must resemble some name; else it only costs.
    odd = {word for word, meant in groups.items() if len(meant) == 1 and word not in words}
    readings = [reading for reading in readings if odd.isdisjoint(reading)]
    groups = {word: [*map(exactly, groups[word])] for reading in readings for word in reading}
    named: set[tuple[int, str]] = set()
    for reading in readings:
        if len(reading) > 1:
            named.update(_named(connection, " AND ".join(any_of(groups[word]) for word in reading)))
    found = _compared(named, readings)
    # Who fits in every word leaves nothing to guess from one word alone.
    if max(found.values(), default=0.0) < SURE:
        for group in groups.values():
            named.update(_named(connection, any_of(group)))
        found = _compared(named, readings)
    return found


def _compared(named: Iterable[tuple[int, str]], readings: Sequence[tuple[str, ...]]) -> dict[int, float]:
    """The customers whose names fit one of the readings, and how well."""
    names = [(customer, normal.split()) for customer, normal in named]
    common = Counter(word for _, name in names for word in set(name))
    most = log2(1 + max(common.values(), default=1))
    rarity = {word: 1 - log2(1 + count) / (1 + most) for word, count in common.items()}
    table = _table({word for reading in readings for word in reading}, rarity)
    found: dict[int, float] = {}
    for customer, name in names:
        closeness = max(_alike(reading, name, table) for reading in readings)
        if closeness >= SIMILAR_NAME:
            found[customer] = max(closeness, found.get(customer, 0.0))
    return found


def _splits(connection: Connection, words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """One long word as two known ones, with or without a letter in the place of the space."""
    if len(words) != 1 or len(words[0]) < 2 * SHORTEST_WORD + 1:
        return []
    word = words[0]
    cuts: list[tuple[str, ...]] = [
        (word[:at], word[at + skipped :])
        for at in range(SHORTEST_WORD, len(word) - SHORTEST_WORD)
        for skipped in (0, 1)
    ]
    asked = list(dict.fromkeys(part for cut in cuts for part in cut))
    known = {part for (part,) in connection.execute(several(_KNOWN, len(asked)), asked)}
    return [cut for cut in cuts if known.issuperset(cut)][:MOST_JOINED]


def _readings(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The words as they are, and with two neighbours as one: a space is soon typed into a name."""
    readings = [words]
    if len(words) > 2:
        joined = ((*words[:at], words[at] + words[at + 1], *words[at + 2 :]) for at in range(len(words) - 1))
        readings += islice(joined, MOST_JOINED)
    return readings


def _named(connection: Connection, expression: str, kinds: tuple[IdentityKind, ...] = NAMES) -> list[tuple[int, str]]:
    """The customers of this expression who were last in contact, with each of their identities of these kinds."""
    return connection.execute(several(_NAMED, len(kinds)), (LAST_PLACE, expression, CUSTOMERS, *kinds)).fetchall()


def _meanings(connection: Connection, word: str, most: int) -> list[str]:
    """The words that `word` may stand for: itself, other names of such a person, then the likeliest first."""
    # Imported here: 15 ms that only a question without an answer needs.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA, JaroWinkler

    meant = [word, *sorted(also_called(word))]
    if len(word) < SHORTEST_WORD or not word.isalpha():
        return meant
    sharing = connection.execute(_SHARING, (dumps(sorted(pieces(word))), WORD_BITS)).fetchall()
    nearest = [identity for (identity,), _ in Counter(sharing).most_common(SHARING)]
    spelt = [known for (known,) in connection.execute(several(_SPELT, len(nearest)), nearest)] if nearest else []
    allowed = EDITS if len(word) >= TWO_EDITS else 1
    near = (
        known
        for known, _, _ in process.extract(word, spelt, scorer=JaroWinkler.similarity, limit=None)
        if known[:1] == word[:1] or OSA.distance(word, known, score_cutoff=EDITS) <= allowed
    )
    return list(dict.fromkeys([*meant, *islice(near, most)]))


def alike(words: Sequence[str], name: Sequence[str], rarity: Mapping[str, float] | None = None) -> float:
    """How well the words of a question fit those of a name, in their best order: 0 to 1.

    `rarity` (0 to 1) says what a word of the name tells: that one rare word fits says more than a common one does.
    """
    return _alike(words, name, _table(words, dict.fromkeys(name, 1.0) | dict(rarity or {})))


def _table(words: Iterable[str], rarity: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """How much each of `words` fits each word of the names, compared in one go: pair by pair took ten times longer."""
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    telling = {other: 1 - TELLING * (1 - rare) for other, rare in rarity.items()}
    others = list(rarity)
    return {
        word: {
            other: (closeness if closeness >= SIMILAR_WORD else closeness / 2) * telling[other]
            for other, closeness, _ in process.extract(word, others, scorer=JaroWinkler.similarity, limit=None)
        }
        for word in words
    }


def _alike(words: Sequence[str], name: Sequence[str], table: Mapping[str, Mapping[str, float]]) -> float:
    if not name or not words:
        return 0.0
    rows = [[row[other] for other in name] for row in map(table.__getitem__, words)]
    if len(rows) == len(name) == 2:
        (one, two), (three, four) = rows
        best = max(one + four, two + three)
    elif max(len(words), len(name)) > SHUFFLED:
        best = sum(map(max, rows))
    else:
        best = max(_sum_of(rows, order) for order in permutations(range(max(len(words), len(name)))))
    # A name that says more than was asked is a little further away than one that doesn't.
    return best / len(words) - LONGER * max(0, len(name) - len(words))


def _sum_of(table: list[list[float]], order: tuple[int, ...]) -> float:
    return sum(row[column] for row, column in zip(table, order, strict=False) if column < len(row))


def _by_address(connection: Connection, address: str) -> dict[int, float]:
    """Customers whose email is at most two slips away.

    One slip leaves intact what is before it and what is after it. Of common beginnings only the first rows are read,
    so that where there are more a longer one is tried too. Where the slip took a dot or moved it, the letters in one
    are what they were.
    """
    local, at, domain = without_tag(address).partition("@")
    typed = f"{local}{at}{domain}"
    length = len(local)
    fronts = [local[:cut] for cut in sorted({max(1, length // 2), length * 3 // 4, length - 2}) if cut > 0]
    rows = [*_between(connection, _STARTING, f"{local}@"), *_telling_ones(connection, _STARTING, fronts)]
    joined = "".join(words_of(local))
    if joined:
        rows += _named(connection, exactly(joined), (IdentityKind.EMAIL,))
    found = _within(typed, ((customer, without_tag(normal)) for customer, normal in rows))
    backs = [local[cut:][::-1] for cut in sorted({length // 2 + 1, length // 4 + 1, 2}, reverse=True) if cut < length]
    _merge(found, _within(backwards(typed), _telling_ones(connection, _ENDING, backs or [local[::-1]])))
    return found


def _telling_ones(connection: Connection, statement: str, starts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The rows that start with the shortest of these, or, where that are too many, with the next ones as well."""
    for start in starts:
        rows = list(_between(connection, statement, start))
        yield from rows
        if len(rows) < HALVES:
            return


def _by_lost_at(connection: Connection, typed: str) -> dict[int, float]:
    """Customers whose email was typed without its @, which comes after the first third."""
    start = typed[: len(typed) // 3]
    return _within(typed, _between(connection, _STARTING, start)) if len(start) >= SHORTEST_WORD else {}


def _by_digits(connection: Connection, question: Question, regions: tuple[str, ...]) -> dict[int, float]:
    """Customers with a number, or a code of digits, at most two slips away.

    Few numbers share their last five digits, and those that a slip spoilt are found by what is before them. Of those
    that share the last four only the newest are read, for two digits that were swapped just between.
    """
    digits = question.digits
    if len(digits) < SHORTEST_NUMBER:
        return {}
    bare = digits.removeprefix("0")
    whole = f"+{abroad(digits) or digits}"
    found: dict[int, float] = {}
    for typed in [whole] if question.plus else [*(f"+{code}{bare}" for code in calling_codes(regions)), whole]:
        starting = _telling_ones(connection, _STARTING, [typed[:-left] for left in (5, 3)])
        _merge(found, _within(typed, [(customer, normal.partition("x")[0]) for customer, normal in starting]))
    parts = [ends_with(bare[-LAST_FEW:]), ends_with(bare[1 - LAST_FEW :])]
    if not question.plus:
        _merge(found, _by_code(connection, digits))
        parts += [begins_with(bare[:-left]) for left in (4, 2)]
    for part in parts:
        numbered = _named(connection, part, (IdentityKind.PHONE, *CODES))
        numbers = [(customer, normal.removeprefix("+").partition("x")[0]) for customer, normal in numbered]
        _merge(found, _within(digits, numbers))
        if not question.plus:
            _merge(found, _within(bare, [(customer, national(number)) for customer, number in numbers]))
    return found


def _by_code(connection: Connection, code: str) -> dict[int, float]:
    """Customers with an account or order number at most two slips away."""
    half = len(code) // 2
    if half < 2:
        return {}
    found = _within(code, _between(connection, _STARTING, code[:half]))
    digits = "".join(letter for letter in code[half + 1 :] if letter.isdigit())
    if len(digits) >= SHORTEST_WORD:
        _merge(found, _within(code, _named(connection, ends_with(digits), CODES)))
    return found


def _between(connection: Connection, statement: str, start: str) -> Iterator[tuple[int, str]]:
    return connection.execute(statement, (start, start + HIGHEST, HALVES))


def _within(typed: str, rows: Iterable[tuple[int, str]]) -> dict[int, float]:
    """Of these customers and texts, who is at most two slips from `typed`, and how close."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    pairs = list(rows)
    close = process.extract(
        typed, [text for _, text in pairs], scorer=OSA.distance, score_cutoff=EDITS, limit=CUSTOMERS, processor=None
    )
    found: dict[int, float] = {}
    for _, edits, position in close:
        closeness = 1 - edits / (len(typed) + 1)
        customer = pairs[position][0]
        found[customer] = max(closeness, found.get(customer, 0.0))
    return found


def _merge(found: dict[int, float], more: dict[int, float]) -> None:
    for customer, closeness in more.items():
        found[customer] = max(closeness, found.get(customer, 0.0))


def _is_code(code: str) -> bool:
    return len(code) >= SHORTEST_NUMBER and any(letter.isdigit() for letter in code)
