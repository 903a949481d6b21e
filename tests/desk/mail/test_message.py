"""Whole mails: which part is the text, what is attached, who wrote it; and that no bytes at all can stop the reader."""

from base64 import b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.mail.addresses import Address
from desk.mail.bounces import Bounce, Failure
from desk.mail.message import read_mail
from desk.mail.quotes import find_folds
from tests.hostile import FORBIDDEN, HOSTILE
from tests.linear import is_linear

HEAD = b"From: Ana Ruiz <ana@example.com>\nTo: help@example.com\nSubject: Refund\nMessage-ID: <1@example.com>\n"
DATED = HEAD + b"Date: Tue, 3 Mar 2026 09:12:00 +0100\nMIME-Version: 1.0\n"


def multipart(kind: str, *parts: bytes) -> bytes:
    body = b"".join(b"--=b\n" + part + b"\n" for part in parts)
    return DATED + f'Content-Type: multipart/{kind}; boundary="=b"\n\n'.encode() + body + b"--=b--\n"


PLAIN = b"Content-Type: text/plain; charset=utf-8\n\nI want my money back, please, since it never came."
RICH = b"Content-Type: text/html\n\n<p>I want my <b>money</b> back, please, since it never came.</p>"
FILE = b'Content-Type: image/png; name="a.png"\nContent-Transfer-Encoding: base64\n\n' + b64encode(b"\x89PNG")


def test_a_plain_mail() -> None:
    mail = read_mail(
        DATED + b"Cc: Li <li@example.com>, sam@example.com\nReply-To: <r@example.com>\nIn-Reply-To: <0@x>\n"
        b"References: <a@x> <0@x>\n\nHello\r\nthere\n"
    )
    assert mail.sender == Address("Ana Ruiz", "ana@example.com")
    assert mail.to == (Address("", "help@example.com"),)
    assert mail.cc == (Address("Li", "li@example.com"), Address("", "sam@example.com"))
    assert mail.reply_to == (Address("", "r@example.com"),)
    assert (mail.subject, mail.message_id, mail.in_reply_to) == ("Refund", "<1@example.com>", "<0@x>")
    assert mail.references == ("<a@x>", "<0@x>")
    assert mail.date == 1_772_525_520_000_000
    assert mail.text == "Hello\nthere"
    assert (mail.problems, mail.unparsed, mail.automatic, mail.bounce) == ((), False, "", None)


def test_the_plain_rendering_is_taken_where_it_is_real() -> None:
    mail = read_mail(multipart("alternative", PLAIN, RICH))
    assert mail.text == "I want my money back, please, since it never came."
    assert not mail.html_used
    stub = b"Content-Type: text/plain\n\nPlease use a program that shows HTML."
    mail = read_mail(multipart("alternative", stub, RICH.replace(b"</p>", b" I wrote thrice." * 20 + b"</p>")))
    assert mail.html_used
    assert mail.text.startswith("I want my money back")


def test_texts_files_and_footers_of_a_mixed_mail() -> None:
    mail = read_mail(
        multipart("mixed", PLAIN, FILE, b"Content-Type: text/plain\n\nA list's footer") + b"behind the end"
    )
    assert mail.text.split("\n\n") == [
        "I want my money back, please, since it never came.",
        "A list's footer",
        "behind the end",
    ]
    (file,) = mail.attachments
    assert (file.name, file.type, file.content, file.size, file.inline) == ("a.png", "image/png", b"\x89PNG", 4, False)


def test_files_inside_a_rendering_are_kept() -> None:
    related = b'Content-Type: multipart/mixed; boundary="in"\n\n--in\n' + RICH + b"\n--in\n" + FILE + b"\n--in--"
    mail = read_mail(multipart("alternative", PLAIN, related))
    assert [file.name for file in mail.attachments] == ["a.png"]


def test_a_mail_in_a_mail() -> None:
    inner = b"Content-Type: message/rfc822\n\n" + DATED.replace(b"Refund", b"Where: is/it") + b"\nThe inner text"
    mail = read_mail(multipart("mixed", inner))
    assert mail.text == "The inner text"
    assert [(file.name, file.type) for file in mail.attachments] == [("it.eml", "message/rfc822")]
    mail = read_mail(multipart("mixed", PLAIN, inner))
    assert "inner" not in mail.text


def test_winmail_and_broken_parts_are_kept() -> None:
    mail = read_mail(multipart("mixed", PLAIN, b'Content-Type: application/ms-tnef; name="winmail.dat"\n\n\x78\x9f'))
    assert [file.name for file in mail.attachments] == ["winmail.dat"]
    mail = read_mail(DATED + b"Content-Type: multipart/mixed\n\nno boundary at all")
    assert mail.text == "no boundary at all"
    assert mail.problems == ("the parts have no boundary between them",)
    mail = read_mail(multipart("mixed", PLAIN).partition(b"--=b--")[0][:-8])
    assert mail.text.startswith("I want my money back")


