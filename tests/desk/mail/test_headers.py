"""Headers, addresses, charsets and names as strangers' programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.mail.addresses import Address, addresses
from desk.mail.charsets import codec_of, decode
from desk.mail.headers import decode_words, parameters
from desk.mail.names import LONGEST, safe_name
from tests.hostile import HOSTILE


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?q?a_b?= =?utf-8?q?c?=", "a bc"),
        (b"=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"),
        (b"Re: =?iso-8859-1?Q?=80?= ok", "Re: € ok"),
        (b"=?utf-8?Q?a b c?=", "a b c"),
        (b"=?utf-8?Q?unclosed", "unclosed"),
        (b"=?utf-8*en?Q?lang?=", "lang"),
        (b"=?utf-8?B?R3LDvMOfZQ?=", "Grüße"),
        (b"=?utf-7?Q?Gr+APwA3w-e?=", "Grüße"),
        (b"=?no-such?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=", "テスト"),
        (b"=?iso-2022-jp?B?g2WDWINn?=", "テスト"),
        (b"x=?utf-8?Q?y?=z", "xyz"),
        ("Grüße".encode(), "Grüße"),
        (b"=?", "=?"),
    ],
)
def test_words(raw: bytes, text: str) -> None:
    assert decode_words(raw) == text


@pytest.mark.parametrize(
    ("raw", "label", "text"),
    [
        ("„Größe“ €".encode("cp1252"), "iso-8859-1", "„Größe“ €"),
        ("Größe".encode(), "iso-8859-1", "Größe"),
        ("Größe".encode(), "us-ascii", "Größe"),
        ("鎔基".encode("gb18030"), "GB2312", "鎔基"),
        ("①髙".encode("cp932"), "shift_jis", "①髙"),
        (b"\x1b$B-!\x1b(B 1", "iso-2022-jp", "① 1"),
        (b"\x1b(I1\x1b(B", "iso-2022-jp", "ｱ"),
        ("łąka".encode("iso-8859-2"), '"ISO-8859-2"', "łąka"),
        ("ж".encode("utf-16"), "utf-16", "ж"),
        (b"plain", "utf-16", "plain"),
        (b"a\xffb" + b"c" * 100, "utf-8", "a\ufffdb" + "c" * 100),
        (b"\x81\xe9" + b"c" * 100, "cp1252", "\ufffdé" + "c" * 100),
        (b"abc", "unicode_escape", "abc"),
    ],
)
def test_charsets(raw: bytes, label: str, text: str) -> None:
    assert decode(raw, label).text == text


def test_guesses_are_told() -> None:
    assert decode("Привет, как дела? Всё хорошо".encode("cp1251"), "x-unknown").text.startswith("Привет")
    assert decode(b"\xe4\xf6", "utf-8").guessed
    assert not decode("ä".encode(), "utf-8").guessed
    assert codec_of("hex") == codec_of("rot13") == codec_of("\x00") == codec_of("idna") == ""


@given(
    st.binary(max_size=80),
    st.sampled_from(["utf-8", "iso-2022-jp", "utf-7", "hz", "utf-16", "big5", "euc-kr", "x", ""]),
)
def test_any_bytes_are_text(raw: bytes, label: str) -> None:
    decode(raw, label).text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"ana@example.com", [("", "ana@example.com")]),
        (b"Ana Ruiz <ana@example.com>", [("Ana Ruiz", "ana@example.com")]),
        (b'"Ruiz, Ana" <ana@example.com>, li@x.y', [("Ruiz, Ana", "ana@example.com"), ("", "li@x.y")]),
        (b"Ruiz, Ana <ana@example.com>", [("Ruiz, Ana", "ana@example.com")]),
        (b"=?utf-8?Q?Ruiz=2C_Ana?= <ana@example.com>", [("Ruiz, Ana", "ana@example.com")]),
        (b"ana@example.com (Ana \\(x\\) Ruiz)", [("Ana \\(x\\) Ruiz", "ana@example.com")]),
        (b"Ana (ana@example.com)", [("Ana", "ana@example.com")]),
        (b"ana@example.com; li@x.y", [("", "ana@example.com"), ("", "li@x.y")]),
        (b"team: ana@example.com, li@x.y;", [("", "ana@example.com"), ("", "li@x.y")]),
        (b"undisclosed-recipients:;", []),
        (b'"Ana" <>', [("Ana", "")]),
        (b"'ana@example.com' <ana@example.com>", [("", "ana@example.com")]),
        (b"=?utf-8?Q?Ana_<ana@example.com>?=", [("Ana", "ana@example.com")]),
        (b"MAILER-DAEMON (Mail System)", [("Mail System", "MAILER-DAEMON")]),
        (b"Ana <mailto:ana@example.com>", [("Ana", "ana@example.com")]),
        (b"Ana <ana@example.com", [("Ana", "ana@example.com")]),
        (b"", []),
    ],
)
def test_addresses(raw: bytes, expected: list[tuple[str, str]]) -> None:
    assert addresses(raw) == tuple(Address(name, address) for name, address in expected)


@given(st.binary(max_size=100))
def test_any_bytes_are_addresses_and_parameters(raw: bytes) -> None:
    addresses(raw)
    parameters(raw)
    decode_words(raw)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"attachment; filename=a.txt", "a.txt"),
        (b'attachment; filename="a \\"b\\".txt"', 'a "b".txt'),
        (b"attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt", "Grüße.txt"),
        (b"attachment; filename*=\"utf-8''Gr%C3%BC%C3%9Fe.txt\"", "Grüße.txt"),
        (b"attachment; filename*0*=iso-8859-1''Gr%FC; filename*1*=%DF; filename*2=e.txt", "Grüße.txt"),
        (b"attachment; filename*1=b.txt; filename*0=a", "ab.txt"),
        (b'attachment; filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe.txt?="', "Grüße.txt"),
        (b"attachment; FILENAME = two words.txt ; x=y", "two words.txt"),
        (b"attachment", ""),
    ],
)
def test_parameters(raw: bytes, name: str) -> None:
    given_names = parameters(raw)
    assert (given_names.value, given_names.get("filename")) == ("attachment", name)


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("con.txt", "_con.txt"),
        ("a:b*c?.txt", "a_b_c_.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("名前 1.txt", "名前 1.txt"),
        ("..", "attachment"),
        ("", "attachment"),
        ("/", "attachment"),
    ],
)
def test_names(given_name: str, safe: str) -> None:
    assert safe_name(given_name) == safe


@pytest.mark.parametrize("text", [text for _, text in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_names_of_the_hostile_corpus(text: str) -> None:
    name = safe_name(text + ".pdf")
    assert 0 < len(name.encode()) <= LONGEST
    assert "/" not in name
    assert not name.startswith((".", "-"))
    assert name.isprintable() or not name.isascii()
    assert safe_name(name) == name
