"""What is timed from outside is the answer to the key: bytes that were on their way before are none of it."""

import select
import sys

from benchmarks.terminal import _press
from tests.terminal.term import DEADLINE, Term

# Says `late` by itself after x, without which there is nothing to answer; and answers every other key.
ANSWERING = """
import os, sys, tty
tty.setraw(0)
os.write(1, b"ready")
while key := os.read(0, 1):
    os.write(1, b"late" if key == b"x" else b"answer")
"""


def test_what_was_on_its_way_is_no_answer() -> None:
    with Term([sys.executable, "-c", ANSWERING], draw=False) as term:
        term.wait_for_raw(b"ready")
        term.press("x")
        assert select.select([term.master], [], [], DEADLINE)[0]
        _, sent, _ = _press(term, "j")
        assert (sent, bytes(term.raw)) == (len(b"answer"), b"readylateanswer")
