"""A console on the demo team, and a shop with a real mailbox: made once a run and copied for each test."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.workspace import Workspace
from tests.terminal.desk import Desk

if TYPE_CHECKING:
    from tests.servers.conversations import Conversation
    from tests.servers.mail import Account, MailServer
    from tests.terminal.shop import Shop


@pytest.fixture
def desk(demo: Workspace) -> Iterator[Desk]:
    """Ana's console on the demo team, at work."""
    with Desk(demo, columns=120, rows=36) as desk:
        desk.wait_until_live()
        yield desk


@pytest.fixture(scope="session")
def thousand() -> "tuple[Conversation, ...]":
    """A thousand conversations; the newest are a minute old."""
    from tests.servers.conversations import conversations

    return tuple(conversations(1000, datetime.now(UTC).replace(microsecond=0)))


@pytest.fixture
def shop(thousand: "tuple[Conversation, ...]", account: "Account", tmp_path: Path) -> "Iterator[Shop]":
    """A mailbox with the thousand, and no workspace yet."""
    from tests.servers.conversations import fill
    from tests.terminal.shop import opened

    fill(account, thousand)
    with opened(account, tmp_path / "workspace") as shop:
        yield shop


@pytest.fixture(scope="session")
def synced_template(
    thousand: "tuple[Conversation, ...]", mail_server: "MailServer", tmp_path_factory: pytest.TempPathFactory
) -> "Iterator[Shop]":
    """A shop whose first sync is over; never worked in by a test."""
    from tests.servers.conversations import fill
    from tests.terminal.shop import opened

    # Made when the first test wants it, behind those that may have stopped the server.
    account = mail_server.mended().account()
    fill(account, thousand)
    with opened(account, tmp_path_factory.mktemp("shop") / "workspace") as shop:
        shop.connect()
        shop.heard("sync")
        yield shop


@pytest.fixture
def synced(synced_template: "Shop", account: "Account", tmp_path: Path) -> "Iterator[Shop]":
    """A shop whose first sync is over, for a test to change."""
    from tests.terminal.shop import moved

    with moved(synced_template, account, tmp_path / "workspace") as shop:
        yield shop
