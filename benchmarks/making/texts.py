"""What people write, in several languages: words drawn by how common they are, in sentences of usual lengths.

One long run of words a language is drawn first, and each text is a piece of it: drawing three million texts word by
word would take longer than to index them. Words that the benchmarks search for (`order`, `invoice`, `refund`,
`delivery`) are common English ones.
"""

import random
import re
from dataclasses import dataclass
from itertools import accumulate

from benchmarks.making.names import OTHER_SCRIPTS, SYLLABLES, invented

# Region, share, words of a whole run, endings of rare words, what opens and closes a letter, and the common words.
_LANGUAGES = """
US 62 900000 ing,ed,er,tion,ly,ness,able,ment Hello,/Hi,/Good_morning, Thanks/Kind_regards/Best
the to i and a is my you order for it of in not have on this with that we your was please but be can me are invoice
account delivery package hello hi thanks thank payment card charged refund login password reset error address shipping
tracking number still waiting days week received damaged broken wrong item size return label exchange cancel parcel
subscription renew billing email phone support help issue problem update status when will how what why again already
yesterday today tomorrow tried works working install printer router battery screen charger warranty replacement store
customer service agent manager urgent confirm sent attached photo document bank transfer money back discount coupon
price double twice missing lost courier driver neighbour door left never arrived late delay expected date window garden
kettle blanket ticket train hotel booking seat voucher colour morning evening month question answer cable computer
DE 14 300000 ung,keit,lich,isch,en,heit Hallo,/Guten_Tag,/Sehr_geehrte_Damen_und_Herren, Danke/Mit_freundlichen_Grüßen
ich die der und das ist nicht sie es mit für auf ein eine zu den im von habe wir bitte aber noch schon mehr wann wie
Bestellung Rechnung Lieferung Paket Adresse Passwort Konto Erstattung Rücksendung Größe falsch kaputt Gerät Zahlung
Karte heute morgen gestern Woche Tage warte seit fehlt Nummer Hilfe Frage Antwort Drucker Gutschein Umtausch Möbel Tür
ES 12 300000 ción,ado,mente,idad,ero Hola,/Buenos_días, Gracias/Un_saludo
el la de que y no en un por con mi una para es lo se pero me ya su pedido factura entrega paquete dirección contraseña
cuenta devolución tarjeta pago hoy mañana ayer semana días esperando todavía número ayuda pregunta roto tamaño talla
error producto dinero gracias favor cuándo cómo añadir pequeño llegó envío reembolso garantía teléfono niño señal
FR 7 300000 tion,ement,eur,able,ique Bonjour,/Bonsoir, Merci/Cordialement
je le la de et les un une ne pas vous est mon ma pour que dans en avec mais plus ce votre commande facture livraison
colis adresse compte remboursement retour taille carte paiement aujourd'hui demain hier semaine jours attends toujours
numéro aide réponse cassé erreur où déjà reçu écran problème garantie téléphone après très été français élève
RU 3 150000 ов,ение,ать,ный,ость Здравствуйте,/Добрый_день, Спасибо/С_уважением
и в не на я что с мой у вы как это за по но мне заказ счёт доставка посылка адрес пароль возврат деньги карта оплата
сегодня завтра вчера неделя дней жду ещё номер помощь вопрос ответ сломан ошибка размер товар когда почему телефон
GR 1 150000 ση,μός,ικός,τα Γεια_σας, Ευχαριστώ
και το η ο δεν να με για την μου σας είναι παραγγελία τιμολόγιο παράδοση δέμα διεύθυνση κωδικός επιστροφή χρήματα
κάρτα πληρωμή σήμερα αύριο χθες εβδομάδα μέρες περιμένω αριθμός βοήθεια ερώτηση λάθος πότε γιατί
CN 0.5 150000 的,了,们 您好， 谢谢
我 的 了 是 在 不 有 订单 发票 送货 包裹 地址 密码 退款 账户 付款 今天 明天 昨天 星期 等待 号码 帮助 问题 错误
JP 0.5 150000 です,ます,した お世話になっております。 よろしくお願いします
の は を に が で と 注文 請求書 配達 荷物 住所 パスワード 返金 アカウント 支払い 今日 明日 昨日 週間 待って 番号
"""
_HEAD = re.compile(r"[A-Z]{2} [\d.]+ \d")
RARE_WORDS = 12_000
STEEPNESS = 1.05


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language as its customers write it: a long run of words to take pieces of."""

    openings: tuple[str, ...]
    closings: tuple[str, ...]
    run: list[str]

    def words(self, chance: random.Random, count: int) -> str:
        """So many words in a row, from anywhere in the run."""
        start = int(chance.random() * (len(self.run) - count))
        return " ".join(self.run[start : start + count])


def tongues(chance: random.Random, messages: int) -> tuple[list[Tongue], list[float]]:
    """Every language, with runs that are long enough for so many messages, and their shares."""
    lines = _LANGUAGES.strip().split("\n")
    heads = [place for place, line in enumerate(lines) if _HEAD.match(line)]
    made, shares = [], []
    for place, following in zip(heads, [*heads[1:], len(lines)], strict=True):
        region, share, length, endings, openings, closings = lines[place].split(" ")
        common = " ".join(lines[place + 1 : following]).split()
        syllables = OTHER_SCRIPTS.get(region, "").split() or SYLLABLES
        rare = [word.lower() for word, _ in invented(chance, RARE_WORDS, endings.split(","), 4, syllables)]
        run = _run(chance, [*common, *rare], min(int(length), 5_000 + messages))
        made.append(Tongue(_phrases(openings), _phrases(closings), run))
        shares.append(float(share))
    return made, shares


def letter(chance: random.Random, tongue: Tongue, words: int) -> str:
    """A whole message: greeting, so many words, and a close."""
    opening = tongue.openings[int(chance.random() * len(tongue.openings))]
    closing = tongue.closings[int(chance.random() * len(tongue.closings))]
    return f"{opening}\n\n{tongue.words(chance, words)}.\n\n{closing}"


def lengths(chance: random.Random) -> list[int]:
    """How many words messages have, to choose from: 32 on average with greeting and close to come, rarely 300."""
    return [max(3, min(300, int(chance.lognormvariate(3.2, 0.7)))) for _ in range(5_000)]


def _run(chance: random.Random, words: list[str], length: int) -> list[str]:
    """Words by how common they are: few very common ones, thousands of rare ones; in sentences."""
    weights = list(accumulate(1 / (rank + 2.7) ** STEEPNESS for rank in range(len(words))))
    run = chance.choices(words, cum_weights=weights, k=length)
    ends = 0
    while ends < length:
        run[ends] = run[ends][0].upper() + run[ends][1:]
        ends += 5 + int(chance.random() * 14)
        if ends <= length:
            run[ends - 1] += "." if chance.random() < 0.8 else "?"
    return run


def _phrases(written: str) -> tuple[str, ...]:
    return tuple(phrase.replace("_", " ") for phrase in written.split("/"))
