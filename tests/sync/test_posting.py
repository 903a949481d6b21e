"""What agents do on tickets of a helpdesk: done there once, after its news, whatever becomes of the answer."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from desk.statuses import Priority, Status
from desk.times import MINUTE, SECOND
from storage.deeds.plan import Change
from sync.errors import Unreachable
from sync.posting import DOUBT
from sync.protocol import Later, Refused
from sync.tickets import ChangeTicket, WriteMessage
from tests.sync.branch import Branch
from tests.sync.bureau import SETTLES

URGENT = ChangeTicket("k", "1", "", 0, priority=Priority.URGENT)
SOLVED = ChangeTicket("k", "1", "", 0, status=Status.SOLVED)


@pytest.mark.parametrize(("kind", "there"), [("reply", "outbound"), ("note", "note")])
def test_words_leave_once_and_are_not_doubled_by_what_comes_back(lamp: Branch, kind: str, there: str) -> None:
    lamp.writes("Lamp", "Turn it off.", "note" if kind == "note" else "reply")
    assert lamp.sync().pushed == 1
    assert lamp.states() == ["sent"]
    assert lamp.sync().pushed == 0
    assert lamp.bureau.said("1") == [("inbound", "It flickers."), (there, "Turn it off.")]
    assert lamp.said("Lamp") == [("inbound", "It flickers."), (there, "Turn it off.")]


@pytest.mark.parametrize("told", ["never", "with our key", "without it"])
def test_words_whose_answer_was_lost_are_found_and_not_written_again(lamp: Branch, told: str) -> None:
    lamp.bureau.lost, lamp.bureau.silent = 1, True
    lamp.writes("Lamp", "Turn it off.")
    lamp.sync()
    assert lamp.states() == ["handed"]
    lamp.bureau.silent = told == "never"
    if told == "without it":
        lamp.bureau.without_key(lamp.bureau.messages[-1].external_id)
    lamp.sync()
    assert lamp.states() == ["sent"]
    assert lamp.bureau.count("find") == (1 if told == "never" else 0)
    lamp.bureau.silent = False
    lamp.sync()
    assert lamp.bureau.said("1")[1:] == [("outbound", "Turn it off.")]
    assert lamp.said("Lamp")[1:] == [("outbound", "Turn it off.")]


def test_words_that_were_not_taken_are_written_again_once_that_is_sure(lamp: Branch) -> None:
    lamp.bureau.cut = 1
    lamp.writes("Lamp", "Turn it off.")
    lamp.sync()
    lamp.ahead = SETTLES * SECOND // 2
    lamp.sync()
    assert lamp.states() == ["handed"], "it could still turn up"
    assert lamp.bureau.count("find") == 1
    lamp.ahead = 2 * SETTLES * SECOND
    assert lamp.sync().pushed == 1
    assert lamp.bureau.said("1")[1:] == [("outbound", "Turn it off.")]
    assert lamp.bureau.count("handed") == 2


def test_an_error_after_the_handing_over_is_an_unclear_end(lamp: Branch) -> None:
    lamp.bureau.falls["handed"] = [Unreachable("The line was cut")]
    lamp.writes("Lamp", "Turn it off.")
    lamp.sync()
    assert lamp.states() == ["handed"]
    assert [told["what"] for told in lamp.told if told["event"] == "error"] == ["The line was cut"]


def test_an_error_before_it_leaves_it_waiting(lamp: Branch) -> None:
    lamp.bureau.falls["push"] = [Unreachable("Nobody listens")]
    lamp.writes("Lamp", "Turn it off.")
    lamp.fails()
    assert lamp.outbox() == [("waiting", "Nobody listens")]
    assert lamp.sync().pushed == 1


def _customer(branch: Branch) -> None:
    branch.bureau.writes("1", "It burns!")


def _colleague(branch: Branch) -> None:
    branch.bureau.writes("1", "I sent a new one.", "outbound", agent="a2")


@pytest.mark.parametrize("happens", [_customer, _colleague])
@pytest.mark.parametrize("when", ["before the round", "right before it is written"])
def test_a_reply_that_somebody_has_overtaken_is_held(
    lamp: Branch, happens: Callable[[Branch], None], when: str
) -> None:
    lamp.writes("Lamp", "Turn it off.")
    if when == "before the round":
        happens(lamp)
    else:
        lamp.bureau.meanwhile.append(partial(happens, lamp))
    assert lamp.sync().held == 1
    assert lamp.states() == ["held"]
    assert ("outbound", "Turn it off.") not in lamp.bureau.said("1")
    assert len(lamp.said("Lamp")) == 3, "what they wrote is there to be read"


def test_a_note_is_held_by_nobody(lamp: Branch) -> None:
    lamp.bureau.meanwhile.append(partial(_customer, lamp))
    lamp.writes("Lamp", "She is furious.", "note")
    assert lamp.sync().pushed == 1
    assert lamp.bureau.said("1")[1:] == [("inbound", "It burns!"), ("note", "She is furious.")]


def test_a_change_that_crosses_with_another_is_asked_again_with_what_is_known_then(lamp: Branch) -> None:
    lamp.bureau.meanwhile.append(lambda: lamp.bureau.change("1", URGENT))
    lamp.changes("Lamp", Change(status=Status.PENDING))
    assert lamp.sync().pushed == 1
    there = lamp.bureau.tickets["1"]
    assert (there.status, there.label, there.priority) == (Status.PENDING, "waiting", Priority.URGENT)
    assert lamp.ticket("Lamp", "status, priority") == (Status.PENDING, Priority.URGENT)
    first, second = lamp.bureau.asked
    assert isinstance(first, ChangeTicket)
    assert isinstance(second, ChangeTicket)
    assert (first.version, second.version, second.priority) == ("1", "2", None)


def test_a_change_whose_answer_was_lost_is_made_once_more_or_found_done(lamp: Branch) -> None:
    lamp.bureau.lost = 1
    lamp.changes("Lamp", Change(priority=Priority.HIGH))
    lamp.sync()
    assert lamp.states() == ["handed"]
    lamp.sync()
    assert lamp.states() == ["sent"]
    assert lamp.bureau.count("find") == 0
    assert lamp.bureau.tickets["1"].priority == Priority.HIGH
    assert lamp.bureau.tickets["1"].version == "2", "it was not set twice"


def test_a_change_in_doubt_that_can_not_be_asked_again_says_why(lamp: Branch) -> None:
    lamp.bureau.lost = 1
    lamp.changes("Lamp", Change(priority=Priority.HIGH))
    lamp.sync()
    lamp.bureau.gone["1"] = ""
    lamp.bureau.change("1")
    assert lamp.sync().failed == 1
    ((state, error),) = lamp.outbox()
    assert state == "failed"
    assert "was deleted at front" in str(error)
    assert "written" not in str(error)


def test_what_crosses_with_something_that_nobody_tells_of_is_held_in_the_end(lamp: Branch) -> None:
    """News come late out of an index: for as long as they may, it is tried again by itself."""
    lamp.bureau.silent = True
    lamp.bureau.change("1", URGENT)
    lamp.changes("Lamp", Change(status=Status.PENDING))
    with lamp.sitting() as worker:
        for _ in range(3):
            assert worker.round()
            lamp.ahead += 10 * SECOND
        assert lamp.outbox() == [("waiting", "It was changed")]
        asked = len(lamp.bureau.asked)
        assert 3 <= asked <= 6, "not again and again in the same moment"
        lamp.ahead += SETTLES * SECOND
        assert worker.round()
    assert lamp.outbox() == [("held", "It was changed")]
    assert lamp.bureau.tickets["1"].status == Status.OPEN


def test_it_is_held_too_where_every_round_is_a_process_of_its_own(lamp: Branch) -> None:
    """As with `heard sync` by a timer: how long it has crossed is known to the next one."""
    lamp.bureau.silent = True
    lamp.bureau.change("1", URGENT)
    lamp.changes("Lamp", Change(status=Status.PENDING))
    lamp.sync()
    lamp.ahead += SETTLES * SECOND // 2
    assert lamp.sync().held == 0
    lamp.ahead += SETTLES * SECOND
    assert lamp.sync().held == 1
    assert lamp.outbox() == [("held", "It was changed")]
    assert "crossed" not in str(lamp.rows("SELECT payload FROM outbox")), "tried anew, it has its time again"


def test_what_has_crossed_gives_way_as_a_whole(lamp: Branch) -> None:
    lamp.bureau.silent = True
    lamp.bureau.change("1", URGENT)
    lamp.changes("Lamp", Change(priority=Priority.HIGH))
    lamp.sync()
    lamp.ahead += 10 * SECOND
    lamp.bureau.clock = lamp.clock
    lamp.bureau.silent = False
    lamp.bureau.change("1", ChangeTicket("k", "1", "", 0, priority=Priority.LOW))
    lamp.sync()
    assert lamp.states() == ["dropped"]
    assert lamp.ticket("Lamp", "priority") == (Priority.LOW,)


def test_late_news_let_it_go_on(lamp: Branch) -> None:
    lamp.bureau.silent = True
    lamp.bureau.change("1", URGENT)
    lamp.changes("Lamp", Change(status=Status.PENDING))
    with lamp.sitting() as worker:
        worker.round()
        lamp.bureau.silent = False
        lamp.ahead += 10 * SECOND
        worker.round()
    assert lamp.states() == ["sent"]


def test_a_service_that_has_had_enough_is_left_alone(lamp: Branch) -> None:
    lamp.bureau.opens("Vase", "It broke.")
    lamp.sync()
    lamp.writes("Lamp", "Turn it off.")
    lamp.writes("Vase", "Glue it.")
    lamp.bureau.refuses.append(Later(90, "It is asked too often"))
    with lamp.sitting() as worker:
        assert not worker.round()
        assert lamp.bureau.count("push") == 1
        assert not worker.round()
        assert lamp.bureau.count("push") == 1, "nothing else is tried meanwhile"
        assert "too often" in str(lamp.state()[1])
        lamp.ahead = 2 * MINUTE
        assert worker.round()
    assert lamp.states() == ["sent", "sent"]


def test_nothing_is_looked_for_at_a_service_that_has_had_enough(lamp: Branch) -> None:
    lamp.bureau.opens("Vase", "It broke.")
    lamp.bureau.opens("Fork", "It bends.")
    lamp.sync()
    lamp.bureau.cut = 1
    lamp.writes("Lamp", "Turn it off.")
    with lamp.sitting() as worker:
        worker.round()
        lamp.writes("Vase", "Glue it.")
        lamp.bureau.refuses.append(Later(90, "It is asked too often"))
        assert not worker.round()
        lamp.writes("Fork", "Bend it back.")
        asked = lamp.bureau.count("find"), lamp.bureau.count("push")
        lamp.ahead += 30 * SECOND
        worker.round()
        assert (lamp.bureau.count("find"), lamp.bureau.count("push")) == asked
        lamp.ahead += 90 * SECOND
        assert worker.round()
    assert lamp.states() == ["sent", "sent", "sent"]


def test_a_round_that_is_told_to_stop_is_not_in_sync(branch: Branch) -> None:
    for number in range(6):
        branch.bureau.opens(f"Lamp {number}", "It flickers.")
    engine = branch.begin()
    branch.bureau.turned = engine.stopping.set
    assert not engine.once()[1]
    assert 0 < len(branch.tickets()) < 6
    assert branch.rows("SELECT state, said, synced_at FROM source_state") == [("idle", "", None)]
    branch.bureau.turned = lambda: None
    branch.sync()
    assert branch.rows("SELECT state, synced_at IS NULL FROM source_state") == [("idle", 0)]


def test_what_is_refused_waits_for_a_person(lamp: Branch) -> None:
    lamp.bureau.refuses.append(Refused("This ticket is locked", "Unlock it there."))
    lamp.writes("Lamp", "Turn it off.")
    assert lamp.sync().failed == 1
    assert lamp.outbox() == [("failed", "This ticket is locked Unlock it there.")]


def test_what_one_ticket_waits_for_leaves_in_its_order_and_keeps_no_other_one(lamp: Branch) -> None:
    lamp.bureau.opens("Vase", "It broke.")
    lamp.sync()
    lamp.bureau.cut = 1
    lamp.writes("Lamp", "First.")
    lamp.writes("Lamp", "Second.")
    lamp.writes("Vase", "Glue it.")
    lamp.sync()
    assert lamp.states() == ["handed", "waiting", "sent"]
    lamp.ahead = 2 * SETTLES * SECOND
    lamp.sync()
    assert lamp.bureau.said("1")[1:] == [("outbound", "First."), ("outbound", "Second.")]


def test_a_message_that_can_not_be_looked_for_any_more_is_a_persons_to_decide(lamp: Branch, tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("left, then right")
    lamp.bureau.lost, lamp.bureau.silent = 1, True
    lamp.writes("Lamp", "Here is the plan.", "reply", tmp_path / "plan.txt")
    lamp.sync()
    shutil.rmtree(lamp.workspace.attachments)
    assert lamp.sync().held == 1
    assert str(lamp.outbox()[0][1]).startswith(DOUBT)


def test_a_merge_is_done_there_too(lamp: Branch) -> None:
    lamp.bureau.opens("Lamp again", "Still flickers.")
    lamp.sync()
    lamp.merges("Lamp again", "Lamp")
    assert lamp.sync().pushed == 1
    assert lamp.bureau.gone == {"2": "1"}
    lamp.sync()
    assert list(lamp.tickets()) == ["Lamp"]
    assert len(lamp.said("Lamp")) == 2


def test_nothing_is_written_before_the_news_are_known(lamp: Branch) -> None:
    lamp.writes("Lamp", "Turn it off.")
    lamp.bureau.falls["news"] = [Unreachable("Nobody listens")]
    lamp.fails()
    assert lamp.bureau.count("push") == 0
    lamp.sync()
    (written,) = lamp.bureau.asked
    assert isinstance(written, WriteMessage)
    assert (written.ticket, written.seen, written.version) == ("1", "m1", "1")


@pytest.mark.parametrize("same", [False, True], ids=["at two times", "within one second"])
def test_what_left_late_is_known_to_be_the_newest_there(lamp: Branch, same: bool) -> None:
    """A note that was written before the customer's word and taken after it: the next reply knows of both."""
    if same:
        second = lamp.clock() // SECOND * SECOND
        lamp.bureau.clock = lambda: second
    lamp.writes("Lamp", "She called.", "note")
    _customer(lamp)
    lamp.sync()
    assert lamp.bureau.said("1")[1:] == [("inbound", "It burns!"), ("note", "She called.")]
    lamp.writes("Lamp", "Turn it off.")
    assert lamp.sync().pushed == 1
    written = [each.seen for each in lamp.bureau.asked if isinstance(each, WriteMessage)]
    assert written[-1] == "m3"
    assert len(written) == 2, "nothing crossed"


@pytest.mark.parametrize("silent", [True, False], ids=["asked again", "told by the news"])
def test_a_merge_whose_answer_was_lost_is_done_once(lamp: Branch, silent: bool) -> None:
    lamp.bureau.opens("Lamp again", "Still flickers.")
    lamp.sync()
    lamp.bureau.lost, lamp.bureau.silent = 1, True
    lamp.merges("Lamp again", "Lamp")
    lamp.sync()
    assert lamp.states() == ["handed"]
    lamp.bureau.silent = silent
    lamp.sync()
    assert lamp.outbox() == [("sent", "")]
    lamp.bureau.silent = False
    lamp.sync()
    assert lamp.bureau.gone == {"2": "1"}
    assert list(lamp.tickets()) == ["Lamp"]
    assert len(lamp.said("Lamp")) == 2
