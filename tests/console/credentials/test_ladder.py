"""The ladder: the first rung that has the secret serves, every other one says in words why it did not."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from console.credentials.ladder import Ladder
from console.credentials.ring import Ring, RingAbsent, RingLocked
from console.credentials.rungs import NoSecret, Rung, Served, Wanted
from screens.source_lines import NOTHING_SERVES
from sync.errors import Denied
from sync.secret import Secret
from tests.console.credentials.given import CANARY, SUPPORT, Memory

VARIABLE = "HEARD_SUPPORT_EU_TOKEN"


def absent() -> Memory:
    raise RingAbsent("This session has no keyring")


def ladder(folder: Path, environment: dict[str, str] | None = None, ring: Ring | None = None) -> Ladder:
    return Ladder(folder, ring=ring or Ring(absent), environment=environment or {})


def why(served: Served) -> dict[Rung, str]:
    return {each.rung: each.why for each in served.passed}


def test_the_first_rung_that_has_it_serves(tmp_path: Path) -> None:
    """Filled from the bottom: each secret above hides those below."""
    memory = Memory()
    environment: dict[str, str] = {}
    wanted = SUPPORT
    steps = Ladder(tmp_path, ring=Ring(lambda: memory), environment=environment)

    def served() -> tuple[str, Rung]:
        found = steps.look(wanted)
        assert tuple(each.rung for each in found.passed) == tuple(Rung)[: list(Rung).index(found.rung)]
        return found.secret.reveal(), found.rung

    steps.store_plain(wanted, Secret("of the file"))
    assert served() == ("of the file", Rung.FILE)
    steps.keep(wanted, Secret("of this run"))
    assert served() == ("of this run", Rung.KEPT)
    steps.store(wanted, Secret("of the keyring"))
    assert served() == ("of the keyring", Rung.KEYRING)
    wanted = replace(SUPPORT, settings={**SUPPORT.settings, "secret_command": "printf '%s\\n' 'of the command'"})
    assert served() == ("of the command", Rung.COMMAND)
    (tmp_path / "token").write_text("of the named file\n")
    environment[f"{VARIABLE}_FILE"] = str(tmp_path / "token")
    assert served() == ("of the named file", Rung.VARIABLE)
    environment[VARIABLE] = "of the variable"
    assert served() == ("of the variable", Rung.VARIABLE)


def test_why_the_upper_ones_did_not(tmp_path: Path) -> None:
    steps = ladder(tmp_path)
    steps.keep(SUPPORT, Secret(CANARY))
    served = steps.look(SUPPORT)
    assert (served.rung, served.where) == (Rung.KEPT, "given for this run")
    assert why(served) == {
        Rung.VARIABLE: f"neither {VARIABLE} nor {VARIABLE}_FILE is set",
        Rung.COMMAND: "none is set",
        Rung.KEYRING: "This session has no keyring",
    }
    assert CANARY not in repr(served)


def test_nothing_anywhere(tmp_path: Path) -> None:
    with pytest.raises(NoSecret) as caught:
        ladder(tmp_path, {f"{VARIABLE}_FILE": "/nowhere/token"}).serve(SUPPORT)
    error = caught.value
    assert isinstance(error, Denied)
    assert [each.rung for each in error.passed] == list(Rung)
    assert "/nowhere/token" in error.message
    assert "no keyring" not in error.message
    assert VARIABLE in error.mend
    assert "heard secret store" in error.mend


def test_asked_once_and_kept_for_this_run_alone(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(wanted: Wanted) -> Secret:
        asked.append(wanted.name)
        return Secret(CANARY)

    steps = Ladder(tmp_path, ask, Ring(absent), {})
    threads = [threading.Thread(target=steps.serve, args=(SUPPORT,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert asked == ["Support EU"]
    assert steps.serve(SUPPORT).secret.reveal() == CANARY
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NoSecret):
        ladder(tmp_path).look(SUPPORT)
    steps.forget(SUPPORT)
    steps.serve(SUPPORT)
    assert len(asked) == 2


def test_an_empty_answer_is_none(tmp_path: Path) -> None:
    with pytest.raises(NoSecret):
        Ladder(tmp_path, lambda _: Secret(""), Ring(absent), {}).serve(SUPPORT)


def test_names_that_differ_only_in_the_user_are_two(tmp_path: Path) -> None:
    memory = Memory()
    steps = ladder(tmp_path, ring=Ring(lambda: memory))
    other = Wanted("Support EU", {"user": "other@example.test"})
    steps.store(SUPPORT, Secret("one"))
    steps.store_plain(other, Secret("two"))
    assert steps.look(SUPPORT).secret.reveal() == "one"
    assert steps.look(other).secret.reveal() == "two"


@pytest.mark.parametrize(
    ("name", "variable"),
    [("support", "HEARD_SUPPORT_TOKEN"), ("a-b.c", "HEARD_A_B_C_TOKEN"), ("Büro 2", "HEARD_B_RO_2_TOKEN")],
)
def test_the_name_of_the_variable(name: str, variable: str) -> None:
    assert Wanted(name, {}).variable == variable


@pytest.mark.parametrize("content", [b"", b"\n", b"one\ntwo\n", b"\xff\xfe", b"a\x00b", b"x" * 70_000])
def test_a_file_that_holds_no_secret_is_named_and_the_next_rung_serves(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    steps = ladder(tmp_path, {f"{VARIABLE}_FILE": str(tmp_path / "token")})
    steps.keep(SUPPORT, Secret("kept"))
    served = steps.look(SUPPORT)
    assert served.secret.reveal() == "kept"
    assert served.passed[0].broken
    assert str(tmp_path / "token") in served.passed[0].why


def test_the_credentials_of_a_service(tmp_path: Path) -> None:
    (tmp_path / "mail-token").write_text(CANARY)
    steps = ladder(tmp_path, {f"{VARIABLE}_FILE": "mail-token", "CREDENTIALS_DIRECTORY": str(tmp_path)})
    served = steps.look(SUPPORT)
    assert served.secret.reveal() == CANARY
    assert str(tmp_path / "mail-token") in served.where


def test_a_command_is_not_run_twice_in_one_breath_but_a_token_s_is(tmp_path: Path) -> None:
    count = f"sh -c 'echo x >> {tmp_path}/count; wc -l < {tmp_path}/count'"
    once = Wanted("a", {"secret_command": count})
    steps = ladder(tmp_path)
    assert [steps.look(once).secret.reveal().strip() for _ in range(2)] == ["1", "1"]
    steps.forget(once)
    assert steps.look(once).secret.reveal().strip() == "2"
    always = Wanted("b", {"token_command": count})
    assert [steps.look(always).secret.reveal().strip() for _ in range(2)] == ["3", "4"]


def test_removing_takes_it_out_everywhere(tmp_path: Path) -> None:
    memory = Memory()
    steps = ladder(tmp_path, ring=Ring(lambda: memory))
    steps.store(SUPPORT, Secret("one"))
    path = steps.store_plain(SUPPORT, Secret("two"))
    steps.keep(SUPPORT, Secret("three"))
    assert steps.remove(SUPPORT) == ("the keyring", path)
    assert steps.remove(SUPPORT) == ()
    with pytest.raises(NoSecret):
        steps.look(SUPPORT)
    assert ladder(tmp_path).remove(SUPPORT) == ()

    def locked() -> Memory:
        raise RingLocked("It is locked")

    with pytest.raises(RingLocked):
        ladder(tmp_path, ring=Ring(locked)).remove(SUPPORT)


def test_a_new_one_goes_where_the_old_one_lay(tmp_path: Path) -> None:
    memory = Memory()
    steps = ladder(tmp_path, ring=Ring(lambda: memory))
    for put in (steps.store, steps.store_plain):
        put(SUPPORT, Secret("old"))
        served = steps.look(SUPPORT)
        steps.replace(SUPPORT, served, Secret("new"))
        again = steps.look(SUPPORT)
        assert (again.secret.reveal(), again.rung) == ("new", served.rung)
        steps.remove(SUPPORT)
    locked = ladder(tmp_path)
    locked.replace(SUPPORT, Served(Secret("old"), Rung.KEYRING, "", ()), Secret("new"))
    assert locked.look(SUPPORT).rung is Rung.KEPT


def test_the_screen_knows_a_missing_secret_from_a_refused_one(tmp_path: Path) -> None:
    with pytest.raises(NoSecret) as refused:
        ladder(tmp_path).look(SUPPORT)
    assert refused.value.message.startswith(NOTHING_SERVES)
