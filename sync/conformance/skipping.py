"""Leaving out a test that asks for what a service doesn't have, so that this is said and not passed over in silence."""

from unittest import SkipTest


def only_where(it_can: bool) -> None:
    """Go on only where the stage can do what the test is about; pytest, like unittest, counts the others as skipped."""
    if not it_can:
        raise SkipTest("the service, or its stage, has nothing of the kind")
