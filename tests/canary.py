"""Looking for a secret in everything that an error drags along."""

from types import TracebackType


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


def _values(traceback: TracebackType | None, but: str) -> list[str]:
    values: list[str] = []
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename != but:
            values += [f"{name}={value!r}" for name, value in traceback.tb_frame.f_locals.items()]
        traceback = traceback.tb_next
    return values
