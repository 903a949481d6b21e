"""What is written to a real Request Tracker arrives as it was meant, or says why it did not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desk.statuses import Priority, Status
from sync.protocol import Conflict, Receipt, Refused, Unclear
from sync.sources.rt.source import RequestTracker
from sync.tickets import ChangeTicket, OutgoingFile, WriteMessage
from tests.servers.gate import Gate
from tests.servers.rt import RtServer
from tests.sync.sources.rt.desks import Desk, desk

ZOE = "zoe@customer.example"


@pytest.fixture(autouse=True)
def swept(rt: RtServer) -> None:
    """Nothing of other tests in sight, and nobody mailed."""
    rt.sweep()
    rt.mute(True)


def begun(rt: RtServer, seen: Desk, queue: str = "Support") -> str:
    """A ticket of Zoe's that was read."""
    ticket = rt.as_agent("chloe").create(queue, "Pump", ZOE, "It drips.")
    seen.read()
    return ticket


def sent(source: RequestTracker, words: WriteMessage) -> Receipt:
    """Words that must arrive."""
    outcome = source.push(words, lambda: None)
    assert isinstance(outcome, Receipt), outcome
    return outcome


def changed(seen: Desk, ticket: str, **wanted: object) -> object:
    """What comes of a change."""
    change: Callable[..., ChangeTicket] = replace
    return seen.source.push(change(seen.kept.change(ticket), **wanted), lambda: None)


def test_a_reply_reaches_the_customer_and_a_note_does_not(rt: RtServer) -> None:
    rt.mute(False)
    with desk(rt) as seen:
        ticket, before = begun(rt, seen), len(rt.outbox())
        receipt = sent(seen.source, seen.kept.reply(ticket, "Among us.", "note"))
        assert receipt.found is not None
        assert int(receipt.found.version) >= int(receipt.external_id)
        sent(seen.source, seen.kept.reply(ticket, "Dear Zoë 💧,\nturn it off."))
        mails = [mail for mail in rt.outbox()[before:] if ZOE in str(mail["To"])]
        assert len(mails) == 1
        body = mails[0].get_body(("plain",))
        assert body is not None
        assert "Dear Zoë 💧,\nturn it off." in body.get_content()


@pytest.mark.parametrize("body", ["0", "  indented\n\n  twice ", "half \ud83d a pair", "1 > 0 & <b>"])
def test_words_stay_words(rt: RtServer, body: str) -> None:
    with desk(rt) as seen:
        ticket = begun(rt, seen)
        wanted = seen.kept.reply(ticket, body, "note")
        sent(seen.source, wanted)
        (there,) = rt.as_agent("root").messages(ticket, "Comment")
        assert there.strip() == body.encode("utf-8", "replace").decode().strip()


