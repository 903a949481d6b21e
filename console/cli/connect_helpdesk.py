"""What `heard connect KIND` asks of a helpdesk: what its kind wants to know, and nothing else.

The invariant: what was given is never asked for; the secret is none of the settings.
"""

import argparse

from console.asking import Asking, settings_of
from console.connecting import option_of
from sync.kinds import Kind, Question


def helpdesk_settings(arguments: argparse.Namespace, kind: Kind, asking: Asking) -> dict[str, str]:
    """What was given, and what a person answers for the rest."""
    named = {"url": arguments.url, "user": arguments.user, "ca": arguments.ca}
    given = {**{key: value for key, value in named.items() if value}, **settings_of(arguments.option)}
    answers = {
        question.key: answer
        for question in kind.questions
        if question.key not in given and (answer := _answer(question, asking))
    }
    settings = {**answers, **given}
    if settings.get("url"):
        settings["url"] = _whole(settings["url"])
    kept = {**settings, "takes": " ".join(sorted(kind.takes))}
    return {**kept, "pages": " ".join(kind.pages)} if kind.pages else kept


def _answer(question: Question, asking: Asking) -> str:
    example = f"such as {question.example}" if question.example else ""
    if question.needed:
        return asking.line(_with(question.words, example), option_of(question.key))
    hint = f"{example}; Enter leaves it out" if example else "Enter leaves it out"
    return asking.line_or_none(_with(question.words, hint))


def _with(words: str, hint: str) -> str:
    return f"{words} ({hint})" if hint else words


def _whole(url: str) -> str:
    """As it is typed from memory, without its beginning and with or without a slash at its end."""
    whole = url.strip().rstrip("/")
    return whole if "://" in whole else f"https://{whole}"
