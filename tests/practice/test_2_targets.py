"""Section 2 of the practice, walked: each channel has its target, and what is due next stands first."""

from desk.times import DAY, HOUR, MINUTE, SECOND, now
from storage import rules
from storage.clocks import aims
from storage.connect import Connection
from storage.workspace import Workspace
from tests.factories import make_agent, make_customer, make_message, make_ticket
from tests.rest import seen
from tests.screens.room import console, desk, press

TARGETS = {"chat": 30 * SECOND, "phone": 5 * MINUTE, "x": HOUR, "facebook": 2 * HOUR, "email": DAY, "forum": DAY}


async def test_each_channel_has_its_target_and_what_is_due_next_stands_first(
    workspace: Workspace, connection: Connection
) -> None:
    me = make_agent(connection, handle="ana", name="Ana Bell")
    since = now() - 90 * MINUTE
    tickets = {}
    for channel in reversed(TARGETS):
        customer = make_customer(connection, "Wrote by " + channel, email=channel + "@example.org")
        ticket = make_ticket(
            connection, subject="By " + channel, customer_id=customer, channel=channel, assignee_id=me,
            created_at=since, inbound_at=since,
        )  # fmt: skip
        make_message(connection, ticket, at=since, customer_id=customer)
        tickets[channel] = ticket
    rules.write(connection, "targets", None)
    spans = aims(connection, list(tickets.values()))
    assert {channel: spans[ticket].first_response for channel, ticket in tickets.items()} == TARGETS
    async with console(workspace) as app:
        await press(app, "3")
        assert desk(app).list_title == "Due next"
        shown = seen(app)
        places = [shown.index("By " + channel) for channel in ("chat", "phone", "x", "facebook")]
        assert places == sorted(places), "what is due next stands first"
        assert shown.index("By facebook") < min(shown.index("By email"), shown.index("By forum"))
        await press(app, "Enter")
        assert "late 1:29" in seen(app), "a clock is on the ticket, and says that it is over"
        desk(app).do("ticket.snooze", "1d")
        await press(app, "q", "6")
        assert "By chat" in seen(app), "what sleeps is in a view of its own until it comes back"
