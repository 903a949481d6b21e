"""The numbers of the live board: counted from the facts of tickets, which are settled after every change.

The invariants: a number is what a recount of all messages and all history gives; the tickets that open behind it are
exactly those that it counted; a deed notes which tickets it changed, and no more, so that no deed becomes slower.
"""
