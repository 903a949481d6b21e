"""A real mailbox: how fast it is read, how soon it is usable, and how soon new mail and replies arrive.

    python -m benchmarks.mailbox [--mails 100000]

A Dovecot and a sink are started on loopback, with a made-up mailbox (`benchmarks/maildir.py`).
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import first_sync, reading
from benchmarks.figures import Figure, table
from benchmarks.maildir import fill
from tests.servers.mail import MailServer

MAILS = 5000


def figures(mails: int, folder: Path) -> Iterator[Figure]:
    """All figures, of a mailbox with so many mails; `folder` is for workspaces."""
    with MailServer() as server:
        account = server.account()
        newest = fill(account, mails, int(time.time()))
        yield from reading.whole(account, mails)
        yield from reading.seen_again(account, mails)
        yield from first_sync.figures(account, newest, mails, folder)
        yield from first_sync.again(account, folder, mails)
        # The last, since it changes what is there.
        yield from reading.changes(account, mails)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description="Sync a made-up mailbox on a real server.")
    options.add_argument("--mails", type=int, default=MAILS)
    given = options.parse_args()
    with TemporaryDirectory() as folder:
        print(table(figures(given.mails, Path(folder))))


if __name__ == "__main__":
    main()
