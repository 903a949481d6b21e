"""Real mails: what others read out of them, and that none of them is too much for us."""

import pytest

from benchmarks.mail_accuracy import mbox, read_answer, trimmed, zammad
from desk.mail.message import Mail, read_mail
from desk.mail.quotes import find_folds, quoted, visible
from tests.shared import shared_data

pytestmark = pytest.mark.shared_data


def test_zammads_fields_agree() -> None:
    fields = zammad(shared_data("mail/zammad"))
    assert fields.compared > 200
    assert fields.share >= 0.95
    assert [difference for difference in fields.differences if not difference.reason] == []


def test_replies_are_trimmed_alike() -> None:
    count, different = trimmed(shared_data("mail/email_reply_trimmer"))
    assert count >= 30
    assert len(different) <= count // 5


def _check(mail: Mail) -> None:
    folds = find_folds(mail.text)
    assert visible(mail.text, folds) or not mail.text
    total = len(visible(mail.text, folds).split()) + len(quoted(mail.text, folds).split())
    assert total == len(mail.text.split())


def test_every_mail_of_the_lists_is_read() -> None:
    mails = [read_mail(raw) for raw in mbox(shared_data("mail/easy-ham.mbox.gz"))]
    assert len(mails) == 1_500
    assert not any(mail.unparsed for mail in mails)
    assert all("@" in mail.sender.address and mail.message_id and mail.date for mail in mails)
    assert sum(not mail.text for mail in mails) <= 3
    for mail in mails:
        _check(mail)


@pytest.mark.parametrize("folder", ["mail/zammad", "mail/rt-emails"])
def test_every_nasty_mail_is_read(folder: str) -> None:
    for path in shared_data(folder).rglob("*"):
        if path.is_file() and path.suffix != ".yml":
            _check(read_mail(path.read_bytes()))


def test_the_answers_are_read_as_yaml_means_them() -> None:
    answer = read_answer(
        "from_email: ana@example.com\nsubject: 'It''s here'\nto: \"J\\xF6rg\\n\"\nbody: |-\n  one\n  two\n"
        "attachments:\n- !ruby/hash\n  filename: a.txt\n- !ruby/hash\n  filename: 'b c.txt'\n"
    )
    assert answer == {
        "from_email": "ana@example.com",
        "subject": "It's here",
        "to": "Jörg\n",
        "body": "one\ntwo",
        "attachments": "a.txt\nb c.txt",
    }
