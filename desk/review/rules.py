"""The rules of a review as teams write them: TOML that is joined, the team's own last.

    [[rule]]                        a rule: what it is called, why, and what to do instead
    [[language]]                    the words of a language
    [[language.words]]              what a rule looks for in it

The invariants: a rule that is named again is changed, never doubled; its words are added to those that are there; a
misspelt key or name is an error that says file, table, key and the nearest name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from desk.errors import BadInput
from desk.nearest import mend_name
from desk.review.marks import Kind
from desk.review.phrases import Phrase, parse_phrase
from desk.tables import Table, read_tables

ANY = ""
CHECKS = (
    "greeting", "name", "wrong-name", "wall", "questions", "capitals", "unfilled", "note-as-reply", "mention",
)  # fmt: skip
_LINE = 78


@dataclass(frozen=True, slots=True)
class Words:
    """What a rule looks for: `phrases` mark, `excepts` are let through, and a sentence with one of `unless` is.

    `reason` and `suggestion` are the rule's own in that language; empty where it says them as in every other.
    """

    phrases: tuple[Phrase, ...] = ()
    excepts: tuple[Phrase, ...] = ()
    unless: tuple[Phrase, ...] = ()
    reason: str = ""
    suggestion: str = ""

    def __add__(self, other: "Words") -> "Words":
        return Words(
            self.phrases + other.phrases,
            self.excepts + other.excepts,
            self.unless + other.unless,
            other.reason or self.reason,
            other.suggestion or self.suggestion,
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `check` names what the program looks at by itself, within `most` and `least`.

    `spared`: a word that the customer used first is no mistake. `claims`: only where something is claimed, so that
    nothing is marked in a question. `without_files`: only where nothing is attached.
    `words` are by language; those of ANY hold in all.
    """

    key: str
    title: str
    reason: str
    suggestion: str
    kinds: tuple[str, ...] = (Kind.REPLY, Kind.FORWARD)
    channels: tuple[str, ...] = ()
    asks: bool = False
    off: bool = False
    spared: bool = False
    claims: bool = False
    without_files: bool = False
    check: str = ""
    most: int = 0
    least: int = 0
    words: dict[str, Words] = field(default_factory=dict)

    def spoken(self, language: str) -> "Rule":
        """The rule with the reason and the suggestion that it has in a language."""
        words = self.words.get(language, Words())
        return replace(self, reason=words.reason or self.reason, suggestion=words.suggestion or self.suggestion)


@dataclass(frozen=True, slots=True)
class Language:
    """A language's own words. `common` are its most frequent ones, by which it is known; `shouted` those that are
    shouted even where they stand alone in capitals; `hello` is how a greeting is put in, with {name}.
    """

    key: str
    common: tuple[str, ...] = ()
    greetings: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    closings: tuple[str, ...] = ()
    shouted: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    hello: str = ""


@dataclass(frozen=True, eq=False)
class Rules:
    """Everything that a review goes by; two of them are the same only if they are one, so that they can be a key."""

    rules: tuple[Rule, ...] = ()
    languages: tuple[Language, ...] = ()

    def rule(self, key: str) -> Rule | None:
        """The rule of that key."""
        return next((rule for rule in self.rules if rule.key == key), None)

    def language(self, key: str) -> Language:
        """The language of that key; raises BadInput where no pack has it."""
        for language in self.languages:
            if language.key == key:
                return language
        raise BadInput(
            f"There is no pack for the language “{key}”", mend_name(key, [one.key for one in self.languages])
        )


def parse_rules(toml: str, where: str, before: Rules | None = None) -> Rules:
    """What a file adds to the rules `before` it; raises BadInput with file, table, key and what is wrong."""
    whole = read_tables(toml, where)
    rules = {rule.key: rule for rule in before.rules} if before else {}
    languages = {language.key: language for language in before.languages} if before else {}
    for table in whole.tables("rule"):
        rule = _rule(table, rules)
        rules[rule.key] = rule
    for table in whole.tables("language"):
        language = _language(table, languages)
        languages[language.key] = language
        for words in table.tables("words"):
            key = words.choice("rule", list(rules), "")
            rules[key] = _with_words(rules[key], language.key, words)
            words.done()
        table.done()
    whole.done()
    return Rules(tuple(rules.values()), tuple(languages.values()))


