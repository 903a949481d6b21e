"""Which folders of a mailbox are read, and what each is for.

By the marks of RFC 6154 where the server sets them, else by the names that mail programs give. On Gmail folders are
labels and one folder holds every mail once, so that one alone is read (built from documents, never tried there).
"""

from collections.abc import Iterable, Sequence

from desk.nearest import mend_name
from sync.errors import PartGone
from sync.protocol import Role, Stream
from sync.sources.mailbox.folder_names import decoded
from sync.sources.mailbox.replies import Folder

# What mail programs call the folder of sent mail, without the part before a `/` or `.`.
_SENT = frozenset(
    {
        "sent", "sent items", "sent mail", "sent messages", "gesendet", "gesendete elemente", "gesendete objekte",
        "éléments envoyés", "messages envoyés", "envoyés", "enviados", "elementos enviados", "posta inviata", "inviati",
        "verzonden", "verzonden items", "wysłane", "elementy wysłane", "itens enviados", "skickat", "sendt",
        "отправленные",
    }
)  # fmt: skip


def chosen(listed: Sequence[Folder], wanted: Iterable[str], gmail: bool) -> tuple[Stream, ...]:
    """The streams of a mailbox, the inbox first; `wanted` are more folders, by the names that people see.

    One that isn't there has no key: `not_there` says so.
    """
    everything = [folder for folder in listed if "\\all" in folder.marks] if gmail else []
    if everything:
        first = [_stream(everything[0], Role.ALL)]
    else:
        inboxes = [_stream(folder, Role.INBOX) for folder in listed if folder.raw.upper() == "INBOX"]
        first = [*inboxes[:1], *(_stream(folder, Role.SENT) for folder in sent(listed))]
    taken = {stream.key for stream in first}
    by_name = {decoded(folder.raw).casefold(): folder for folder in listed}
    for name in wanted:
        folder = by_name.get(name.casefold())
        if folder is None:
            first.append(Stream("", name, Role.OTHER))
        elif folder.raw not in taken:
            taken.add(folder.raw)
            first.append(_stream(folder, Role.OTHER))
    return tuple(first)


def not_there(name: str, listed: Sequence[Folder]) -> PartGone:
    """What to say of a folder that was asked for, and is not in the mailbox (any more)."""
    known = [decoded(folder.raw) for folder in listed]
    return PartGone(f"There is no folder “{name}” in the mailbox", mend_name(name, known))


def sent(listed: Sequence[Folder]) -> list[Folder]:
    """The folder of sent mail, if there is one: by its mark, else by its name."""
    marked = [folder for folder in listed if "\\sent" in folder.marks]
    return (marked or [folder for folder in listed if _last(folder) in _SENT])[:1]


def searched(listed: Sequence[Folder]) -> list[Folder]:
    """The folders in which a mail of ours may lie."""
    everything = [folder for folder in listed if "\\all" in folder.marks]
    return [*sent(listed), *everything]


def _stream(folder: Folder, role: Role) -> Stream:
    return Stream(folder.raw, decoded(folder.raw), role)


def _last(folder: Folder) -> str:
    name = decoded(folder.raw)
    for sign in "/.":
        name = name.rpartition(sign)[2]
    return name.casefold()
