"""What replies and forwards begin with, and what snippets are filled with."""

from datetime import UTC

import pytest
from textual import events

from desk.lookup import IdentityKind
from desk.records import AgentRow
from desk.statuses import Status
from screens.filling import filling
from screens.reading import Opened, opened
from screens.writing import answered, draft_of, forwarded, outgoing_of, with_prefix, written_of
from storage.connect import Connection
from storage.deeds.change import Change
from storage.workspace import Workspace
from tests.factories import NOW, make_customer, make_identity, make_message, make_ticket
from tests.rest import settled
from tests.screens.room import console, desk, fill, press
from widgets.composer import Written

ME = AgentRow(1, "ana", "Ana Bell")


def a_ticket(connection: Connection, sender: str = "Li Wei <li@example.org>") -> Opened:
    customer = make_customer(connection, "Li Wei", email="li@example.org")
    make_identity(connection, customer, IdentityKind.PHONE, "+1 415 555 0134")
    ticket = make_ticket(connection, subject="Tablet stays white", customer_id=customer)
    make_message(connection, ticket, sender=sender, copies="bo@example.org", body="It is white.", customer_id=customer)
    make_message(connection, ticket, kind="note", body="Known since May", at=NOW + 1)
    return opened(connection, ticket, NOW, UTC)


def test_a_reply_goes_to_whoever_wrote_and_to_their_copies_only_where_all_are_meant(connection: Connection) -> None:
    here = a_ticket(connection)
    everyone = answered(here, None, everyone=True)
    assert (everyone.recipients, everyone.copies) == ("Li Wei <li@example.org>", "bo@example.org")
    assert everyone.subject == "Re: Tablet stays white"
    assert everyone.body == ""
    alone = answered(here, here.conversation[-1], everyone=False)
    assert (alone.recipients, alone.copies) == ("Li Wei <li@example.org>", "")


def test_without_a_sender_the_customers_address_is_taken(connection: Connection) -> None:
    assert answered(a_ticket(connection, sender=""), None, everyone=True).recipients == "li@example.org"


def test_a_forward_quotes_the_message_that_is_read_and_names_nobody(connection: Connection) -> None:
    here = a_ticket(connection)
    written = forwarded(here, here.conversation[0], UTC)
    assert written.recipients == ""
    assert "> It is white." in written.body
    assert written.subject == "Fwd: Tablet stays white"


def test_a_prefix_stands_once() -> None:
    assert with_prefix("Re:", "RE: Order") == "RE: Order"
    assert with_prefix("Re:", "Order") == "Re: Order"


def test_a_draft_comes_back_as_it_was() -> None:
    written = Written("reply_all", "a@example.org", "b@example.org", "Re: x", "Hello", ("/tmp/a.pdf",), 3)
    assert written_of(draft_of(written, 1, 2, 3, NOW)) == written


def test_a_note_leaves_without_addresses_and_a_reply_with_its_status() -> None:
    note = outgoing_of(Written("note", body="Known"), Change())
    assert (note.kind, note.recipients, note.after.status) == ("note", "", None)
    reply = outgoing_of(Written("reply_all", "a@example.org", body="Done"), Change(status=Status.SOLVED))
    assert (reply.kind, reply.recipients, reply.after.status) == ("reply", "a@example.org", 3)


def test_snippets_are_filled_with_what_is_known_of_the_customer(connection: Connection) -> None:
    values = filling(a_ticket(connection), ME, NOW, UTC)
    assert values["customer.first_name"] == "Li"
    assert values["customer.phone"] == "+1 415 555 0134"
    assert values["customer.account"] == ""
    assert values["ticket.subject"] == "Tablet stays white"
    assert values["agent.first_name"] == "Ana"
    assert (values["weekday"], values["today"]) == ("Monday", "2 March 2026")


@pytest.mark.parametrize(("keys", "place"), [(("Enter",), 0), (("Down", "Down", "Up", "Tab"), 1)])
async def test_an_offered_snippet_is_taken_by_enter_or_tab(
    workspace: Workspace, connection: Connection, keys: tuple[str, ...], place: int
) -> None:
    fill(connection)
    async with console(workspace) as app:
        await press(app, "Enter", "r")
        desk(app).composer.insert("So ;ref")
        await settled(app)
        assert desk(app).suggestions.display
        offered = desk(app)._offered[place]
        for key in keys:
            if key in ("Up", "Down"):
                await press(app, key)
            else:
                desk(app).focused.post_message(events.Key(key.lower(), None))  # type: ignore[union-attr]  # the editor
                await settled(app)
        body = desk(app).composer.written.body
        assert not desk(app).suggestions.display
        assert body.startswith("So ")
        assert ";ref" not in body
        # The words of the snippet up to its first variable or field.
        assert offered.body.partition("{{")[0].strip() in body
