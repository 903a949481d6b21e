"""Snippets: text at hand, with variables, choices and prompts; with actions they are macros."""

from desk.snippets.exchange import parse_snippets, to_toml
from desk.snippets.library import Library, Snippet, trigger_before
from desk.snippets.macros import Actions, format_actions, parse_actions
from desk.snippets.template import FieldKind, OpenField, Problem, Rendered, answer, check, open_fields, render
from desk.snippets.variables import VARIABLES, first_name

__all__ = [
    "VARIABLES",
    "Actions",
    "FieldKind",
    "Library",
    "OpenField",
    "Problem",
    "Rendered",
    "Snippet",
    "answer",
    "check",
    "first_name",
    "format_actions",
    "open_fields",
    "parse_actions",
    "parse_snippets",
    "render",
    "to_toml",
    "trigger_before",
]
