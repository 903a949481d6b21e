"""Reading the conversations of a Help Scout: what changed since, the past, and what is there no more.

The invariants: a conversation comes with all that was said on it; the same state of it is told once, and once more only
where a place is gone back to; nothing is taken for gone before the service said so of that very conversation.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from sync.errors import Broken
from sync.http import Answer, Ask, Http
from sync.protocol import Page, Record
from sync.sources.helpscout import answers, cursor, telling
from sync.sources.helpscout.answers import Conversation, PageInfo, Thread
from sync.sources.helpscout.cursor import OVERLAP, Gone, News
from sync.sources.helpscout.directory import MOST_PAGES, Directory, Known
from sync.sources.lenient import one, parted
from sync.sources.moments import in_seconds
from sync.tickets import Passed, TicketGone

MOVED = 301
# A conversation and all that was said on it, in order.
Whole = tuple[Conversation, list[Thread]]


class Reading:
    """Reads one Help Scout; what is there no more is looked for every `gone_every`."""

    def __init__(self, http: Http, directory: Directory, clock: Callable[[], int], gone_every: int) -> None:
        self._http = http
        self._directory = directory
        self._clock = clock
        self._gone_every = gone_every
        self._told: Known | None = None
        self._unreadable: set[Passed] = set()

    def news(self, text: str) -> Page:
        """What changed since the cursor; from now on where there is none."""
        # First of all, since any answer tells what time it is there.
        self._directory.known()
        began = self._now()
        at = cursor.read_news(text) or News(since=began)
        params: dict[str, str | int] = {
            "modifiedSince": in_seconds(at.since - OVERLAP),
            "sortField": "modifiedAt",
            "page": at.page,
        }
        listed, passed, told = self._listed(params)
        versions = {conversation.id: telling.version(conversation, said) for conversation, said in listed}
        new = [whole for whole in listed if at.seen.get(whole[0].id) != versions[whole[0].id]]
        following = at.having(versions, told, began)
        return self._page([*passed, *self._records(new)], cursor.write(following), more=not following.begins)

    def past(self, text: str) -> Page:
        """All conversations, the newest first."""
        at = cursor.read_past(text)
        if not at.page:
            return Page((), text, more=False)
        listed, passed, told = self._listed({"sortField": "createdAt", "page": at.page})
        following = at.having(told)
        left = max(0, told.total_elements - (following.page - 1) * told.size) if following.page else 0
        page = self._page([*passed, *self._records(listed)], cursor.write(following), more=bool(following.page))
        return replace(page, remaining=left)

    def gone(self, text: str) -> Page:
        """What was open when this was asked last, and is there no more: deleted, merged, or spam."""
        at = cursor.read_gone(text)
        now = self._now()
        if at.at and 0 <= now - at.at < self._gone_every:
            return Page((), text, more=False)
        there = self._numbers({"status": "active"}) | self._numbers({"status": "pending"})
        lost = set(at.open) - there
        if lost:
            lost -= self._numbers({"status": "closed", "modifiedSince": in_seconds(at.at - OVERLAP)})
        records = self._fates(sorted(lost))
        return self._page(records, cursor.write(Gone(now, tuple(sorted(there)))), more=False)

    def whole(self, answer: Answer) -> Whole | None:
        """A conversation that was asked for with its threads; None where it isn't there."""
        conversation = one(answer, answers.CONVERSATION)
        return self._with_threads(conversation) if conversation is not None else None

    def _page(self, records: Iterable[Record], text: str, *, more: bool) -> Page:
        known = self._directory.known()
        agents: Iterable[Record] = () if known is self._told else known.told()
        self._told = known
        return Page((*agents, *records), text, more=more, ahead=self._http.ahead)

    def _now(self) -> int:
        return self._clock() + self._http.ahead

    def _listed(self, params: dict[str, str | int]) -> tuple[list[Whole], list[Passed], PageInfo]:
        """A page of conversations, whole. Without `status=all` only active ones are listed."""
        every: dict[str, str | int] = {"status": "all", "sortOrder": "desc", "embed": "threads"}
        answer = self._http.ask(Ask("/conversations", every | params, what="conversations"))
        listed, told = answers.listed(answer, "conversations")
        read, passed = parted(listed, answers.CONVERSATION, "conversation")
        new = [each for each in passed if each not in self._unreadable]
        self._unreadable.update(new)
        return [self._with_threads(each) for each in read], new, told

    def _with_threads(self, conversation: Conversation) -> Whole:
        """With what was said: what a list holds of a chat is cut short, and is asked for by itself."""
        embedded = conversation.parts.threads if conversation.parts is not None else ()
        said = telling.said_on(embedded)
        if conversation.type == "chat" or len(said) < conversation.threads:
            path = f"/conversations/{conversation.id}/threads"
            said = telling.said_on(self._directory.everything(path, "threads", answers.THREAD)) or said
        return conversation, said

    def _records(self, listed: list[Whole]) -> list[Record]:
        there = [whole for whole in listed if telling.is_there(whole[0])]
        assigned = [each.assignee for each, _ in there if each.assignee is not None and each.assignee.type != "team"]
        known = self._directory.known(named=(whose.id for whose in assigned))
        wrote = [telling.author(thread) for _, said in there for thread in said]
        people = [person for person in wrote if person.type == "customer"]
        people += [each.primary_customer for each, _ in there if each.primary_customer is not None]
        customers = self._directory.customers(people)
        records: list[Record] = [
            TicketGone(str(conversation.id)) for conversation, _ in listed if not telling.is_there(conversation)
        ]
        for conversation, said in there:
            whose = conversation.primary_customer.id if conversation.primary_customer is not None else 0
            records.append(telling.ticket_news(conversation, said, known, customers.get(whose)))
            records += telling.messages(conversation, said, known, customers)
        return records

    def _numbers(self, params: dict[str, str | int]) -> set[int]:
        """The ids of all conversations of a list."""
        found: set[int] = set()
        for page in range(1, MOST_PAGES + 1):
            answer = self._http.ask(Ask("/conversations", {**params, "page": page}, what="conversations"))
            listed, told = answers.listed(answer, "conversations")
            found |= {each.id for each in parted(listed, answers.CONVERSATION, "")[0]}
            if page >= told.total_pages:
                break
        return found

    def _fates(self, numbers: list[int]) -> list[Record]:
        asks = [Ask(f"/conversations/{number}", accept=(MOVED, 404), what="a conversation") for number in numbers]
        records: list[Record] = []
        for number, answer in zip(numbers, self._http.ask_all(asks) if asks else (), strict=True):
            conversation = one(answer, answers.CONVERSATION)
            if answer.status == MOVED:
                records.append(TicketGone(str(number), merged_into(answer)))
            elif answer.status == 404 or (conversation is not None and not telling.is_there(conversation)):
                records.append(TicketGone(str(number)))
        return records


def merged_into(answer: Answer) -> str:
    """The conversation that another one has become part of, as the service says where it is now."""
    number = answer.headers.get("location", "").partition("?")[0].rstrip("/").rpartition("/")[2]
    if not number.isdecimal():
        raise Broken("Help Scout doesn't say what a conversation was merged into", "Please report it.")
    return number
