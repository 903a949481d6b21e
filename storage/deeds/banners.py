"""Telling every console of the workspace something, and taking it back.

The invariant: only who may do so does, asked in the transaction that does it.
"""

from typing import TYPE_CHECKING

from desk.banners import Banner
from desk.errors import Refused
from desk.roles import Right
from storage.deeds.by import By, Done
from storage.deeds.journal import Journal, held
from storage.supervisors import require

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

    from storage.connect import Connection
    from storage.deeds.patches import Patch


def tell_all(session: "Session", by: By, wanted: Banner) -> Done:
    """Show it on every console, from now on."""
    from storage import models

    journal = Journal(session, by)
    require(journal.connection, by.agent_id, Right.BANNER)
    journal.add(models.Banner(agent_id=by.agent_id, words=wanted.words, at=by.at, until=wanted.until))
    journal.tell("banner_told", {"title": wanted.words})
    return journal.done(f"Told everybody: {wanted.words}")


def end(session: "Session", by: By, banner_id: int) -> Done:
    """Show it nowhere any more."""
    from storage import models

    journal = Journal(session, by)
    require(journal.connection, by.agent_id, Right.BANNER)
    row = held(session, models.Banner, banner_id, "banner")
    if row.ended_at is not None or (row.until is not None and row.until <= by.at):
        raise Refused("This banner stands no more", "")
    journal.change(row, ended_at=by.at)
    journal.tell("banner_ended", {"title": row.words})
    return journal.done(f"Taken back: {row.words}")


def refuse_to_show(connection: "Connection", by: By, patches: "Iterable[Patch]") -> None:
    """What was undone or is undone may show a banner again: Refused for whoever may not do so any more."""
    if any(patch.table == "banner" and patch.after is not None for patch in patches):
        require(connection, by.agent_id, Right.BANNER)
