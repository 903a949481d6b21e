"""What a typed question or a stored identity is, in the one form in which both are compared.

The invariant: a value and a question go through the same function (`normal_form`), and doing it twice changes nothing.
So what was written as "Jürgen O'Hara" is found by "jurgen ohara", "AC-12 34" by "ac1234".
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from desk.digits import from_back, word_of
from desk.lookup import IdentityKind

Mode = Literal["empty", "digits", "email", "domain", "text"]

# Longer questions are cut: nobody's name is longer, and an index must not pay for a pasted page.
LONGEST = 120
# What Unicode doesn't take apart itself.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ĸ": "k",
        "ł": "l",
        "ŋ": "n",
        "œ": "oe",
        "æ": "ae",
        "ß": "ss",
        "þ": "th",
        "ŧ": "t",
        "'": None,
        "’": None,
        "‘": None,
        "ʼ": None,
        "ʻ": None,
        "´": None,
        "`": None,
    }
)
_WORD = re.compile(r"[^\W_]+")
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_ADDRESS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_LINK = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}/(?:@|in/|u/|user/)?([^/?#\s]+)", re.IGNORECASE)
_LONGEST_LINK = 500
_DIALLED = re.compile(r"(?:tel|callto|sips?):", re.IGNORECASE)
_PHONE_LIKE = re.compile(
    r"[\s+()\[\]\d./\u2010-\u2015\u2212-]*\d[\s()\[\]\d./\u2010-\u2015\u2212-]*(?:[\s;,]*(?:ext(?:ension|n)?\.?|x|#)[\s:=.]*\d+)?",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"[\w-]+(?:\.[\w-]*)+")
_TICKET = re.compile(r"#\s*([0-9]{1,15})|([0-9]{1,15})")
# Last labels that nearly every address shares: not worth a posting for each customer.
_LABELS = """com net org edu gov info biz io co me app dev ai
uk us ca au nz ie de at ch fr be nl lu es pt it pl cz se no dk fi eu in br mx ar cl za jp cn kr ru"""
COMMON_LABELS = frozenset(_LABELS.split())


@dataclass(frozen=True, slots=True)
class Question:
    """A typed query taken apart once, so that every tier asks with the same words.

    `words` are folded; `code` is all letters and digits in one; `digits` holds a
    number's digits, with `plus` where it names the country; `address` is what was typed in lower case: an email, a
    domain (after an @ alone), or the text as it stands; `ticket` is a ticket's number; `handle` is what
    is left as a handle.
    """

    mode: Mode
    words: tuple[str, ...] = ()
    code: str = ""
    digits: str = ""
    plus: bool = False
    address: str = ""
    ticket: int | None = None
    handle: str = ""

    @property
    def name(self) -> str:
        """The question as the normal form of a name."""
        return " ".join(self.words)


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """`text` in lower case without accents, apostrophes or letters that a keyboard elsewhere lacks."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return text.casefold().translate(_LETTERS)


def words_of(text: str) -> list[str]:
    """The folded words of `text`, in order: letters and digits, parted by anything else."""
    return _WORD.findall(fold(text))


def spellings(text: str) -> set[str]:
    """Every word that a name should be found by: its words, hyphens closed up, o'hara also as hara, ü also as ue."""
    found: set[str] = set()
    for chunk in text.split():
        parts = words_of(chunk)
        found.update(parts)
        if len(parts) > 1:
            found.add("".join(parts))
        apart = words_of(re.sub("['’‘ʼʻ´`]", " ", chunk))
        if len(apart) > 1:
            found.update(apart)
        if not chunk.isascii():
            composed = unicodedata.normalize("NFC", chunk).casefold()
            found.update(words_of(composed.translate(_SPELT_OUT)))
    return found


def code_of(text: str) -> str:
    """Letters and digits in one, for account and order numbers."""
    return "".join(words_of(text))


def address_of(text: str) -> str:
    """An email address in lower case, out of `Name <address>` or `mailto:` too; other text just in lower case."""
    inside = _ADDRESS.search(text)
    address = inside.group(1) if inside else text.strip()
    address = unicodedata.normalize("NFKC", address).casefold().removeprefix("mailto:")
    return unicodedata.normalize("NFKC", "".join(unicodedata.normalize("NFKC", address).split()))


def without_tag(address: str) -> str:
    """An address without its `+tag`: what ana+shop@example.org and ana@example.org share."""
    local, at, domain = address.partition("@")
    name, plus, _ = local.partition("+")
    return f"{name}{at}{domain}" if plus and name else address


