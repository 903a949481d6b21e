"""Promises in what is sent: found in its words, and what became of each."""

from desk.promises.settled import Settled, shown_span

__all__ = ["Settled", "shown_span"]
