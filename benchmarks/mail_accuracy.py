"""How truly mails are read: against the fields that Zammad read, against trimmed replies, and how fast.

    python -m benchmarks.mail_accuracy [FOLDER]

FOLDER holds what ../shared/data/mail holds. Prints every field that differs from Zammad's answer, with the reason
where ours is kept on purpose, the replies that are folded otherwise, and mails a second with nothing but one core.
"""

import gzip
import html
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, at_least
from desk.mail.addresses import addresses
from desk.mail.message import Mail, read_mail
from desk.mail.quotes import find_folds, visible
from desk.text import clean

DATA = Path(__file__).parents[2] / "shared" / "data" / "mail"

# Where Zammad's answer is another and ours is kept: (mail, field): why.
ACCEPTED = {
    ("mail019", "from_display_name"): "the name is there; only the address came from Reply-To",
    ("mail017", "subject"): "a subject of more than 1,000 characters is cut",
    ("mail087", "attachments"): "the part without a type is text, and shown",
    ("mail017", "body"): "its plain rendering says something else than its HTML, and is the one that is shown",
    ("mail025", "body"): "the uuencoded file is taken out of the text and attached",
    ("mail073", "attachments"): "the name's bytes are not the ASCII they claim to be, and are read all the same",
    ("mail097", "message_id"): "Zammad makes one up where the mail has none",
    ("mail087", "from_email"): "the address is taken out of the words around it",
    ("mail087", "from_display_name"): "what is left of the words is the name",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field where we and the oracle disagree."""

    mail: str
    field: str
    ours: str
    theirs: str

    @property
    def reason(self) -> str:
        """Why ours is kept; empty where it isn't meant to differ."""
        return ACCEPTED.get((self.mail, self.field), "")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many fields were compared and which of them differ."""

    compared: int
    differences: tuple[Difference, ...]

    @property
    def share(self) -> float:
        """The share of fields that agree, accepted differences counted as differences."""
        return 1 - len(self.differences) / self.compared


def zammad(folder: Path) -> Agreement:
    """Compare every mail of `folder` that has a .yml with it."""
    compared = 0
    differences = []
    for answer in sorted(folder.glob("*.yml")):
        expected = read_answer(answer.read_text("utf-8"))
        mail = read_mail(answer.with_suffix(".box").read_bytes())
        for field, theirs in expected.items():
            ours = _our_answer(mail, field, theirs)
            compared += 1
            if ours != _their_answer(field, theirs):
                differences.append(Difference(answer.stem, field, ours, _their_answer(field, theirs)))
    return Agreement(compared, tuple(differences))


_FIELDS = ("from_email", "from_display_name", "to", "cc", "reply-to", "subject", "message_id", "body")


def read_answer(text: str) -> dict[str, str]:
    """The few fields of Zammad's YAML that are compared; attachments as their names, one a line."""
    fields: dict[str, str] = {}
    lines = text.split("\n")
    place = 0
    names: list[str] = []
    while place < len(lines):
        key, colon, value = lines[place].partition(":")
        place += 1
        start = place
        while place < len(lines) and (lines[place][:2] in ("  ", "", "'")):
            place += 1
        below = lines[start:place]
        if colon and key in _FIELDS:
            fields[key] = _scalar(value.strip(), below)
        if key == "attachments":
            fields["attachments"] = ""
        if key.startswith("- !ruby") and "attachments" in fields:
            names += [_scalar(line.partition(":")[2].strip(), []) for line in below if line.startswith("  filename:")]
    if "attachments" in fields:
        fields["attachments"] = "\n".join(names)
    return fields


_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "e": "\x1b", "0": "\0", "a": "\a", "b": "\b", "_": "\xa0", "N": "\x85"}
_ESCAPED = re.compile(r"\\(?:x([0-9A-F]{2})|u([0-9A-F]{4})|U([0-9A-F]{8})|(.))", re.DOTALL)


def _scalar(value: str, below: list[str]) -> str:
    if value[:1] in ("|", ">"):
        return "\n".join(line[2:] for line in below).rstrip("\n")
    whole = " ".join([value, *(line.strip() for line in below)]).strip()
    if whole[:1] == "'":
        return whole[1:].rstrip().removesuffix("'").replace("''", "'")
    if whole[:1] == '"':
        body = re.sub(r"\\ ", "", whole[1:].removesuffix('"')) if below else whole[1:].removesuffix('"')
        return _ESCAPED.sub(_unescaped, body)
    return whole


