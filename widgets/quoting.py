"""A message as the quotation under a reply. Pure."""

from datetime import tzinfo

from desk.records import Message
from widgets.moments import long_moment


def quoted(message: Message, zone: tzinfo) -> str:
    """What the message says, each line behind `> `, without the older quotes that are folded in it."""
    folded = {line for fold in message.folds for line in range(fold.start, fold.end)}
    lines = [line for number, line in enumerate(message.body.rstrip().split("\n")) if number not in folded]
    while lines and not lines[-1].strip():
        lines.pop()
    author = message.author or message.sender or "you"
    body = "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines)
    return f"On {long_moment(message.at, zone)}, {author} wrote:\n{body}\n"
