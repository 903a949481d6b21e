"""Mails come out of files whole, in order, and none twice."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from storage.imports.files import looks_like_mail, mail_files, mails, other_files, split

SEPARATOR = b"From ana@example.org Mon Mar  2 09:00:00 2026\n"


def _mail(subject: str, body: str = "Hello") -> bytes:
    return f"From: Ana <ana@example.org>\nSubject: {subject}\n\n{body}\n".encode()


def test_an_mbox_is_split_at_its_separators_only(tmp_path: Path) -> None:
    first = _mail("one", "From here on it went wrong\n\nFrom time to time I wonder")
    file = tmp_path / "box.mbox"
    file.write_bytes(SEPARATOR + first + b"\n" + SEPARATOR + _mail("two"))
    assert [mail.raw for mail in mails(file)] == [first, _mail("two")]


def test_one_level_of_escaping_is_taken_off() -> None:
    lines = [SEPARATOR, b"Subject: x\n", b"\n", b">From me\n", b">>From you\n", b"> From a quote\n"]
    assert list(split(lines)) == [b"Subject: x\n\nFrom me\n>From you\n> From a quote\n"]


@given(
    st.lists(st.binary(max_size=200).filter(lambda raw: b"From " not in raw and raw.strip()), min_size=1, max_size=6)
)
def test_what_is_joined_with_separators_comes_apart_again(bodies: list[bytes]) -> None:
    whole = b"".join(SEPARATOR + b"Subject: x\n\n" + body + b"\n\n" for body in bodies)
    found = list(split(whole.splitlines(keepends=True)))
    assert len(found) == len(bodies)
    assert all(body.split() == raw.split()[2:] for body, raw in zip(bodies, found, strict=True))


def test_a_gzipped_mbox_is_told_by_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "box"
    file.write_bytes(gzip.compress(SEPARATOR + _mail("one")))
    assert [mail.raw for mail in mails(file)] == [_mail("one")]


def test_a_cut_off_gzip_is_named(tmp_path: Path) -> None:
    file = tmp_path / "box.mbox.gz"
    file.write_bytes(gzip.compress(SEPARATOR + _mail("one", "x" * 5000))[:60])
    with pytest.raises(BadInput, match=r"box\.mbox\.gz"):
        list(mails(file))


def test_a_maildir_gives_what_lies_in_cur_and_new(tmp_path: Path) -> None:
    for part, name in (("cur", "1.a:2,S"), ("new", "2.b"), ("tmp", "3.c")):
        (tmp_path / part).mkdir()
        (tmp_path / part / name).write_bytes(_mail(name))
    assert [mail.raw for mail in mails(tmp_path)] == [_mail("1.a:2,S"), _mail("2.b")]


def test_a_folder_names_what_it_leaves_out(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(_mail("one"))
    (tmp_path / "two").write_bytes(_mail("two"))
    (tmp_path / "LICENSE").write_bytes(b"Anyone may do anything\n")
    (tmp_path / "notes.yml").write_bytes(b"from: nobody\n")
    assert [file.name for file in mail_files(tmp_path)] == ["one.eml", "two"]
    assert [file.name for file in other_files(tmp_path)] == ["LICENSE", "notes.yml"]


@pytest.mark.parametrize(("content", "expected"), [(b"Received: by x\n", True), (b"Lorem ipsum: dolor\n", False)])
def test_a_nameless_file_is_told_by_its_first_line(tmp_path: Path, content: bytes, expected: bool) -> None:
    file = tmp_path / "nameless"
    file.write_bytes(content)
    assert looks_like_mail(file) is expected


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no file"):
        list(mails(tmp_path / "absent"))
