"""A refresh token for a new access token (RFC 6749, section 6), over the standard library's urllib.

The invariants: tokens go over an encrypted line to the address that was set, and are never carried on by a redirect;
no error holds one, nor what the server said but its name for the error and a cleaned sentence.
"""

import json
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException

from desk.endpoints import is_loopback
from desk.text import clean
from sync.errors import Broken, Denied, SourceError, Unreachable
from sync.secret import Secret, without

SECONDS = 20.0
# What a token is good for where the server doesn't say.
UNSAID = 600
_LARGEST = 64 * 1024
_LONGEST_COMPLAINT = 300
_NAME = re.compile(r"[a-z_]{1,60}")


@dataclass(frozen=True, slots=True)
class Grant:
    """Where tokens are made, and as which registered application we ask."""

    url: str
    client_id: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Minted:
    """A new access token, for how many seconds, and the refresh token that replaces the old one, if any does."""

    token: Secret
    seconds: int
    refresh: Secret | None


def exchange(grant: Grant, refresh: Secret, client: Secret | None = None, seconds: float = SECONDS) -> Minted:
    """A new token. Raises Denied where the refresh token is no good, Unreachable and Broken."""
    host = _host_of(grant.url)
    answer = _post(grant, host, refresh, client, seconds)
    if isinstance(answer, SourceError):
        raise answer
    return answer


def _host_of(url: str) -> str:
    """The server's name; Broken where a token must not go there."""
    try:
        parts = urllib.parse.urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host))):
        raise Broken("The token_url is no https:// address", "Set it as the provider's documents give it.")
    return host


def _post(grant: Grant, host: str, refresh: Secret, client: Secret | None, seconds: float) -> Minted | SourceError:
    """What came of it. An error is an answer here, so that no frame of it holds a token."""
    given = {"grant_type": "refresh_token", "client_id": grant.client_id, "scope": grant.scope}
    fields = {name: value for name, value in given.items() if value} | {"refresh_token": refresh.reveal()}
    if client is not None:
        fields["client_secret"] = client.reveal()
    request = urllib.request.Request(  # noqa: S310 - its scheme was checked
        grant.url, urllib.parse.urlencode(fields).encode(), {"Accept": "application/json"}
    )
    try:
        with _opener().open(request, timeout=seconds) as response:
            return _minted(host, response.read(_LARGEST))
    except urllib.error.HTTPError as error:
        with error:
            return _refusal(host, error.code, error.read(_LARGEST), refresh)
    except ssl.SSLCertVerificationError as error:
        return _untrusted(host, error)
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            return _untrusted(host, error.reason)
        return Unreachable(f"{host} can't be reached for a new token", "Check the network.")
    except (OSError, HTTPException):
        return Unreachable(f"{host} broke off the making of a new token", "It is tried again by itself.")


def _opener() -> urllib.request.OpenerDirector:
    """The usual one without what follows redirects: those end as errors."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _untrusted(host: str, error: ssl.SSLCertVerificationError) -> Broken:
    return Broken(f"The certificate of {host} can't be trusted: {error.verify_message}", "Check the token_url.")


def _minted(host: str, body: bytes) -> Minted | Broken:
    given = _object(body)
    token, seconds, refresh = given.get("access_token"), given.get("expires_in"), given.get("refresh_token")
    if not isinstance(token, str) or not token or not token.isprintable():
        return Broken(f"{host} gave no token", "Check the token_url: is it the provider's address for tokens?")
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdigit():
        seconds = int(seconds[:9])  # Microsoft's older addresses write it as a text
    return Minted(
        Secret(token),
        seconds if isinstance(seconds, int) and seconds > 0 else UNSAID,
        Secret(refresh) if isinstance(refresh, str) and refresh else None,
    )


def _refusal(host: str, status: int, body: bytes, refresh: Secret) -> SourceError:
    if status == 429 or status >= 500:
        return Unreachable(f"{host} makes no tokens now (status {status})", "It is tried again by itself.")
    given = _object(body)
    name, told = given.get("error"), given.get("error_description")
    said = name if isinstance(name, str) and _NAME.fullmatch(name) else f"status {status}"
    if isinstance(told, str):
        said += f", {without(refresh, clean(told, lines=False))[:_LONGEST_COMPLAINT]}"
    if status not in (400, 401, 403):
        return Broken(f"{host} does not make tokens ({said})", "Check the token_url.")
    return Denied(
        f"{host} refused to make a new token ({said})",
        "Log in at the provider anew, and store the new refresh token with `heard secret store`.",
    )


def _object(body: bytes) -> dict[str, object]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}
