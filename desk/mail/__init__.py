"""Mails as people sent them, read into plain data: bytes in, frozen dataclasses out, never an exception."""