def joined(files: Iterable[tuple[str, str]]) -> Rules:
    """The rules of several files, each a text and its name, the later ones over the earlier."""
    rules = Rules()
    for text, where in files:
        rules = parse_rules(text, where, rules)
    return rules


def _rule(table: Table, known: dict[str, Rule]) -> Rule:
    key = table.text("key")
    old = known.get(key)
    rule = Rule(
        key=key,
        title=table.text("title", old.title if old else key.capitalize()),
        reason=_one_line(table, "reason", old.reason if old else None),
        suggestion=_one_line(table, "suggestion", old.suggestion if old else None),
        kinds=_kinds(table) or (old.kinds if old else (Kind.REPLY, Kind.FORWARD)),
        channels=table.texts("channels") or (old.channels if old else ()),
        asks=table.flag("asks", default=old.asks if old else False),
        off=table.flag("off", default=old.off if old else False),
        spared=table.flag("spared", default=old.spared if old else False),
        claims=table.flag("claims", default=old.claims if old else False),
        without_files=table.flag("without_files", default=old.without_files if old else False),
        check=table.choice("check", ["", *CHECKS], old.check if old else ""),
        most=table.number("most", old.most if old else 0),
        least=table.number("least", old.least if old else 0),
        words=_unspoken(old.words, table) if old else {},
    )
    rule = _with_words(rule, ANY, table)
    table.done()
    return rule


def _unspoken(words: Mapping[str, Words], table: Table) -> dict[str, Words]:
    """The words without what this table says for every language: a team's own reason is no longer the pack's."""
    reason, suggestion = "reason" in table.values, "suggestion" in table.values
    return {
        language: replace(
            each,
            reason="" if reason else each.reason,
            suggestion="" if suggestion else each.suggestion,
        )
        for language, each in words.items()
    }


def _with_words(rule: Rule, language: str, table: Table) -> Rule:
    added = Words(_phrases(table, "phrases"), _phrases(table, "excepts"), _phrases(table, "unless"))
    if language:
        added = replace(added, reason=_one_line(table, "reason", ""), suggestion=_one_line(table, "suggestion", ""))
    return replace(rule, words={**rule.words, language: rule.words.get(language, Words()) + added})


def _phrases(table: Table, key: str) -> tuple[Phrase, ...]:
    try:
        return tuple(parse_phrase(text) for text in table.texts(key))
    except BadInput as error:
        raise table.problem(key, error.message, error.mend) from None


def _language(table: Table, known: dict[str, Language]) -> Language:
    key = table.text("key")
    old = known.get(key, Language(key))
    return Language(
        key=key,
        common=old.common + table.texts("common"),
        greetings=old.greetings + table.texts("greetings"),
        titles=old.titles + table.texts("titles"),
        nobody=old.nobody + table.texts("nobody"),
        closings=old.closings + table.texts("closings"),
        shouted=old.shouted + table.texts("shouted"),
        blanks=old.blanks + table.texts("blanks"),
        hello=table.text("hello", old.hello),
    )


def _one_line(table: Table, key: str, default: str | None) -> str:
    text = table.text(key, default)
    if "\n" in text or len(text) > _LINE:
        raise table.problem(key, f"is longer than one line of {_LINE} letters", "Say it shorter.")
    return text


def _kinds(table: Table) -> tuple[str, ...]:
    known = [kind.value for kind in Kind]
    for name in table.texts("kinds"):
        if name not in known:
            raise table.problem("kinds", f"“{name}” is not known", mend_name(name, known))
    return table.texts("kinds")
