"""Money as whole minor units of a currency (ISO 4217), read from what people type and shown as people write it.

The invariant: `parse(shown(amount, currency), currency)` is the same amount; nothing is ever a float.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from desk.errors import BadInput

# How many digits stand behind the point, where it isn't two. Source: ISO 4217, list one.
DIGITS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0)
    | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
)
SIGNS: Mapping[str, str] = MappingProxyType({"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR"})
LARGEST = 10**15
_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of `currency`."""

    amount: int
    currency: str

    @property
    def words(self) -> str:
        """As people write it: "1,200 EUR", "12.50 USD"."""
        return shown(self.amount, self.currency)

    @property
    def plain(self) -> str:
        """The amount as tables and programs take it: "1200", "12.50"."""
        return shown(self.amount, self.currency).removesuffix(f" {self.currency}").replace(",", "")


def currency_of(text: str) -> str:
    """The three letters of a currency; raises BadInput where it is none."""
    code = SIGNS.get(text.strip(), text.strip().upper())
    if not _CODE.fullmatch(code):
        raise BadInput(f"“{text.strip()}” is no currency", "Write its three letters, such as EUR or USD.")
    return code


def parse(text: str, currency: str) -> Money:
    """An amount as people or tables write it: 1200, 1,200.50, 1.200,50, 1 200; raises BadInput for anything else."""
    # Imported here: the console's start would wait for it, and few workspaces hold money.
    from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

    code = currency_of(currency)
    plain = re.sub(r"[\s'\u2019\u00a0\u202f]", "", text.strip().removesuffix(code).removeprefix(code))
    digits = DIGITS.get(code, 2)
    try:
        amount = Decimal(_pointed(plain, digits))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise BadInput(f"“{text.strip()}” is no amount of money", "Write it like 1200 or 1200.50.")
    minor = (amount * 10**digits).quantize(Decimal(1), ROUND_HALF_UP)
    return Money(int(minor), code)


def shown(amount: int, currency: str) -> str:
    """An amount as people write it; whole ones without their zeros."""
    digits = DIGITS.get(currency, 2)
    whole, rest = divmod(abs(amount), 10**digits)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole:,}" + (f".{rest:0{digits}}" if rest else "") + f" {currency}"


def _pointed(plain: str, digits: int) -> str:
    """With a point where the decimals begin, and nothing between thousands."""
    places = [place for place, letter in enumerate(plain) if letter in ".,"]
    if not places:
        return plain
    last = places[-1]
    several = len({plain[place] for place in places}) > 1
    behind = len(plain) - last - 1
    # 1,200 is a thousand and 1,20 is one and a fifth; 1.200 of a currency with three digits is the latter as well.
    decimal = several or (len(places) == 1 and (behind != 3 or (digits == 3 and plain[last] == ".")))
    whole = re.sub(r"[.,]", "", plain[:last] if decimal else plain)
    return f"{whole}.{plain[last + 1 :]}" if decimal else whole
