"""The reference page docs/kinds.md: what each kind of helpdesk asks for, what it takes, and against what it was run.

The invariant: it says what the kinds themselves say, so that no claim about one stands in a second place.
"""

from collections.abc import Iterator

from screens.source_lines import TAKEN
from sync.kinds import OURS, Kind, kind_named

HEAD = """# Kinds of helpdesks

<!-- Written by `python -m console.reference`; change the code, not this page. -->

What each asks for, what it takes, and against what it was ever run, in its own words. How
to work with one: [helpdesks.md](helpdesks.md).
"""


def kinds_page() -> str:
    """docs/kinds.md."""
    kinds = [kind_named(key) for key in OURS]
    return "\n".join((HEAD, *_taken(kinds), *(line for kind in kinds for line in _about(kind)))) + "\n"


def _taken(kinds: list[Kind]) -> Iterator[str]:
    yield "What goes back there of what is done here; the rest stays in the workspace:"
    yield ""
    yield f"| | {' | '.join(kind.title for kind in kinds)} |"
    yield "|---" * (len(kinds) + 1) + "|"
    for key, words in TAKEN.items():
        yield f"| {words} | {' | '.join('yes' if key in kind.takes else '–' for kind in kinds)} |"


def _about(kind: Kind) -> Iterator[str]:
    yield from ("", f"## {kind.title}", "", f"`heard connect {kind.key}`. {_sentence(kind.tried)}", "")
    yield from ("| setting | what it is |", "|---|---|")
    for question in kind.questions:
        example = f", such as `{question.example}`" if question.example else ""
        option = f"--{question.key}" if question.key in ("url", "user") else f"--option {question.key}=…"
        yield f"| `{option}` | {_sentence(question.words).rstrip('.')}{example} |"
    for key, words in kind.options.items():
        yield f"| `--option {key}=…` | {words} |"
    yield f"| the secret | {_sentence(kind.secret).rstrip('.')} |"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:].rstrip(".") + "."
