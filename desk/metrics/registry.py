"""All numbers of the board by their id, in the order in which a list of them is shown.

The invariant: what is shown on a board, printed by a command or explained is one of these, and there is no other.
"""

from collections.abc import Mapping
from types import MappingProxyType

from desk.errors import BadInput
from desk.metrics.craft import CRAFT
from desk.metrics.live import LIVE
from desk.metrics.metric import Metric
from desk.metrics.past import PAST
from desk.nearest import mend_name

METRICS: Mapping[str, Metric] = MappingProxyType({metric.id: metric for metric in (*LIVE, *PAST, *CRAFT)})


def metric_named(name: str) -> Metric:
    """The metric of that id; BadInput with the nearest name where there is none."""
    found = METRICS.get(name.strip().casefold())
    if found is None:
        raise BadInput(f"There is no number called “{name.strip()}”", mend_name(name, METRICS))
    return found
