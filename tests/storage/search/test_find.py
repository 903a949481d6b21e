"""A customer is found by anything, the best answer first."""

import threading

import pytest

from desk.lookup import Hit, IdentityKind, Interrupted
from storage.connect import Connection
from storage.search.index import index_customers, touch
from storage.search.query import Finder
from tests.factories import make_ticket
from tests.storage.search.desk_of_people import REGIONS, add, identify

NAME, EMAIL, PHONE, ACCOUNT, ORDER, COMPANY, HANDLE, TICKET = IdentityKind


@pytest.fixture
def ana(connection: Connection) -> int:
    """Ana Ruiz, who is known by everything, older than two others who resemble her."""
    customer = add(
        connection,
        "Ana Ruíz-O'Hara",
        (EMAIL, "ana.ruiz+shop@example.org"),
        (PHONE, "+1 415 555 4471 x12"),
        (PHONE, "030 55571600"),
        (ACCOUNT, "AC-1234 77"),
        (ORDER, "SO-98841"),
        (COMPANY, "Müller & Söhne"),
        (HANDLE, "@ana_writes"),
    )
    add(connection, "Banana Republic", (EMAIL, "bananas@example.com"))
    add(connection, "Robert Smith", (EMAIL, "bob@mail.example.net"))
    return customer


def find(connection: Connection, text: str, limit: int = 10) -> list[Hit]:
    return Finder(connection, REGIONS).find(text, limit)


@pytest.mark.parametrize(
    ("text", "match", "kind"),
    [
        ("ana ruiz ohara", "exact", NAME),
        ("Ana Ruíz-O'Hara", "exact", NAME),
        ("ana ru", "prefix", NAME),
        ("ruiz ana", "word", NAME),
        ("ruiz", "word", NAME),
        ("hara ana", "word", NAME),
        ("an ru", "word", NAME),
        ("ana.ruiz+shop@example.org", "exact", EMAIL),
        ("ana.ruiz@example.org", "exact", EMAIL),
        ("ana.ruiz+other@example.org", "exact", EMAIL),
        ("ANA.RUIZ+SHOP@EXAMPLE.ORG", "exact", EMAIL),
        ("ana.ruiz+sh", "prefix", EMAIL),
        ("@example.org", "word", EMAIL),
        ("example.or", "word", EMAIL),
        ("+1 (415) 555-4471", "exact", PHONE),
        ("415.555.4471", "exact", PHONE),
        ("0049 30 5557 1600", "exact", PHONE),
        ("030/55571600", "exact", PHONE),
        ("tel:+4930-55571600", "exact", PHONE),
        ("1415555", "prefix", PHONE),
        ("415555", "prefix", PHONE),
        ("4471", "digits", PHONE),
        ("1600", "digits", PHONE),
        ("AC123477", "exact", ACCOUNT),
        ("ac-1234-77", "exact", ACCOUNT),
        ("ac-12", "prefix", ACCOUNT),
        ("123477", "word", ACCOUNT),
        ("3477", "digits", ACCOUNT),
        ("so 98841", "exact", ORDER),
        ("8841", "digits", ORDER),
        ("muller sohne", "exact", COMPANY),
        ("mueller", "word", COMPANY),
        ("Söhne", "word", COMPANY),
        ("@ana_writes", "exact", HANDLE),
        ("https://social.example/ana_writes", "exact", HANDLE),
        ("social:ana_writes", "exact", HANDLE),
        ("writes", "word", HANDLE),
        ("uiz", "substring", NAME),
        ("z+sho", "substring", EMAIL),
        ("5544", "substring", PHONE),
        ("ana ruis", "typo", NAME),
        ("anna riuz", "typo", NAME),
        ("rziu ana", "typo", NAME),
        ("ana ruiz ohraa", "typo", NAME),
        ("muler sohne", "typo", COMPANY),
        ("ana.riuz@example.org", "typo", EMAIL),
        ("xna.ruiz@example.org", "typo", EMAIL),
        ("ana.ruiz@exmaple.org", "typo", EMAIL),
        ("+1 415 555 4417", "typo", PHONE),
        ("4155545471", "typo", PHONE),
        ("030 55571660", "typo", PHONE),
        ("ac-123577", "typo", ACCOUNT),
    ],
)
def test_ana_is_found_first(connection: Connection, ana: int, text: str, match: str, kind: IdentityKind) -> None:
    hits = find(connection, text)
    assert hits
    assert (hits[0].customer_id, hits[0].match, hits[0].identity_kind) == (ana, match, kind)


def test_a_hit_is_whole(connection: Connection) -> None:
    customer = add(connection, "Ana Ruiz", (EMAIL, "Ana@Example.org"), known=False)
    connection.execute(
        "INSERT INTO organization(id, uid, name, domain, note, created_at) VALUES (7, x'07', 'Acme', '', '', 0)"
    )
    connection.execute(
        "UPDATE customer SET organization_id = 7, plan = 'Pro', contacted_at = 5 WHERE id = ?", (customer,)
    )
    uid = connection.execute("SELECT uid FROM customer WHERE id = ?", (customer,)).fetchone()[0]
    (hit,) = find(connection, "ana@example.org")
    assert hit == Hit(customer, uid, "Ana Ruiz", "Acme", "Pro", 5, "exact", EMAIL, "Ana@Example.org", False, hit.score)


