"""Banners as consoles read them: what stands for an agent now, and who has seen what.

The invariants: what has run out or was taken back stands nowhere; of all that was ever told only the newest `LATEST`
are looked at, so that a look costs the same after ten years.
"""

from dataclasses import dataclass

from storage.connect import Connection, writing
from storage.deeds.by import By

LATEST = 50

_NEWEST = f"SELECT * FROM banner ORDER BY id DESC LIMIT {LATEST}"  # noqa: S608  a number of ours
_STANDS = f"""
    SELECT b.id, b.words, ifnull(a.name, ''), b.at, b.until, b.ended_at
      FROM ({_NEWEST}) b LEFT JOIN agent a ON a.id = b.agent_id
     WHERE b.ended_at IS NULL AND ifnull(b.until > ?2, 1)
       AND NOT EXISTS(SELECT 1 FROM banner_seen s WHERE s.banner_id = b.id AND s.agent_id = ?1)
     ORDER BY b.id DESC"""  # noqa: S608  as above
_ALL = f"""
    SELECT b.id, b.words, ifnull(a.name, ''), b.at, b.until, b.ended_at, b.agent_id
      FROM ({_NEWEST}) b LEFT JOIN agent a ON a.id = b.agent_id ORDER BY b.id DESC"""  # noqa: S608  as above
_SEEN = "SELECT s.agent_id, s.at FROM banner_seen s WHERE s.banner_id = ?"
_AGENTS = "SELECT id, name FROM agent ORDER BY name, id"
_PUT_AWAY = "INSERT INTO banner_seen(banner_id, agent_id, at) VALUES(?, ?, ?) ON CONFLICT DO NOTHING"


@dataclass(frozen=True, slots=True)
class BannerRow:
    """One line for everybody, and who wrote it; times in microseconds UTC."""

    id: int
    words: str
    agent: str
    at: int
    until: int | None
    ended_at: int | None

    def stands(self, now: int) -> bool:
        """Whether consoles show it."""
        return self.ended_at is None and (self.until is None or self.until > now)


@dataclass(frozen=True, slots=True)
class Told:
    """A banner with who has put it away, and when; `unseen` are the others, but for who wrote it."""

    row: BannerRow
    seen: tuple[tuple[str, int], ...]
    unseen: tuple[tuple[int, str], ...]


def standing(connection: Connection, agent_id: int, now: int) -> tuple[BannerRow, ...]:
    """What this agent is to read now, the newest first."""
    return tuple(BannerRow(*row) for row in connection.execute(_STANDS, (agent_id, now)))


def told(connection: Connection) -> tuple[Told, ...]:
    """The newest of all that was told, and who has seen it."""
    agents = connection.execute(_AGENTS).fetchall()
    return tuple(_told(connection, agents, BannerRow(*row), writer) for *row, writer in connection.execute(_ALL))


def put_away(connection: Connection, by: By, banner_id: int) -> None:
    """This agent has seen it; on all their consoles it is gone."""
    if by.agent_id is not None:
        with writing(connection):
            connection.execute(_PUT_AWAY, (banner_id, by.agent_id, by.at))


def _told(connection: Connection, agents: list[tuple[int, str]], row: BannerRow, writer: int | None) -> Told:
    at: dict[int, int] = dict(connection.execute(_SEEN, (row.id,)).fetchall())
    seen = sorted((when, name) for each, name in agents if (when := at.get(each)) is not None and each != writer)
    unseen = tuple((each, name) for each, name in agents if each not in at and each != writer)
    return Told(row, tuple((name, when) for when, name in seen), unseen)