def test_transfer_encodings() -> None:
    coded = b"Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=iso-8859-1\n\n"
    assert read_mail(DATED + coded + b"Gr=FC=\n=DFe =80").text == "Grüße €"
    coded = b"Content-Transfer-Encoding: base64\nContent-Type: text/plain; charset=utf-8\n\n"
    body = b64encode("Grüße".encode()) + b"\n___\nA list's footer\n"
    assert read_mail(DATED + coded + b64encode("Grüße".encode())[:-1]).text == "Grüße"
    assert "Grüß" in read_mail(DATED + coded + body).text


def test_uuencoded_files_are_taken_out() -> None:
    mail = read_mail(DATED + b"\nHere it is:\nbegin 644 ../cat.txt\n#0V%T\n`\nend\nBye")
    assert mail.text == "Here it is:\n[attached: ../cat.txt]\nBye"
    assert [(file.name, file.content) for file in mail.attachments] == [("cat.txt", b"Cat")]
    assert read_mail(DATED + b"\nbegin 644 of all\nthis is no file at all, is it?").attachments == ()


def test_flowed_text_is_joined() -> None:
    mail = read_mail(DATED + b"Content-Type: text/plain; format=flowed\n\n> one \n> line\nan \nanswer\n-- \nAna")
    assert mail.text == "> one line\nan answer\n-- \nAna"


def test_mbox_lines_junk_and_old_line_ends() -> None:
    assert read_mail(b"From ana@example.com Tue Mar 3\n" + DATED + b"\nhi").subject == "Refund"
    mail = read_mail(b"=20 some junk\n> more\n" + DATED + b"\nhi")
    assert (mail.subject, mail.text) == ("Refund", "hi")
    assert mail.problems == ("lines that are no headers stood before them",)
    assert read_mail((DATED + b"\nhi").replace(b"\n", b"\r")).text == "hi"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"Thu, 1 Jan 1970 00:00:00 +0000", None),
        (b"Fri, 99 Foo 99999 99:99:99 +9999", None),
        (b"yesterday", None),
        (b"3 Mar 26 09:12 +0100 (CET)", 1_772_525_520_000_000),
        (b"Tue, 03 Mar 2026 08:12:00 GMT", 1_772_525_520_000_000),
        (b"1 " * 10_000, None),
    ],
)
def test_dates(written: bytes, expected: int | None) -> None:
    mail = read_mail(HEAD + b"Date: " + written + b"\n\nhi")
    assert mail.date == expected
    assert ("it has no usable date" in mail.problems) == (expected is None)


def test_the_sender_is_looked_for() -> None:
    mail = read_mail(b'From: "Ana" <>\nReply-To: ana@example.com\n\nhi')
    assert mail.sender == Address("Ana", "ana@example.com")
    assert "it names no sender's address" in read_mail(b"Subject: x\n\nhi").problems


@pytest.mark.parametrize(
    ("header", "mark"),
    [
        (b"Auto-Submitted: auto-replied (vacation)", "Auto-Submitted: auto-replied"),
        (b"Auto-Submitted: no", ""),
        (b"X-Auto-Response-Suppress: DR, OOF", "X-Auto-Response-Suppress: dr"),
        (b"X-Auto-Response-Suppress: OOF", ""),
        (b"X-Auto-Response-Suppress: OOF\nX-MS-Exchange-Inbox-Rules-Loop: a", "X-Auto-Response-Suppress: oof"),
        (b"Precedence: Bulk", "Precedence: bulk"),
        (b"Precedence: first-class", ""),
        (b"X-Autoreply: yes", "X-Autoreply: yes"),
        (b"List-Id: <x.example.com>", "List-Id"),
        (b"X-Heard-Loop: 1", "X-Heard-Loop"),
        (b"Return-Path: <>", "Return-Path: <>"),
        (b"Return-Path: <ana@example.com>", ""),
    ],
)
def test_marks_of_machines(header: bytes, mark: str) -> None:
    assert read_mail(DATED + header + b"\n\nhi").automatic == mark
    assert read_mail(b"From: MAILER-DAEMON@example.com\n\nhi").automatic == "From: MAILER-DAEMON@example.com"


