"""What every source must do, as tests that can be run against any: `Conformance` over a `Stage`."""

from sync.conformance.stage import PAUSE, Deed, Said, Stage, Standing, Trouble
from sync.conformance.suite import Conformance

__all__ = ["PAUSE", "Conformance", "Deed", "Said", "Stage", "Standing", "Trouble"]
