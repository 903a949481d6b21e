"""The team's rules for known answers, out of the workspace."""

from desk.knowledge.rules import AnswerRules, parse_answer_rules
from storage import rules
from storage.connect import Connection


def answer_rules(connection: Connection) -> AnswerRules:
    """The team's own, else the starter's."""
    return parse_answer_rules(rules.read(connection, "answers"), "answers")
