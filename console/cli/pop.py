"""open a caller in the running console, as a softphone asks for; with none running, print the card

Takes a number in any notation, a tel:, callto: or sip: address, "anonymous" for a withheld number, or anything that
`heard find` takes. Of several consoles of an agent the one that was used last shows it.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from desk.calls import Popped

if TYPE_CHECKING:
    from datetime import tzinfo

    from console.cli.printed import Json
    from desk.callers import CallerCard, CallerMatch
    from desk.lookup import Hit
    from storage.connect import Connection

LISTED = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("identifier", metavar="IDENTIFIER", help="a number, a tel: or sip: address, or anything else")
    parser.add_argument("--caller", default="", metavar="NAME", help="the name that the other side showed")
    parser.add_argument("--print", action="store_true", help="print the card, whether a console runs or not")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Hand it to the console, or print who it is; that nobody is known is no failure."""
    from console.config import load
    from console.paths import database
    from console.running import tell

    config, folder = load(), database(arguments.workspace).parent
    if not arguments.print and tell(folder, config.agent_handle, Popped(arguments.identifier, arguments.caller)):
        print('{"shown": true}' if arguments.json else "The console shows it.")
        return 0
    return _print(arguments, config.phone_regions)


def _print(arguments: argparse.Namespace, regions: tuple[str, ...]) -> int:
    from console.cli import printed
    from console.config import load
    from desk.times import now
    from storage.callers import caller_card, match
    from storage.workspace import locate, open_to_read

    zone, workspace = load().zone, locate(arguments.workspace)
    with closing(open_to_read(workspace)) as connection:
        found = match(connection, arguments.identifier, regions)
        hits = found.hits or _searched(connection, found, regions)
        sure = found.kind == "one" or (found.kind == "none" and _settled(hits))
        card = caller_card(connection, hits[0].customer_id, now(), zone) if sure else None
    if arguments.json:
        print(json.dumps(_as_json(found, hits, card), ensure_ascii=False))
    else:
        for line in _lines(found, hits, card, zone):
            print(printed.plain(line))
    if card is not None:
        from console.cli.acting import look

        # It rings: who it is stands there first.
        sys.stdout.flush()
        look(workspace, card.card.id)
    elif hits:
        from console.cli.acting import search

        sys.stdout.flush()
        search(workspace, [hit.customer_id for hit in hits])
    return 0


def _searched(connection: "Connection", found: "CallerMatch", regions: tuple[str, ...]) -> "tuple[Hit, ...]":
    """What is no number that anybody has is searched for, as the look-up does; a stranger's whole number is not."""
    from desk.dialled import bare
    from storage.search.query import Finder

    if found.kind != "none" or found.number.startswith("+"):
        return ()
    return tuple(Finder(connection, regions).find(bare(found.shown), LISTED))


def _settled(hits: "tuple[Hit, ...]") -> bool:
    """Whether the search leaves no doubt."""
    return bool(hits) and (len(hits) == 1 or (hits[0].match == "exact" and hits[1].match != "exact"))


def _as_json(found: "CallerMatch", hits: "tuple[Hit, ...]", card: "CallerCard | None") -> "dict[str, Json]":
    from console.cli import printed
    from desk.ids import uid_text
    from desk.times import iso

    customers: list[Json] = [
        {"customer": uid_text(hit.uid), "name": hit.name, "organization": hit.organization,
         "identity": {"kind": hit.identity_kind.name.lower(), "value": hit.identity_value, "known": hit.known}}
        for hit in hits
    ]  # fmt: skip
    document: dict[str, Json] = {
        "shown": False, "match": found.kind, "number": found.number, "extension": found.extension,
        "customers": customers, "card": None,
    }  # fmt: skip
    if card is not None:
        tickets: list[Json] = [printed.ticket_row(row, None) for row in card.open_tickets]
        contacts: list[Json] = [
            {"kind": each.kind, "channel": each.channel, "at": iso(each.at), "ticket": each.ticket_number,
             "text": each.preview}
            for each in card.contacts
        ]  # fmt: skip
        promises: list[Json] = [
            {"words": each.words, "due_at": iso(each.due_at), "ticket": each.ticket_number} for each in card.promises
        ]
        again = card.repeated
        repeated: Json = None
        if again is not None:
            repeated = {"times": again.times, "days": again.days, "topic": again.topic}
        document["card"] = {
            **printed.whole_customer(card.card, tickets, (), ()), "contacts": contacts, "promises": promises,
            "repeated": repeated, "calls_before": card.calls, "missed_before": card.missed,
        }  # fmt: skip
    return document


def _lines(found: "CallerMatch", hits: "tuple[Hit, ...]", card: "CallerCard | None", zone: "tzinfo") -> Iterator[str]:
    if found.kind == "withheld":
        yield "The number is withheld. Ask who it is, and look with `heard find`."
        return
    if card is not None:
        yield from _card(found, card, zone)
        return
    if not hits:
        what = found.number or found.shown
        yield f"Nobody is known by {what}{f', extension {found.extension}' if found.extension else ''}."
        return
    heads = {"several": "Several have this number", "company": f"A company's number {found.number}"}
    extension = f", extension {found.extension}" if found.extension else ""
    yield f"{heads.get(found.kind, 'Perhaps')}{extension}:"
    width = max(len(hit.name) for hit in hits)
    for hit in hits:
        maybe = "" if hit.known else " (maybe)"
        yield f"  {hit.name:<{width}}  {hit.identity_value}{maybe}  {hit.organization}".rstrip()


def _card(found: "CallerMatch", caller: "CallerCard", zone: "tzinfo") -> Iterator[str]:
    from console.cli import printed

    shown = caller.card
    yield " · ".join(filter(None, (shown.name or "(no name)", shown.organization, shown.plan)))
    maybe = "" if found.maybe_id is None else " (maybe: ask them, and confirm it in the console)"
    facts = (
        ("Number", f"{found.number}{maybe}" if found.kind == "one" else ""),
        ("Flags", ", ".join(flag.words for flag in shown.flags)),
        ("Mood", ("", "uneasy", "upset", "angry")[min(shown.mood, 3)]),
        ("Note", shown.note),
        ("Customer since", printed.moment(shown.since, zone)),
        ("Tickets", f"{shown.open_tickets} open of {shown.all_tickets}"),
        ("Calls before", _before(caller)),
    )
    yield from (f"{name}: {value}" for name, value in facts if value)
    if caller.repeated is not None:
        again = caller.repeated
        yield f"Again: {again.times} times in {again.days} days about “{again.topic}”"
    for promise in caller.promises:
        yield f"Promised until {printed.moment(promise.due_at, zone)}: {promise.words} (#{promise.ticket_number})"
    for row in caller.open_tickets:
        yield f"  #{row.number}  {row.subject or '(no subject)'}"
    for contact in caller.contacts:
        words = {"inbound": "wrote", "outbound": "was told", "call": "called"}[contact.kind]
        yield f"  {printed.moment(contact.at, zone)}  {words}: {contact.preview}"


def _before(caller: "CallerCard") -> str:
    if not caller.calls:
        return ""
    return f"{caller.calls}, {caller.missed} missed of late" if caller.missed else str(caller.calls)