@pytest.mark.parametrize("text", ["bob smith", "smith bob", "rob smi", "robbie"])
def test_nicknames(connection: Connection, ana: int, text: str) -> None:
    assert find(connection, text)[0].name == "Robert Smith"


def test_who_is_really_called_so_comes_before_who_may_be(connection: Connection) -> None:
    bob = add(connection, "Bob Smith")
    add(connection, "Robert Smith")
    assert find(connection, "bob")[0].customer_id == bob


def test_a_ticket_number_finds_its_customer(connection: Connection, ana: int) -> None:
    ticket = make_ticket(connection, customer_id=ana)
    number = connection.execute("SELECT number FROM ticket WHERE id = ?", (ticket,)).fetchone()[0]
    for text in (f"#{number}", str(number)):
        hit = find(connection, text)[0]
        assert (hit.customer_id, hit.match, hit.identity_kind, hit.identity_value) == (
            ana,
            "exact",
            TICKET,
            f"#{number}",
        )


def test_within_a_tier_the_most_recent_contact_comes_first(connection: Connection) -> None:
    customers = [add(connection, f"John Number{chr(97 + at)}") for at in range(5)]
    touch(connection, customers[1])
    expected = [customers[1], customers[4], customers[3], customers[2], customers[0]]
    assert [hit.customer_id for hit in find(connection, "john")] == expected


def test_better_tiers_come_first_however_old(connection: Connection) -> None:
    exact = add(connection, "Rosa Lane")
    prefix = add(connection, "Rosa Lanesson")
    word = add(connection, "Eva Rosa Lane")
    part = add(connection, "Mirosa Lane")
    typo = add(connection, "Rosa Lnae")
    hits = find(connection, "rosa lane")
    assert [hit.customer_id for hit in hits] == [exact, prefix, word, part, typo]
    assert [hit.match for hit in hits] == ["exact", "prefix", "word", "substring", "typo"]
    assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]


def test_of_four_digits_the_end_of_a_number_comes_first(connection: Connection) -> None:
    end = add(connection, "Ana", (PHONE, "+1 415 555 4471"))
    for at in range(40):
        add(connection, f"Ben {at}", (PHONE, f"+44712345{at:04}"))
    exact = add(connection, "Eva", (ORDER, "4471"))
    found = [(hit.customer_id, hit.match) for hit in find(connection, "4471")]
    assert found[:3] == [(exact, "exact"), (end, "digits"), (exact - 1, "prefix")]
    assert len(found) == 10


def test_of_two_exact_answers_the_known_one_comes_first(connection: Connection) -> None:
    known = add(connection, "Ana", (PHONE, "+14155550134"))
    maybe = add(connection, "Ben", (PHONE, "+14155550134"), known=False)
    assert [(hit.customer_id, hit.known) for hit in find(connection, "+1 415 555 0134")] == [
        (known, True),
        (maybe, False),
    ]


def test_of_one_customers_identities_the_known_one_is_shown(connection: Connection) -> None:
    customer = add(connection, "Zed", (ACCOUNT, "KK1"), known=False)
    identify(connection, customer, ORDER, "KK1")
    (hit,) = find(connection, "kk1")
    assert (hit.identity_kind, hit.known) == (ORDER, True)


def test_where_an_address_fits_whole_nobody_else_is_guessed(connection: Connection) -> None:
    ana = add(connection, "Ana", (EMAIL, "ana@example.org"))
    anna = add(connection, "Anna", (EMAIL, "anna@example.org"))
    assert [hit.customer_id for hit in find(connection, "ana@example.org")] == [ana]
    assert [hit.customer_id for hit in find(connection, "anna")] == [anna, ana]


def test_nobody_is_found_twice(connection: Connection) -> None:
    add(connection, "Ana Ana", (EMAIL, "ana@ana.example"), (HANDLE, "ana"), (COMPANY, "Ana"))
    assert len(find(connection, "ana")) == 1


def test_merged_customers_are_not_found(connection: Connection, ana: int) -> None:
    other = add(connection, "Ana Ruiz Ohara", (EMAIL, "old@example.org"))
    connection.execute("UPDATE customer SET merged_into_id = ? WHERE id = ?", (ana, other))
    index_customers(connection, [ana, other])
    for text in ("ana ruiz ohara", "old@example.org", "oldd@example.org"):
        assert other not in [hit.customer_id for hit in find(connection, text)]


def test_the_limit_is_kept_and_deep_keeps_what_fast_found(connection: Connection) -> None:
    for at in range(40):
        add(connection, f"John {chr(97 + at % 26)}{chr(97 + at // 26)}smith")
    finder = Finder(connection)
    assert len(finder.find("john", 7)) == 7
    assert len(finder.find("john", 35)) == 35
    first = finder.fast("john aa", 10)
    assert first
    assert finder.deep("john aa", 10, first)[: len(first)] == first


def test_an_interrupted_question_says_so(connection: Connection) -> None:
    for at in range(300):
        add(connection, f"Smith Person{at}", (EMAIL, f"smith{at}@example.org"))
    finder = Finder(connection)
    stop = threading.Event()

    def interrupt() -> None:
        while not stop.is_set():
            connection.interrupt()

    def ask_on() -> None:
        while True:
            finder.find("smiht persno1")

    other = threading.Thread(target=interrupt)
    other.start()
    try:
        with pytest.raises(Interrupted):
            ask_on()
    finally:
        stop.set()
        other.join()
    assert finder.fast("smith")
