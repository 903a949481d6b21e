"""Where a Zammad is, out of what people copy from their browser.

The invariant: nothing that could hold a password is repeated in an error.
"""

from desk.errors import BadInput
from sync.http.addresses import site_url

API = "/api/v1"


def address(given: str) -> str:
    """The address of Zammad's own pages: without its API's path, and without the page that somebody was on.

    Raises BadInput where it is none.
    """
    place = given.strip().partition("#")[0]
    if not place:
        raise BadInput("The address of the Zammad is missing", "Write it like https://support.example.com.")
    return site_url(place).removesuffix(API).rstrip("/")
