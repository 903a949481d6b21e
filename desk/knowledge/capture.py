"""A question and its answer out of a conversation: without greeting, farewell, signature and quotes.

The invariants: nothing is put into the writer's mouth (what is cut off is marked with an ellipsis, and only at the end
of a word); braces of the text never become fields of a snippet; what is left is never empty where something was said.
"""

import re

from desk.mail.quotes import find_folds, visible
from desk.mail.signatures import is_delimiter
from desk.snippets.variables import first_name

LONGEST_QUESTION = 200
LONGEST_TITLE = 60

_HAIL = (
    r"hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|hallo|liebe[rs]?|guten (?:tag|morgen|abend)|"
    r"sehr geehrte[rs]?|moin|hola|buenos días|buenas (?:tardes|noches)|estimad[oa]s?|bonjour|salut|ciao"
)
_NAMED = r"(?:\s+(?:(?:mr|mrs|ms|mx|dr|prof)\.|[^\s.?,!:]+)){0,5}"
_GREETING = re.compile(rf"\s*(?:{_HAIL})\b{_NAMED}\s*[,!.:–-]*\s*", re.IGNORECASE)
# A greeting that goes on in the same line: only the greeting goes.
_OPENING = re.compile(rf"\s*(?:{_HAIL})\b{_NAMED}\s*[,!:]\s+(?=\S)", re.IGNORECASE)
_FAREWELL = re.compile(
    r"\s*(?:(?:(?:kind(?:est)?|best|warm(?:est)?|with (?:kind|best|warm)) )?(?:regards|wishes)|best|cheers|"
    r"all the best|sincerely(?: yours)?|yours(?: (?:sincerely|truly|faithfully))?|"
    r"thanks(?: (?:again|a lot|so much|in advance))?|"
    r"many thanks|thank you(?: (?:again|very much|so much))?|take care|have a (?:good|great|nice|lovely) \w+|"
    r"(?:mit )?(?:freundlichen|vielen|herzlichen|lieben|besten) (?:grüßen|grüsse|dank)|(?:viele|liebe|beste|herzliche) "
    r"grüße|un saludo|saludos(?: cordiales)?|gracias|atentamente|cordialement|merci)\s*[,.!–-]*\s*",
    re.IGNORECASE,
)
# Below a farewell stands a name and perhaps a title; more than that is text.
_LONGEST_CLOSING = 5
_LONGEST_NAME = 50
_BRACES = re.compile(r"\{(?=\{)|\}(?=\})")
_SENTENCE_END = re.compile(r"(?<=[.!?…。？！])\s+|\n+")
_REPLY_MARK = re.compile(r"^(?:\s*(?:re|aw|fwd?|wg|rv|sv|antw)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)
# Bounded, and begun only where a word begins: text from strangers may be one long run of points.
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_NUMBER = re.compile(r"(?<![\w.,])[A-Z#-]{0,4}\d[\d\s./-]{2,}\d(?!\w)")


def own_words(body: str, writer: str = "") -> str:
    """What the writer said: without quotes, signature, greeting and farewell; all that is visible where that is all."""
    lines = visible(body, find_folds(body)).strip().split("\n")
    kept = _without_farewell(_without_name(_without_greeting(lines), writer))
    return "\n".join(kept).strip() or "\n".join(lines).strip()


def question_of(body: str, subject: str) -> str:
    """What the customer asked, in one line: their own questions where they put any, else how they began."""
    said = " ".join(own_words(body).split())
    sentences = [part.strip() for part in _SENTENCE_END.split(own_words(body)) if part.strip()]
    asked = [part for part in sentences if part.endswith(("?", "？"))]
    return shortened(" ".join(asked or sentences) or said or title_of(subject), LONGEST_QUESTION)


def asks(body: str) -> bool:
    """Whether the writer put a question in so many words."""
    return any(part.rstrip().endswith(("?", "？")) for part in _SENTENCE_END.split(own_words(body)))


def answer_of(body: str, customer: str, email: str = "", writer: str = "") -> str:
    """A sent reply as a snippet's text: the customer's name and address are variables, all else stands as it was."""
    text = _BRACES.sub(r"\g<0> ", own_words(body, writer))
    told = {first_name(customer): "customer.first_name", customer: "customer.name", email: "customer.email"}
    fields = {value: field for value, field in told.items() if len(value) > 1}
    if not fields:
        return text
    # In one go, the longest first: a customer may be called as a field is.
    longest = sorted(fields, key=len, reverse=True)
    found = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")
    return found.sub(lambda match: "{{" + fields[match[0]] + "}}", text)


def title_of(subject: str) -> str:
    """A subject without its `Re:`, as the name of an answer."""
    return shortened(_REPLY_MARK.sub("", " ".join(subject.split())), LONGEST_TITLE)


def shortened(text: str, longest: int) -> str:
    """`text` cut after a word so that it is at most so long, with an ellipsis where something was cut."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    head, blank, _ = cut.rpartition(" ")
    return (head if blank and text[longest - 1] != " " else cut).rstrip(" ,;:–-") + "…"


def of_one_customer(text: str) -> tuple[str, ...]:
    """What in an answer looks as if it belonged to one customer alone: addresses, and numbers of four digits or more.

    A guess, for a person to look at.
    """
    found = (*_ADDRESS.findall(text), *(match.strip() for match in _NUMBER.findall(text)))
    return tuple(dict.fromkeys(found))


def beyond(known: str, said: str) -> str:
    """The sentences of `said` whose words `known` doesn't have: what a newer answer adds to an older one."""
    has = set(_plain(known))
    new = []
    for sentence in _SENTENCE_END.split(said):
        words = _plain(sentence)
        if words and sum(word in has for word in words) < 0.75 * len(words):
            new.append(sentence.strip())
    return "\n".join(new)


def _plain(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _without_greeting(lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        lines = lines[1:]
    if not lines:
        return lines
    if _GREETING.fullmatch(lines[0]):
        return lines[1:]
    opening = _OPENING.match(lines[0])
    return [lines[0][opening.end() :], *lines[1:]] if opening else lines


def _without_name(lines: list[str], writer: str) -> list[str]:
    """Cut the writer's own name from the end, where it stands on a line of its own."""
    names = {writer.casefold(), first_name(writer).casefold()} - {""}
    said = [place for place, line in enumerate(lines) if line.strip()]
    if len(said) > 1 and lines[said[-1]].strip(" ,.–-").casefold() in names:
        return lines[: said[-1]]
    return lines


def _without_farewell(lines: list[str]) -> list[str]:
    """Cut from the last farewell on, where only a name or two stand below it."""
    said = [place for place, line in enumerate(lines) if line.strip()]
    for place in said[-_LONGEST_CLOSING:]:
        below = [lines[after] for after in said if after > place]
        if is_delimiter(lines[place]) or (_FAREWELL.fullmatch(lines[place]) and all(map(_is_name, below))):
            return lines[:place]
    return lines


def _is_name(line: str) -> bool:
    return len(line.strip()) <= _LONGEST_NAME and not line.rstrip().endswith(("?", ".", ":"))
