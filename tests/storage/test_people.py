"""Agents, teams, queues and tags."""

import pytest

from desk.errors import NotFound
from storage.connect import Connection
from storage.people import agent_named, agents, assignee_handles, queues, tags, teams
from tests.factories import make_agent, make_queue, make_tag, make_team, make_ticket


def test_agents_come_by_name(connection: Connection) -> None:
    make_agent(connection, handle="zo", name="Ana")
    make_agent(connection, handle="al", name="Bo")
    assert [(agent.handle, agent.name) for agent in agents(connection)] == [("zo", "Ana"), ("al", "Bo")]


def test_an_agent_is_found_by_handle_before_name(connection: Connection) -> None:
    ana = make_agent(connection, handle="ana", name="Ana Ruiz")
    other = make_agent(connection, handle="ruiz", name="ana")
    assert agent_named(connection, " ANA ").id == ana
    assert agent_named(connection, "ana ruiz").id == ana
    assert agent_named(connection, "Ruiz").id == other


def test_an_unknown_agent_is_said_with_the_nearest(connection: Connection) -> None:
    with pytest.raises(NotFound) as failure:
        agent_named(connection, "ana")
    assert failure.value.mend == "This workspace has no agents yet."
    make_agent(connection, handle="ana")
    make_agent(connection, handle="one", name="Same Name")
    make_agent(connection, handle="two", name="Same Name")
    with pytest.raises(NotFound) as failure:
        agent_named(connection, "anna")
    assert failure.value.mend == "Did you mean ana?"
    with pytest.raises(NotFound):
        agent_named(connection, "same name")


def test_assignees_are_told_by_handle(connection: Connection) -> None:
    bo = make_agent(connection, handle="bo", name="Bo Lind")
    theirs, nobodys = make_ticket(connection, assignee_id=bo), make_ticket(connection)
    assert assignee_handles(connection, [theirs, nobodys, 99]) == {theirs: "bo"}


def test_teams_queues_and_tags_count_active_tickets(connection: Connection) -> None:
    team, line = make_team(connection, "Billing"), make_queue(connection, "Refunds")
    make_team(connection, "Archive")
    for status in (0, 2, 3):
        ticket_id = make_ticket(connection, status=status, team_id=team, queue_id=line)
        make_tag(connection, ticket_id, "vip")
    make_tag(connection, ticket_id, "late")
    assert [(each.name, each.tickets) for each in teams(connection)] == [("Archive", 0), ("Billing", 2)]
    assert [(each.name, each.tickets) for each in queues(connection)] == [("Refunds", 2)]
    assert [(each.name, each.tickets) for each in tags(connection)] == [("vip", 2), ("late", 0)]
