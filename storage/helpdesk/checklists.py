"""A ticket's own checklist, as its helpdesk keeps it: its steps stand in our panel, and ticks go both ways.

The invariants: such a checklist is offered on no other ticket; a tick that was made here and has not left stays; a list
of more than ten steps is several here, since each step has its digit.
"""

import json
import re
from collections.abc import Sequence
from hashlib import blake2b

from desk.checklists import MOST_STEPS, ChecklistTemplate, Step, to_toml
from desk.ids import new_uid
from desk.text import clean
from storage.helpdesk.office import Office
from storage.helpdesk.records import ChecklistNews, ItemNews

_TICKET = "SELECT id FROM ticket WHERE source_id = ? AND external_id = ? AND merged_into_id IS NULL"
_KEEP = """
    INSERT INTO checklist(key, title, content, position, updated_at, ticket_id) VALUES(?, ?, ?, 0, ?, ?)
    ON CONFLICT(key) DO UPDATE SET title = excluded.title, content = excluded.content,
        updated_at = excluded.updated_at, ticket_id = excluded.ticket_id
     WHERE excluded.content <> checklist.content OR excluded.ticket_id IS NOT checklist.ticket_id"""
_RUN = """
    INSERT INTO checklist_run(uid, ticket_id, checklist_key, started_at) VALUES(?, ?, ?, ?) ON CONFLICT DO NOTHING"""
_RUN_ID = "SELECT id FROM checklist_run WHERE ticket_id = ? AND checklist_key = ?"
_STEPS = "SELECT step, done FROM remote_step WHERE checklist_key = ?"
_KEEP_STEP = """
    INSERT INTO remote_step(checklist_key, step, source_id, checklist, item, done) VALUES(?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET item = excluded.item, done = excluded.done"""
_DROP_STEPS = "DELETE FROM remote_step WHERE checklist_key = ? AND step NOT IN (SELECT value FROM json_each(?))"
_WAITING = """
    SELECT payload ->> '$.step[1]' FROM outbox
     WHERE ticket_id = ? AND kind = 'tick' AND state NOT IN ('sent','dropped') AND payload ->> '$.checklist[1]' = ?"""
_TICK = """
    INSERT INTO checklist_tick(run_id, step, state, at, reason, text) VALUES(?, ?, 'done', ?, '', '')
    ON CONFLICT DO UPDATE SET state = 'done', at = excluded.at WHERE state <> 'done'"""
_UNTICK = "DELETE FROM checklist_tick WHERE run_id = ? AND step = ?"
_OF = "SELECT DISTINCT checklist_key FROM remote_step WHERE source_id = ? AND checklist = ?"
_PLAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def put_checklist(office: Office, news: ChecklistNews) -> None:
    """Let the ticket have it as it stands there; steps that are there no more are in no list here."""
    row = office.connection.execute(_TICKET, (office.source_id, news.ticket)).fetchone()
    if row is None:
        return
    parts = [news.items[first : first + MOST_STEPS] for first in range(0, len(news.items), MOST_STEPS)]
    kept = {_put_part(office, row[0], news, place, len(parts), items) for place, items in enumerate(parts)}
    for (key,) in office.connection.execute(_OF, (office.source_id, news.external_id)).fetchall():
        if key not in kept:
            _forget(office, key)


def _put_part(
    office: Office, ticket_id: int, news: ChecklistNews, place: int, places: int, items: Sequence[ItemNews]
) -> str:
    key = f"at-{office.source_id}-{_short(news.external_id)}-{place + 1}"
    title = clean(news.title, lines=False).strip() or "Checklist"
    if places > 1:
        title = f"{title} ({place + 1}/{places})"
    steps = {_step(item): item for item in items}
    named = tuple(Step(step, text := _line(item), text) for step, item in steps.items())
    content = to_toml([ChecklistTemplate(key, title, named, purpose=f"Kept at {office.where}")])
    connection = office.connection
    connection.execute(_KEEP, (key, title, content, office.now, ticket_id))
    connection.execute(_RUN, (new_uid(), ticket_id, key, office.now))
    (run_id,) = connection.execute(_RUN_ID, (ticket_id, key)).fetchone()
    _put_ticks(office, ticket_id, run_id, key, steps)
    rows = [
        (key, step, office.source_id, news.external_id, item.external_id, item.done) for step, item in steps.items()
    ]
    connection.executemany(_KEEP_STEP, rows)
    connection.execute(_DROP_STEPS, (key, json.dumps(list(steps))))
    return key


def _put_ticks(office: Office, ticket_id: int, run_id: int, key: str, steps: dict[str, ItemNews]) -> None:
    """What was ticked or unticked there since it was told last, but for what waits to be told from here."""
    known: dict[str, int] = dict(office.connection.execute(_STEPS, (key,)).fetchall())
    waiting = {step for (step,) in office.connection.execute(_WAITING, (ticket_id, key))}
    for step, item in steps.items():
        if known.get(step, 0) == item.done or step in waiting:
            continue
        if item.done:
            office.connection.execute(_TICK, (run_id, step, office.now))
        else:
            office.connection.execute(_UNTICK, (run_id, step))


def _forget(office: Office, key: str) -> None:
    """A list that is there no more, or shorter: what was ticked on it stays in history."""
    connection = office.connection
    connection.execute("DELETE FROM remote_step WHERE checklist_key = ?", (key,))
    runs = "SELECT id FROM checklist_run WHERE checklist_key = ?"
    connection.execute(f"DELETE FROM checklist_tick WHERE run_id IN ({runs})", (key,))  # noqa: S608  a query of ours
    connection.execute("DELETE FROM checklist_run WHERE checklist_key = ?", (key,))
    connection.execute("DELETE FROM checklist WHERE key = ?", (key,))


def _line(item: ItemNews) -> str:
    return clean(item.text, lines=False).strip() or "(no text)"


def _step(item: ItemNews) -> str:
    return item.external_id if _PLAIN.fullmatch(item.external_id) else _short(item.external_id)


def _short(external_id: str) -> str:
    plain = external_id.lower()
    if _PLAIN.fullmatch(plain) and len(plain) <= 20:
        return plain
    return blake2b(external_id.encode(errors="surrogatepass"), digest_size=8).hexdigest()
