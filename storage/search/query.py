"""The read side of the look-up: a customer by anything that is known of them, while it is being typed.

Two steps, so that a screen can show the first at once: `fast` (exact, beginnings, words, last digits) asks only indexes
that stop after a few rows; `deep` (substrings, then typos) fills up what is missing. A `Finder` belongs to one
connection and one thread; `connection.interrupt()` from another thread ends a call with `Interrupted`.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from desk.identifiers import Question, ask, backwards, fold
from desk.lookup import Hit, IdentityKind, Interrupted
from desk.phones import abroad
from storage.connect import Connection
from storage.search import expressions
from storage.search.rank import RANKS, Finding, Identity, best, containing, shared_word, words_apart
from storage.search.schema import LAST_PLACE
from storage.search.several import several

# The newest this many that have the words are ranked; more changes nothing but the time.
POOL = 30
# So many that begin with the question are all looked at; where there are more, the newest come by their words.
SELECTIVE = 12
SHORTEST_START = 3
SHORTEST_PART = 3
LONGEST_PART = 14
SHORTEST_TYPO = 3
SHORTEST_WHOLE = 7
PARTS = 60
MOST_ENDINGS = 40
HIGHEST = "\U0010ffff"

_WORDS = (
    "SELECT c.id, c.recency FROM lookup l CROSS JOIN customer c ON c.recency = ? - l.rowid "
    "WHERE lookup MATCH ? ORDER BY l.rowid LIMIT ?"
)
_PARTS = (
    "SELECT c.id, c.recency FROM lookup_part l CROSS JOIN customer c ON c.id = ? - l.rowid "
    "WHERE lookup_part MATCH ? ORDER BY l.rowid LIMIT ?"
)
# These read nothing but the index: of many that begin so, all but the exact ones would be looked up for nothing.
_STARTS = "SELECT customer_id, normal FROM identity WHERE normal >= ? AND normal < ? LIMIT ?"
_UNTAGGED = "SELECT customer_id, address FROM lookup_backwards WHERE address >= ? AND address < ? LIMIT ?"
_ENDINGS = "SELECT word FROM lookup_word WHERE word >= ? AND word < ? LIMIT ?"
_TICKET = (
    "SELECT c.id, c.recency FROM ticket t CROSS JOIN customer c ON c.id = t.customer_id "
    "WHERE t.number = ? AND c.merged_into_id IS NULL"
)
# What helpdesks call so: two of them may.
_TICKET_THERE = (
    "SELECT c.id, c.recency, s.name FROM remote_ticket r CROSS JOIN ticket t ON t.id = r.ticket_id "
    "JOIN source s ON s.id = r.source_id CROSS JOIN customer c ON c.id = t.customer_id "
    "WHERE r.number = ? AND r.number<>'' AND c.merged_into_id IS NULL ORDER BY r.ticket_id LIMIT 10"
)
_RECENCIES = "SELECT id, recency FROM customer WHERE id IN (?*) AND merged_into_id IS NULL"
_IDENTITIES = "SELECT customer_id, kind, value, normal, known FROM identity WHERE customer_id IN (?*)"
_IDENTITIES_WITH = f"{_IDENTITIES} AND instr(normal, ?)"
_CUSTOMERS = (
    "SELECT c.id, c.uid, c.name, coalesce(o.name, ''), c.plan, c.contacted_at FROM customer c "
    "LEFT JOIN organization o ON o.id = c.organization_id WHERE c.id IN (?*)"
)

# A customer's id and recency.
Candidates = dict[int, int]
# Finding, recency, customer.
Ranked = tuple[Finding, int, int]


class Finder:
    """Finds customers over one connection. `regions` are the countries whose national phone numbers are understood."""

    def __init__(self, connection: Connection, regions: tuple[str, ...] = ("US",)) -> None:
        self._connection = connection
        self._regions = regions

    def find(self, text: str, limit: int = 10) -> list[Hit]:
        """The customers that `text` may mean, best first, all tiers as needed."""
        found = self.fast(text, limit)
        return found if len(found) >= limit else self.deep(text, limit, found)

    def fast(self, text: str, limit: int = 10) -> list[Hit]:
        """Those found exactly, by a beginning, by words or by last digits; well under a millisecond."""
        question = ask(text)
        if question.mode == "empty":
            return []
        with self._interruptible():
            ranked = self._ticket(question)
            found = self._starts(question)
            # An email that is typed beyond its @ is one person's: words would only bring namesakes.
            by_words = question.mode != "email" or (not found and question.address.endswith("@"))
            endings = self._endings(question) if by_words else []
            if by_words:
                found |= self._rows(_WORDS, expressions.narrow(question, endings), max(POOL, limit))
            ranked += self._ranked(question, found)
            if by_words and not (len(ranked) >= limit or (ranked and _is_code(question))):
                wider = self._rows(_WORDS, expressions.wide(question, endings), max(POOL, limit))
                new = {customer: recency for customer, recency in wider.items() if customer not in found}
                ranked += self._ranked(question, new, closeness=0.5)
            return self._hits(ranked, limit)

    def deep(self, text: str, limit: int, found: Sequence[Hit]) -> list[Hit]:
        """`found` by `fast`, filled up to `limit` with substrings, then with what a slip of the finger stands for."""
        question = ask(text)
        seen = {hit.customer_id for hit in found}
        hits = list(found)
        with self._interruptible():
            tiers = [self._whole_number, self._substrings, self._typos]
            for tier in tiers[:2] if any(map(_is_settled, found)) else tiers:
                if len(hits) >= limit:
                    break
                new = [entry for entry in tier(question, text, limit) if entry[2] not in seen]
                more = self._hits(new, limit - len(hits))
                seen.update(hit.customer_id for hit in more)
                hits += more
        return hits[:limit]

    def _ticket(self, question: Question) -> list[Ranked]:
        if question.ticket is None:
            return []
        rows = self._connection.execute(_TICKET, (question.ticket,)).fetchall()
        finding = Finding("exact", RANKS["exact"], IdentityKind.TICKET, f"#{question.ticket}", True)
        found: list[Ranked] = [(finding, recency, customer) for customer, recency in rows]
        known = {customer for customer, _ in rows}
        for customer, recency, source in self._connection.execute(_TICKET_THERE, (str(question.ticket),)):
            if customer not in known:
                known.add(customer)
                named = f"{source}#{question.ticket}"
                found.append((Finding("exact", RANKS["exact"], IdentityKind.TICKET, named, True), recency, customer))
        return found

    def _starts(self, question: Question) -> Candidates:
        """Everyone with an identity that begins so, as long as they are few: the newest of many come by words."""
        found: set[int] = set()
        for start in _beginnings(question):
            found |= self._few(_STARTS, start)
        if question.mode == "email":
            found |= self._few(_UNTAGGED, backwards(question.address))
        return self._standing(found)

    def _standing(self, customers: Collection[int]) -> Candidates:
        """Those of these customers who weren't merged into another."""
        if not customers:
            return {}
        return dict(self._connection.execute(several(_RECENCIES, len(customers)), tuple(customers)).fetchall())

    def _endings(self, question: Question) -> list[str]:
        """The names that a long last word may become; none where they are too many to ask for one by one."""
        start = expressions.long_ending(question)
        if not start:
            return []
        words = self._connection.execute(_ENDINGS, (start, start + HIGHEST, MOST_ENDINGS + 1)).fetchall()
        return [word for (word,) in words] if len(words) <= MOST_ENDINGS else []

    def _few(self, statement: str, start: str) -> set[int]:
        end = start + (HIGHEST if len(start) >= SHORTEST_START else "\x00")
        rows = self._connection.execute(statement, (start, end, SELECTIVE + 1)).fetchall()
        few = len(rows) <= SELECTIVE
        return {customer for customer, normal in rows if few or normal == start}

    def _rows(self, statement: str, expression: str, limit: int) -> Candidates:
        if not expression:
            return {}
        return dict(self._connection.execute(statement, (LAST_PLACE, expression, limit)).fetchall())

    def _identities(self, customers: Collection[int], needle: str = "") -> dict[int, list[Identity]]:
        """Their identities, or those that hold `needle`."""
        by_customer: dict[int, list[Identity]] = {customer: [] for customer in customers}
        statement = several(_IDENTITIES_WITH if needle else _IDENTITIES, len(customers))
        for customer, kind, value, normal, known in self._connection.execute(
            statement, (*customers, needle) if needle else tuple(customers)
        ):
            by_customer[customer].append((kind, value, normal, known))
        return by_customer

    def _ranked(self, question: Question, customers: Candidates, closeness: float = 1.0) -> list[Ranked]:
        """How these customers answer.

        Most identities of a customer have nothing to do with the question, and to hand them to Python took half the
        time of a keystroke: so only those that hold its longest word are compared, and all of them where none did.
        """
        if not customers:
            return []
        needle = shared_word(question)
        identities = self._identities(customers, needle)
        found = {customer: best(question, identities[customer], closeness) for customer in customers}
        if question.mode == "text":
            left = [customer for customer, finding in found.items() if finding is None]
            held = self._identities(left) if needle and left else identities
            found |= {customer: words_apart(question, held[customer], closeness) for customer in left}
        return [(finding, customers[customer], customer) for customer, finding in found.items() if finding is not None]

    def _whole_number(self, question: Question, text: str, _limit: int) -> list[Ranked]:
        """A number that only its country's rules make out: letters on keys, another trunk prefix."""
        if len(question.digits or question.code) < SHORTEST_WHOLE or not any(map(str.isdigit, question.code)):
            return []
        if question.mode not in ("digits", "text"):
            return []
        from desk.phones import whole_number

        number = whole_number(text, self._regions)
        if not number or number.removeprefix("+") == question.digits:
            return []
        asked = Question("digits", digits=number.removeprefix("+"), plus=True)
        return self._ranked(asked, self._standing(self._few(_STARTS, number)))

    def _substrings(self, question: Question, _text: str, limit: int) -> list[Ranked]:
        ranked: list[Ranked] = []
        for needle in _parts(question):
            customers = self._rows(_PARTS, expressions.trigrams(needle), max(PARTS, limit))
            for customer, identities in self._identities(customers).items() if customers else ():
                finding = containing(needle, identities)
                if finding:
                    ranked.append((finding, customers[customer], customer))
        return ranked

    def _typos(self, question: Question, _text: str, limit: int) -> list[Ranked]:
        if len(question.code or question.address) < SHORTEST_TYPO:
            return []
        # Imported here: rapidfuzz costs a cold process 20 ms, and most questions are answered before.
        from storage.search.typo import explain, likely

        close = likely(self._connection, question, self._regions)
        nearest = sorted(close, key=lambda customer: -close[customer])[: 2 * limit]
        if not nearest:
            return []
        recencies = self._standing(nearest)
        ranked: list[Ranked] = []
        for customer, identities in self._identities(recencies).items():
            finding = explain(question, identities, close[customer])
            ranked.append((finding, recencies[customer], customer))
        return ranked

    def _hits(self, ranked: list[Ranked], limit: int) -> list[Hit]:
        chosen: dict[int, Finding] = {}
        for finding, _, customer in sorted(ranked, key=_order):
            chosen.setdefault(customer, finding)
        chosen = dict(list(chosen.items())[:limit])
        if not chosen:
            return []
        rows = self._connection.execute(several(_CUSTOMERS, len(chosen)), tuple(chosen))
        details = {row[0]: row[1:] for row in rows}
        return [_hit(customer, details[customer], finding) for customer, finding in chosen.items()]

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        try:
            yield
        except self._connection.OperationalError as error:
            if "interrupted" in str(error):
                raise Interrupted("The look-up was interrupted by a newer one") from error
            raise


