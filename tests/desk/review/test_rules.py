"""Rules as teams write them: named again they are changed, and every mistake is named."""

import re

import pytest

from desk.errors import BadInput
from desk.review.engine import review
from desk.review.language import guess_language
from desk.review.marks import Context
from desk.review.rules import ANY, joined, parse_rules
from storage.review import rules_with

RULE = '[[rule]]\nkey = "own"\nreason = "Why."\nsuggestion = "What."\nphrases = ["heardapp => Heard App"]\n'
ENGLISH = Context(language="en")


def said(text: str, team: str, context: Context = ENGLISH) -> list[str]:
    return [mark.rule for mark in review(text, context, rules_with(team))]


def test_every_pack_has_words_for_the_same_rules() -> None:
    rules = rules_with()
    spoken = {
        language.key: {
            rule.key for rule in rules.rules if language.key in rule.words and rule.words[language.key].phrases
        }
        for language in rules.languages
    }
    assert set(spoken) == {"en", "de", "es"}
    assert spoken["en"] == spoken["de"] == spoken["es"]
    unheard = {rule.key for rule in rules.rules if not rule.check} - spoken["en"]
    assert not unheard
    for language in rules.languages:
        assert "{name}" in language.hello
        for words in (language.common, language.greetings, language.titles, language.nobody, language.closings,
                      language.shouted, language.blanks):  # fmt: skip
            assert words
            assert all(word == word.lower() for word in words)


def test_reason_and_way_out_fit_a_small_terminal() -> None:
    for rule in rules_with().rules:
        assert len(rule.reason) <= 70, rule.reason
        assert len(rule.suggestion) <= 70, rule.suggestion
        assert rule.reason.endswith(".")


def test_every_pack_says_each_reason_and_way_out_in_its_language() -> None:
    rules = rules_with()
    for language in ("de", "es"):
        for rule in rules.rules:
            spoken = rule.spoken(language)
            assert (spoken.reason != rule.reason, spoken.suggestion != rule.suggestion) == (True, True), rule.key
            assert len(spoken.reason) <= 70, spoken.reason
            assert len(spoken.suggestion) <= 70, spoken.suggestion
            assert spoken.reason.endswith(".")
    assert rules.rules[0].spoken("en") == rules.rules[0].spoken("fr") == rules.rules[0]


def test_marks_speak_the_language_of_the_draft() -> None:
    (german,) = review("Das sollte jetzt wieder funktionieren.", Context(language="de"), rules_with())
    (spanish,) = review("El paquete debería llegar hoy.", Context(language="es"), rules_with())
    assert german.reason == "Klingt unsicher, wo es sich nachprüfen lässt."
    assert spanish.suggestion == "Compruébelo, y diga que es así."


def test_a_teams_own_reason_is_the_reason_in_every_language() -> None:
    ours = '[[rule]]\nkey = "certainty"\nreason = "Ours."\n'
    (german,) = review("Das sollte jetzt wieder funktionieren.", Context(language="de"), rules_with(ours))
    assert (german.reason, german.suggestion) == ("Ours.", "Nachsehen, dann sagen, dass es so ist.")
    unser = ours + '[[language]]\nkey = "de"\n[[language.words]]\nrule = "certainty"\nreason = "Unser."\n'
    (german,) = review("Das sollte jetzt wieder funktionieren.", Context(language="de"), rules_with(unser))
    assert german.reason == "Unser."
    (english,) = review("It should work.", ENGLISH, rules_with(unser))
    assert english.reason == "Ours."
    alone = '[[language]]\nkey = "de"\n[[language.words]]\nrule = "certainty"\nreason = "Allein."\n'
    (german,) = review("Das sollte jetzt wieder funktionieren.", Context(language="de"), rules_with(alone))
    assert german.reason == "Allein."
    with pytest.raises(BadInput, match="longer than one line"):
        rules_with(unser.replace("Unser.", "U" * 79))


def test_one_word_is_not_enough_to_tell_a_language_by() -> None:
    languages = rules_with().languages
    assert guess_language(languages, "Nach Graz!", "We have read your letter.") == "en"
    assert guess_language(languages, "Nach Graz, bitte!", "We have read your letter.") == "de"


