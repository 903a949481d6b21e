"""The one way by which records of others come in, many at a time: files now, and sources of any kind.

A batch is one transaction: `Batch` works out in memory who and what is new, writes it with a few statements for all,
and brings up what follows from it. So a batch costs about what the bare statements cost, and is there whole or not.
"""
