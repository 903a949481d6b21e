import pytest

from desk.clocks import next_due
from desk.statuses import Status
from desk.times import HOUR


@pytest.mark.parametrize(
    ("status", "waiting_since", "due"),
    [
        (Status.OPEN, 10 * HOUR, 12 * HOUR),
        (Status.HOLD, 10 * HOUR, 12 * HOUR),
        (Status.PENDING, 10 * HOUR, None),
        (Status.SOLVED, 10 * HOUR, None),
        (Status.CLOSED, 10 * HOUR, None),
        (Status.OPEN, None, None),
    ],
)
def test_the_clock_runs_while_someone_waits_for_us(status: Status, waiting_since: int | None, due: int | None) -> None:
    assert next_due(status, waiting_since, 2 * 3600) == due
