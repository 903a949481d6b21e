"""Random filters over random tickets: the SQL answers what a slow recount in Python answers."""

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.filters import Filter, parse
from desk.times import DAY, HOUR
from storage import queue
from storage.connect import Connection, writing
from storage.queue.conditions import Reach
from storage.queue.words import Looked
from storage.search.index import index_customers
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent, make_customer, make_message, make_tag, make_team, make_ticket
from tests.storage.queue.recount import Made, answers

AGENTS = ("ana", "bo", "cem")
TEAMS = ("Billing", "Returns")
TAGS = ("refund", "vip", "late", "Ärger")
CHANNELS = ("email", "phone", "chat")
CUSTOMERS = ("Ana Ruiz", "Bo Lind", "Li Wei", "Anatol O'Hara", "José Núñez")
WORDS = ("refund", "parcel", "late", "card", "café", "can't", "order")
TIMES = (None, -3 * DAY, -HOUR, -1, 0, 1, HOUR, 2 * HOUR, 5 * DAY)


@dataclass(frozen=True, slots=True)
class Desk:
    connection: Connection
    tickets: list[Made]
    ids: dict[str, int]


@pytest.fixture(scope="module")
def desk(workspace_template: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of two hundred tickets that differ in everything a filter asks for."""
    folder: Path = tmp_path_factory.mktemp("queue") / "workspace"
    copytree(workspace_template.folder, folder)
    chance = random.Random(20260302)
    with closing(open_to_write(Workspace(folder))) as connection:
        with writing(connection):
            ids = {handle: make_agent(connection, handle=handle, name=handle.capitalize()) for handle in AGENTS}
            ids |= {name: make_team(connection, name) for name in TEAMS}
            ids |= {name: make_customer(connection, name) for name in CUSTOMERS}
            index_customers(connection, [ids[name] for name in CUSTOMERS])
            tickets = [_make(connection, chance, ids) for _ in range(200)]
            _merge(connection, [_make(connection, chance, ids) for _ in range(30)], tickets[0])
        yield Desk(connection, tickets, ids)


def _make(connection: Connection, chance: random.Random, ids: dict[str, int]) -> Made:
    def moment() -> int | None:
        shift = chance.choice(TIMES)
        return None if shift is None else NOW + shift

    made = Made(
        id=0,
        status=chance.randrange(5),
        priority=chance.randrange(4),
        channel=chance.choice(CHANNELS),
        assignee=chance.choice((*AGENTS, None)),
        team=chance.choice((*TEAMS, None)),
        customer=chance.choice(CUSTOMERS),
        tags=frozenset(chance.sample(TAGS, chance.randrange(3))),
        mood=chance.randrange(4),
        unread=chance.random() < 0.5,
        created_at=NOW - chance.randrange(5) * DAY,
        updated_at=NOW - chance.randrange(4) * HOUR,
        due_at=moment(),
        promised_at=moment(),
        snoozed_until=moment(),
        messages=tuple(" ".join(chance.choices(WORDS, k=4)) for _ in range(chance.randrange(3))),
    )
    columns = ("priority", "mood", "unread", "updated_at", "due_at", "promised_at", "snoozed_until")
    ticket_id = make_ticket(
        connection,
        status=made.status,
        channel=made.channel,
        created_at=made.created_at,
        customer_id=ids[made.customer],
        assignee_id=ids[made.assignee] if made.assignee else None,
        team_id=ids[made.team] if made.team else None,
        **{column: getattr(made, column) for column in columns},
    )
    for tag in sorted(made.tags):
        make_tag(connection, ticket_id, tag)
    for body in made.messages:
        make_message(connection, ticket_id, body=body)
    return replace(made, id=ticket_id)


def _merge(connection: Connection, merged: list[Made], into: Made) -> None:
    """What was merged looks like others, but for what was said, and is in no list."""
    for each in merged:
        connection.execute("DELETE FROM message WHERE ticket_id=?", (each.id,))
        connection.execute("UPDATE ticket SET status=4, merged_into_id=? WHERE id=?", (into.id, each.id))


def one_of(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts)


PARTS = st.one_of(
    one_of("status:open", "status:pending", "status:hold", "status:solved", "status:closed", "status:active"),
    one_of("status:active", "assignee:me", "assignee:none", "assignee:bo", "assignee:cem", "team:Billing"),
    one_of("channel:email", "channel:chat", "tag:refund", "tag:vip", "tag:Ärger", "tag:never-seen"),
    one_of("priority:low", "priority>=high", "priority<normal", "priority<=high", "priority>normal"),
    one_of("due<2h", "due>2h", "due:late", "due:none", "due:today", "due<=2026-03-02", "due>=today"),
    one_of("updated<2h", "updated>=2h", "created:today", "created:yesterday", "created>2026-02-28"),
    one_of("snoozed:yes", "snoozed:no", "is:angry", "is:promised", "is:unread"),
    one_of("customer:ana", 'customer:"bo lind"', "customer:nunez", "customer:zacharias"),
)
TEXTS = one_of(
    "refund", "parcel", "cafe", "can't", '"late card"', '"refund refund"', "nowhere", "-order", "-card", "!!"
)
QUERIES = st.tuples(
    st.lists(st.tuples(st.sampled_from(("", "", "", "-")), PARTS).map("".join), max_size=4),
    st.lists(TEXTS, max_size=2),
).map(lambda parts: " ".join((*parts[0], *parts[1])))


@given(query=QUERIES, sort=st.sampled_from(sorted(queue.SORTS)), limit=st.integers(1, 70))
@settings(max_examples=400, deadline=None)
def test_the_sql_answers_what_a_recount_answers(desk: Desk, query: str, sort: str, limit: int) -> None:
    scope = queue.Scope(parse(query), sort, desk.ids["ana"], NOW, UTC)
    expected = answers(desk.tickets, scope.filter, sort, "ana", NOW, UTC)
    ids = queue.snapshot(desk.connection, scope)
    assert list(ids) == expected
    assert queue.count(desk.connection, scope) == len(expected)
    first = queue.first_page(desk.connection, scope, limit)
    assert [row.id for row in first] == expected[:limit]
    assert queue.rows(desk.connection, ids[:limit]) == first


@given(
    query=QUERIES, sort=st.sampled_from(sorted(queue.SORTS)), few=st.sampled_from((0, 5, 40)), few_together=st.just(20)
)
@settings(max_examples=400, deadline=None)
def test_however_a_list_is_read_it_is_the_same(desk: Desk, query: str, sort: str, few: int, few_together: int) -> None:
    scope = queue.Scope(parse(query), sort, desk.ids["ana"], NOW, UTC)
    sql, values = queue.ids_query(
        desk.connection, scope, Reach(few, few_together, Looked(1_000, 1_000, by_each=few > 0))
    )
    found = [row[0] for row in desk.connection.execute(sql, values)]
    assert found == answers(desk.tickets, scope.filter, sort, "ana", NOW, UTC)
    first = [row[0] for row in desk.connection.execute(f"SELECT * FROM ({sql}) LIMIT 7", values)]
    assert first == found[:7]


def test_a_phrase_is_looked_for_in_the_newest_messages_first(desk: Desk) -> None:
    scope = queue.Scope(parse('"late card"'), "newest", None, NOW, UTC)
    sizes = []
    for messages in (1, 10, 1_000):
        sql, values = queue.ids_query(desk.connection, scope, Reach(0, 0, Looked(1_000, messages, by_each=True)))
        sizes.append(len(desk.connection.execute(sql, values).fetchall()))
    assert sizes == sorted(sizes)
    assert sizes[0] <= 1 < sizes[-1] == queue.count(desk.connection, scope)


@given(query=QUERIES)
@settings(max_examples=50, deadline=None)
def test_pages_put_together_are_the_snapshot(desk: Desk, query: str) -> None:
    ids = queue.snapshot(desk.connection, queue.Scope(parse(query), "due", None, NOW, UTC))
    pages = [row.id for start in range(0, len(ids), 7) for row in queue.rows(desk.connection, ids[start : start + 7])]
    assert pages == list(ids)


def test_a_negated_term_is_all_that_the_term_is_not(desk: Desk) -> None:
    for query in ("due<2h", "is:angry", "assignee:bo", "team:Billing", "tag:vip", "snoozed:yes", "priority>=high"):
        sizes = [
            queue.count(desk.connection, queue.Scope(parse(text), "due", None, NOW, UTC))
            for text in (query, f"-{query}", "")
        ]
        assert sizes[0] + sizes[1] == sizes[2], query
        assert 0 < sizes[0] < sizes[2], query


def test_without_an_agent_nothing_is_mine(desk: Desk) -> None:
    assert queue.count(desk.connection, queue.Scope(parse("assignee:me"), "due", None, NOW, UTC)) == 0


def test_everything_is_the_empty_filter(desk: Desk) -> None:
    assert queue.count(desk.connection, queue.Scope(Filter(), "due", None, NOW, UTC)) == len(desk.tickets)


def test_a_star_asks_for_the_beginning_of_words(desk: Desk) -> None:
    sizes = [
        queue.count(desk.connection, queue.Scope(parse(word), "due", None, NOW, UTC))
        for word in ("refu*", "refund", "refu", '"refu*"')
    ]
    assert sizes[0] == sizes[1] > 0
    assert sizes[2:] == [0, 0]


HOSTILE = [
    '"',
    'a"b',
    '" OR "a',
    "*",
    "NEAR(a b)",
    "a OR b",
    "body:x",
    "^refund",
    "a\x00b",
    "'; DROP TABLE ticket; --",
    "\ud800",
    "( )",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_typed_is_an_operator_of_the_full_text(desk: Desk, text: str) -> None:
    for wanted in (Filter(words=(text,)), Filter(phrases=(text,)), Filter(excluded=(text,))):
        assert queue.count(desk.connection, queue.Scope(wanted, "due", None, NOW, UTC)) <= len(desk.tickets)
