"""Mails read in a process of their own are the same, in the same order; its end and its errors are noticed."""

import gzip
import multiprocessing
import random
import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desk.errors import BadInput, WorkspaceError
from storage.connect import Connection
from storage.imports import reading
from storage.imports.reading import CHUNK, Job, read_mails
from storage.imports.run import Wish, import_files
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW
from tests.storage.ingest.recount import Told, full_text, told

_SEPARATOR = b"From ana@example.org Mon Mar  2 09:00:00 2026\n"


def _box(path: Path, *mails: bytes) -> Path:
    path.write_bytes(b"\n".join(_SEPARATOR + mail for mail in mails))
    return path


def _mail(number: int, *, sender: str = "Ana Ruiz <ana@example.org>", answers: Sequence[int] = (), day: int = 2,
          subject: str = "Lamp") -> bytes:  # fmt: skip
    references = "References: " + " ".join(f"<{other}@x.org>" for other in answers) + "\n" if answers else ""
    return (
        f"From: {sender}\nTo: help@shop.example\nSubject: {subject}\nMessage-ID: <{number}@x.org>\n"
        f"Date: Mon, {day:02} Mar 2026 09:00:{number % 60:02} +0000\n{references}\nWords of word{number}\n"
    ).encode()


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is worth a process."""
    monkeypatch.setattr(reading, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


def test_a_process_reads_the_same_mails(
    workspace: Workspace, connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = _box(tmp_path / "box.mbox", *(_mail(number) for number in range(3 * CHUNK + 1)))
    job = Job(workspace, box, frozenset({"help@shop.example"}), NOW)
    here = list(read_mails(connection, job))
    assert [mail.message and mail.message.message_id for mail in here] == [f"<{n}@x.org>" for n in range(3 * CHUNK + 1)]
    monkeypatch.setattr(reading, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert list(read_mails(connection, job)) == here


@pytest.mark.usefixtures("beside")
def test_what_is_known_is_not_read_again(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    box = _box(tmp_path / "box.mbox", _mail(1), _mail(2))
    assert import_files(workspace, connection, Wish((box,)), NOW).added == 2
    again = list(read_mails(connection, Job(workspace, box, frozenset(), NOW)))
    assert [mail.message for mail in again] == [None, None]
    assert import_files(workspace, connection, Wish((box,)), NOW).skipped == 2


@pytest.mark.usefixtures("beside")
def test_an_unreadable_file_is_named(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    noise = (random.Random(number).randbytes(1_000).hex().encode() for number in range(200))
    box = _box(tmp_path / "box.mbox.gz", *(_mail(number) + next(noise) + b"\n" for number in range(200)))
    box.write_bytes(gzip.compress(box.read_bytes())[:-200])
    with pytest.raises(BadInput, match=r"box\.mbox\.gz") as raised:
        import_files(workspace, connection, Wish((box,)), NOW)
    assert "Check the file" in raised.value.mend
    # What came before is there, and in the full text.
    assert len(full_text(connection, "words")) == connection.execute("SELECT count(*) FROM message").fetchone()[0] > 0


@pytest.mark.usefixtures("beside")
def test_the_death_of_the_reader_is_noticed(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    box = _box(tmp_path / "box.mbox", *(_mail(number) for number in range(100 * CHUNK)))
    found = read_mails(connection, Job(workspace, box, frozenset(), NOW))
    next(found)
    (child,) = multiprocessing.active_children()
    child.kill()
    with pytest.raises(WorkspaceError, match="has ended"):
        list(found)
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("beside")
def test_who_stops_listening_stops_the_reader(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    box = _box(tmp_path / "box.mbox", *(_mail(number) for number in range(100 * CHUNK)))
    with closing(read_mails(connection, Job(workspace, box, frozenset(), NOW))) as found:  # type: ignore[type-var]
        next(found)
    assert multiprocessing.active_children() == []


_mails = st.lists(
    st.tuples(
        st.sampled_from(["Ana Ruiz <ana@example.org>", "ana@example.org", "Bo <bo@example.org>"]),
        st.lists(st.integers(0, 7), max_size=2, unique=True),
        st.integers(1, 28),
        st.sampled_from(["Lamp", "Re: Lamp", "Refund"]),
    ),
    max_size=8,
)


_ANA, _BO = "Ana Ruiz <ana@example.org>", "Bo <bo@example.org>"


# A ticket of Bo's was joined with one of Ana's: by its subject it is no more of Bo's, in the same batch as in a later.
@example(
    mails=[(_ANA, [], 1, "Lamp"), (_BO, [], 1, "Lamp"), (_ANA, [0, 1], 1, "Lamp"), (_BO, [], 1, "Re: Lamp")],
    cut=0,
    again=False,
)
# The same, of tickets that an earlier batch made and this one joins.
@example(
    mails=[(_ANA, [], 1, "Lamp"), (_BO, [], 1, "Lamp"), (_ANA, [0, 1], 1, "Lamp"), (_BO, [], 1, "Re: Lamp")],
    cut=2,
    again=False,
)
@settings(max_examples=25)
@given(mails=_mails, cut=st.integers(0, 8), again=st.booleans())
def test_batches_of_any_size_make_what_single_mails_make(
    workspace_template: Workspace, tmp_path_factory: pytest.TempPathFactory,
    mails: list[tuple[str, list[int], int, str]], cut: int, again: bool,
) -> None:  # fmt: skip
    raw = [
        _mail(number, sender=sender, answers=answers, day=day, subject=subject)
        for number, (sender, answers, day, subject) in enumerate(mails)
    ]
    folder = tmp_path_factory.mktemp("parted")
    parts = [part for part in (raw[:cut], raw[cut:], raw if again else []) if part]
    parted = _filled(workspace_template, folder / "parted", parts)
    single = _filled(workspace_template, folder / "single", [[mail] for mail in raw])
    assert {table for table in parted if parted[table] != single[table]} == set()


def _filled(template: Workspace, folder: Path, parts: Sequence[Sequence[bytes]]) -> Told:
    shutil.copytree(template.folder, folder)
    workspace = Workspace(folder)
    with closing(open_to_write(workspace)) as connection:
        for number, part in enumerate(parts):
            import_files(workspace, connection, Wish((_box(folder / f"{number}.mbox", *part),)), NOW)
        return told(connection)
