"""What agents may give away: the kinds of gestures, the budgets, and the periods for which those hold. Pure.

The invariants: money is whole minor units (desk.money); every moment lies in exactly one period of a kind, whose
borders are midnights in the team's zone, also where the clocks change; a budget that names an agent or a team takes
the place of the one for everybody.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desk.errors import BadInput
from desk.money import DIGITS, SIGNS, currency_of, parse, shown
from desk.nearest import mend_name
from desk.tables import Table, read_tables
from desk.times import from_datetime, to_datetime

Value = TypeVar("Value")

PERIODS = ("week", "month", "quarter")
HOLDERS = ("agent", "team")
# What counts against a budget; what waits for a supervisor, or was refused, does not.
COUNTS = ("given", "approved")
# Far more than any desk gives away at once, and far less than what can be added up.
LARGEST = 10**12
_VALUE = re.compile(r"[0-9][0-9., '\u00a0\u202f]{0,30}")


@dataclass(frozen=True, slots=True)
class GestureKind:
    """Something that can be given. `usual` is its usual value in minor units; 0 where there is none."""

    key: str
    label: str
    usual: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What one agent or one team may give away in a period. `name`: of this one alone (handle or team), else empty."""

    holder: str
    name: str
    period: str
    amount: int


@dataclass(frozen=True, slots=True)
class GestureRules:
    """A team's rules. `approvers` are the roles that decide what is over budget; `zone` is empty where not said."""

    currency: str
    zone: str
    approvers: tuple[str, ...]
    kinds: tuple[GestureKind, ...]
    budgets: tuple[Budget, ...]

    def kind(self, text: str) -> GestureKind:
        """The kind of that key, label, or beginning of one; BadInput with the nearest name."""
        wanted = text.strip().casefold()
        for each in self.kinds:
            if wanted in (each.key, each.label.casefold()):
                return each
        begun = [each for each in self.kinds if wanted and each.label.casefold().startswith(wanted)]
        if len(begun) == 1:
            return begun[0]
        raise BadInput(f"There is no gesture “{text.strip()}”", mend_name(text, [each.label for each in self.kinds]))

    def label(self, key: str) -> str:
        """What a kind is called now; one that the team has taken out keeps its key."""
        return next((each.label for each in self.kinds if each.key == key), key)

    def budgets_of(self, holder: str, name: str) -> tuple[Budget, ...]:
        """The budgets that hold for an agent (by handle) or a team (by name): its own, else everybody's."""
        held = [each for each in self.budgets if each.holder == holder]
        own = [each for each in held if each.name.casefold() == name.casefold() and each.name]
        return tuple(own or [each for each in held if not each.name])


@dataclass(frozen=True, slots=True)
class Left:
    """What one budget still has. `who` is the agent's or team's name; `spent` is what counts so far."""

    who: str
    budget: Budget
    spent: int
    start: int
    end: int

    @property
    def left(self) -> int:
        """What may still be given; below nothing where the rules have changed since."""
        return self.budget.amount - self.spent

    def words(self, currency: str) -> str:
        """`Ana Ruiz 38 of 50 EUR this month`."""
        left = shown(self.left, currency).removesuffix(f" {currency}")
        return f"{self.who} {left} of {shown(self.budget.amount, currency)} this {self.budget.period}"

    def short(self, currency: str, *, less: int = 0) -> str:
        """`Ana Ruiz 38 of 50/month`, for a line with little room; `less` is what is about to be given."""
        left, whole = (
            shown(each, currency).removesuffix(f" {currency}") for each in (self.left - less, self.budget.amount)
        )
        return f"{self.who} {left} of {whole}/{self.budget.period}"


