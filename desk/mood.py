"""How a customer's words sound, from calm to angry, and which of their words say so.

It suggests the checklist and marks the ticket, and it may be wrong, so that every mark comes with its reasons.
The invariant: quotes, signatures, acronyms, headings and error messages don't count, since nobody shouts in them.
Angry is what is said of the matter ("this is unacceptable"), not what is denied ("I'm not angry").
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

CALM, UNEASY, UPSET, ANGRY = range(4)

# More than any mail that a person wrote by hand; what comes after it can't change the mood.
_READ = 20_000
# Five messages in a week can be a friendly talk: repetition alone makes uneasy, and upset only where it piles up.
_REPEATED, _PILED_UP = 3, 8

# English, German, Spanish. One strong word is enough to be upset; weak ones have to come together.
_STRONG = (
    "unacceptable|(?:not|isn't|nicht) (?:acceptable|akzeptabel)|outrageous|outraged|furious|livid|ridiculous|"
    "disgraceful|disgusting|disgusted|appalling|appalled|pathetic|infuriating|insulting|ripped off|incompetent|"
    "incompetence|useless|worst(?! case)|horrible|horrendous|atrocious|fed up|sick of|sick and tired|had enough|"
    "last straw|shame on you|how dare you|(?:is|was|are) (?:such )?(?:an? )?(?:scam|fraud|joke|rip-?off|disgrace)|"
    "my (?:lawyer|attorney)|sue you|small claims|chargeback|bullshit|wtf|damn|f[u*]ck(?:ing|ed)?|crap|"
    "waste of (?:my )?(?:time|money)|never again|"
    "unverschämt(?:heit)?|frechheit|unzumutbar|inakzeptabel|wütend|stinksauer|mein(?:en|em)? anwalt|nie wieder|"
    "saftladen|unfassbar|(?:ist|war) (?:doch )?(?:ein )?betrug|"
    "inaceptable|vergüenza|vergonzos[oa]|indignante|indignad[oa]|furios[oa]|es una estafa|mi abogad[oa]|pésim[oa]|"
    "hart[oa] de|nunca más"
)
_WEAK = (
    "angry|upset|annoyed|annoying|frustrated|frustrating|frustration|disappointed|disappointing|terrible|awful|"
    "still (?:no|not|nothing|waiting|broken)|yet again|once again|(?:third|fourth|fifth) time|ignored|ignoring me|"
    "no(?: ?one|body) (?:answers|replies|responds|cares|helps)|nobody answered|no (?:answer|reply|response)|"
    "complaint|lawyer|scammed|"
    "verärgert|sauer|enttäuscht|enttäuschend|schon wieder|immer noch (?:nicht|kein|keine)|keine antwort|beschwerde|"
    "enfadad[oa]|molest[oa]|decepcionad[oa]|otra vez|todavía no|sin respuesta|nadie responde|queja"
)
_DENIED_BEFORE = (
    r"\b(?:not|never|no|isn't|wasn't|aren't|don't|without|nicht|kein|keine|no estoy|sin)\s+"
    r"(?:(?:at all|so|too|really|very|a|an|the|being|any|mehr|muy)\s+)?$"
)
# Words that make shouting out of capitals; a heading, a firm's name or an error message has one of them at most.
_EVERYDAY = frozenset(
    word
    for line in (
        "I YOU YOUR WE MY ME MINE US THIS THAT IT THE A AN IS ARE WAS AM BE DO DID DON HAVE HAS WANT NEED GIVE GET",
        "WHY WHERE WHEN HOW WHAT WHO NOT NO NEVER STILL NOW AGAIN BACK TODAY OF FOR IN ON STOP PLEASE ANSWER",
        "ICH SIE IHR MEIN MEINE DAS IST NICHT JETZT WARUM WIE WAS KEIN KEINE GELD ENDLICH WILL",
        "YO MI MIS ES QUIERO POR QUE QUÉ ESTO YA AHORA DÓNDE DONDE DINERO EL LA UN UNA",
    )
    for word in line.split()
)
# Of those, and of what else is shouted, the words that mean nothing else in capitals: one alone is an emphasis.
_EMPHATIC = frozenset(
    word
    for line in (
        "YOU YOUR MY ME THIS THAT WANT NEED GIVE WHY WHERE WHEN HOW WHAT NOT NOTHING NOBODY NEVER STILL NOW AGAIN BACK",
        "TODAY STOP ANSWER ALWAYS EVERY ALREADY PAID WAITING IMMEDIATELY ENOUGH TWICE MONEY",
        "NICHT JETZT WARUM KEIN KEINE GELD ENDLICH SOFORT NIE NIEMAND IMMER SCHON",
        "QUIERO YA AHORA DÓNDE DINERO NUNCA NADIE SIEMPRE",
    )
    for word in line.split()
)
_EMPHASIS = r"\b[A-ZÀ-ÖØ-Þ]{2,12}\b!*"
_CAPITALS = r"\b[A-ZÀ-ÖØ-Þ]+\b(?:(?:[ ,'’\t]+\n?|\n)[A-ZÀ-ÖØ-Þ]+\b){2,}"
_SENTENCE = r"[^.!?\n]+!*"
_FRIENDLY = r"\b(?:thank\w*|thx|great|love\w*|happy|awesome|perfect|danke|super|gracias|genial)\b"
# What others wrote: Outlook's block of headers, or a line that says who wrote when. All after it is theirs.
_QUOTE_BEGINS = (
    r"^(?:-{2,} ?(?:original message|forwarded message|ursprüngliche nachricht|mensaje original)"
    r"|_{10,}[ \t]*$|(?:from|von|de): .+\n(?:sent|date|to|gesendet|datum|an|enviado|fecha|para): )"
)
_QUOTE_NAMED = r"^(?:on|am|el) .{6,200}(?:wrote|schrieb.{0,80}|escribió):[ \t]*$"
_NOT_A_SENTENCE = r"^.*\bconfidential\b.*$|https?://\S+"


class Mood(NamedTuple):
    """From 0 (calm) to 3 (angry), and why, in words to be shown."""

    score: int
    reasons: tuple[str, ...] = ()

    @property
    def angry(self) -> bool:
        """Whether the customer is upset enough for HEARD."""
        return self.score >= UPSET


@dataclass(frozen=True, slots=True)
class _Patterns:
    words: re.Pattern[str]
    denied: re.Pattern[str]
    capitals: re.Pattern[str]
    emphasis: re.Pattern[str]
    sentence: re.Pattern[str]
    friendly: re.Pattern[str]
    quoted_lines: re.Pattern[str]
    quote_begins: re.Pattern[str]
    quote_named: re.Pattern[str]
    signature: re.Pattern[str]
    not_a_sentence: re.Pattern[str]


def mood(text: str, contacts_in_week: int) -> Mood:
    """The mood of one message from a customer who made contact so many times in a week, this one included."""
    own = _own_words(text[:_READ])
    signs = (*_shouted(own), *_strong_and_weak(own), *_exclaimed(own), *_repeated(contacts_in_week))
    points = sum(weight for weight, _ in signs)
    score = ANGRY if points > 3 else UPSET if points > 1 else points
    return Mood(score, tuple(reason for _, reason in signs))


@cache
def _patterns() -> _Patterns:
    """The expressions take some milliseconds to compile, so that it is done on first use."""
    lines = re.IGNORECASE | re.MULTILINE
    return _Patterns(
        # For text in lower case: with IGNORECASE each of the words is tried at each place, which takes thrice as long.
        words=re.compile(rf"(?<![\w-])(?:(?P<strong>{_STRONG})|(?:{_WEAK}))(?![\w-])"),
        denied=re.compile(_DENIED_BEFORE),
        capitals=re.compile(_CAPITALS),
        emphasis=re.compile(_EMPHASIS),
        sentence=re.compile(_SENTENCE),
        friendly=re.compile(_FRIENDLY, re.IGNORECASE),
        quoted_lines=re.compile(r"^[ \t]*>.*$", re.MULTILINE),
        quote_begins=re.compile(_QUOTE_BEGINS, lines),
        quote_named=re.compile(_QUOTE_NAMED, lines),
        signature=re.compile(r"^--[ \t]*$", re.MULTILINE),
        not_a_sentence=re.compile(_NOT_A_SENTENCE, lines),
    )


def _own_words(text: str) -> str:
    """What the customer wrote this time."""
    patterns = _patterns()
    unquoted, quoted_lines = patterns.quoted_lines.subn("", text)
    ends = [patterns.quote_begins.search(unquoted), patterns.signature.search(unquoted)]
    if not quoted_lines:
        # Where the quote is marked by ">", the answer may stand below it.
        ends.append(patterns.quote_named.search(unquoted))
    own = unquoted[: min((end.start() for end in ends if end), default=None)]
    return patterns.not_a_sentence.sub("", own).replace("’", "'")


def _shouted(text: str) -> list[tuple[int, str]]:
    for run in _patterns().capitals.findall(text):
        if sum(word in _EVERYDAY for word in re.split(r"[ ,'\s]+", run)) >= 2:
            return [(2, f"capitals: “{_shortened(run)}”")]
    return _emphasised(text)


def _emphasised(text: str) -> list[tuple[int, str]]:
    """Two words in capitals, or one with its exclamation mark, make uneasy; three are shouted as a whole line is."""
    said = [word for word in _patterns().emphasis.findall(text) if word.rstrip("!") in _EMPHATIC]
    weight = len(said) + sum(word.endswith("!") for word in said)
    if weight < 2:
        return []
    shown = ", ".join(dict.fromkeys(word.rstrip("!") for word in said))
    return [(2 if weight > 2 else 1, f"capitals: “{_shortened(shown)}”")]


def _strong_and_weak(text: str) -> list[tuple[int, str]]:
    signs: dict[str, tuple[int, str]] = {}
    patterns = _patterns()
    text = text.lower()
    for match in patterns.words.finditer(text):
        word = " ".join(match[0].split())
        if word not in signs and not patterns.denied.search(text[max(0, match.start() - 30) : match.start()]):
            signs[word] = (2, f"strong word: “{word}”") if match["strong"] else (1, f"“{word}”")
    return list(signs.values())[:4]


def _exclaimed(text: str) -> list[tuple[int, str]]:
    if text.count("!") < 2:
        return []
    patterns = _patterns()
    loud = "\n".join(line for line in text.split("\n") if "!" in line)
    # Sentence by sentence: one expression for "friendly words, then marks" takes a time that grows squared.
    marks = patterns.sentence.sub(lambda said: "" if patterns.friendly.search(said[0]) else said[0], loud)
    count = marks.count("!")
    return [(1, f"{count} exclamation marks")] if count > 2 or "!!" in marks else []


def _repeated(contacts: int) -> list[tuple[int, str]]:
    if contacts < _REPEATED:
        return []
    return [(2 if contacts >= _PILED_UP else 1, f"{_ordinal(contacts)} contact within a week")]


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 40 else f"{words[:39].rstrip()}…"
