"""Bytes of mails into text, whatever their label says.

The invariant: `decode` never raises and never drops a byte in silence; what no encoding can read becomes U+FFFD.
Labels mean what senders mean by them, not what the standards say: iso-8859-1 is cp1252, gb2312 is gb18030, and so on.
"""

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

_MEANT = {
    "ascii": "ascii",
    "iso8859-1": "cp1252",
    "iso8859-8": "cp1255",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "hz",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_ALIASES = {
    "utf8mb4": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "iso-8859-8-i": "cp1255",
    "iso-8859-8-e": "cp1255",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "x-big5": "big5hkscs",
    "ansi_x3.110-1983": "cp1252",
    "ansi": "cp1252",
    "x-mac-roman": "mac_roman",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
}
# Codecs that turn bytes into something else than the text a person wrote.
_NOT_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-8-sig"}
_LABEL = re.compile(r"[a-z0-9._:-]{1,40}")
_HIGH = re.compile(rb"[\x80-\xff]")
_SAMPLE = 16_384


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and whether its encoding had to be guessed against or without a label."""

    text: str
    guessed: bool


def decode(raw: bytes, label: str = "", hint: str = "") -> Decoded:
    """Read `raw` by its label, as UTF-8, by `hint` (a neighbour's label), or as what it looks like, in this order."""
    meant = _truly(codec_of(label), raw)
    if meant == "iso2022_jp" or (not meant and b"\x1b$" in raw):
        return Decoded(_iso_2022_jp(raw), guessed=not meant)
    if meant == "hz" or meant == "utf-7":
        return Decoded(raw.decode(meant, "replace"), guessed=False)
    if not _HIGH.search(raw) and not meant.startswith(("utf-16", "utf-32")):
        return Decoded(raw.decode("ascii"), guessed=False)
    for codec in (meant if meant != "ascii" else "", "utf-8", _truly(codec_of(hint), raw)):
        text = _read(raw, codec)
        if text is not None:
            return Decoded(text, guessed=codec != meant)
    return Decoded(_guess(raw), guessed=True)


@lru_cache(maxsize=256)
def codec_of(label: str) -> str:
    """The codec that senders mean by a label; empty where there is none."""
    label = label.strip(" \t\r\n\"'").lower().partition("*")[0]
    if not _LABEL.fullmatch(label):
        return ""
    label = _ALIASES.get(label, label)
    try:
        name = codecs.lookup(label).name
        b"a".decode(name, "replace")
    except (LookupError, UnicodeError, ValueError):
        return ""
    return "" if name in _NOT_CHARSETS else _MEANT.get(name, name)


def _truly(codec: str, raw: bytes) -> str:
    """The same codec, or Shift JIS where its bytes carry the label of Japanese mail, which knows only seven bits."""
    return "cp932" if codec == "iso2022_jp" and b"\x1b" not in raw and _HIGH.search(raw) else codec


def _read(raw: bytes, codec: str) -> str | None:
    """The text, or None where the codec is none or can't be the right one."""
    if not codec or (codec.startswith(("utf-16", "utf-32")) and b"\x00" not in raw):
        return None
    if codec.startswith("cp125") and (text := _strictly(raw, "utf-8")) is not None:
        return text
    if (text := _strictly(raw, codec)) is not None:
        return text
    text = raw.decode(codec, "replace")
    # A few bytes cut off or spoiled do not make the label wrong.
    return text if text.count("\ufffd") * 50 <= len(text) else None


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _guess(raw: bytes) -> str:
    # 6 ms to import, and most mails have honest labels.
    import cchardet

    # The bytes around the first odd one tell the most.
    first = _HIGH.search(raw)
    start = max(0, first.start() - 200) if first else 0
    found = cchardet.detect(raw[start : start + _SAMPLE])["encoding"]
    codec = codec_of(found or "") or "cp1252"
    text = _strictly(raw, codec)
    return text if text is not None else raw.decode(codec if codec != "ascii" else "cp1252", "replace")


_ESCAPED = re.compile(rb"\x1b(\$@|\$B|\$\(D|\(B|\(J|\(I|\(H)")


def _iso_2022_jp(raw: bytes) -> str:
    """ISO-2022-JP with the rows that Windows adds (circled digits and the like), which Python's codec refuses."""
    pieces = _ESCAPED.split(raw)
    text = [pieces[0].decode("ascii", "replace")]
    for mode, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if mode in (b"$@", b"$B"):
            text.append(_double_bytes(piece))
        elif mode == b"(I":
            text.append(bytes(byte | 0x80 for byte in piece).decode("cp932", "replace"))
        elif mode == b"$(D":
            text.append((b"\x1b$(D" + piece + b"\x1b(B").decode("iso2022_jp_1", "replace"))
        else:
            text.append(piece.decode("ascii", "replace"))
    return "".join(text)


def _double_bytes(piece: bytes) -> str:
    """Pairs of JIS X 0208 by way of Shift JIS, which has the same rows shifted; line ends may stand between."""
    shifted = bytearray()
    place = 0
    while place < len(piece):
        row = piece[place]
        if not 0x21 <= row <= 0x7E or place + 1 >= len(piece):
            shifted.append(row if row < 0x80 else 0x3F)
            place += 1
            continue
        cell = piece[place + 1]
        place += 2
        shifted.append((row + 1) // 2 + (0x70 if row < 0x5F else 0xB0))
        if row % 2:
            shifted.append(min(cell + (0x1F if cell < 0x60 else 0x20), 0xFF))
        else:
            shifted.append(min(cell + 0x7E, 0xFF))
    return shifted.decode("cp932", "replace")
