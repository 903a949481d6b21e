"""One person's export as a page to read: one file, no script, nothing loaded from anywhere. Pure.

The invariant: every text goes through `escape`, and the page forbids scripts and foreign sources itself, so that
nothing that a stranger wrote can run or call home.
"""

from collections.abc import Iterable, Mapping
from html import escape

_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
h2 {{ margin-top: 2.5rem; border-bottom: 1px solid #ccc; }} h3 {{ margin: 2rem 0 .3rem; }}
table {{ border-collapse: collapse; }} td, th {{ padding: .1rem 1rem .1rem 0; text-align: left; vertical-align: top; }}
th {{ font-weight: normal; color: #666; }} .said {{ margin: 1rem 0; padding: .6rem .9rem; background: #f5f5f5; }}
.note {{ background: #fff6dc; }} .about {{ color: #666; font-size: .9rem; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: .4rem 0 0; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #181818; color: #ddd; }} .said {{ background: #252525; }}
.note {{ background: #332c14; }} th, .about {{ color: #999; }} }}
</style></head><body>
"""
_LABELS = {"inbound": "wrote", "outbound": "was answered", "note": "note of the team", "call": "call"}


def html_page(told: Mapping[str, object]) -> str:
    """The page of what `storage.export.person.person` tells."""
    name = _text(told["name"]) or "Customer"
    parts = [
        _HEAD.format(title=escape(name)),
        f"<h1>{escape(name)}</h1>",
        f"<p class=about>All that is kept about this person, as of {escape(_text(told['exported_at']))}.</p>",
        *(_table(record) for record in _dicts(told, "records")),
        _section("Known by", told, "identities"),
        "<h2>Tickets</h2>",
        *(_ticket(ticket) for ticket in _dicts(told, "tickets")),
        _section("Calls", told, "calls"),
        _section("Gestures", told, "gestures"),
        _section("Half-filled forms", told, "forms"),
        _section("History", told, "events"),
        "</body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _ticket(ticket: Mapping[str, object]) -> str:
    facts = {
        name: value
        for name, value in ticket.items()
        if name == "tags" or (not isinstance(value, list) and name != "subject")
    }
    title = f"#{_text(ticket['number'])} {_text(ticket.get('subject', 'of somebody else'))}"
    return "\n".join(
        (
            f"<h3>{escape(title)}</h3>",
            _table(facts),
            *(_message(message) for message in _dicts(ticket, "messages")),
            *(_section(label, ticket, key, "h4") for label, key in (
                ("Promises", "promises"), ("Ratings", "ratings"), ("Checklists", "checklists"), ("Tasks", "tasks"),
                ("Incidents", "incidents"), ("Drafts", "drafts"), ("History", "events"))),
        )
    )  # fmt: skip


def _message(message: Mapping[str, object]) -> str:
    kind = _text(message["kind"])
    about = " · ".join(filter(None, (_text(message["at"]), _LABELS.get(kind, kind), _text(message["from"]))))
    files = "".join(
        f"<div class=about>attached: {escape(_text(file['name']))} ({escape(_text(file['size']))} bytes), "
        f"{escape(_whereabouts(file))}</div>"
        for file in _dicts(message, "attachments")
    )
    return (
        f'<div class="said{" note" if kind == "note" else ""}"><div class=about>{escape(about)}</div>'
        f"<pre>{escape(_text(message['text']))}</pre>{files}</div>"
    )


def _whereabouts(file: Mapping[str, object]) -> str:
    """A file that nobody has fetched yet isn't in the export."""
    lies_at = _text(file.get("lies_at"))
    return f"not in here, it lies at {lies_at}" if lies_at else f"in {_text(file['file'])}"


def _section(title: str, told: Mapping[str, object], key: str, level: str = "h2") -> str:
    rows = _dicts(told, key)
    if not rows:
        return ""
    names = [name for name in rows[0] if any(_text(row.get(name)) for row in rows)]
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_text(row.get(name)))}</td>" for name in names) + "</tr>" for row in rows
    )
    return f"<{level}>{escape(title)}</{level}><table><tr>{head}</tr>{body}</table>"


def _table(facts: Mapping[str, object]) -> str:
    rows = "".join(
        f"<tr><th>{escape(name.replace('_', ' '))}</th><td>{escape(text)}</td></tr>"
        for name, value in facts.items()
        if (text := _text(value))
    )
    return f"<table>{rows}</table>" if rows else ""


def _text(value: object) -> str:
    """A value in words; nothing for what isn't there."""
    match value:
        case None | "":
            return ""
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(f"{name}: {text}" for name, each in value.items() if (text := _text(each)))
        case list() | tuple():
            return "; ".join(_text(each) for each in value)
        case _:
            return str(value)


def _dicts(told: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    found = told.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, Iterable) else []
