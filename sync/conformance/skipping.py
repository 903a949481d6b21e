"""Leaving out a test that asks for what a service doesn't have, so that this is said and not passed over in silence."""

from unittest import SkipTest


def only_where(it_can: bool, what: str) -> None:
    """Go on only where there is `what` the test is about; pytest, like unittest, counts the others as skipped."""
    if not it_can:
        raise SkipTest(f"this service has no {what}, or doesn't tell of it")