def test_what_is_asked_claims_nothing() -> None:
    assert said("What should happen with the old one?", "") == []
    assert said("Could it be that the cable is loose? It might be loose.", "") == ["certainty"]
    assert said("I think it is the cable, can you look?", "") == ["guess"]
    assert said("What do you think?\nIt should work.", "") == ["certainty"]


def test_a_team_switches_off_adds_changes_and_lets_through() -> None:
    assert said("The backend is down.", "") == ["jargon"]
    assert said("The backend is down.", '[[rule]]\nkey = "jargon"\noff = true\n') == []
    assert said("The backend is down.", '[[rule]]\nkey = "jargon"\nexcepts = ["backend"]\n') == []
    assert said("We run heardapp.", RULE) == ["own"]
    assert said("Nutzen Sie heardapp, das ist gut.", RULE, Context()) == ["own"]
    more = '[[language]]\nkey = "en"\n[[language.words]]\nrule = "canned"\nphrases = ["your journey"]\n'
    assert said("Enjoy your journey.", more) == ["canned"]
    assert said("We value your feedback.", more) == ["canned"]
    asking = '[[rule]]\nkey = "apology"\nasks = true\nreason = "Ours."\n'
    (mark,) = review("Sorry for any inconvenience.", ENGLISH, rules_with(asking))
    assert (mark.asks, mark.reason) == (True, "Ours.")


def test_a_team_can_add_a_language() -> None:
    french = """
[[language]]
key = "fr"
hello = "Bonjour {name}"
greetings = ["bonjour"]
common = ["le", "la", "est", "votre", "nous"]
[[language.words]]
rule = "guess"
phrases = ["je pense que"]
"""
    rules = rules_with(french)
    text = "Bonjour, je pense que la lampe est dans votre boîte."
    assert guess_language(rules.languages, text) == "fr"
    assert [mark.rule for mark in review(text, Context(), rules)] == ["guess"]


def test_the_language_is_guessed_from_the_first_text_that_says_enough() -> None:
    languages = rules_with().languages
    assert guess_language(languages, "Ihr Paket ist bei uns, und wir haben es.") == "de"
    assert guess_language(languages, "Su pedido está en la tienda y no ha salido.") == "es"
    assert guess_language(languages, "ok", "Ihr Paket ist bei uns, und wir haben es.") == "de"
    assert guess_language(languages, "ok") == "en"
    assert guess_language((), "ok") == ""


@pytest.mark.parametrize(
    ("toml", "what"),
    [
        ('[[rule]]\nkey = "own"\n', "own.toml: rule 1 (“own”), reason: is missing"),
        (RULE + "asked = true\n", "asked: is not known here. Did you mean asks?"),
        (RULE.replace("heardapp", "[a"), "can't be read at “[a”"),
        (RULE + 'kinds = ["reply", "nots"]\n', "“nots” is not known. Did you mean note"),
        (RULE + 'check = "walls"\n', "“walls” is not known. Did you mean wall?"),
        (RULE + "most = -1\n", "most: is no whole number"),
        (RULE.replace("Why.", "Why. " * 30), "longer than one line"),
        ('[[language]]\nkey = "en"\n[[language.words]]\nrule = "caned"\nphrases = ["a"]\n', "Did you mean canned?"),
        ("[[rules]]\n", "rules: is not known here. Did you mean rule?"),
        ("rule = 3\n", "rule: is no list of tables"),
        ("[[rule", "own.toml: "),
    ],
)
def test_a_mistake_is_named(toml: str, what: str) -> None:
    with pytest.raises(BadInput, match=re.escape(what)):
        parse_rules(toml, "own.toml", rules_with())


def test_words_of_no_language_hold_in_all() -> None:
    rules = joined([(RULE, "own.toml")])
    (rule,) = rules.rules
    assert set(rule.words) == {ANY}
    assert [mark.replacement for mark in review("heardapp", Context(), rules)] == ["Heard App"]
