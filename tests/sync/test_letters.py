"""A reply as it leaves: what it quotes is announced in its customer's language, else in the mailbox's."""

import quopri

import pytest

from tests.sync.office import Office, mail

GERMAN = "Guten Tag, ich habe eine Lampe bestellt und sie ist noch nicht da."


@pytest.mark.parametrize(
    ("words", "language", "line"),
    [(GERMAN, "fr", " schrieb "), ("Lampe?", "fr", "a =C3=A9crit"), ("Lampe?", "", " wrote:")],
    ids=["the customer's", "the mailbox's", "English"],
)
def test_a_quote_is_announced_in_a_language_that_fits(office: Office, words: str, language: str, line: str) -> None:
    office.account.put(mail("Lamp", words=words))
    office.connect(**({"language": language} if language else {}))
    office.sync()
    office.reply(office.tickets()["Lamp"])
    office.sync()
    (sent,) = office.sent()
    assert quopri.decodestring(line.encode()) in quopri.decodestring(sent.raw)
