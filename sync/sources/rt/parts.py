"""The words and files of messages, by the numbers of their transactions.

The invariants: the bytes of files are never asked for here, whatever they call themselves; HTML is asked for only of
messages that have no plain words.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sync.http import Ask, Http
from sync.sources.rt.answers import PARTS, Part
from sync.sources.rt.paging import Listing, Span, read_all
from sync.sources.rt.telling import words_of
from sync.tickets import Passed

# RT takes several conditions on one field as alternatives, unless it is told otherwise.
_Condition = Mapping[str, str | int]
_NAMELESS: _Condition = {"field": "Filename", "operator": "IS", "value": "NULL"}
_NAMED: _Condition = {"field": "Filename", "operator": "IS NOT", "value": "NULL"}
_OTHER: tuple[_Condition, ...] = (
    {"field": "ContentType", "operator": "NOT STARTSWITH", "value": "text/"},
    {"field": "ContentType", "operator": "NOT STARTSWITH", "value": "multipart/", "entry_aggregator": "AND"},
)
_A_PAGE = 95
_WORDS, _ABOUT = "TransactionId,ContentType,Content", "TransactionId,ContentType,Filename,ContentLength"


def read_parts(http: Http, transactions: Sequence[int]) -> tuple[dict[int, list[Part]], list[Passed]]:
    """The parts of these messages, by transaction, in their order: words with what they say, files without."""
    # Most messages have one plain part: so many of them fit into a page, and a short search is a quick one.
    few = [transactions[begin : begin + _A_PAGE] for begin in range(0, len(transactions), _A_PAGE)]
    wanted = [
        *(_parts(some, _WORDS, _typed("text/plain"), _NAMELESS) for some in few),
        _parts(transactions, _ABOUT, _NAMED),
        _parts(transactions, _ABOUT, *_OTHER, _NAMELESS),
    ]
    reads, _ = read_all(http, wanted)
    parts: dict[int, list[Part]] = defaultdict(list)
    for part in sorted((part for read in reads for part in read.rows), key=lambda part: part.id):
        parts[part.transaction_id].append(part)
    wordless = [number for number in transactions if not words_of(parts.get(number, ()))[0]]
    if wordless:
        reads += read_all(http, [_parts(wordless, _WORDS, _typed("text/html"), _NAMELESS)])[0]
        for part in reads[-1].rows:
            parts[part.transaction_id].append(part)
    return dict(parts), [each for read in reads for each in read.passed]


def _typed(kind: str) -> _Condition:
    return {"field": "ContentType", "value": kind}


def _parts(transactions: Sequence[int], fields: str, *conditions: _Condition) -> Listing[Part]:
    """Parts that meet these conditions. Whoever sees a message sees all of its parts."""
    of_these: list[_Condition] = [{"field": "TransactionId", "value": number} for number in transactions]

    def ask(span: Span) -> Ask:
        within: list[_Condition] = [{"field": "id", "operator": ">", "value": span.low}]
        if span.high is not None:
            within.append({"field": "id", "operator": "<", "value": span.high, "entry_aggregator": "AND"})
        params = {**span.params, "fields": fields}
        body = [*within, *conditions, *of_these]
        return Ask("/attachments", params, method="POST", json=body, what="what was said")

    return Listing(ask, PARTS, whole=True)