def _is_code(question: Question) -> bool:
    """Whether letters and digits were typed: whoever has both as they stand is meant, and nobody who has half."""
    return question.mode == "text" and not question.code.isalpha()


def _beginnings(question: Question) -> list[str]:
    """What an identity's normal form may begin with."""
    if question.mode == "digits":
        numbers = [f"+{question.digits}"]
        if not question.plus:
            numbers += [question.digits, f"+{abroad(question.digits)}" if abroad(question.digits) else ""]
        return [start for start in dict.fromkeys([*numbers, question.address]) if start]
    typed = (question.address, question.name, question.code, question.handle)
    return [start for start in dict.fromkeys(typed) if start]


def _parts(question: Question) -> list[str]:
    """What may stand in the middle of an identity."""
    forms = {"digits": (question.digits,), "email": (question.address,)}
    # Of words closed up only codes and handles are made.
    code = question.code if len(question.words) == 1 or not question.code.isalpha() else ""
    # Nobody types a whole name without its first letters.
    name = question.name if len(question.name) <= LONGEST_PART else ""
    address = name if " " in question.address else question.address
    typed = forms.get(question.mode, (address, name, code))
    return [needle for needle in dict.fromkeys(map(fold, typed)) if len(needle) >= SHORTEST_PART]


def _order(entry: Ranked) -> tuple[int, bool, float, int]:
    """Best rank first; what is known before a maybe where both are exact; then closest, then most recent contact."""
    finding, recency, _ = entry
    return finding.rank, finding.rank == 0 and not finding.known, -finding.closeness, -recency


def _is_settled(hit: Hit) -> bool:
    """Whether nobody else can be meant: an address or number that fits whole. A name may be a namesake's."""
    return hit.match == "exact" and hit.identity_kind not in (IdentityKind.NAME, IdentityKind.COMPANY)


def _hit(customer: int, details: tuple[bytes, str, str, str, int | None], finding: Finding) -> Hit:
    uid, name, organization, plan, contacted_at = details
    score = len(RANKS) - finding.rank - (1 - finding.closeness) / 2
    return Hit(
        customer,
        uid,
        name,
        organization,
        plan,
        contacted_at,
        finding.match,
        IdentityKind(finding.kind),
        finding.value,
        finding.known,
        score,
    )
