"""A deed in a few words: the toast's past tense, and the lines of the preview."""

from collections.abc import Sequence

from desk.statuses import Priority, Status
from desk.times import to_datetime
from storage.deeds.plan import Move, Plan, Turn

_STATUS_TITLES = {
    Status.OPEN: "Opened {what} again",
    Status.PENDING: "Set {what} to pending",
    Status.HOLD: "Put {what} on hold",
    Status.SOLVED: "Solved {what}",
    Status.CLOSED: "Closed {what}",
}
# More numbers than this are only counted.
_NAMED = 5


def numbered(numbers: Sequence[int]) -> str:
    """`#1042`, or `38 tickets`."""
    return f"#{numbers[0]}" if len(numbers) == 1 else f"{len(numbers):,} tickets"


def shown(field: str, value: int | str | list[str] | None) -> str:
    """A field's value in words; times in this computer's own zone."""
    if field == "status" and isinstance(value, int):
        return Status(value).key
    if field == "priority" and isinstance(value, int):
        return Priority(value).key
    if field == "snoozed_until" and isinstance(value, int):
        return f"{to_datetime(value).astimezone():%a %d %b %H:%M}"
    if field == "watch":
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return "none" if value is None else str(value)


def title(moves: Sequence[Move]) -> str:
    """What was done to these tickets."""
    what = numbered([move.number for move in moves])
    fields = {turn.field: turn for move in moves for turn in move.turns}
    if len(fields) > 1:
        words = ", ".join(f"{field.removesuffix('_until')} {_target(moves, turn)}" for field, turn in fields.items())
        return f"Changed {what}: {words}"
    (field, turn), *_ = fields.items()
    if field == "status":
        return _STATUS_TITLES[Status(int(str(turn.after)))].format(what=what)
    if field == "tags":
        return f"Tagged {what}: {_target(moves, turn)}"
    return _of_one_field(field, turn, what)


def preview_lines(planned: Plan) -> tuple[str, ...]:
    """One line for each way in which a field changes, then the tickets that stay as they are, with the reason."""
    counts: dict[str, int] = {}
    for move in planned.moves:
        for turn in move.turns:
            if turn.field == "tags":
                line = f"tags: {_tag_words(move)}"
            else:
                before, after = shown(turn.field, turn.before), shown(turn.field, turn.after)
                line = f"{turn.field.removesuffix('d_until')}: {before} → {after}"
            counts[line] = counts.get(line, 0) + 1
    changed = [f"{line}  ·  {_counted(count)}" for line, count in counts.items()]
    kept = [f"unchanged, {reason}  ·  {_some(numbers)}" for reason, numbers in planned.left.items()]
    return (*changed, *kept)


def _of_one_field(field: str, turn: Turn, what: str) -> str:
    after = None if turn.after is None else shown(field, turn.after)
    match field:
        case "assignee":
            return f"Assigned {what} to {after}" if after else f"Took {what} from {shown(field, turn.before)}"
        case "priority":
            return f"Set {what} to {after} priority"
        case "snoozed_until":
            return f"Snoozed {what} until {after}" if after else f"Woke {what}"
        case "watch":
            return f"Watching {what}" if turn.after else f"Stopped watching {what}"
        case _:
            return f"Moved {what} to {after}" if after else f"Took {what} out of its {field}"


def _target(moves: Sequence[Move], turn: Turn) -> str:
    if turn.field != "tags":
        return shown(turn.field, turn.after)
    added = dict.fromkeys(f"+{name}" for move in moves for name in move.added)
    removed = dict.fromkeys(f"-{name}" for move in moves for name in move.removed)
    return " ".join((*added, *removed))


def _tag_words(move: Move) -> str:
    return " ".join((*(f"+{name}" for name in move.added), *(f"-{name}" for name in move.removed)))


def _counted(count: int) -> str:
    return "1 ticket" if count == 1 else f"{count:,} tickets"


def _some(numbers: Sequence[int]) -> str:
    named = " ".join(f"#{number}" for number in numbers[:_NAMED])
    return named if len(numbers) <= _NAMED else f"{named} and {len(numbers) - _NAMED:,} more"
