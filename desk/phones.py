"""Phone numbers in any notation, in one stored form: `+` and the international digits, then `x` and an extension.

What can't be understood as a number of any configured country is kept as its digits alone, without `+`, and is still
found by them. The library behind it costs 45 ms to import, so it is loaded by the first number that is *stored*, or
asked for whole; digits being typed never need it.
"""

import re
import unicodedata

from desk.digits import from_back, word_of

_DIGITS = re.compile(r"[0-9]+")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_EXTENSION = re.compile(
    r"(?:[;,]?\s*(?:ext(?:ension|n)?\.?|x|durchwahl|ext=)|;ext=|#)[\s:=.]*([0-9]{1,8})\s*$", re.IGNORECASE
)
_LONGEST_EXTENSION = 60
_SCHEME = re.compile(r"^\s*(?:tel|callto|sips?):", re.IGNORECASE)
# Country calling codes of one and two digits (ITU E.164); all others have three.
_CODES = """1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49
51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98"""
_SHORT_CODES = frozenset(_CODES.split())
# Shorter than this it may be a service number (110, 911): those belong to no customer, and to no country.
_SHORTEST = 6
_WITH_AREA = 9
_LONGEST = 17
# 1-800-GREATER: letters of a dial, after an area.
_KEYED = re.compile(r"(?:\+?1[\s.-]*)?\(?[0-9]{3}\)?[\s.-]*[A-Za-z0-9-]{7,12}")


def normal_number(text: str, regions: tuple[str, ...] = ()) -> str:
    """The stored form of a phone number: "+14155550134", "+493012345x78", or digits alone where no country fits.

    Empty where there is no digit in it ("anonymous", "Unavailable").
    """
    bare, extension = _parted(text)
    digits = "".join(_DIGITS.findall(_plain(bare)))
    international = _international(bare, regions) or _international(digits, regions)
    number = f"+{international}" if international else digits
    return f"{number}x{extension}" if number and extension else number


def typed_digits(text: str) -> tuple[str, bool]:
    """The digits of a number as far as it is typed, without extension, and whether a + opens them.

    The "(0)" of +49 (0)30 is left out; other zeros stay, since an order may begin with them (`abroad`).
    """
    plain = _TRUNK_ZERO.sub("", _parted(text)[0])
    return "".join(_DIGITS.findall(plain)), plain.lstrip().startswith("+")


def abroad(digits: str) -> str:
    """The digits after 00 or 011, which are dialled for +; empty where there is no such opening."""
    for opening in ("00", "011"):
        if digits.startswith(opening) and len(digits) > len(opening) + 2:
            return digits[len(opening) :]
    return ""


def national(international: str) -> str:
    """International digits (without +) without their country's code."""
    for length in (1, 2):
        if international[:length] in _SHORT_CODES:
            return international[length:]
    return international[3:]


def searchable_digits(normal: str) -> set[str]:
    """The words by which a stored number is found: from the front, without its country, and from the back."""
    number, _, extension = normal.partition("x")
    digits = number.removeprefix("+")
    if not digits.isascii() or not digits.isdigit():
        return {word_of(digits)} if digits.isalnum() else set()
    found = {word_of(digits), from_back(digits)}
    if number.startswith("+") and national(digits):
        found.add(word_of(national(digits)))
    if extension:
        found.add(from_back(digits + extension))
    return found


def whole_number(text: str, regions: tuple[str, ...]) -> str:
    """The international form of a question that looks like a whole number, letters on keys included; else empty."""
    bare, _ = _parted(text)
    international = _international(bare, regions)
    return f"+{international}" if international else ""


def calling_codes(regions: tuple[str, ...]) -> tuple[str, ...]:
    """The calling codes of these countries, without +, each once."""
    import phonenumbers

    codes = (phonenumbers.country_code_for_region(region) for region in regions)
    return tuple(dict.fromkeys(str(code) for code in codes if code))


def _plain(text: str) -> str:
    """Digits of every script as ASCII, full-width signs as their narrow ones."""
    text = unicodedata.normalize("NFKC", text)
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)


def _parted(text: str) -> tuple[str, str]:
    """A number without scheme, host and context, and its extension."""
    text = _plain(text)
    if _SCHEME.match(text):
        text = _SCHEME.sub("", text).partition("@")[0]
    context = re.search(r";phone-context=(\+[0-9-]+)", text)
    if context and not text.lstrip().startswith("+"):
        text = f"{context.group(1)}-{text}"
    text = re.sub(r";(?!ext=)[^;]*", "", text)
    # At the end or nowhere: looked for from the start, a stranger's 20,000 blanks would take seconds.
    extension = _EXTENSION.search(text, max(0, len(text) - _LONGEST_EXTENSION))
    if extension and _DIGITS.search(text[: extension.start()]):
        return text[: extension.start()], extension.group(1)
    return text, ""


def _international(text: str, regions: tuple[str, ...]) -> str:
    """The international digits of a valid number, or nothing: as written, by each region, and with its + forgotten."""
    digits, plus = typed_digits(text)
    lettered = any("a" <= letter <= "z" for letter in text.lower())
    if len(digits) > _LONGEST or (len(digits) < _SHORTEST and not (lettered and _KEYED.fullmatch(text.strip()))):
        return ""
    if plus or abroad(digits):
        return _valid(f"+{digits if plus else abroad(digits)}", None)
    # A local number without its area is no reason to look abroad: 555-0134 would be valid in Germany.
    for region in regions if lettered or len(digits) >= _WITH_AREA else regions[:1]:
        # Letters are dialled on the keys in America alone; elsewhere they'd turn into somebody else's number.
        if lettered and region not in ("US", "CA"):
            continue
        found = _valid(text, region)
        if found:
            return found
    return "" if lettered else _valid(f"+{digits}", None)


def _valid(text: str, region: str | None) -> str:
    # Imported here: 45 ms, and a look-up that never sees a whole number never pays them.
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