def test_files_keep_their_names_and_bytes(rt: RtServer, tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.write_bytes(bytes(range(256)) * 300)
    files = tuple(OutgoingFile(name, "application/octet-stream", path) for name in ("Größe.bin", "写真 1.bin"))
    with desk(rt) as seen:
        ticket = begun(rt, seen)
        sent(seen.source, replace(seen.kept.reply(ticket, "See both."), files=files))
        alone = replace(seen.kept.reply(ticket, "", "note"), files=files[:1])
        sent(seen.source, alone)
        assert seen.source.find(alone) is not None
        seen.read()
        _, both, one = seen.said(ticket)
        assert [file.name for file in both.files] == ["Größe.bin", "写真 1.bin"]
        assert [file.name for file in one.files] == ["Größe.bin"]
        assert b"".join(seen.source.fetch(both.files[1].external_id)) == path.read_bytes()


def test_without_a_field_for_keys_words_are_found_as_they_are(rt: RtServer, gate: Gate) -> None:
    with desk(rt, port=gate.port) as seen:
        ticket = begun(rt, seen, "General")
        lost = seen.kept.reply(ticket, "Turn it off.\r\nThen on.")
        gate.faults.cut(after=True, method="POST", path="/ticket/")
        assert isinstance(seen.source.push(lost, lambda: None), Unclear)
        found = seen.source.find(lost)
        assert found is not None
        seen.read()
        assert [each.external_id for each in seen.said(ticket)][1:] == [found.external_id]
        again = seen.kept.reply(ticket, lost.body)
        assert seen.source.find(again) is None
        assert sent(seen.source, again).external_id != found.external_id
        assert seen.source.find(replace(lost, kind="note")) is None


def test_a_reply_does_not_go_to_other_addresses_in_silence(rt: RtServer) -> None:
    with desk(rt) as seen:
        ticket = begun(rt, seen)
        rt.as_agent("ben").set(ticket, Cc=["boss@customer.example"])
        seen.read()
        wanted = seen.kept.reply(ticket, "Turn it off.")
        elsewhere = replace(wanted, recipients=("max@customer.example",))
        assert isinstance(seen.source.push(elsewhere, lambda: None), Refused)
        assert rt.as_agent("root").messages(ticket) == []
        sent(seen.source, replace(wanted, recipients=("Zoe@customer.example",), copies=("boss@customer.example",)))


def test_what_a_200_hides_is_told(rt: RtServer) -> None:
    with desk(rt) as seen:
        ticket = begun(rt, seen)
        refused = changed(seen, ticket, assignee="nobody-of-that-name")
        assert isinstance(refused, Refused)
        assert "owner" in refused.why
        partly = changed(seen, ticket, queue="No such queue", priority=Priority.URGENT)
        assert isinstance(partly, Receipt)
        assert "queue" in partly.said
        assert partly.found is not None
        assert (partly.found.queue, partly.found.priority) == ("Support", Priority.URGENT)


def test_one_change_may_hold_all_fields(rt: RtServer) -> None:
    with desk(rt) as seen:
        ticket = begun(rt, seen)
        status, tags = Status.HOLD, ("a", "b")
        outcome = changed(
            seen, ticket, status=status, priority=Priority.HIGH, assignee="ben", queue="Billing", add_tags=tags
        )
        assert isinstance(outcome, Receipt)
        assert not outcome.said
        found = outcome.found
        assert found is not None
        assert (found.label, found.priority, found.assignee, found.queue, found.tags) == (
            "stalled", Priority.HIGH, "ben", "Billing", ("a", "b"),
        )  # fmt: skip
        seen.read()
        assert isinstance(changed(seen, ticket, status=Status.SOLVED, label="rejected"), Receipt)
        assert rt.as_agent("root").ticket(ticket)["Status"] == "rejected"


def test_whoever_is_first_by_a_hair_is_not_written_over(rt: RtServer, gate: Gate) -> None:
    with desk(rt, port=gate.port) as seen:
        ticket = begun(rt, seen)

        def ben_is_first() -> None:
            rt.as_agent("ben").set(ticket, Status="stalled")

        gate.faults.meanwhile(ben_is_first, method="PUT")
        assert isinstance(changed(seen, ticket, status=Status.SOLVED), Conflict)
        assert rt.as_agent("root").ticket(ticket)["Status"] == "stalled"


def test_what_is_so_already_asks_for_nothing(rt: RtServer, gate: Gate) -> None:
    with desk(rt, port=gate.port) as seen:
        ticket = begun(rt, seen)
        assert isinstance(changed(seen, ticket, assignee="", remove_tags=("none",)), Receipt)
        assert not gate.asked_for("/ticket/", "PUT")


def test_a_deleted_ticket_takes_nothing(rt: RtServer) -> None:
    with desk(rt) as seen:
        ticket = begun(rt, seen)
        wanted, other = seen.kept.reply(ticket, "Turn it off."), rt.as_agent("ana").create("Support", "T", ZOE, "x")
        rt.as_agent("ana").delete(ticket)
        assert isinstance(seen.source.push(wanted, lambda: None), Conflict)
        assert isinstance(changed(seen, ticket, status=Status.SOLVED), Conflict)
        assert not isinstance(seen.source.push(seen.kept.merge(other, ticket), lambda: None), Receipt)
