"""Keeps the libraries below from writing into a log what they send: addresses with names in them, headers that log in.

The invariant: whatever level is set, by whom, and when, no record of theirs is made.
"""

import logging

# Each that httpx and httpcore write to; a filter holds for one name alone, not for those below it.
NAMES = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
)


def _nothing(_record: logging.LogRecord) -> bool:
    return False


def keep_quiet() -> None:
    """Let none of them write anything any more; saying it twice changes nothing."""
    for name in NAMES:
        logging.getLogger(name).addFilter(_nothing)
