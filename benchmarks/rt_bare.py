"""A bare loop of asyncio and httpx that fetches from a Request Tracker what Heard fetches, and drops it.

It knows beforehand how much there is, waits for nobody, looks at nothing but numbers, and each of its two lines works
through a half of its own by rising numbers: the least that can be asked for the same fields of the same things.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from sync.sources.rt.queries import HISTORY, HISTORY_FIELDS, MOST, PERSON_FIELDS, TICKET_FIELDS

_ABOUT = "TransactionId,ContentType,Filename,ContentLength"
_PLAIN = [{"field": "ContentType", "value": "text/plain"}, {"field": "Filename", "operator": "IS", "value": "NULL"}]
_NAMED = [{"field": "Filename", "operator": "IS NOT", "value": "NULL"}]
_OTHER = [
    {"field": "Filename", "operator": "IS", "value": "NULL"},
    {"field": "ContentType", "operator": "NOT STARTSWITH", "value": "text/"},
    {"field": "ContentType", "operator": "NOT STARTSWITH", "value": "multipart/", "entry_aggregator": "AND"},
]


@dataclass(frozen=True, slots=True)
class Fetched:
    """How many rows of each sort came."""

    tickets: int
    transactions: int
    parts: int


async def _rows(client: httpx.AsyncClient, path: str, params: Mapping[str, str | int], low: int, high: int) -> int:
    count = 0
    while True:
        asked = {**params, "query": f"id > {low} AND id <= {high} AND {params['query']}"}
        items = (await client.get(path, params=asked)).raise_for_status().json()["items"]
        count += len(items)
        if len(items) < MOST:
            return count
        low = int(items[-1]["id"])


async def _parts(client: httpx.AsyncClient, fields: str, wanted: list[dict[str, str]], low: int, high: int) -> int:
    count = 0
    params: dict[str, str | int] = {"fields": fields, "orderby": "id", "per_page": MOST}
    while True:
        within = [
            {"field": "id", "operator": ">", "value": str(low)},
            {"field": "id", "operator": "<=", "value": str(high), "entry_aggregator": "AND"},
        ]
        answer = await client.post("/attachments", params=params, json=[*within, *wanted])
        items = answer.raise_for_status().json()["items"]
        count += len(items)
        if len(items) < MOST:
            return count
        low = int(items[-1]["id"])


async def _newest(client: httpx.AsyncClient) -> tuple[int, int, int]:
    last: dict[str, str | int] = {"orderby": "id", "order": "DESC", "per_page": 1}
    tickets = await client.get("/tickets", params={**last, "query": "id > 0"})
    events = await client.get("/transactions", params={**last, "query": "id > 0"})
    parts = await client.post("/attachments", params=last, json=[{"field": "id", "operator": ">", "value": "0"}])
    found = [answer.raise_for_status().json()["items"][0]["id"] for answer in (tickets, events, parts)]
    return int(found[0]), int(found[1]), int(found[2])


async def _half(client: httpx.AsyncClient, tops: tuple[int, int, int], upper: bool) -> Fetched:
    (ticket, event, part) = ((top // 2, top) if upper else (0, top // 2) for top in tops)
    common: dict[str, str | int] = {"orderby": "id", "per_page": MOST}
    people: dict[str, str | int] = {"fields[Requestor]": PERSON_FIELDS, "fields[Queue]": "Name"}
    expanded = {**common, **people, "query": "id > 0", "fields": TICKET_FIELDS}
    tickets = await _rows(client, "/tickets", expanded, *ticket)
    events = await _rows(client, "/transactions", {**common, "query": HISTORY, "fields": HISTORY_FIELDS}, *event)
    words = await _parts(client, "TransactionId,ContentType,Content", _PLAIN, *part)
    files = await _parts(client, _ABOUT, _NAMED, *part) + await _parts(client, _ABOUT, _OTHER, *part)
    return Fetched(tickets, events, words + files)


async def _all(url: str, token: str) -> Fetched:
    headers = {"Authorization": f"token {token}"}
    limits = httpx.Limits(max_connections=2)
    async with httpx.AsyncClient(
        base_url=f"{url}/REST/2.0", headers=headers, limits=limits, timeout=300, trust_env=False
    ) as client:
        tops = await _newest(client)
        lower, upper = await asyncio.gather(_half(client, tops, False), _half(client, tops, True))
    return Fetched(lower.tickets + upper.tickets, lower.transactions + upper.transactions, lower.parts + upper.parts)


def fetch_all(url: str, token: str) -> Fetched:
    """Fetch all of it."""
    return asyncio.run(_all(url, token))
