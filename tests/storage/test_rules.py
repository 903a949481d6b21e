"""The team's rules in the workspace: the starter's until the team writes its own, and always such as can be used."""

import pytest

from desk.errors import BadInput
from storage import content, rules
from storage.connect import Connection

OWN = '[[target]]\ntitle = "Mail"\nchannels = ["email"]\nfirst_response = "4h"\n'


@pytest.mark.parametrize("kind", sorted(rules.KINDS))
def test_what_heard_comes_with_can_be_used(connection: Connection, kind: str) -> None:
    rules.KINDS[kind].check(content.read(rules.KINDS[kind].starter), rules.KINDS[kind].starter)
    assert rules.read(connection, kind) == content.read(rules.KINDS[kind].starter)
    assert not rules.is_own(connection, kind)


def test_a_team_writes_its_own_and_goes_back(connection: Connection) -> None:
    rules.write(connection, "targets", OWN)
    assert (rules.read(connection, "targets"), rules.is_own(connection, "targets")) == (OWN, True)
    rules.write(connection, "targets", None)
    assert rules.read(connection, "targets") == content.read("targets.toml")


def test_what_cannot_be_used_is_refused_and_all_stays(connection: Connection) -> None:
    rules.write(connection, "targets", OWN)
    with pytest.raises(BadInput, match=r"my\.toml: target 1 \(“Mail”\), first_respons: is not known here.*first_resp"):
        rules.write(connection, "targets", OWN.replace("first_response", "first_respons"), "my.toml")
    assert rules.read(connection, "targets") == OWN


def test_an_unknown_kind_is_named_with_the_nearest(connection: Connection) -> None:
    with pytest.raises(BadInput, match=r"called “target”\. Did you mean targets\?"):
        rules.read(connection, "target")
