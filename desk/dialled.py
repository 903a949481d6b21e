"""What a telephone hands over for a caller: a number out of an address, no number at all, or something to search for.

It never decides whose number it is (`storage.calls.match` does); it only takes the wrapping off, in linear time.
"""

import re

# What telephones say where no number is shown, in the languages that we have met.
_WITHHELD = frozenset(
    (
        "anonymous", "withheld", "unknown", "private", "restricted", "unavailable", "hidden", "blocked", "none", "null",
        "anonym", "unbekannt", "unterdrückt", "anonyme", "inconnu", "masqué", "privé", "anónimo", "desconocido",
        "oculto", "privado", "anonimo", "sconosciuto", "privato",
    )
)  # fmt: skip
# RFC 3323's host of a caller who wants no name, and ANONYMOUS as a dial's digits.
_NOWHERE = "anonymous.invalid"
_DIALLED_ANONYMOUS = "266696687"
_SCHEME = re.compile(r"\s*(?:tel|callto|sips?|phone):(?://)?", re.IGNORECASE)
# RFC 3966's extension may follow a number; every other parameter says how to dial it.
_PARAMETER = re.compile(r";(?!ext=)[^;]*", re.IGNORECASE)
_NUMBER = re.compile(
    r"[\d+(][\d\s()+./-]*(?:\s*(?:;ext=|ext\.?|extension|durchwahl|x|#)[\s:=.]*\d{1,8})?", re.IGNORECASE
)
# Fewer digits than this are shared by too many numbers.
SHORTEST_LOCAL = 7
# Longer than any number in any notation: what is longer is something else.
_LONGEST = 200


def bare(text: str) -> str:
    """What an address names, without name, brackets, scheme, host and parameters; other text as it stands.

    `"Erika" <sip:+493012345;user=phone@pbx>` is "+493012345" and `tel:12345;ext=6` is "12345;ext=6", while
    `sip:erika@example.org` is "erika@example.org": an address to search for.
    """
    inner = text.strip()[:_LONGEST]
    opened = inner.rfind("<")
    if opened >= 0:
        inner = inner[opened + 1 :].partition(">")[0].strip()
    scheme = _SCHEME.match(inner)
    if not scheme:
        return inner
    inner = inner[scheme.end() :].replace("%20", " ").replace("%2B", "+").replace("%2b", "+")
    user, at, host = inner.partition("@")
    host = host.partition(";")[0]
    user = _PARAMETER.sub("", user)
    if not at or withheld(user) or _NUMBER.fullmatch(user) or withheld(host):
        return user
    return f"{user}@{host}"


def withheld(text: str) -> bool:
    """Whether this stands where a number would, and says that none is shown."""
    plain = text.strip().casefold()
    if _NOWHERE in plain:
        return True
    word = plain.strip(" <>\"'()-_.").removesuffix(" number").removesuffix(" caller")
    return not word.strip("0+") or word in _WITHHELD or word == _DIALLED_ANONYMOUS


def is_number(text: str) -> bool:
    """Whether this was dialled, and isn't a name, an address or another thing to search for."""
    return _NUMBER.fullmatch(text.strip()) is not None and sum(map(str.isdigit, text)) >= 2


def alike(one: str, other: str) -> bool:
    """Whether two notations may be the same number: all digits alike, or the last ones where one lacks its country."""
    shorter, longer = sorted(("".join(filter(str.isdigit, bare(text))) for text in (one, other)), key=len)
    shorter = shorter.lstrip("0")
    return shorter == longer.lstrip("0") or (len(shorter) >= SHORTEST_LOCAL and longer.endswith(shorter))
