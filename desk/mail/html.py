"""HTML mails as text that reads like the mail: an own walk over lexbor's tree.

The invariant: no word that a reader would see vanishes, however broken or deep the markup is; the walk has its own
stack and never recurses, and what would make the parser quadratic (100,000 nested tags take it 23 s) is stripped by a
plain scan instead. Nothing is ever loaded; remote images and tracking pixels are counted.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.mail.layout import Layout
from desk.mail.scan import DEEPEST, depth_of_tags, scanned_text, words
from desk.text import clean

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


@dataclass(frozen=True, slots=True)
class HtmlText:
    """The readable text, how many pictures wait on other machines, and how many of those only count readers."""

    text: str
    remote_images: int = 0
    trackers: int = 0


_DROPPED = words("head style script title meta link base col colgroup object param")
_BLOCKS = words(
    "address article aside body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form "
    "header hgroup html legend li main menu nav ol optgroup option pre section summary table tbody tfoot thead tr ul "
    "xmp listing plaintext"
)
_SPACED = words("p h1 h2 h3 h4 h5 h6 blockquote pre")
_PREFORMATTED = words("pre textarea xmp listing plaintext")
_LISTS = words("ol ul menu dir")
_CELLS = words("td th")

_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?<![\w-])font-size\s*:\s*0(?![\w.])"
    r"|max-height\s*:\s*0(?:px)?\s*(?:;|$)|(?<![\w-])opacity\s*:\s*0(?:\.0*)?\s*(?:;|$)",
    re.IGNORECASE,
)
_TINY = re.compile(r"(?<![\w-])(?:width|height)\s*:\s*[01](?:px)?\s*(?:!|;|$)", re.IGNORECASE)
_TINY_SIZE = frozenset(("0", "1", "0px", "1px"))


def html_to_text(markup: str) -> HtmlText:
    """Read HTML as text: links with their address, lists, tables, quotes as "> ", pictures by their alt text."""
    if depth_of_tags(markup) > DEEPEST:
        return HtmlText(clean(scanned_text(markup)))
    walk = _Walk(hidden_too=False)
    walk.run(markup)
    text = walk.text()
    if not text.strip():
        # Whoever hides everything still wrote it.
        walk = _Walk(hidden_too=True)
        walk.run(markup)
        text = walk.text()
    return HtmlText(clean(text), walk.remote_images, walk.trackers)


class _Walk:
    """One pass over the tree in reading order, writing into a `Layout`."""

    def __init__(self, *, hidden_too: bool) -> None:
        self._hidden_too = hidden_too
        self._layout = Layout()
        self._links: list[tuple[str, int]] = []
        self._lists: list[int] = []
        self.remote_images = 0
        self.trackers = 0

    def text(self) -> str:
        return self._layout.text()

    def run(self, markup: str) -> None:
        # 20 ms to import, and only HTML mails need it.
        from selectolax.lexbor import LexborHTMLParser

        node = LexborHTMLParser(markup.encode("utf-8", "replace").decode()).root
        open_nodes: list[tuple[LexborNode, str]] = []
        while node is not None:
            tag = node.tag or "-"
            entered = self._enter(node, tag)
            child = node.child if entered else None
            if child is not None:
                open_nodes.append((node, tag))
                node = child
                continue
            if entered:
                self._leave(tag)
            following = node.next
            while following is None and open_nodes:
                parent, parent_tag = open_nodes.pop()
                self._leave(parent_tag)
                following = parent.next
            node = following

    def _enter(self, node: "LexborNode", tag: str) -> bool:
        """Write what stands at the start of a node; True where its children are to be read."""
        if tag == "-text":
            self._layout.write(node.text_content or "")
            return False
        if tag in _DROPPED or tag.startswith(("-", "!")):
            return False
        attributes = node.attributes
        if tag == "img":
            self._picture(attributes)
            return False
        if not self._hidden_too and _hidden(attributes):
            self._count_pictures_in(node)
            return False
        self._open(tag, attributes)
        self._layout.preformatted(tag in _PREFORMATTED)
        return True

    def _open(self, tag: str, attributes: dict[str, str | None]) -> None:
        layout = self._layout
        if tag == "br":
            layout.line_break()
        elif tag == "hr":
            layout.rule()
        elif tag in _CELLS:
            layout.cell()
        elif tag == "a":
            self._links.append((attributes.get("href") or "", layout.mark()))
        elif tag == "input" and (attributes.get("type") or "").lower() not in ("hidden", "password"):
            layout.write(attributes.get("value") or "")
        elif tag == "blockquote":
            layout.space()
            layout.indent("> ")
        elif tag == "li":
            layout.block()
            layout.bullet(self._bullet())
        elif tag in _LISTS:
            layout.block()
            self._lists.append(_first_number(attributes) if tag == "ol" else -1)
        elif tag in _SPACED:
            layout.space()
        elif tag in _BLOCKS:
            layout.block()

    def _leave(self, tag: str) -> None:
        layout = self._layout
        if tag in _PREFORMATTED:
            layout.preformatted(-1)
        if tag == "a" and self._links:
            target, mark = self._links.pop()
            self._show_target(target, layout.since(mark))
        elif tag == "blockquote":
            layout.outdent()
            layout.space()
        elif tag == "li":
            layout.outdent()
            layout.block()
        elif tag in _LISTS:
            if self._lists:
                self._lists.pop()
            layout.block()
        elif tag in _SPACED:
            layout.space()
        elif tag in _BLOCKS:
            layout.block()

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1] < 0:
            return "• "
        self._lists[-1] += 1
        return f"{self._lists[-1] - 1}. "

    def _show_target(self, target: str, shown: str) -> None:
        target = "".join(target.split())
        plain = target.lower()
        if not plain or plain.startswith(("#", "javascript:", "cid:", "about:", "data:")):
            return
        bare = target[7:].partition("?")[0] if plain.startswith("mailto:") else target
        if not shown.strip():
            self._layout.write(bare)
        elif not _same_address(bare, shown):
            self._layout.write(f" <{bare}>")

    def _picture(self, attributes: dict[str, str | None]) -> None:
        remote = _remote(attributes)
        tiny = (
            (attributes.get("width") or "").strip() in _TINY_SIZE
            or (attributes.get("height") or "").strip() in _TINY_SIZE
            or bool(_TINY.search(attributes.get("style") or ""))
        )
        self.remote_images += remote
        self.trackers += remote and tiny
        alternative = (attributes.get("alt") or "").strip()
        if alternative:
            self._layout.write(f"[{alternative}]")
        elif not remote and not tiny and attributes.get("src"):
            self._layout.write("[picture]")

    def _count_pictures_in(self, hidden: "LexborNode") -> None:
        found = sum(_remote(node.attributes) for node in hidden.css("img"))
        self.remote_images += found
        self.trackers += found


def _first_number(attributes: dict[str, str | None]) -> int:
    start = attributes.get("start") or ""
    return int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 1


def _hidden(attributes: dict[str, str | None]) -> bool:
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def _remote(attributes: dict[str, str | None]) -> bool:
    return (attributes.get("src") or "").strip().lower().startswith(("http:", "https:", "//"))


def _same_address(target: str, shown: str) -> bool:
    return _bare(target) == _bare(shown)


def _bare(address: str) -> str:
    """An address as people read it aloud: without scheme, www and the last slash."""
    bare = address.strip().strip("<>()").casefold().removeprefix("mailto:")
    return bare.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
