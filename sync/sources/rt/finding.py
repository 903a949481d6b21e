"""Whether words whose answer was lost have arrived: by the key of ours that went along, else by the words themselves.

The key is kept a moment after the words, and only where there is a field for it. The invariant: words that carry the
key of another operation are never taken for these.
"""

from collections.abc import Iterable

from desk.times import SECOND
from sync.http import Ask, Http
from sync.protocol import Receipt
from sync.sources.rt.answers import TRANSACTIONS, Part, Transaction, rows_of
from sync.sources.rt.queries import MOST
from sync.sources.rt.reading import History, Reading
from sync.sources.rt.settings import Settings
from sync.sources.rt.telling import is_file, key_of, words_of
from sync.sources.rt.vocabulary import Vocabulary
from sync.tickets import WriteMessage

TYPES = {"reply": "Correspond", "note": "Comment"}
# RT's times are whole seconds, and its clock is known to about as much.
_CLOCKS = 5 * SECOND


class Finding:
    """Looks for what was written to one Request Tracker."""

    def __init__(self, http: Http, reading: Reading, settings: Settings, vocabulary: Vocabulary) -> None:
        self._http = http
        self._reading = reading
        self._settings = settings
        self._vocabulary = vocabulary

    def find(self, wanted: WriteMessage) -> Receipt | None:
        """What has become of it; None where nothing of it is there."""
        if self._vocabulary.marks:
            marked = self._marked(wanted.key)
            if marked:
                return Receipt(str(marked[0].id))
        own = f"id > {int(wanted.seen or 0)} AND Creator = '__CurrentUser__' AND Type = '{TYPES[wanted.kind]}'"
        begun_at = wanted.begun_at + self._http.ahead - _CLOCKS
        rows = [row for row in self._reading.happened(wanted.ticket, own) if row.created >= begun_at]
        history = History(rows=[row for row in rows if key_of(row, self._settings.key) in ("", wanted.key)])
        self._reading.add_parts(history)
        same = (row for row in history.rows if _same(wanted, history.parts.get(row.id, ())))
        found = next(same, None)
        return Receipt(str(found.id)) if found else None

    def _marked(self, key: str) -> tuple[Transaction, ...]:
        """Transactions that carry a key, wherever their ticket is by now."""
        assert key.isalnum()
        query = f"CF.{{{self._settings.key}}} = '{key}'"
        params: dict[str, str | int] = {"query": query, "fields": "Type,ObjectId,Created", "per_page": MOST}
        return rows_of(self._http.ask(Ask("/transactions", params, what="a key of ours")), TRANSACTIONS).rows


def _same(wanted: WriteMessage, parts: Iterable[Part]) -> bool:
    """Whether a message has just these words and files."""
    found = list(parts)
    words = words_of(found)[0]
    names = sorted(part.filename for part in found if is_file(part))
    return _lines(words) == _lines(wanted.body) and names == sorted(file.name for file in wanted.files)


def _lines(text: str) -> list[str]:
    """A text's lines as RT keeps them: their ends are its own."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
