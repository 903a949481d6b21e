"""Who may be the same person: by what both have, with bounded work, and never again once told apart."""

import pytest
from sqlalchemy import Engine

from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.customer_apart import told_apart
from storage.deeds.customer_merge import merge
from storage.deeds.undo import undo
from storage.duplicates import MOST, OWNERS, alike, pairs
from storage.engine import deed_session
from storage.search.index import index_customers
from tests.factories import make_customer, make_identity


def _person(connection: Connection, name: str, *identities: tuple[IdentityKind, str]) -> int:
    customer_id = make_customer(connection, name)
    for kind, value in identities:
        make_identity(connection, customer_id, kind, value)
    index_customers(connection, [customer_id])
    return customer_id


EMAIL, PHONE, COMPANY = IdentityKind.EMAIL, IdentityKind.PHONE, IdentityKind.COMPANY


@pytest.mark.parametrize(
    ("name", "identity", "why"),
    [
        ("Somebody Else", (EMAIL, "ana@ruiz.example"), "the same address"),
        ("Somebody Else", (PHONE, "+14155550134"), "the same number"),
        ("Ana Ruiz", (EMAIL, "office@ruiz.example"), "the same name, both at ruiz.example"),
        ("Ana Ruiz", (COMPANY, "Ruiz Ceramics"), "the same name, the same company"),
        ("Ana Riuz", (COMPANY, "Ruiz Ceramics"), "nearly the same name, the same company"),
        ("Ana Ruiz", (EMAIL, "ana@gmail.com"), ""),
        ("Bo Berg", (EMAIL, "bo@ruiz.example"), ""),
        ("Bo Berg", (COMPANY, "Ruiz Ceramics"), ""),
    ],
)
def test_who_looks_alike(connection: Connection, name: str, identity: tuple[IdentityKind, str], why: str) -> None:
    ana = _person(
        connection, "Ana Ruiz", (EMAIL, "ana@ruiz.example"), (EMAIL, "a.ruiz@gmail.com"), (PHONE, "+14155550134"),
        (COMPANY, "Ruiz Ceramics"),
    )  # fmt: skip
    other = _person(connection, name, identity)
    assert [(each.customer_id, each.why) for each in alike(connection, ana)] == ([(other, why)] if why else [])


def test_who_was_told_apart_or_merged_is_suggested_no_more(connection: Connection, engine: Engine, by: By) -> None:
    one, two, three = (_person(connection, f"Person {number}", (PHONE, "+14155550134")) for number in (1, 2, 3))
    assert {each.customer_id for each in alike(connection, one)} == {two, three}
    with deed_session(engine) as session:
        told_apart(session, by, two, one)
    assert {each.customer_id for each in alike(connection, one)} == {three}
    # A record that becomes a part of another takes along what was said of it.
    with deed_session(engine) as session:
        merge(session, by, two, three)
    assert alike(connection, one) == ()
    assert pairs(connection) == ()
    for _ in range(2):
        with deed_session(engine) as session:
            undo(session, by)
    assert {each.customer_id for each in alike(connection, one)} == {two, three}
    assert len(pairs(connection)) == 3


def test_the_work_is_bounded(connection: Connection) -> None:
    ana = _person(connection, "Ana Ruiz", (PHONE, "+14155550134"))
    for number in range(OWNERS * 4):
        _person(connection, f"Person {number}", (PHONE, "+14155550134"))
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    found = alike(connection, ana)
    connection.set_trace_callback(None)
    assert len(found) == MOST
    assert len(asked) < 10 + 6 * OWNERS
    plans = [
        row[3]
        for statement in asked
        if statement.lstrip().startswith("SELECT")
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
    ]
    assert not [
        plan for plan in plans if plan.startswith("SCAN") and "json_each" not in plan and "CONSTANT" not in plan
    ]
