"""The team's rules for what its answers cost, and for when a contact counts as the last one."""

import re
from dataclasses import dataclass

from desk.tables import Table, read_tables
from desk.times import DAY, HOUR, MINUTE, SECOND

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_SPAN = re.compile(r"(\d{1,4}) ?([smhd])")
_COUNT = re.compile(r"\d{1,4}")


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """Spans in microseconds: see storage/content/answers.toml for what each means."""

    assumed: int
    longest: int
    least_known: int
    least_times: int
    again_within: int


def parse_answer_rules(toml: str, where: str) -> AnswerRules:
    """The rules of a file; raises BadInput with file, key and what is wrong."""
    table = read_tables(toml, where)
    rules = AnswerRules(
        assumed=_span(table, "assumed", "4m"),
        longest=_span(table, "longest", "30m"),
        least_known=_count(table, "least_known", "3"),
        least_times=_count(table, "least_times", "2"),
        again_within=_span(table, "again_within", "7d"),
    )
    table.done()
    return rules


def _span(table: Table, key: str, default: str) -> int:
    match = _SPAN.fullmatch(table.text(key, default).strip())
    if match is None or int(match[1]) == 0:
        raise table.problem(key, "is no span of time", f'Write it like {key} = "{default}".')
    return int(match[1]) * _UNITS[match[2]]


def _count(table: Table, key: str, default: str) -> int:
    text = table.text(key, default).strip()
    if not _COUNT.fullmatch(text) or int(text) == 0:
        raise table.problem(key, "is no number above nought", f'Write it like {key} = "{default}".')
    return int(text)