def test_bounces() -> None:
    report = (
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; li@example.com\n"
        b"Action: %s\nStatus: 5.1.1\n"
    )
    returned = b"Content-Type: text/rfc822-headers\n\nMessage-ID: <ours@example.com>\n"
    mail = read_mail(multipart("report", PLAIN, report % b"failed", returned))
    failure = Failure("li@example.com", "5.1.1", "there is no such address")
    assert mail.bounce == Bounce("<ours@example.com>", (failure,))
    delayed = read_mail(multipart("report", PLAIN, report % b"delayed", returned)).bounce
    assert delayed == Bounce("<ours@example.com>", (failure,), delayed=True)
    assert read_mail(multipart("report", PLAIN, report % b"relayed", returned)).bounce is None
    old = b"From: MAILER-DAEMON@x.example\nReturn-Path: <>\n\n<li@example.com>: 550 5.1.1 unknown\n\n"
    old += b"> Message-ID: <o@x>\n"
    failure = Failure("li@example.com", "5.1.1", "there is no such address (unknown)")
    assert read_mail(old).bounce == Bounce("<o@x>", (failure,))


def test_what_is_no_mail_says_so() -> None:
    for raw in (b"", b"\n\n", b"\x00\x01\x02" * 100, b"just some words", b"\xff" * 50):
        mail = read_mail(raw)
        assert mail.unparsed
        assert mail.problems
    assert read_mail(b"just some words").text == "just some words"


def _strings(raw: bytes) -> str:
    mail = read_mail(raw)
    people = [mail.sender, *mail.to, *mail.cc, *mail.reply_to]
    names = [part for person in people for part in (person.name, person.address)]
    files = [part for file in mail.attachments for part in (file.name, file.type, file.content_id)]
    ids = [mail.message_id, mail.in_reply_to, *mail.references, mail.automatic, *mail.problems]
    find_folds(mail.text)
    assert not {"\n", "\t"} & set("".join([*names, *files, *ids, mail.subject]))
    return "".join([*names, *files, *ids, mail.subject, mail.text])


@pytest.mark.parametrize(("name", "text"), HOSTILE, ids=[name for name, _ in HOSTILE])
def test_the_hostile_corpus(name: str, text: str) -> None:
    dirty = text.encode("utf-8", "surrogatepass")
    coded = b"=?utf-8?B?" + b64encode(dirty) + b"?="
    raw = (
        b"From: " + coded + b" <ana@example.com>\nSubject: " + coded + b"\nTo: " + dirty + b" <a@b.c>\n"
        b'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; filename="'
        + coded
        + b'"\n'
        b"\nx\n--b\nContent-Type: text/html; charset=utf-8\n\n" + dirty + b"\n--b\n\n" + dirty + b"\n--b--\n"
    )
    assert not FORBIDDEN & set(_strings(raw)), name


@given(st.binary(max_size=400))
def test_any_bytes(raw: bytes) -> None:
    assert not FORBIDDEN & set(_strings(raw))
    assert read_mail(raw).problems or not read_mail(raw).unparsed


FIXTURE = multipart(
    "alternative",
    PLAIN.replace(b"charset=utf-8", b"charset=iso-2022-jp; format=flowed; name*0*=utf-8''%c3%bc; name*1=b"),
    RICH,
    FILE + b"\n\n--=b\nContent-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n",
    b"Content-Type: message/rfc822\n\n" + DATED + b"\nbegin 644 x\n#0V%T\n`\nend\n",
).replace(b"Refund", b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?gb2312?B?z8I=?= \xe4\xf6")


@given(st.data())
def test_mutated_mails(data: st.DataObject) -> None:
    raw = bytearray(FIXTURE)
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(raw) - 1))
        piece = data.draw(
            st.sampled_from([b"", b"\n", b"\n\n", b'"', b"\x00", b"\xff", b"=?", b"--=b\n", b"(", b"<", b";"])
        )
        raw[place : place + data.draw(st.integers(0, 3))] = piece
    assert not FORBIDDEN & set(_strings(bytes(raw)))


def _nested(depth: int) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (each, each) for each in range(depth))


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (lambda count: b"Content-Type: text/plain" + b';a="' * count, 15_000),
        (lambda count: b"Subject: " + b"=?x?q?" * count, 12_500),
        (lambda count: b"Subject: " + b"=?utf-8?q?a?= " * count, 5_000),
        (lambda count: b"Subject: x\n" + b" y\n" * count, 15_000),
        (lambda count: b"To: " + b"(" * count, 50_000),
        (lambda count: b"To: " + b"a" * count + b"@", 50_000),
        (lambda count: b"To: " + b"a@b.c, " * count, 5_000),
        (lambda count: b"References: " + b"<" * count, 50_000),
        (lambda count: b"From: a@b.c\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\n" * count, 5_000),
        (_nested, 750),
        (lambda count: b"From: a@b.c\n\n" + b"begin 644 a\n" * count, 5_000),
        (lambda count: b"From: a@b.c\n" + b" \n" * count, 12_500),
    ],
    ids=range(12),
)
def test_time_is_linear(make: Callable[[int], bytes], size: int) -> None:
    assert is_linear(lambda count: read_mail(make(count)), size)
