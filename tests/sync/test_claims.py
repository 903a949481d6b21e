"""Two agents, each with a workspace of their own, on one mailbox and without a server between them: who has what."""

from collections.abc import Callable

import pytest

from desk.statuses import Status
from storage import claims
from storage.deeds.undo import undo
from storage.engine import deed_session, engine_over
from sync.protocol import Operation, Outcome
from sync.sources.mailbox.source import Mailbox
from tests.factories import make_agent
from tests.sync.office import mail
from tests.sync.pair import NOBODY, Pair, ago, assign, history, marks, take_it, unassigned, who


def test_who_takes_a_ticket_has_it_everywhere(pair: Pair) -> None:
    ana, ben = pair
    take_it(ana)
    assert ana.sync().pushed == 1
    assert marks(ana) == ["heard-claim-ana"]
    assert (who(ben), unassigned(ben)) == (NOBODY, 1)
    ben.sync()
    assert (who(ben), unassigned(ben)) == ("Ana", 0)
    assert history(ben) == ["Ana has it now, says the mailbox …"]
    for each in (ana, ben, ana, ben):
        assert each.sync().pushed == 0
    assert history(ana) == ["Ana Ruiz took it"]
    assert history(ben) == ["Ana has it now, says the mailbox …"]


def test_who_lets_go_of_it_lets_go_everywhere(pair: Pair) -> None:
    ana, ben = pair
    take_it(ana)
    ana.sync()
    ben.sync()
    assign(ana, None)
    ana.sync()
    assert marks(ana) == []
    ben.sync()
    assert (who(ben), unassigned(ben)) == (NOBODY, 1)
    assert history(ben)[1:] == ["Nobody has it now, says the mailbox …"]


def test_a_ticket_is_handed_on_and_taken_over(pair: Pair) -> None:
    """To an agent by another's hand, and by an agent from another: each sees what the other did."""
    ana, ben = pair
    take_it(ana)
    ana.sync()
    ben.sync()
    take_it(ben)
    ben.sync()
    ana.sync()
    assert marks(ana) == ["heard-claim-ben"]
    assert (who(ana), who(ben)) == ("Ben", "Ben Öz")
    cleo = make_agent(ana.connection, handle="cleo.ö", name="Cleo")
    assign(ana, cleo)
    ana.sync()
    ben.sync()
    assert (who(ana), who(ben)) == ("Cleo", "Cleo Ö")
    assert history(ben)[-1] == "Cleo Ö has it now, says the mailbox …"


def test_an_undone_taking_is_undone_on_the_server(pair: Pair) -> None:
    ana, ben = pair
    take_it(ana)
    ana.sync()
    with deed_session(engine_over(ana.connection)) as session:
        undo(session, ana.by())
    ana.sync()
    ben.sync()
    assert marks(ana) == []
    assert who(ben) == NOBODY


def test_of_two_who_take_it_before_they_know_the_first_on_the_server_has_it(pair: Pair) -> None:
    ana, ben = pair
    take_it(ana)
    take_it(ben)
    ben.sync()
    ana.sync()
    ben.sync()
    assert marks(ana) == ["heard-claim-ben"]
    assert (who(ana), who(ben)) == ("Ben", "Ben Öz")
    assert history(ana) == [
        "Ana Ruiz took it",
        "Ben has it now, says the mailbox …",
        "Ana Ruiz changed the assignee too, and came second",
    ]
    assert history(ben) == ["Ben Öz took it"]
    assert ana.outbox() == [("dropped", f"ben was first, says the mailbox {ana.account.user}.")]


def test_of_two_who_take_it_at_the_same_moment_the_server_decides(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ana reads, and finds it free; Ben takes it; Ana's mark comes too late (UNCHANGEDSINCE)."""
    ana, ben = pair
    take_it(ana)
    take_it(ben)
    push = Mailbox.push
    meanwhile = [ben]

    def later(mailbox: Mailbox, wish: Operation, hand_over: Callable[[], None]) -> Outcome:
        if meanwhile:
            meanwhile.pop().sync()
        return push(mailbox, wish, hand_over)

    monkeypatch.setattr(Mailbox, "push", later)
    ana.sync()
    assert (who(ana), who(ben)) == ("Ben", "Ben Öz"), "Ana's console knows at once"
    assert history(ana)[1] == "Ben has it now, says the mailbox …"
    ana.sync()
    ben.sync()
    assert marks(ana) == ["heard-claim-ben"]
    assert (who(ana), who(ben)) == ("Ben", "Ben Öz")
    assert len(history(ana)) == 3


def test_of_two_who_knew_of_different_mails_one_has_it(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between Ana's look and her mark the customer writes again and Ben takes it, by the newer mail."""
    ana, ben = pair
    take_it(ana)
    take_it(ben)
    push = Mailbox.push
    meanwhile = [ben]

    def later(mailbox: Mailbox, wish: Operation, hand_over: Callable[[], None]) -> Outcome:
        if meanwhile:
            ana.account.put(mail("Re: Pump", name="m2", before="m1", at=ago(2)))
            meanwhile.pop().sync()
        return push(mailbox, wish, hand_over)

    monkeypatch.setattr(Mailbox, "push", later)
    ana.sync()
    assert sorted(marks(ana)) == ["heard-claim-ana", "heard-claim-ben"]
    for each in (ana, ben, ana, ben):
        each.sync()
    assert (who(ana), who(ben)) == ("Ana Ruiz", "Ana")
    assign(ana, None)
    for each in (ana, ben):
        each.sync()
    assert marks(ana) == [], "nothing is left over"
    assert (who(ana), who(ben)) == (NOBODY, NOBODY)


def test_who_waits_to_take_what_is_let_go_gets_it(pair: Pair) -> None:
    ana, ben = pair
    take_it(ana)
    ana.sync()
    ben.sync()
    take_it(ben)
    assign(ana, None)
    ana.sync()
    ben.sync()
    ana.sync()
    assert marks(ana) == ["heard-claim-ben"]
    assert (who(ana), who(ben)) == ("Ben", "Ben Öz")


def test_what_else_was_changed_is_kept_where_the_taking_gives_way(pair: Pair) -> None:
    ana, ben = pair
    assign(ana, ana.agent, status=Status.PENDING)
    take_it(ben)
    ben.sync()
    ana.sync()
    assert who(ana) == "Ben"
    assert ana.ticket("Pump", "status") == (Status.PENDING,)
    assert ana.rows("SELECT state, json(payload) FROM outbox") == [("sent", '{"status":[0,1]}')]


def test_a_ticket_that_is_taken_offline_is_said_so_later_and_once(pair: Pair) -> None:
    ana, ben = pair
    ana.account.server.imap.kill()
    take_it(ana)
    ana.fails()
    assert who(ana) == "Ana Ruiz"
    assert ana.states() == ["waiting"]
    ana.account.server.start()
    assert ana.sync().pushed == 1
    assert ana.sync().pushed == 0
    ben.sync()
    assert who(ben) == "Ana"
    assert len(history(ben)) == 1


def test_a_mark_that_was_set_as_the_process_ended_is_no_news(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, ben = pair

    def end(*_: object) -> None:
        raise SystemExit

    take_it(ana)
    with monkeypatch.context() as killed:
        killed.setattr(claims, "keep", end)
        with pytest.raises(SystemExit):
            ana.engine().once()
    assert marks(ana) == ["heard-claim-ana"]
    assert ana.states() == ["waiting"]
    ana.sync()
    ben.sync()
    assert ana.states() == ["sent"]
    assert history(ana) == ["Ana Ruiz took it"]
    assert (who(ana), who(ben)) == ("Ana Ruiz", "Ana")
