"""The line that a draft begins with: whom it greets, and whether that is the right person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from desk.review.draft import Draft, Hit
from desk.review.marks import Kind
from desk.review.names import called, is_person, name_words
from desk.review.phrases import lowered
from desk.review.rules import Rule

_NAME = re.compile(r"[^\W\d_][\w'’-]*")
_LINE_ENDS = re.compile(r"[,!:;–—\n]|$")
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Greeting:
    """The words of greeting, and the names behind them (titles aside); both as offsets."""

    start: int
    end: int
    names: tuple[tuple[int, int], ...]
    titled: bool

    @property
    def whole(self) -> tuple[int, int]:
        """From the first word to the last name."""
        return self.start, self.names[-1][1] if self.names else self.end


def greeting_of(draft: Draft) -> Greeting | None:
    """The greeting that the draft begins with; None where it has none."""
    start = len(draft.own) - len(draft.own.lstrip())
    length = max((len(words) for words in draft.language.greetings if _begins(draft.lower, start, words)), default=0)
    if not length:
        return None
    end = start + length
    # “Hola, Marta:” has its comma before the name.
    comma = draft.own[end : end + 1] == ","
    names, titled = _names(draft, end + comma)
    return Greeting(start, end, names if not comma or _alone(draft, names) else (), titled)


def _begins(lower: str, start: int, words: str) -> bool:
    return lower.startswith(words, start) and not lower[start + len(words) : start + len(words) + 1].isalnum()


def _alone(draft: Draft, names: tuple[tuple[int, int], ...]) -> bool:
    """Whether the names end their line, as they do in a greeting."""
    return bool(names) and draft.own[names[-1][1] :].partition("\n")[0].strip(" \t,:;.!") == ""


def _names(draft: Draft, place: int) -> tuple[tuple[tuple[int, int], ...], bool]:
    """The names behind a greeting, as far as they look like names."""
    found: list[tuple[int, int]] = []
    titled = False
    ends = _LINE_ENDS.search(draft.own, place)
    for match in _NAME.finditer(draft.own, place, ends.start() if ends else len(draft.own)):
        word = lowered(match[0])
        if word in draft.language.titles:
            titled = True
            continue
        known = name_words(draft.context.names)
        if word in draft.language.nobody or not (match[0][0].isupper() or called(match[0], known)):
            break
        found.append(match.span())
        if len(found) == _MOST_NAMES or draft.own[match.end() : match.end() + 1] == ".":
            break
    return tuple(found), titled


def missing_greeting(draft: Draft, rule: Rule) -> Iterator[Hit]:
    """A letter that begins without a greeting."""
    start = len(draft.own) - len(draft.own.lstrip())
    if greeting_of(draft) is not None or draft.words_in(0, len(draft.own)) < rule.least:
        return
    first = _NAME.match(draft.own, start)
    line = draft.own[start:].partition("\n")[0].strip()
    known = name_words(draft.context.names)
    # “Ana,” on a line of its own is a greeting too.
    if first is None or (len(line.split()) <= 3 and any(called(word, known) for word in line.strip(",!:. ").split())):
        return
    word = draft.text[first.start() : first.end()]
    hello = _hello(draft)
    yield Hit(first.start(), first.end(), hello + ",\n\n" + word if hello else None)


def missing_name(draft: Draft, _: Rule) -> Iterator[Hit]:
    """A greeting without the customer's name, where that is known."""
    greeting = greeting_of(draft)
    if greeting is None or greeting.names or (greeting.titled and not _hello(draft)):
        return
    ends = _LINE_ENDS.search(draft.own, greeting.end)
    end = ends.start() if ends else greeting.end
    behind = [lowered(word) for word in draft.own[greeting.end : end].split()]
    # “Hi, thanks for your picture” goes on after its greeting; only what stands for a name is taken with it.
    if any(word not in draft.language.nobody and word not in draft.language.titles for word in behind):
        end = greeting.end
    hello = _hello(draft)
    if hello:
        yield Hit(greeting.start, end, hello)


def wrong_name(draft: Draft, _: Rule) -> Iterator[Hit]:
    """A greeting of somebody else, or another customer's name anywhere."""
    context = draft.context
    greeting = greeting_of(draft)
    known = name_words(context.names)
    if greeting is not None and greeting.names and known:
        words = [draft.own[start:end] for start, end in greeting.names]
        signed = name_words(_NAME.findall(context.customer_text[-1_000:]))
        if not any(called(word, known) or called(word, signed) for word in words):
            start, end = greeting.names[0][0], greeting.names[-1][1]
            yield Hit(start, end, _first_name(context.names) or None)
    mine = {" ".join(lowered(name).split()) for name in context.names}
    for name in context.others:
        words = lowered(name).split()
        # Most drafts hold no word of it, which is told without an expression.
        if len(words) < 2 or " ".join(words) in mine or any(word not in draft.lower for word in words):
            continue
        # “Ana Ruiz” is nobody else in “Diana Ruiz”.
        found = re.search(r"(?<!\w)" + r"\s{1,3}".join(map(re.escape, words)) + r"(?!\w)", draft.lower)
        if found is not None:
            yield Hit(*found.span())


def looks_like_reply(draft: Draft, _: Rule) -> Iterator[Hit]:
    """A note that greets the customer, or ends as letters do."""
    if draft.context.kind is not Kind.NOTE:
        return
    greeting = greeting_of(draft)
    known = name_words(draft.context.names)
    if greeting is not None and any(called(draft.own[start:end], known) for start, end in greeting.names):
        yield Hit(*greeting.whole)
        return
    if greeting is not None and greeting.names and not greeting.titled:
        return
    lines = [(place, line.strip(" \t,.!")) for place, line in draft.lines() if line.strip()]
    for place, line in lines[-3:]:
        if lowered(line) in draft.language.closings:
            yield Hit(place, place + len(line))
            return


def _first_name(names: tuple[str, ...]) -> str:
    whole = next((name for name in names if is_person(name)), "")
    return whole.split()[0] if whole else ""


def _hello(draft: Draft) -> str:
    name = _first_name(draft.context.names)
    return draft.language.hello.replace("{name}", name) if name else ""
