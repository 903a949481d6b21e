"""Tickets with their messages, tags and history, the same ones for the same seed: a team that has been at it for years.

3 % of the tickets are active. They belong to customers by number, as `people` makes them: who asked last is among
those who were in contact last. Times go with the numbers, so that ids are in the order of time.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from benchmarks.making.calendar import BETWEEN, NOW, uid
from benchmarks.making.texts import Tongue, lengths, letter, tongues
from desk.times import DAY, HOUR, MINUTE

AGENTS = 30
TEAMS = 6
QUEUES = 4
TAGS = 200
# As the starter's channels come: most by mail, many calls and chats.
CHANNEL_SHARES = (55, 17, 12, 3, 3, 2, 3, 5)
_BLOCK = 10
_SKEW = list(accumulate(1 / (place + 1) for place in range(_BLOCK)))
_PREVIEW = 120

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much there is to be."""

    customers: int
    tickets: int
    messages: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one stretch of tickets, in the order of the columns in `benchmarks.making.desk`."""

    tickets: list[Row] = field(default_factory=list)
    tags: list[tuple[int, int]] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Channel:
    """A way in: its id, and whether it is the telephone or mail."""

    id: int
    phone: bool
    mail: bool


@dataclass(frozen=True, slots=True)
class _Case:
    """What a ticket and its messages share."""

    number: int
    customer: int
    agent: int | None
    channel: _Channel
    created: int
    lived: int
    subject: str


def batches(wanted: Wanted, channels: list[str], seed: int, size: int = 10_000) -> Iterator[Batch]:
    """All tickets in the order of their numbers; `channels` are the keys of the channels, by id from 1."""
    maker = _Maker(wanted, channels, random.Random(f"tickets {seed}"))
    counts = message_counts(maker.chance, wanted.tickets, wanted.messages)
    for first in range(1, wanted.tickets + 1, size):
        batch = Batch()
        for number in range(first, min(first + size, wanted.tickets + 1)):
            maker.add(batch, number, next(counts))
        yield batch


def message_counts(chance: random.Random, tickets: int, messages: int) -> Iterator[int]:
    """How many messages each ticket has: few have many, none has none unless there are too few, all told `messages`."""
    for first in range(0, tickets, _BLOCK):
        size = min(_BLOCK, tickets - first)
        total = messages * (first + size) // tickets - messages * first // tickets
        counts = [int(place < total) for place in range(size)]
        for place in chance.choices(range(size), cum_weights=_SKEW[:size], k=total - sum(counts)):
            counts[place] += 1
        chance.shuffle(counts)
        yield from counts


class _Maker:
    """Draws one ticket after the other."""

    def __init__(self, wanted: Wanted, channels: list[str], chance: random.Random) -> None:
        self.wanted = wanted
        self.chance = chance
        self.tongues, self.shares = tongues(chance, wanted.messages)
        self.lengths = lengths(chance)
        self.channels = [_Channel(place, key == "phone", key == "email") for place, key in enumerate(channels, 1)]
        self.channel_shares = list(accumulate(CHANNEL_SHARES[: len(channels)]))
        self.messages = 0

    def add(self, batch: Batch, number: int, messages: int) -> None:
        """Put one ticket with so many messages into `batch`."""
        chance = self.chance
        draw = chance.random
        (tongue,) = chance.choices(self.tongues, self.shares)
        (channel,) = chance.choices(self.channels, cum_weights=self.channel_shares)
        created = NOW - (self.wanted.tickets - number) * BETWEEN
        case = _Case(
            number, self._customer(number), None if draw() < 0.25 else 1 + int(draw() * AGENTS), channel, created,
            min(NOW - created, int(draw() * 3 * DAY)), tongue.words(chance, 3 + int(draw() * 5)),
        )  # fmt: skip
        preview, inbound, outbound, first_answer = "", None, None, None
        for part in range(messages):
            at, kind, body = self._message(batch, case, tongue, part, messages)
            preview = body
            if kind in ("inbound", "call"):
                inbound = at
            elif kind == "outbound":
                outbound, first_answer = at, first_answer or at
        active = draw() < 0.03
        status = (0, 0, 1, 2)[int(draw() * 4)] if active else (3, 4, 4, 4)[int(draw() * 4)]
        solved = None if active else created + case.lived
        batch.tickets.append(
            (
                number, uid(created, number, 4), number, case.subject, _shortened(preview), status,
                (0, 1, 1, 1, 2, 3)[int(draw() * 6)], channel.id, case.customer, case.agent, 1 + int(draw() * TEAMS),
                1 + int(draw() * QUEUES) if draw() < 0.5 else None, 2 + int(draw() * 2) if draw() < 0.02 else 0,
                int(draw() * 4), active and draw() < 0.3, messages, created, created + case.lived,
                inbound, outbound, first_answer,
                NOW + int((draw() - 0.5) * 4 * DAY) if active and draw() < 0.9 else None,
                NOW + int(draw() * 2 * DAY) if active and draw() < 0.05 else None,
                NOW - HOUR + int(draw() * 3 * DAY) if active and draw() < 0.1 else None,
                solved,
            )
        )  # fmt: skip
        tags = {1 + int(TAGS * draw() ** 3) for _ in range(int(draw() * 3))}
        batch.tags.extend((number, tag) for tag in sorted(tags))
        if case.agent is not None and draw() < 0.3:
            batch.events.append(_taken(case))

    def _customer(self, number: int) -> int:
        """Who asks: anyone who was in contact at that time or later."""
        left = 1 - number / self.wanted.tickets
        return self.wanted.customers - int(left * self.chance.random() * self.wanted.customers)

    def _message(self, batch: Batch, case: _Case, tongue: Tongue, part: int, of: int) -> tuple[int, str, str]:
        """One message in the batch: its time, kind and text."""
        draw = self.chance.random
        self.messages += 1
        key = self.messages
        at = case.created + case.lived * part // of
        kind = "call" if case.channel.phone and part == 0 else "outbound" if part % 2 else "inbound"
        if part and draw() < 0.07:
            kind = "note"
        body = letter(self.chance, tongue, self.lengths[int(draw() * len(self.lengths))])
        if part == 0:
            body += f"\nreference{case.number // 500}"
        ours = kind in ("outbound", "note")
        batch.messages.append(
            (
                key, uid(case.created, key, 5), case.number, kind, at, case.agent if ours else None,
                None if ours else case.customer, case.subject if part == 0 else "", body,
                f"<{key}.{case.number}@mail.example>" if case.channel.mail and kind != "note" else None,
                30 + int(draw() * 900) if kind == "call" else None,
            )
        )  # fmt: skip
        return at, kind, body


def _shortened(body: str) -> str:
    return " ".join(body.split())[:_PREVIEW]


def _taken(case: _Case) -> Row:
    """The event of somebody taking it."""
    at = min(case.created + 10 * MINUTE, NOW)
    data = f'{{"field": "assignee", "before": null, "after": "agent{case.agent}"}}'
    return uid(at, case.number, 6), "changed", at, case.agent, case.number, data
