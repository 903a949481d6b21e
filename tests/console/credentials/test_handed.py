"""Secrets on their way through a pipe: what comes in is kept in memory, and tried; what is none of ours is left out."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.credentials.handed import LARGEST, as_line, lines_of, take_in
from console.credentials.ladder import Ladder
from console.credentials.rungs import NoSecret, Rung, Wanted
from desk.errors import BadInput
from storage import sources
from storage.connect import Connection, writing
from storage.workspace import Workspace
from sync.conformance.canary import all_of
from sync.secret import Secret
from tests.console.credentials.given import CANARY
from tests.factories import NOW

SETTINGS = {"user": "support@example.test", "address": "support@example.test"}


@given(st.lists(st.tuples(st.text(max_size=20), st.text(min_size=1, max_size=200))))
def test_what_goes_in_comes_out(given_secrets: list[tuple[str, str]]) -> None:
    pipe = io.BytesIO(b"".join(as_line(name, Secret(text)) for name, text in given_secrets))
    assert [(name, secret.reveal()) for name, secret in lines_of(pipe)] == given_secrets


def test_what_is_none_of_ours_is_left_out() -> None:
    lines = (b"nonsense", b'["support"]', b'{"support": "x"}', b"\xff", b'["support", 7]')
    pipe = io.BytesIO(b"\n".join(lines) + b"\n" + as_line("a", Secret("b")))
    assert [name for name, _ in lines_of(pipe)] == ["a"]


def test_one_that_a_pipe_may_tear_is_refused_without_being_shown() -> None:
    with pytest.raises(BadInput, match="too long") as refused:
        as_line("support", Secret(CANARY * LARGEST))
    assert CANARY not in all_of(refused.value, __file__)


def test_what_came_serves_its_source_alone_and_has_it_tried(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    with writing(connection):
        source_id = sources.add(connection, "mailbox", "Support", SETTINGS, NOW)
        sources.add(connection, "mailbox", "Sales", {**SETTINGS, "user": "sales"}, NOW)
    ladder = Ladder(tmp_path, environment={})
    pipe = io.BytesIO(as_line("Gone", Secret("x")) + as_line("Support", Secret(CANARY)))
    take_in(pipe, ladder, workspace)
    served = ladder.look(Wanted("Support", SETTINGS))
    assert (served.secret.reveal(), served.rung) == (CANARY, Rung.KEPT)
    with pytest.raises(NoSecret):
        ladder.look(Wanted("Sales", {**SETTINGS, "user": "sales"}))
    assert sources.asked_at(connection, source_id) > 0
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held = [path for path in workspace.folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert held == []
    assert CANARY not in json.dumps([repr(ladder.__dict__), repr(served)])