def value_of(text: str, currency: str) -> int:
    """The minor units of a value that was typed; BadInput for what is none, or more exact than its currency."""
    bare = text.strip().upper().removesuffix(currency).removeprefix(currency).strip()
    for sign in (sign for sign, of in SIGNS.items() if of == currency):
        bare = bare.removesuffix(sign).removeprefix(sign).strip()
    if not _VALUE.fullmatch(bare):
        raise BadInput(
            f"“{text.strip()}” is no value", f"Write it like {shown(125 * 10 ** _digits(currency), currency)}."
        )
    amount = parse(bare, currency).amount
    # Whoever gives half a yen means something else: what would be rounded is refused.
    typed = int(re.sub(r"\D", "", bare))
    if amount not in (typed * 10**shift for shift in range(_digits(currency) + 1)):
        raise BadInput(f"“{text.strip()}” has too many decimals", f"{currency} has {_digits(currency) or 'none'}.")
    if amount > LARGEST:
        raise BadInput(f"“{text.strip()}” is more than anyone gives away", "Look at its zeros.")
    return amount


def _digits(currency: str) -> int:
    return DIGITS.get(currency, 2)


def over(lefts: Iterable[Left], amount: int) -> tuple[Left, ...]:
    """The budgets that an amount goes beyond."""
    return tuple(each for each in lefts if amount > each.left)


def period_of(at: int, period: str, zone: tzinfo) -> tuple[int, int]:
    """The first moment of the week, month or quarter in which a time lies, and that of the next one."""
    day = to_datetime(at, zone).date()
    if period == "week":
        first = day - timedelta(days=day.weekday())
        following = first + timedelta(days=7)
    else:
        months = 3 if period == "quarter" else 1
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        month = first.month + months
        following = date(first.year + (month > 12), (month - 1) % 12 + 1, 1)
    return _midnight(first, zone), _midnight(following, zone)


def _midnight(day: date, zone: tzinfo) -> int:
    return from_datetime(datetime.combine(day, time(), zone))


def zone_named(name: str) -> tzinfo:
    """The zone of that name; BadInput where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"“{name}” is no time zone", "Write it like Europe/Madrid.") from None


def parse_gestures(toml: str, where: str = "gestures") -> GestureRules:
    """The rules that a team has written; BadInput says file, table, key and the nearest name."""
    top = read_tables(toml, where)
    currency = _read(top, "currency", currency_of)
    zone = top.text("zone", "").strip()
    if zone:
        _read(top, "zone", zone_named)
    approvers = tuple(role.strip() for role in top.texts("approvers") if role.strip())
    if not approvers:
        raise top.problem("approvers", "nobody could approve anything", 'Write approvers = ["supervisor"].')
    kinds = tuple(_kind(table, currency) for table in top.tables("kind"))
    budgets = tuple(_budget(table, currency) for table in top.tables("budget"))
    top.done()
    if not kinds:
        raise top.problem("kind", "there is no kind of gesture", "Begin each with [[kind]].")
    _refuse_twice(top, "kind", [each.key for each in kinds])
    _refuse_twice(top, "kind", [each.label.casefold() for each in kinds])
    _refuse_twice(top, "budget", [f"{each.holder} {each.name} {each.period}".casefold() for each in budgets])
    return GestureRules(currency, zone, approvers, kinds, budgets)


def _read(table: Table, key: str, parse: Callable[[str], Value]) -> Value:
    """What a key's text says; what is wrong in it is told with its place."""
    text = table.text(key)
    try:
        return parse(text)
    except BadInput as error:
        raise table.problem(key, error.message, error.mend) from None


def _kind(table: Table, currency: str) -> GestureKind:
    key, label = table.text("key").strip(), table.text("label").strip()
    usual = _amount(table, "amount", currency) if table.text("amount", "") else 0
    table.done()
    return GestureKind(key.casefold(), label, usual)


def _budget(table: Table, currency: str) -> Budget:
    holder = table.choice("for", HOLDERS, "agent")
    period = table.choice("period", PERIODS, "month")
    name = table.text("name", "").strip()
    amount = _amount(table, "amount", currency)
    table.done()
    return Budget(holder, name, period, amount)


def _amount(table: Table, key: str, currency: str) -> int:
    return _read(table, key, lambda text: value_of(text, currency))


def _refuse_twice(top: Table, key: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise top.problem(key, f"“{name}” stands there twice", "Take one of them out, or name it otherwise.")
