"""Walks through customers: every page once, only the changed ones later, and nothing within the hour."""

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.lookup import IdentityKind
from desk.times import HOUR, MINUTE
from sync.conformance.kept import Kept
from sync.sources.freshdesk import walking
from sync.sources.freshdesk.source import Freshdesk
from sync.sources.helpscout.source import HelpScout
from sync.sources.walks import OVERLAP, PEOPLE, Stretch, Walk, step
from tests.servers import freshdesk, helpscout
from tests.sync.sources.freshdesk import stage as freshdesk_stage
from tests.sync.sources.helpscout import stage as helpscout_stage

OLD = "2020-01-01T00:00:00Z"
NOW = 1_000 * HOUR


@given(st.integers(1, 5), st.integers(0, 2 * HOUR))
def test_a_walk_ends_and_the_next_one_begins_where_it_began(pages: int, later: int) -> None:
    met: list[tuple[int, str]] = []

    def read(walk: Walk) -> Stretch:
        met.append((walk.bound, walk.place))
        number = int(walk.place or 1)
        return Stretch((), str(number + 1) if number < pages else "", f"first of {number}")

    text = ""
    for number in range(pages):
        page = step(text, NOW + number * MINUTE, HOUR, read)
        assert page.more == (number < pages - 1)
        text = page.cursor
    assert met == [(0, str(number) if number > 1 else "") for number in range(1, pages + 1)]
    following = step(text, NOW + later, HOUR, read)
    if later < HOUR:
        assert (following.cursor, following.more, len(met)) == (text, False, pages)
    else:
        assert met[pages] == (NOW - OVERLAP, "")


def test_whom_the_last_walk_met_first_is_known_though_nobody_is_new() -> None:
    walks: list[Walk] = []

    def read(walk: Walk) -> Stretch:
        walks.append(walk)
        return Stretch((), first="Kim" if len(walks) == 1 else "")

    text = ""
    for number in range(3):
        text = step(text, NOW + number * HOUR, HOUR, read).cursor
    assert [walk.last for walk in walks] == ["", "Kim", "Kim"]


def test_a_cursor_that_cannot_be_read_begins_anew() -> None:
    seen: list[Walk] = []

    def read(walk: Walk) -> Stretch:
        seen.append(walk)
        return Stretch(())

    for text in ("", "nonsense", "[]", '{"since":"x"}'):
        step(text, NOW, HOUR, read)
    assert seen == [Walk(began=NOW)] * 4


def walked(source: Freshdesk | HelpScout, cursor: str = "") -> tuple[Kept, str]:
    """A whole walk, and where it ended."""
    kept, more = Kept(), True
    while more:
        page = source.pull(PEOPLE, cursor)
        kept.take(page)
        cursor, more = page.cursor, page.more
    return kept, cursor


def test_all_of_a_freshdesk_are_told_and_later_only_those_who_changed() -> None:
    with freshdesk.Freshdesk() as fake:
        fake.desk.companies[7] = "Acme"
        for number in range(203):
            fake.desk.add_contact(
                f"Kim {number}",
                f"kim{number}@x.org",
                mobile=f"+1415555{number:04}",
                company_id=7 if number % 50 else 99,
                updated_at=OLD,
            )
        with closing(Freshdesk(freshdesk_stage.account(fake.url), people_every=0)) as source:
            kept, cursor = walked(source)
            assert len(kept.customers) == 203
            kim = next(each for each in kept.customers.values() if each.name == "Kim 7")
            assert kim.organization == "Acme"
            assert {(each.kind, each.value) for each in kim.identities} == {
                (IdentityKind.EMAIL, "kim7@x.org"),
                (IdentityKind.PHONE, "+14155550007"),
            }
            assert len(fake.asked_for("/companies")) == 1, "companies are asked for one by one"
            new = fake.desk.add_contact("Zoe", "zoe@x.org")
            kept, cursor = walked(source, cursor)
            assert list(kept.customers) == [str(new)]
            assert len(fake.asked_for("/contacts")) == 4


def test_what_a_freshdesk_does_not_list_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "LAST_PAGE", 2)
    with freshdesk.Freshdesk() as fake:
        for number in range(205):
            fake.desk.add_contact(f"Kim {number}", None, updated_at=OLD)
        with closing(Freshdesk(freshdesk_stage.account(fake.url))) as source:
            kept, _ = walked(source)
    assert len(kept.customers) == 200
    assert [passed.what for passed in kept.passed] == ["customers beyond 200"]


def test_all_of_a_help_scout_are_told_and_later_only_those_who_changed() -> None:
    with helpscout.HelpScout(page=10) as fake:
        for number in range(25):
            row = fake.desk.customers[fake.desk.add_customer("Kim", str(number), f"kim{number}@x.org")]
            row["updatedAt"] = OLD
        with closing(HelpScout(helpscout_stage.account(fake.url), people_every=0)) as source:
            kept, cursor = walked(source)
            assert sorted(each.name for each in kept.customers.values()) == sorted(f"Kim {each}" for each in range(25))
            new = fake.desk.add_customer("Zoe", "Wells", "zoe@x.org")
            kept, cursor = walked(source, cursor)
            assert list(kept.customers) == [str(new)]
            assert len(fake.asked_for("/customers")) == 4


def test_nobody_of_a_help_scout_is_missed_where_the_list_becomes_shorter() -> None:
    with helpscout.HelpScout(page=10) as fake:
        numbers = [fake.desk.add_customer("Kim", str(number)) for number in range(25)]
        with closing(HelpScout(helpscout_stage.account(fake.url))) as source:
            kept, page = Kept(), source.pull(PEOPLE, "")
            kept.take(page)
            for gone in numbers[-3:]:
                del fake.desk.customers[gone]
            rest, _ = walked(source, page.cursor)
    assert kept.customers.keys() | rest.customers.keys() >= {str(number) for number in numbers[:-3]}


@pytest.mark.parametrize("open_source", [Freshdesk, HelpScout])
def test_who_may_not_list_customers_is_told_of_nobody(open_source: type[Freshdesk | HelpScout]) -> None:
    is_freshdesk = open_source is Freshdesk
    with freshdesk.Freshdesk() if is_freshdesk else helpscout.HelpScout() as fake:
        fake.faults.refuse(403, path="/contacts" if is_freshdesk else "/customers")
        account = (freshdesk_stage if is_freshdesk else helpscout_stage).account(fake.url)
        with closing(open_source(account)) as source:
            kept, _ = walked(source)
    assert kept.customers == {}
