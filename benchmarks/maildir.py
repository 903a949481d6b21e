"""A mailbox of a support team, made up: years of conversations, written straight into a Dovecot's Maildir.

Mails are like those of public archives: 6 KB in the mean, some in HTML besides, every twentieth with a file; answers
quote what they answer. Of the same number the mails are always the same. The invariant: no Dovecot has looked at the
mailbox before `fill` is done, so that it numbers the mails in their order.
"""

import base64
import os
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate

from benchmarks.making.people import Person, people
from benchmarks.making.texts import Tongue, lengths, letter, tongues
from desk.lookup import IdentityKind
from tests.servers import dovecot
from tests.servers.mail import Account

SEED = 20262
SPAN = 2 * 365 * 86_400
# Conversations that go on at the same time, and how many customers come back for another.
OPEN, PER_CUSTOMER = 400, 6
# What somebody has read: all but the newest.
UNREAD = 300
FILE_EVERY, HTML_SHARE = 20, 0.45
_HOST = "made"


@dataclass(slots=True)
class _Matter:
    """A conversation as far as it has come."""

    number: int
    name: str
    address: str
    tongue: Tongue
    left: int
    said: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MadeMail:
    """One mail: who wrote it (empty where the team did), when (Unix seconds), its subject and bytes."""

    sender: str
    at: int
    subject: str
    raw: bytes


def mails(count: int, team: str, now: int) -> Iterator[MadeMail]:
    """So many mails of a team's mailbox up to `now`, the oldest first; every third or so is the team's own answer."""
    chance = random.Random(SEED)
    customers = [(person.name, _address(person)) for person in people(max(1, count // PER_CUSTOMER), SEED)]
    customers = [(name, address) for name, address in customers if address] or [("Ana", "ana@example.org")]
    spoken, shares = tongues(chance, count)
    sizes = lengths(chance)
    going: deque[_Matter] = deque()
    for number in range(count):
        if len(going) < min(OPEN, count // 4 + 1):
            name, address = customers[int(chance.random() * len(customers))]
            (tongue,) = chance.choices(spoken, shares)
            going.append(_Matter(number, name, address, tongue, 1 + int(chance.expovariate(0.4))))
            matter = going[-1]
        else:
            matter = going[int(chance.random() * len(going))]
        words = letter(chance, matter.tongue, 2 * sizes[int(chance.random() * len(sizes))])
        yield _mail(chance, matter, words, team, now - SPAN + SPAN * (number + 1) // count)
        if len(matter.said) >= matter.left:
            going.remove(matter)


def fill(account: Account, count: int, now: int) -> list[MadeMail]:
    """Put so many mails into the account's inbox and its sent mail; the newest of the inbox, the newest first."""
    root = account.server.folder / "mail" / account.user
    folders = (root / "cur", root / ".Sent" / "cur")
    for folder in (*folders, *(path.with_name(name) for path in folders for name in ("new", "tmp"))):
        folder.mkdir(parents=True, exist_ok=True)
    newest: deque[MadeMail] = deque(maxlen=UNREAD)
    for number, mail in enumerate(mails(count, account.user, now)):
        # Dovecot's own names for sizes; with them it needn't look into the file.
        size = f"S={len(mail.raw)},W={len(mail.raw)}"
        seen = "" if mail.sender and number >= count - UNREAD else "S"
        path = folders[not mail.sender] / f"{mail.at}.M{number:08}.{_HOST},{size}:2,{seen}"
        path.write_bytes(mail.raw)
        os.utime(path, (mail.at, mail.at))
        if mail.sender:
            newest.appendleft(mail)
    _give(account)
    return list(newest)


def _give(account: Account) -> None:
    owner = dovecot.run_as()
    if owner is not None:
        for folder, _, names in os.walk(account.server.folder / "mail"):
            for path in (folder, *(os.path.join(folder, name) for name in names)):  # noqa: PTH118 - 100,000 of them
                os.chown(path, owner.pw_uid, owner.pw_gid)


def _address(person: Person) -> str:
    return next((value for kind, value, _ in person.identities if kind is IdentityKind.EMAIL), "")


def _mail(chance: random.Random, matter: _Matter, words: str, team: str, at: int) -> MadeMail:
    turn = len(matter.said)
    ours = turn % 3 == 2
    words_of_it = matter.tongue.words(random.Random(matter.number), 5)
    subject = f"{'Re: ' if turn else ''}No. {matter.number}, {words_of_it}"
    own = f"<{matter.number}.{turn}@{'help' if ours else 'post'}.example>"
    quoted = "\n".join(f"> {line}" for said in matter.said[-2:] for line in said.split("\n"))
    text = f"{words}\n\nOn {formatdate(at - 7200)}, somebody wrote:\n{quoted}\n" if quoted else f"{words}\n"
    sender, to = (f"Support <{team}>", matter.address) if ours else (_written(matter), team)
    head = [
        f"Return-Path: <{team if ours else matter.address}>",
        f"Received: from mx{at % 9}.example.net (mx{at % 9}.example.net [192.0.2.{at % 250}]) by mail.example.test",
        f"\twith ESMTPS id {at:x}.{matter.number:x} for <{to}>; {formatdate(at)}",
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; s=mail;",
        f"\tbh={base64.b64encode(chance.randbytes(32)).decode()};",
        f"\tb={_folded(chance.randbytes(256))}",
        f"Date: {formatdate(at)}",
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {_word(subject)}",
        f"Message-ID: {own}",
        *([f"In-Reply-To: {matter.ids[-1]}", f"References: {' '.join(matter.ids[-8:])}"] if matter.ids else []),
        "MIME-Version: 1.0",
        "X-Mailer: Made up 1.0",
    ]
    matter.said.append(words)
    matter.ids.append(own)
    whole = "\n".join(head) + "\n" + _content(chance, text)
    return MadeMail("" if ours else matter.address, at, subject, whole.replace("\n", "\r\n").encode())


def _content(chance: random.Random, text: str) -> str:
    """The rest of a mail, from its type on."""
    content = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}"
    if chance.random() < HTML_SHARE:
        content = _parts("alternative", content, f"Content-Type: text/html; charset=utf-8\n\n{_html(text)}")
    if int(chance.random() * FILE_EVERY) == 0:
        file = chance.randbytes(int(chance.lognormvariate(10.0, 0.8)))
        head = f'Content-Type: application/pdf\nContent-Disposition: attachment; filename="file{len(file)}.pdf"'
        lines = base64.encodebytes(file).decode()
        content = _parts("mixed", content, f"{head}\nContent-Transfer-Encoding: base64\n\n{lines}")
    return content


def _parts(kind: str, *parts: str) -> str:
    mark = f"={kind}="
    inside = "".join(f"--{mark}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{mark}"\n\n{inside}--{mark}--\n'


def _html(text: str) -> str:
    lines = "".join(f'<p style="margin:0 0 8px;font-family:Arial,sans-serif">{line}</p>\n' for line in text.split("\n"))
    return f"<!doctype html>\n<html><head><style>p {{ color: #222 }}</style></head><body>\n{lines}</body></html>\n"


def _written(matter: _Matter) -> str:
    return f"{_word(matter.name)} <{matter.address}>"


def _word(text: str) -> str:
    return text if text.isascii() else f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


def _folded(raw: bytes) -> str:
    return base64.encodebytes(raw).decode().replace("\n", "\n ").rstrip()
