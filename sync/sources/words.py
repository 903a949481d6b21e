"""Plain words as HTML and back, for services that keep what is written to them as HTML.

The invariant: `squeezed` of a text and of the HTML that was made of it are the same, however a service lays it out.
"""

import re
import unicodedata
from html import escape, unescape

from desk.text import clean

_TAG = re.compile(r"<[A-Za-z/!][^>]*>")


def as_html(text: str) -> str:
    """A text as HTML that shows it line by line, indentations included."""
    lines = (escape(line, quote=False).replace("  ", " &nbsp;") for line in text.strip("\n").split("\n"))
    return f"<div>{'<br>'.join(lines)}</div>"


def squeezed(text: str) -> str:
    """The words alone, without any space: two texts of the same words are equal, whatever lies between these."""
    return "".join(unicodedata.normalize("NFKC", clean(text)).split())


def squeezed_html(markup: str) -> str:
    """The words of HTML, squeezed: what is written there, and nothing of what a reader would be shown besides."""
    return squeezed(unescape(_TAG.sub("", markup)))
