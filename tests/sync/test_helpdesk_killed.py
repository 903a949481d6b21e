"""A helpdesk and its sync that are killed, in short: every reply and every note stands there exactly once.

`python -m tests.sync.helpdesk_kills` does the same as often as one likes.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sync.helpdesk_kills import FAULTS, begun, far_rt, far_zammad

if TYPE_CHECKING:
    from tests.servers.rt import RtServer

pytestmark = pytest.mark.timeout(600)


def test_a_request_tracker_that_is_killed(rt: "RtServer", tmp_path: Path) -> None:
    rt.mute(True)
    with far_rt(rt) as desk, begun(desk, tmp_path, seed=4) as kills:
        report = kills.run(len(FAULTS), tickets=3)
    assert report.rounds == len(FAULTS)
    assert report.faults, "every sync had ended before its moment"
    assert report.replies == report.notes == 2 * (len(FAULTS) + 1)


def test_a_zammad_that_is_killed(tmp_path: Path) -> None:
    with far_zammad() as desk, begun(desk, tmp_path, seed=4) as kills:
        report = kills.run(len(FAULTS), tickets=3)
    assert report.faults, "every sync had ended before its moment"
    assert report.replies == report.notes == 2 * (len(FAULTS) + 1)
