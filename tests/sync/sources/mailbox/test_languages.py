"""Who wrote and when, in the customer's own language, and our own lines known again where they come back."""

import textwrap
from datetime import UTC, datetime

import pytest

from desk.mail.quotes import find_folds, visible
from sync.sources.mailbox.languages import ENGLISH, language_of, languages
from sync.sources.mailbox.wording import Quoted, quotation

AT = datetime(2026, 3, 9, 8, 5, tzinfo=UTC)
SAID = {
    "en": "Hello, I ordered a lamp and it has not come. What is the matter with my parcel? Thanks for your help",
    "de": "Guten Tag, ich habe eine Lampe bestellt, und sie ist noch nicht da. Bitte sehen Sie nach, danke!",
    "fr": "Bonjour, je n'ai pas reçu la lampe que vous avez envoyée. Merci de regarder pour mon colis.",
    "es": "Hola, el pedido no ha llegado y tengo una fiesta el sábado. Por favor, miren, muchas gracias.",
    "it": "Buongiorno, il mio ordine non è arrivato e sono preoccupato per la festa. Grazie, aspetto una risposta.",
    "pt": "Olá, a minha encomenda não chegou e já paguei por ela. Muito obrigado, você pode ver com a transportadora?",
    "nl": "Hallo, ik heb een lamp besteld maar het pakket is nog niet aangekomen. Graag een antwoord, bedankt.",
    "sv": "Hej, jag har beställt en lampa men den har inte kommit. Det är tråkigt, tack för svar som hjälper.",
    "da": "Hej, jeg har bestilt en lampe, men den er ikke kommet. Det er ærgerligt, hvad gør jeg? Tak for jeres hjælp",
    "nb": "Hei, jeg har bestilt en lampe, men den er ikke kommet. Hva gjør jeg nå? Takk, noen av dere å spørre",
    "fi": "Hei, tilasin lampun, mutta se ei ole vielä tullut. Voitte kai kertoa, että missä se on? Kiitos.",
    "pl": "Dzień dobry, moje zamówienie jeszcze nie przyszło, ale proszę to sprawdzić. Dziękuję, czy mam czekać?",
    "cs": "Dobrý den, moje objednávka ještě není doma, ale prosím o zprávu. Děkuji, jsem na adrese, jak je psáno.",
    "ru": "Здравствуйте, я заказал лампу, но её ещё нет. Что мне делать, это не дело. Спасибо, у вас есть мой адрес",
    "tr": "Merhaba, bir lamba aldım ama henüz gelmedi. Lütfen bu siparişe bakın, benim için çok önemli, teşekkürler.",
    "ja": "ランプを注文しましたが、まだ届いていません。ご確認をお願いします。よろしくお願いいたします。待っています。",
    "zh": "您好，我的灯还没有到，请问已经寄出了吗？谢谢，我们等了一个星期，你们可以查一下这个包裹吗？",
}
LINES = {
    "en": "On 9 Mar 2026 at 08:05, Ana wrote:",
    "de": "Am 9. März 2026 um 08:05 schrieb Ana:",
    "es": "El 9 de marzo de 2026 a las 08:05, Ana escribió:",
    "fi": "9. maaliskuuta 2026 klo 08:05 Ana kirjoitti:",
    "ru": "9 марта 2026 г. в 08:05 Ana пишет:",
    "ja": "2026年3月9日 08:05、Ana さんは書きました：",
}


def test_each_language_of_the_table_is_tried_here() -> None:
    assert set(SAID) == set(languages())


@pytest.mark.parametrize("key", SAID)
def test_a_customer_is_quoted_in_their_own_language(key: str) -> None:
    ours = "\n\n> " + SAID["de" if key == "en" else ENGLISH]
    assert language_of(SAID[key] + ours, "tr" if key == ENGLISH else ENGLISH).key == key


@pytest.mark.parametrize("key", LINES)
def test_a_date_has_that_language_s_order(key: str) -> None:
    said = quotation(Quoted("Ana", AT, SAID[key], "pl"))
    assert said == f"{LINES[key]}\n> {SAID[key]}"


@pytest.mark.parametrize(
    "text", ["", "OK", "4711", "> und ich habe nicht\n> danke", "It is", "http://example.org/4711"]
)
def test_what_tells_no_language_is_quoted_in_the_one_that_was_set(text: str) -> None:
    assert language_of(text, "sv").key == "sv"
    assert language_of(text, ENGLISH).key == ENGLISH


@pytest.mark.parametrize("key", SAID)
def test_our_own_lines_are_folded_where_they_come_back(key: str) -> None:
    """Marked or not, and broken by a program that breaks long lines."""
    for author in ("Ana", "Ana Maria de la Cruz", "Ana Ruiz <ana.ruiz@customers.example.org>"):
        for month in range(1, 13):
            line = languages()[key].introduction(AT.replace(month=month), author)
            broken = "\n".join(textwrap.wrap(line, 50))
            for answer in (f"{line}\n> one\n> two", f"{line}\n\none\ntwo", f"{broken}\n> one\n> two"):
                text = f"Thank you.\n\n{answer}"
                assert visible(text, find_folds(text)) == "Thank you.", answer
