"""Users of a real Request Tracker who never had a ticket: told as customers, and nobody who works there among them."""

import re
from uuid import uuid4

from desk.lookup import IdentityKind
from sync.sources.walks import PEOPLE
from tests.servers.rt import RtServer
from tests.servers.service import Json
from tests.sync.sources.rt.desks import Desk, desk

PHONE = "+49 170 5550177"


def enter(rt: RtServer, **fields: Json) -> str:
    """Root enters somebody who never wrote; what they log in with."""
    name = f"kim-{uuid4().hex}@customer.example"
    said = rt.as_agent("root").ask("POST", "user", {"Name": name, "EmailAddress": name, "RealName": "Kim", **fields})
    assert said.status == 201
    return name


def walk(seen: Desk, cursor: str = "") -> str:
    """Meet everyone; where that ended."""
    page = seen.source.pull(PEOPLE, cursor)
    while page.more:
        seen.kept.take(page)
        page = seen.source.pull(PEOPLE, page.cursor)
    seen.kept.take(page)
    return page.cursor


def test_an_administrator_sees_all_that_a_customer_is_known_by(rt: RtServer) -> None:
    kim = enter(rt, MobilePhone=PHONE, Organization="Acme", CustomFields={"Account number": "K-88"})
    with desk(rt, "root") as seen:
        walk(seen)
        told = seen.kept.customers[kim]
    assert {(each.kind, each.value) for each in told.identities} == {
        (IdentityKind.EMAIL, kim), (IdentityKind.PHONE, PHONE), (IdentityKind.ACCOUNT, "K-88"),
    }  # fmt: skip
    assert (told.name, told.organization) == ("Kim", "Acme")
    assert not seen.kept.customers.keys() & {*rt.facts.agents, "RT_System", "Nobody"}


def test_an_agent_sees_name_address_and_fields(rt: RtServer) -> None:
    kim = enter(rt, MobilePhone=PHONE, CustomFields={"Account number": "K-89"})
    with desk(rt) as seen:
        walk(seen)
        told = seen.kept.customers[kim]
    assert {each.value for each in told.identities} == {kim, "K-89"}


def test_later_only_those_who_are_new_are_told(rt: RtServer) -> None:
    before = enter(rt)
    with desk(rt) as seen:
        cursor = walk(seen)
        seen.kept.customers.clear()
        new = enter(rt)
        hour_ago = re.sub('"since":[0-9]+', '"since":1', cursor)
        assert before in hour_ago
        walk(seen, hour_ago)
    assert list(seen.kept.customers) == [new]


def test_who_may_not_know_who_works_there_is_told_of_nobody(rt: RtServer) -> None:
    enter(rt)
    with desk(rt, "dee") as seen:
        walk(seen)
        assert seen.kept.customers == {}
        steps = {step.name: step.said for step in seen.source.check().steps}
    assert "SeeGroup" in steps["Customers"]
