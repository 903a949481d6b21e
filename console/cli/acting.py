"""What every command needs that does a deed: the workspace open for writing, and the agent who acts."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from console.config import Config, load
from desk.errors import NotFound
from desk.times import now
from storage.agents import me
from storage.connect import Connection
from storage.deeds.by import By
from storage.workspace import Workspace, locate, open_to_write


def look(workspace: Workspace, customer_id: int) -> None:
    """Put on record that whoever runs this command sees everything about a customer."""
    from storage.audit import looked

    with _recording(workspace) as (connection, by):
        looked(connection, by, customer_id)


def search(workspace: Workspace, customer_ids: Sequence[int]) -> None:
    """Put on record that whoever runs this command was shown these customers."""
    from storage.audit import searched

    with _recording(workspace) as (connection, by):
        searched(connection, by, customer_ids)


@contextmanager
def _recording(workspace: Workspace) -> Iterator[tuple[Connection, By]]:
    config = load()
    with closing(open_to_write(workspace)) as connection:
        yield connection, By(me(connection, config.agent_handle, config.agent_name).id, now())


@dataclass(frozen=True, slots=True)
class Acting:
    """An agent at an open workspace, at one moment."""

    connection: Connection
    config: Config
    by: By


@contextmanager
def acting(arguments: argparse.Namespace, *, undo_seconds: int | None = None) -> Iterator[Acting]:
    """Open the workspace that was named, send on what is due, and find out who acts.

    Raises NotFound where there is no workspace: a mistyped name must not make one.
    """
    from sync.outbox import deliver_local

    workspace = locate(arguments.workspace)
    if not workspace.exists():
        raise NotFound(
            f"There is no workspace at {workspace.folder}", "Start with `heard demo`, or `heard import` a file."
        )
    config = load()
    with closing(open_to_write(workspace)) as connection:
        present = now()
        deliver_local(connection, present)
        agent = me(connection, config.agent_handle, config.agent_name)
        yield Acting(
            connection, config, By(agent.id, present, config.undo_seconds if undo_seconds is None else undo_seconds)
        )
