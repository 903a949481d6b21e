"""Where in a sync or a writing desk an end has hit, told from the traceback that Python wrote just before."""

import re

_FRAME = re.compile(r'(\w+)\.py", line \d+ in (\w+)')
# The first that stands anywhere in the traceback; a pair of pairs has to stand there whole.
_PLACES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("looking for what may have left", (("mailing", "look_for"),)),
    ("copying to Sent", (("source", "_with_copy"),)),
    ("noting that a mail is handed over", (("mailing", "_hand_over"),)),
    ("SMTP, handed over and not answered yet", (("smtp", "_text"), ("smtp_line", "say"))),
    ("SMTP, before the handing over", (("smtp", "send"),)),
    ("noting what came of a mail", (("mailing", "_settle"),)),
    ("making a mail ready", (("deliverer", "deliver"),)),
    ("taking mails in", (("taking", "take"),)),
    ("taking mails in", (("recency", "put_in_order"),)),
    ("reading IMAP", (("source", "pull"),)),
    ("logging in to IMAP, and its folders", (("source", "streams"),)),
    ("noting how far it was read, and its state", (("worker", "round"),)),
    ("preparing the encryption", (("connecting", "open_source"),)),
    ("ending", (("server", "close"),)),
    ("committing a reply", (("write", "write"),)),
    ("committing a reply", (("engine", "deed_session"),)),
    ("saving a draft", (("writer", "main"), ("drafts", "save"))),
    ("saving a draft", (("writer", "main"), ("connect", "writing"))),
    ("opening the workspace to write", (("writer", "main"), ("workspace", "open_to_write"))),
    ("between two deeds", (("writer", "main"),)),
)
ELSEWHERE = "beginning, or ending"


def place(traceback: str) -> str:
    """What it was at, in words."""
    frames = frozenset(_FRAME.findall(traceback))
    return next((words for words, needed in _PLACES if frames.issuperset(needed)), ELSEWHERE)
