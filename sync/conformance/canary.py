"""Looking for a secret in everything that an error drags along, and in what libraries write into logs.

The invariant: nothing that a talkative traceback, a debugger's log or a `repr` could show is left out.
"""

import base64
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

_PACKED = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")


def all_of(error: BaseException | None, but: str) -> str:
    """What the most talkative traceback could show: words, arguments, causes, and every value in every frame.

    Frames of the file `but` are left out: that is the test, which knows the secret.
    """
    shown: list[str] = []
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        shown += [str(each), repr(each), repr(each.args), repr(vars(each)), *getattr(each, "__notes__", [])]
        shown += _values(each.__traceback__, but)
        waiting += [each.__cause__, each.__context__]
    return "\n".join(shown)


def holds(text: str, secret: str) -> bool:
    """Whether a secret stands in a text, in plain letters or packed as a basic login packs it."""
    return secret in text or any(secret in _unpacked(found.group()) for found in _PACKED.finditer(text))


@contextmanager
def everything_logged() -> Iterator[list[str]]:
    """All that is logged meanwhile, by whomever, at whatever level."""
    lines: list[str] = []
    root = logging.getLogger()
    listener = _Listener(lines)
    before = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(before)
        root.removeHandler(listener)


class _Listener(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.NOTSET)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(
            f"{record.name}: {record.getMessage()} {all_of(record.exc_info[1], '') if record.exc_info else ''}"
        )


def _values(traceback: TracebackType | None, but: str) -> list[str]:
    values: list[str] = []
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename != but:
            values += [f"{name}={value!r}" for name, value in traceback.tb_frame.f_locals.items()]
        traceback = traceback.tb_next
    return values


def _unpacked(text: str) -> str:
    whole = text[: len(text) // 4 * 4]
    return base64.b64decode(whole).decode("latin-1")