def backwards(address: str) -> str:
    """An address (without tag) with its local part backwards: typed at its end, it has a beginning."""
    local, at, domain = without_tag(address).partition("@")
    return f"{local[::-1]}{at}{domain}"


def handle_of(text: str) -> str:
    """A handle without @ or the address of the site that it came with."""
    # A longer text is no link; looking for one in it takes time by the square of its length.
    link = _LINK.search(text[:_LONGEST_LINK])
    handle = link.group(1) if link else text.strip().rpartition(":")[2]
    return fold(handle).strip().lstrip("@").strip()


def normal_form(kind: IdentityKind, value: str, regions: tuple[str, ...] = ()) -> str:
    """The form of `value` that is stored and compared; never empty unless `value` is.

    `regions` are the countries whose national phone numbers are understood, in order of preference.
    """
    match kind:
        case IdentityKind.NAME | IdentityKind.COMPANY:
            normal = " ".join(words_of(value))
        case IdentityKind.EMAIL:
            normal = address_of(value)
        case IdentityKind.PHONE:
            from desk.phones import normal_number

            normal = normal_number(value, regions)
        case IdentityKind.HANDLE:
            normal = handle_of(value)
        case IdentityKind.ACCOUNT | IdentityKind.ORDER | IdentityKind.TICKET:
            normal = code_of(value)
    return normal or _as_it_stands(value)


def ask(text: str) -> Question:
    """Take a typed query apart. Nothing typed is an error: what makes no sense has the mode "empty"."""
    # Halves of surrogates can't be written to any database.
    text = text.replace("\x00", " ")[:LONGEST].encode("utf-8", "ignore").decode()
    text = " ".join(text.split())
    ticket = _TICKET.fullmatch(text)
    number = int(ticket.group(1) or ticket.group(2)) if ticket else None
    if ticket and ticket.group(1):
        return Question("digits", (ticket.group(1),), ticket.group(1), ticket.group(1), ticket=number)
    if _DIALLED.match(text) or _PHONE_LIKE.fullmatch(unicodedata.normalize("NFKC", text)):
        from desk.phones import typed_digits

        digits, plus = typed_digits(text)
        if digits:
            return Question("digits", (digits,), digits, digits, plus, written(text), number)
    words = tuple(words_of(text))
    if not words:
        return Question("text" if text else "empty", address=_as_it_stands(text))
    if "@" in text:
        return _ask_address(text, words)
    mode: Mode = "domain" if _DOTTED.fullmatch(text) else "text"
    link = _LINK.fullmatch(text)
    if link:
        words = tuple(words_of(link.group(1))) or words
    return Question(mode, words, "".join(words), address=written(text), handle=handle_of(text))


def _ask_address(text: str, words: tuple[str, ...]) -> Question:
    address = address_of(text)
    local, _, domain = address.partition("@")
    if local:
        return Question("email", words, "".join(words), address=address, handle=handle_of(text))
    return Question("domain", words, "".join(words), address=domain or address, handle=handle_of(text))


def written(text: str) -> str:
    """What was typed, as it stands, in lower case: the form in which email addresses and odd values are kept."""
    return address_of(text) if "@" in text else _as_it_stands(text)


def _as_it_stands(text: str) -> str:
    # Of some text folding leaves nothing: lone accents and apostrophes.
    return fold(text).strip() or text.strip().casefold()


def tokens(kind: IdentityKind, value: str, normal: str) -> set[str]:
    """The words under which an identity stands in the look-up."""
    match kind:
        case IdentityKind.NAME | IdentityKind.COMPANY:
            return set(map(word_of, spellings(value).union(words_of(normal))))
        case IdentityKind.EMAIL:
            return _tokens_of_address(normal)
        case IdentityKind.PHONE:
            from desk.phones import searchable_digits

            return searchable_digits(normal)
        case _:
            return _tokens_of_code(normal)


def _tokens_of_address(normal: str) -> set[str]:
    local, _, domain = normal.partition("@")
    parts = words_of(local)
    found = {*parts, "".join(parts)}
    labels = words_of(domain)
    if labels and labels[-1] in COMMON_LABELS:
        labels.pop()
    found.update(labels)
    found.discard("")
    return set(map(word_of, found))


def _tokens_of_code(normal: str) -> set[str]:
    parts = words_of(normal)
    digits = "".join(letter for letter in normal if letter.isdigit())
    found = set(map(word_of, filter(None, (*parts, "".join(parts), digits))))
    if digits:
        found.add(from_back(digits))
    return found
