"""Statements about several rows at once, with as many placeholders as there are values."""

from functools import lru_cache


@lru_cache(maxsize=512)
def several(statement: str, count: int) -> str:
    """`statement` with its one `(?*)` written out for `count` values."""
    return statement.replace("(?*)", f"({','.join('?' * count)})")
