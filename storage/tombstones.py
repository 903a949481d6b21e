"""What is known of erased customers, so that they stay erased: keyed hashes of what a source may bring again.

The invariant: nothing here can be read back. A hash is made with a key of the workspace's own, so that it can't be
compared with lists of addresses or mails of elsewhere.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Literal

from storage.connect import Connection

Kind = Literal["mail", "message-id", "message", "customer", "ticket", "identity"]

_KEY = "tombstone_key"
_KEEP = "INSERT OR IGNORE INTO tombstone(digest, customer_id, at) VALUES(?, ?, ?)"


class Tombstones:
    """What was erased, for as long as one transaction lasts. With no erased customer each question costs nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        found = connection.execute("SELECT value FROM setting WHERE key = ?", (_KEY,)).fetchone()
        self._key = bytes.fromhex(found[0]) if found else b""

    def hold(self, kind: Kind, value: str) -> bool:
        """Whether this was an erased customer's."""
        if not self._key or not value:
            return False
        asked = (_digest(self._key, kind, value),)
        return self._connection.execute("SELECT 1 FROM tombstone WHERE digest = ?", asked).fetchone() is not None

    def mail(self, digest: bytes, message_id: str | None) -> bool:
        """Whether this mail was on an erased ticket, by its bytes or by its Message-ID."""
        return self.hold("mail", digest.hex()) or self.hold("message-id", message_id or "")


def keep(connection: Connection, customer_id: int, at: int, told: Iterable[tuple[Kind, str]]) -> None:
    """Remember these, inside the caller's transaction; the key is made with the first erased customer."""
    connection.execute(
        "INSERT INTO setting(key, value) VALUES(?, ?) ON CONFLICT(key) DO NOTHING", (_KEY, secrets.token_hex(32))
    )
    (text,) = connection.execute("SELECT value FROM setting WHERE key = ?", (_KEY,)).fetchone()
    key = bytes.fromhex(text)
    rows = [(_digest(key, kind, value), customer_id, at) for kind, value in told if value]
    connection.executemany(_KEEP, rows)


def is_erased(connection: Connection, customer_id: int) -> bool:
    """Whether nothing is left of this customer but what is counted."""
    return connection.execute("SELECT 1 FROM tombstone WHERE customer_id = ?", (customer_id,)).fetchone() is not None


def _digest(key: bytes, kind: Kind, value: str) -> bytes:
    return hmac.new(key, f"{kind}\0{value}".encode(errors="surrogatepass"), hashlib.sha256).digest()
