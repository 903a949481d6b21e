"""Keeps the libraries below from writing into a log what they send: addresses with names in them, headers that log in.

The invariant: whatever level is set, by whom, and when, no record of theirs is made.
"""

import logging

# Each that httpx, httpcore and hpack write to; a filter holds for one name alone, not for those below it.
NAMES = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
    "hpack.hpack",
    "hpack.table",
)


def _nothing(_record: logging.LogRecord) -> bool:
    return False


def keep_quiet() -> None:
    """Let none of them write anything any more; saying it twice changes nothing."""
    for name in NAMES:
        logging.getLogger(name).addFilter(_nothing)
