"""The table of well-known providers that comes with Heard: built from documents, never tried."""

from functools import cache
from importlib.resources import files

from desk.providers import Provider, parse_providers

NAME = "providers.toml"


@cache
def known_providers() -> tuple[Provider, ...]:
    """All of them, in the order of the file."""
    return parse_providers(files("sync.sources.mailbox").joinpath(NAME).read_text(encoding="utf-8"), NAME)
