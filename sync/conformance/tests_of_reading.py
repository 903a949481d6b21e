"""What holds for reading: all of it comes, from wherever it is begun, and nothing there is changed by it."""

import time
from contextlib import closing

from desk.statuses import Status
from desk.times import DAY, now
from sync.conformance.kept import Kept, word
from sync.conformance.skipping import only_where
from sync.conformance.stage import Deed, Stage, Trouble
from sync.protocol import Capability, Page, Source, Stream
from sync.tickets import MessageNews, TicketNews

# Before that no helpdesk was.
_OLDEST = 946_684_800_000_000
# So many places of a long reading are gone on from.
_PLACES = 4
# What lags is asked for so often, with a pause between.
_ASKS = 40
_PAUSE = 0.25


def filled(stage: Stage) -> dict[str, list[str]]:
    """As many tickets as don't fit in a page, by external id, each with the words that stand on it."""
    said: dict[str, list[str]] = {}
    for number in range(stage.many):
        words = [word(), word()]
        ticket = stage.add_ticket(f"Ticket {number}", f"My {words[0]} is broken.")
        if number % 3 == 0:
            stage.customer_writes(ticket, f"It is the {words[1]} after all.")
        else:
            del words[1]
        said[ticket] = words
    return said


def lacks(kept: Kept, said: dict[str, list[str]]) -> list[str]:
    """The words that were not told, and the tickets."""
    lacking = [ticket for ticket in said if ticket not in kept.tickets]
    return lacking + [each for ticket, words in said.items() for each in words if kept.bodies(ticket).count(each) != 1]


def until_told(source: Source, kept: Kept, ticket: str, words: str) -> None:
    """Read until these words are told of a ticket: a service may need a moment until it lists what is new."""
    for _ in range(_ASKS):
        kept.read(source)
        if words in kept.bodies(ticket):
            return
        time.sleep(_PAUSE)
    raise AssertionError(f"what was written on ticket {ticket} was never told")


