"""Whether an address that a helpdesk told is a page of its own, and may be shown to a browser.

The invariant: what passes is http or https, of a host that the source was connected with, and nothing but printable
ASCII, so that no helpdesk, and nobody who writes to one, can send an agent elsewhere.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from desk.errors import Refused


def host_of(url: str) -> str:
    """The host in an address, with its port where it names one; empty where there is none."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        usual = {"http": 80, "https": 443}.get(parts.scheme)
        host = (parts.hostname or "").rstrip(".")
        return host if parts.port in (None, usual) else f"{host}:{parts.port}"
    except ValueError:
        return ""


def own_page(url: str, hosts: Collection[str]) -> str:
    """The address itself; Refused where it isn't one of these hosts' pages."""
    if not url:
        raise Refused("Its helpdesk has told no page for it", "Find it there by its number.")
    plain = url.isascii() and url.isprintable() and not set(url) & set(" \\\"'<>`")
    try:
        parts = urlsplit(url)
    except ValueError:
        plain = False
    if not plain or parts.scheme not in ("http", "https") or "@" in parts.netloc:
        raise Refused("The page that its helpdesk told can't be opened safely", "Find it there by its number.")
    if host_of(url) not in hosts:
        raise Refused("Its page lies at another address than its helpdesk", "Find it there by its number.")
    return url
