"""Keeping filters as views. The invariant: they stand at the places 1, 2, 3 … without a gap; 1 to 9 are digits."""

from typing import TYPE_CHECKING

from desk.errors import BadInput
from desk.text import clean
from storage.deeds.by import By, Done
from storage.deeds.journal import Journal, held

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.models import View


def save(session: "Session", by: By, name: str, query: str, sort: str, view_id: int | None = None) -> Done:
    """Add a view at the end, or change the one of that id. Whether the query is one, the caller has checked."""
    from storage import models

    journal = Journal(session, by)
    name = clean(name, lines=False).strip()
    if not name:
        raise BadInput("A view needs a name", "Give it one.")
    query = clean(query, lines=False).strip()
    if view_id is None:
        journal.add(models.View(position=len(_all(session)) + 1, name=name, query=query, sort=sort))
    else:
        journal.change(held(session, models.View, view_id, "view"), name=name, query=query, sort=sort)
    journal.tell("view_saved", {"title": name})
    return journal.done(f"Saved the view “{name}”")


def delete(session: "Session", by: By, view_id: int) -> Done:
    """Take a view away; those behind it move up."""
    from storage import models

    journal = Journal(session, by)
    row = held(session, models.View, view_id, "view")
    name = row.name
    journal.remove(row)
    _number(journal, _all(session))
    journal.tell("view_deleted", {"title": name})
    return journal.done(f"Deleted the view “{name}”")


def move(session: "Session", by: By, view_id: int, position: int) -> Done:
    """Put a view at another place; places beyond the ends mean the ends."""
    from storage import models

    journal = Journal(session, by)
    row = held(session, models.View, view_id, "view")
    others = [view for view in _all(session) if view.id != view_id]
    place = max(1, min(position, len(others) + 1))
    _number(journal, [*others[: place - 1], row, *others[place - 1 :]])
    journal.tell("view_moved", {"title": row.name})
    return journal.done(f"Moved the view “{row.name}” to {place}")


def _number(journal: Journal, views: "list[View]") -> None:
    for place, view in enumerate(views, 1):
        journal.change(view, position=place)


def _all(session: "Session") -> "list[View]":
    from sqlmodel import col, select

    from storage import models

    return list(session.exec(select(models.View).order_by(col(models.View.position), col(models.View.id))))
