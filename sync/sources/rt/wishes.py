"""What a change of fields means in RT's own terms, and whether it came about.

The invariant: tags are added to and taken from what is there now, and a status gets the word that its lifecycle allows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desk.statuses import Status
from sync.http import Json
from sync.protocol import Refused
from sync.sources.rt.answers import Standing
from sync.sources.rt.people import NOBODY
from sync.sources.rt.settings import Settings
from sync.sources.rt.vocabulary import Vocabulary
from sync.tickets import ChangeTicket, TicketNews


@dataclass(frozen=True, slots=True)
class Wish:
    """`body` is what RT is asked for, `aims` what a ticket must say then, by what people call it."""

    body: Mapping[str, Json]
    aims: Mapping[str, object] = field(default_factory=dict)


def wish_of(wanted: ChangeTicket, now: Standing, vocabulary: Vocabulary, settings: Settings) -> Wish | Refused:
    """What has to be asked for so that a ticket becomes what is wanted; nothing where it is so already."""
    body: dict[str, Json] = {}
    aims: dict[str, object] = {}
    if wanted.status is not None:
        label = _label(wanted.status, wanted.label, now, vocabulary)
        aims["the status"] = label
        if label != now.status:
            body["Status"] = label
    if wanted.priority is not None:
        body["Priority"] = settings.priorities[wanted.priority]
        aims["the priority"] = str(body["Priority"])
    if wanted.assignee is not None:
        owner = wanted.assignee or NOBODY
        aims["the owner"] = wanted.assignee
        if owner != now.owner.id:
            body["Owner"] = owner
    if wanted.queue is not None:
        aims["the queue"] = wanted.queue
        if wanted.queue != vocabulary.queue(now.queue.id):
            body["Queue"] = wanted.queue
    if wanted.add_tags or wanted.remove_tags:
        tags = next((each.values for each in now.custom_fields if each.name == settings.tags), None)
        if tags is None:
            mend = f"Make the custom field “{settings.tags}” there, or connect with another one: --option tags=…"
            return Refused("This queue of Request Tracker has no field for tags.", mend)
        kept = [tag for tag in tags if tag not in wanted.remove_tags]
        then = list(dict.fromkeys((*kept, *wanted.add_tags)))
        aims["the tags"] = frozenset(then)
        if then != list(tags):
            body["CustomFields"] = {settings.tags: then}
    return Wish(body, aims)


def unmet(wish: Wish, found: TicketNews) -> list[str]:
    """What of a wish a ticket doesn't say."""
    says: Mapping[str, object] = {
        "the status": found.label, "the priority": found.priority_label, "the owner": found.assignee,
        "the queue": found.queue, "the tags": frozenset(found.tags or ()),
    }  # fmt: skip
    return [what for what, aim in wish.aims.items() if says[what] != aim]


def _label(status: Status, label: str, now: Standing, vocabulary: Vocabulary) -> str:
    """The word for a category that may follow on the present one; the usual word where RT tells of none."""
    if label == "" and vocabulary.category(now.status) == status:
        return now.status
    words = vocabulary.labels(status, label)
    allowed = {link.to for link in now.links if link.ref == "lifecycle"} | {now.status}
    return next((word for word in words if word in allowed), words[0])