def _unescaped(match: re.Match[str]) -> str:
    number = match[1] or match[2] or match[3]
    return chr(int(number, 16)) if number else _ESCAPES.get(match[4], match[4])


def _their_answer(field: str, theirs: str) -> str:
    if field in ("to", "cc", "reply-to"):
        return ", ".join(found.address for found in addresses(theirs.encode()))
    if field == "attachments":
        return ", ".join(_names(theirs.split("\n")))
    if field == "body":
        return "all words" if _words(theirs) else "none"
    return " ".join(clean(theirs, lines=False).split())


def _our_answer(mail: Mail, field: str, theirs: str) -> str:
    lists = {"to": mail.to, "cc": mail.cc, "reply-to": mail.reply_to}
    if field in lists:
        return ", ".join(found.address for found in lists[field])
    if field == "attachments":
        return ", ".join(_names([attached.name for attached in mail.attachments]))
    if field == "body":
        return _words_found(mail, theirs)
    texts = {
        "from_email": mail.sender.address,
        "from_display_name": " ".join(mail.sender.name.split()),
        "subject": " ".join(mail.subject.split()),
        "message_id": mail.message_id,
    }
    return texts[field]


def _names(names: list[str]) -> list[str]:
    """Without the HTML rendering that Zammad attaches again."""
    return sorted(name for name in names if name and name != "message.html")


_TAGS = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w{2,}")


def _words(body: str) -> list[str]:
    if body.strip() == "no visible content":
        return []
    return _WORD.findall(html.unescape(_TAGS.sub(" ", body)))


def _words_found(mail: Mail, theirs: str) -> str:
    """Whether we show the words that Zammad shows: 19 of 20 count as all, since links are written otherwise."""
    words = _words(theirs)
    if not words:
        return "none"
    found = sum(word in mail.text for word in words)
    return "all words" if found * 20 >= len(words) * 19 else f"{found} of {len(words)} words"


def trimmed(folder: Path) -> tuple[int, tuple[str, ...]]:
    """How many replies were compared, and which are folded otherwise than `trimmed` says."""
    different = []
    replies = sorted((folder / "emails").glob("*.txt"))
    for reply in replies:
        text = clean(reply.read_text("utf-8", errors="replace"))
        expected = clean((folder / "trimmed" / reply.name).read_text("utf-8")).strip()
        if visible(text, find_folds(text)).strip() != expected:
            different.append(reply.stem)
    return len(replies), tuple(different)


def mbox(path: Path) -> Iterator[bytes]:
    """The mails of a gzipped mbox."""
    raw = gzip.decompress(path.read_bytes())
    for piece in re.split(rb"(?m)^(?=From [^\n]*\d{4}\r?$)", raw):
        if piece.strip():
            yield piece


def speed(path: Path) -> tuple[int, float]:
    """Mails read and folded, and mails a second of processor time."""
    mails = list(mbox(path))
    started = time.process_time()
    for raw in mails:
        find_folds(read_mail(raw).text)
    return len(mails), len(mails) / (time.process_time() - started)


def figures() -> Iterator[Figure]:
    """How truly and how fast mails are read."""
    yield at_least("mail fields as Zammad reads them", zammad(DATA / "zammad").share * 100, "%", 95)
    replies, different = trimmed(DATA / "email_reply_trimmer")
    yield at_least("replies folded as trimmed by hand", (replies - len(different)) / replies * 100, "%", 50)
    yield at_least("mails read and folded", speed(DATA / "easy-ham.mbox.gz")[1], "mails/s", 600)


def main(folder: Path) -> None:
    """Print all three."""
    fields = zammad(folder / "zammad")
    agreed = fields.compared - len(fields.differences)
    print(f"Zammad's fields: {agreed} of {fields.compared} agree ({fields.share:.1%}; goal 95 %)")
    for difference in fields.differences:
        print(f"  {difference.mail} {difference.field}: {difference.reason or 'NOT ACCEPTED'}")
        print(f"    ours   {difference.ours[:160]!r}\n    theirs {difference.theirs[:160]!r}")
    replies, different = trimmed(folder / "email_reply_trimmer")
    print(f"Trimmed replies: {replies - len(different)} of {replies} exactly alike (goal 50 %)")
    for name in different:
        print(f"  {name}")
    count, rate = speed(folder / "easy-ham.mbox.gz")
    print(f"Speed: {count} mails read and folded, {rate:.0f} a second (goal 600)")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
