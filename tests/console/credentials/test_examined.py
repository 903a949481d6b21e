"""What `heard doctor` says of each source beside its secret."""

import pytest

from console.credentials import examined
from storage import sources
from storage.connect import Connection, writing
from storage.workspace import Workspace
from tests.factories import NOW


@pytest.mark.parametrize("claims", [True, False])
def test_a_mailbox_that_keeps_no_marks_is_told(workspace: Workspace, connection: Connection, claims: bool) -> None:
    with writing(connection):
        sources.tell(connection, sources.add(connection, "mailbox", "support", {}, NOW), claims=claims)
    told = {check.check: check for check in examined.sources(workspace)}
    assert ("claims support" in told) is not claims
    if not claims:
        assert told["claims support"].ok, "nothing is broken"
        assert "known here alone" in told["claims support"].detail


def test_a_helpdesk_whose_code_is_gone_is_told(workspace: Workspace, connection: Connection) -> None:
    with writing(connection):
        sources.add(connection, "slated", "desk", {"takes": "reply"}, NOW)
        sources.add(connection, "zammad", "other", {"takes": "reply"}, NOW)
    told = {check.check: check for check in examined.sources(workspace)}
    assert not told["kind desk"].ok
    assert "slated" in told["kind desk"].detail
    assert "kind other" not in told
