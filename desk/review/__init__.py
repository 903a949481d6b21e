"""The reply reviewer: what a careful colleague would say about a draft before it leaves. Pure, and without a model.

    review(text, Context(names=("Ana Ruiz",)), rules) -> marks, in the order of the text

The rules are TOML (`parse_rules`, `joined`); this package knows how to go by them, and no word of any language.
"""

from desk.review.engine import review
from desk.review.marks import Context, Kind, Mark, moved
from desk.review.rules import Rule, Rules, joined, parse_rules

__all__ = ["Context", "Kind", "Mark", "Rule", "Rules", "joined", "moved", "parse_rules", "review"]