class Reading:
    """Tests of reading."""

    def test_check_says_what_works_and_changes_nothing(self, stage: Stage) -> None:
        stage.add_ticket("Pump", "It drips.")
        before = stage.contents()
        with closing(stage.source()) as source:
            health = source.check()
            assert health.works, f"check says that something doesn't work: {health.steps}"
            assert all(step.name and step.said for step in health.steps), "a step of check says nothing"
            assert source.name, "a source has a name"
        assert stage.contents() == before, "check changed what is there"

    def test_everything_comes_once_and_in_order(self, stage: Stage) -> None:
        said = filled(stage)
        kept = Kept()
        with closing(stage.source()) as source:
            kept.read(source)
        assert lacks(kept, said) == [], "not everything was told, or something twice under two names"
        assert not kept.passed, f"something was passed over: {kept.passed}"

    def test_reading_again_tells_the_same(self, stage: Stage) -> None:
        said = filled(stage)
        first, second = Kept(), Kept()
        with closing(stage.source()) as source:
            first.read(source)
        with closing(stage.source()) as source:
            second.read(source)
        for ticket in said:
            assert second.tickets[ticket] == first.tickets[ticket], "the same ticket is told differently"
        assert second.messages == first.messages, "the same messages are told differently, or under other names"

    def test_reading_changes_nothing(self, stage: Stage) -> None:
        filled(stage)
        before = stage.contents()
        with closing(stage.source()) as source:
            kept = Kept()
            kept.read(source)
            kept.read(source)
        assert stage.contents() == before, "reading changed what is there"

    def test_it_goes_on_from_every_cursor(self, stage: Stage) -> None:
        said = filled(stage)
        whole = Kept()
        places: list[Kept] = []

        def remember(stream: Stream, page: Page) -> None:
            places.append(whole.copy())
            # `read` keeps the cursor by itself, and has done so already.
            assert places[-1].cursors[stream.key] == page.cursor

        with closing(stage.source()) as source:
            whole.read(source, remember)
        for kept in places[:: max(1, len(places) // _PLACES)]:
            kept.pages = 0
            with closing(stage.source()) as source:
                kept.read(source)
            assert lacks(kept, said) == [], "something is lost when reading goes on from a cursor"

    def test_what_is_new_comes_without_the_rest(self, stage: Stage) -> None:
        said = filled(stage)
        kept = Kept()
        with closing(stage.source()) as source:
            kept.read(source)
            old, words, fresh = next(iter(said)), word(), word()
            stage.customer_writes(old, f"And the {words}.")
            new = stage.add_ticket("Valve", f"A new one: {fresh}.")
            before, told = stage.requests(), set[str]()

            def count(_: Stream, page: Page) -> None:
                told.update(record.external_id for record in page.records if isinstance(record, TicketNews))

            kept.read(source, count)
            cost = stage.requests() - before
            until_told(source, kept, old, words)
            until_told(source, kept, new, fresh)
        assert len(told) < max(len(said), 3), "what was read already is told again as a whole"
        assert cost <= max(30, stage.many), f"two changes cost {cost} requests"

    def test_a_quiet_service_is_asked_little(self, stage: Stage) -> None:
        filled(stage)
        with closing(stage.source()) as source:
            kept = Kept()
            kept.read(source)
            kept.read(source)
            kept.pages, before = 0, stage.requests()
            kept.read(source)
        assert stage.requests() - before <= max(12, stage.many), "nothing is new, and very much is asked"
        assert kept.pages <= 4 * max(1, len(kept.cursors)), "nothing is new, and there are many pages"

    def test_what_others_change_is_told(self, stage: Stage) -> None:
        ticket = stage.add_ticket("Pump", "It drips.")
        tag = word()
        with closing(stage.source()) as source:
            kept = Kept()
            kept.read(source)
            stage.colleague_changes(ticket, Status.SOLVED, tag)
            words = word()
            stage.colleague_writes(ticket, f"Turn the {words}.", public=True)
            until_told(source, kept, ticket, words)
        news = kept.tickets[ticket]
        standing = stage.standing(ticket)
        assert standing is not None
        assert news.status == standing.status, "the status that a colleague gave is not told"
        assert "tags" not in stage.takes or (news.tags is not None and tag in news.tags), (
            "a colleague's tag is not told"
        )

    def test_a_colleagues_words_are_no_customers(self, stage: Stage) -> None:
        ticket = stage.add_ticket("Pump", "It drips.")
        aloud, quietly = word(), word()
        stage.colleague_writes(ticket, f"Turn the {aloud}.", public=True)
        stage.colleague_writes(ticket, f"Only the {quietly} among us.", public=False)
        with closing(stage.source()) as source:
            kept = Kept()
            until_told(source, kept, ticket, quietly)
        assert _with(kept, aloud).kind == "outbound", "an agent's answer is told as something else"
        assert _with(kept, quietly).kind == "note", "an agent's note is told as something else"
        assert _with(kept, "drips").kind == "inbound", "a customer's word is told as something else"
        assert _with(kept, aloud).agent, "nobody is told to have written an agent's answer"

    def test_what_is_told_can_be(self, stage: Stage) -> None:
        said = filled(stage)
        with closing(stage.source()) as source:
            kept = Kept()
            kept.read(source)
        latest = now() + DAY
        for ticket in (kept.tickets[each] for each in said):
            assert _OLDEST < ticket.created_at <= latest, "a ticket's time is no time in microseconds"
            assert ticket.created_at - DAY < ticket.updated_at <= latest, "a ticket was changed before it began"
            assert ticket.label, "a ticket's status has no word of the service's own"
            assert ticket.customer is not None, "a ticket has no customer"
            assert ticket.customer.identities, "nothing tells a ticket's customer from others"
            assert not ticket.url or ticket.url.startswith(("https://", "http://")), "a ticket's page can't be opened"
        for message in kept.messages.values():
            assert _OLDEST < message.at <= latest, "a message's time is no time in microseconds"
            assert message.external_id, "a message has no name"

    def test_pages_may_shift_while_they_are_read(self, stage: Stage) -> None:
        said = filled(stage)
        kept = Kept()
        left = list(said)

        def somebody_writes(_: Stream, page: Page) -> None:
            if page.more and left:
                ticket, words = left.pop(), word()
                stage.customer_writes(ticket, f"Now the {words}.")
                said[ticket].append(words)

        with closing(stage.source()) as source:
            kept.read(source, somebody_writes)
            for ticket, words in said.items():
                until_told(source, kept, ticket, words[-1])
        assert lacks(kept, said) == [], "something is lost when tickets change while they are read"

    def test_what_is_listed_late_is_not_lost(self, stage: Stage) -> None:
        only_where(Deed.HIDE in stage.deeds, "list that lags behind")
        late, other = stage.add_ticket("Pump", "It drips."), stage.add_ticket("Valve", "It leaks.")
        with closing(stage.source()) as source:
            kept = Kept()
            kept.read(source)
            hidden, seen = word(), word()
            stage.hide(late)
            stage.customer_writes(late, f"The {hidden}.")
            stage.customer_writes(other, f"The {seen}.")
            until_told(source, kept, other, seen)
            stage.calm()
            until_told(source, kept, late, hidden)

    def test_what_is_deleted_is_told(self, stage: Stage) -> None:
        only_where(Deed.DELETE in stage.deeds, "deletion of tickets")
        ticket = stage.add_ticket("Pump", "It drips.")
        with closing(stage.source()) as source:
            kept = Kept()
            kept.read(source)
            stage.delete(ticket)
            until_gone(source, kept, ticket)
        assert kept.gone[ticket] == "", "a deleted ticket is said to be part of another"

    def test_what_is_merged_is_told(self, stage: Stage) -> None:
        only_where(Deed.MERGE in stage.deeds, "merging of tickets")
        ticket, into = stage.add_ticket("Pump", "It drips."), stage.add_ticket("Pump again", "It still drips.")
        with closing(stage.source()) as source:
            kept = Kept()
            kept.read(source)
            stage.merge(ticket, into)
            until_gone(source, kept, ticket)
        assert kept.gone[ticket] == into, "it is not told into which ticket one was merged"

    def test_a_file_is_fetched(self, stage: Stage) -> None:
        only_where(Deed.FILE in stage.deeds, "files")
        content = bytes(range(256)) * 300
        ticket = stage.add_ticket("Pump", "It drips.")
        stage.add_file(ticket, "drip.bin", content)
        with closing(stage.source()) as source:
            kept = Kept()
            kept.read(source)
            files = [file for message in kept.messages.values() if message.ticket == ticket for file in message.files]
            assert [file.name for file in files] == ["drip.bin"], "a customer's file is not told"
            assert Capability.FILES in source.capabilities, "the source says that it has no files"
            assert b"".join(source.fetch(files[0].external_id)) == content, "a file has other bytes than were sent"
            assert files[0].size in (0, len(content)), "a file's size is not what it is"

    def test_a_checklist_is_told(self, stage: Stage) -> None:
        only_where(Deed.CHECKLIST in stage.deeds, "checklists")
        ticket = stage.add_ticket("Pump", "It drips.")
        stage.add_checklist(ticket, ["Ask for the number", "Look at the valve"])
        with closing(stage.source()) as source:
            kept = Kept()
            kept.read(source)
        items = [(item.text, item.done) for item in kept.checklists[ticket].items]
        assert items == [("Ask for the number", False), ("Look at the valve", False)], (
            "the checklist is told differently"
        )

    def test_customers_without_a_ticket_are_told(self, stage: Stage) -> None:
        only_where(Deed.CUSTOMER in stage.deeds, "customers without a ticket")
        names = [f"Kim {word()}" for _ in range(3)]
        ids = {stage.add_customer(name, f"{name[4:]}@customer.example"): name for name in names}
        with closing(stage.source()) as source:
            kept = Kept()
            kept.read(source)
            told = {number: kept.customers[number].name for number in ids if number in kept.customers}
            assert told == ids, "not every customer is told, or by another name"
            assert not kept.customers.keys() & kept.agents.keys(), "somebody who works there is told as a customer"
            late = word()
            number = stage.add_customer("Kim Late", f"{late}@customer.example")
            for _ in range(_ASKS):
                kept.read(source)
                if number in kept.customers:
                    break
                time.sleep(_PAUSE)
        assert number in kept.customers, "a customer who is new is never told"
        known = [identity.value for identity in kept.customers[number].identities]
        assert f"{late}@customer.example" in known, "a customer's address is not told"

    def test_a_cut_line_loses_nothing(self, stage: Stage) -> None:
        only_where(Trouble.CUT in stage.troubles, "line that can be cut")
        said = filled(stage)
        kept = Kept()
        with closing(stage.source()) as source:
            kept.read(source, lambda _, page: stage.make(Trouble.CUT) if page.more else None)
            stage.calm()
            kept.read(source)
        assert lacks(kept, said) == [], "something is lost when the line breaks"


def until_gone(source: Source, kept: Kept, ticket: str) -> None:
    """Read until it is told that a ticket is there no more."""
    for _ in range(_ASKS):
        kept.read(source)
        if ticket in kept.gone:
            return
        time.sleep(_PAUSE)
    raise AssertionError(f"nobody has told that ticket {ticket} is there no more")


def _with(kept: Kept, words: str) -> MessageNews:
    return next(message for message in kept.messages.values() if words in message.body)
