"""A mailbox as a small shop has it: a thousand made-up conversations in seven languages, on the disk within a second.

    fill(server.account(), conversations(1000, until))

The invariant: the same count and end give the same mails, byte for byte. A conversation has one to six mails: what the
customer wrote lies in the inbox, what was answered lies in Sent. Every fourth has HTML, every tenth has a file, and
some are in the character sets of old programs. The last one is the newest.
"""

import os
import random
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from functools import cache
from html import escape
from pathlib import Path

from tests.servers.dovecot import run_as
from tests.servers.mail import Account

DAYS = 60
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8ffff3f0005fe02fea7"
    "9a9d2d0000000049454e44ae426082"
)
OURS = "Support <support@example.test>"


@dataclass(frozen=True, slots=True)
class Language:
    """How the customers of one language are called, and what they and the shop write; `latin` is for addresses."""

    charset: str
    given: Sequence[str]
    family: Sequence[str]
    latin: Sequence[str]
    hello: str
    bye: str
    again: str
    thanks: str
    topics: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Seeded:
    """One mail as it lies in a folder; empty for the inbox. `seen`: somebody has read it."""

    folder: str
    at: datetime
    raw: bytes
    seen: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """One customer's matter, with their address; the oldest mail comes first."""

    customer: str
    mails: tuple[Seeded, ...]


@cache
def languages() -> tuple[Language, ...]:
    """All of them, the most usual first."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(Language(**language) for language in found["language"])


def conversations(count: int, until: datetime) -> Iterator[Conversation]:
    """So many, the last of them a minute before `until`."""
    chance = random.Random(count)
    for number in range(count):
        (language,) = chance.choices(languages(), weights=(8, 3, 2, 2, 1, 1, 1))
        age = timedelta(days=DAYS) * ((count - number - 1) / count) ** 2 + timedelta(minutes=1)
        yield _conversation(chance, number, language, until - age)


def _conversation(chance: random.Random, number: int, language: Language, newest: datetime) -> Conversation:
    place = chance.randrange(len(language.given))
    domain = chance.choice(("example.org", "example.net", "mail.test"))
    name = f"{language.given[place]} {chance.choice(language.family)}"
    address = f"{language.latin[place]}.{number % 700}@{domain}"
    customer = formataddr((name, address))
    title, words, answer = (part.format(order=10_000 + number) for part in chance.choice(language.topics))
    length = chance.choice((1, 1, 1, 2, 2, 3, 3, 4, 5, 6))
    ends = _customers_words(language, words, length)
    gaps = [timedelta(minutes=chance.randrange(20, 900)) for _ in range(length - 1)]
    mails: list[Seeded] = []
    thread: list[str] = []
    quoted = ""
    for turn in range(length):
        answers = turn % 2 == 1
        said = f"{language.hello}\n\n{answer if answers else ends[turn // 2]}\n\n{language.bye}"
        text = f"{said}\n{'Support' if answers else name}\n"
        at = newest - sum(gaps[turn:], timedelta())
        message_id = f"<{number}.{turn}@{'example.test' if answers else domain}>"
        heads = {
            "From": OURS if answers else customer, "To": customer if answers else OURS,
            "Subject": _encoded(("Re: " if turn else "") + title), "Date": format_datetime(at),
            "Message-ID": message_id, "In-Reply-To": thread[-1] if thread else "",
            # Some programs leave it out.
            "References": " ".join(thread) if number % 3 else "",
        }  # fmt: skip
        head = "".join(f"{name}: {value}\n" for name, value in heads.items() if value)
        raw = head.encode("ascii") + _body(number + turn, text + quoted, language.charset)
        thread.append(message_id)
        quoted = "\n" + "".join(f"> {line}\n" for line in text.splitlines())
        seen = answers or turn < length - 1 or number % 2 == 0
        mails.append(Seeded("Sent" if answers else "", at, raw, seen))
    return Conversation(address, tuple(mails))


def _customers_words(language: Language, first: str, length: int) -> list[str]:
    """What the customer says each time."""
    return [first, language.again, language.thanks][: (length + 1) // 2]


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode()


def _body(number: int, text: str, charset: str) -> bytes:
    """The text as this or that program writes it, and the headers that say how."""
    mail = EmailMessage()
    mail.set_content(text, charset=charset if number % 2 else "utf-8")
    if number % 4 == 0:
        lines = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line)
        html = f"<html><head><style>p {{ margin: 0 }}</style></head><body>{lines}</body></html>"
        if number % 8:
            mail.add_alternative(html, subtype="html")
        else:
            mail.set_content(html, subtype="html")
    match number % 30:
        case 0:
            mail.add_attachment(PICTURE, maintype="image", subtype="png", filename="broken cup.png")
        case 10:
            mail.add_attachment("Größe;Preis\nM;18 €\n".encode(), maintype="text", subtype="csv", filename="Größen.csv")
        case 20:
            mail.add_attachment(b"%PDF-1.4\n%%EOF\n", maintype="application", subtype="pdf", filename="invoice.pdf")
    for place, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"part.{number}.{place}")
    return mail.as_bytes()


def fill(account: Account, seeded: Iterable[Conversation]) -> int:
    """Lay them into an account's mailbox, as its server would have; how many mails these are."""
    box = _box(account)
    count = 0
    for conversation in seeded:
        for mail in conversation.mails:
            lies_in = box / (f".{mail.folder}" if mail.folder else "") / "cur"
            lies_in.mkdir(parents=True, exist_ok=True)
            seconds = int(mail.at.timestamp())
            path = lies_in / f"{seconds}.M{count}P1.seed,S={len(mail.raw)}:2,{'S' if mail.seen else ''}"
            path.write_bytes(mail.raw)
            # When a mail came is kept as the time of its file.
            os.utime(path, (seconds, seconds))
            count += 1
    _hand_over(box)
    return count


def copy(account: Account, other: Account) -> None:
    """Give another account the same mailbox, with the numbers that the server has given to the mails."""
    shutil.copytree(_box(account), _box(other))
    _hand_over(_box(other))


def _box(account: Account) -> Path:
    return account.server.folder / "mail" / account.user


def _hand_over(box: Path) -> None:
    """The server must own what lies in it."""
    owner = run_as()
    if owner is not None:
        for path in (box, *box.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)
