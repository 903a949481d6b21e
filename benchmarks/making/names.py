"""Given and family names of many languages and scripts, each language with its share of the customers.

Few names are common and many are rare, as real ones are: the lists open with the common ones, and behind them come
family names made up from syllables. A name in another script has its Latin spelling behind a colon, for addresses.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from desk.identifiers import normal_form
from desk.lookup import IdentityKind

# Family names made up at most, in all languages.
TAIL = 90_000
GIVEN_STEEPNESS = 1.05
FAMILY_STEEPNESS = 0.85

# Region, share, what stands between the two names, domains besides the great ones, endings of rare family names.
_LANGUAGES = """
US 40 first-last aol.com,comcast.net son,man,ley,ton,well,ford,wood,field,er,ings,worth,by
John Mary James Robert Michael Jennifer David Linda William Maria Anna Peter Sarah Daniel Laura Johnny Johanna Jon
Elizabeth Thomas Richard Susan Joseph Jessica Charles Karen Christopher Lisa Matthew Nancy Anthony Betty Mark Sandra
Bob Liz Bill Kate Ethan Grace Chloe Noah Olivia Liam Emma Mason Ava Zoë Jean-Luc Mary-Ann Aaliyah DeShawn Walter Xenia
| Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Wilson Anderson Thomas
Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen
King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Kim
Singh Patel
GB 10 first-last btinternet.com,sky.com son,man,ley,ton,well,ford,wood,shaw,croft,ham
Oliver Amelia George Isla Harry Ava Jack Emily Arthur Sophie Charlie Grace Noah Freya Alfie Poppy John James Mary Ian
| Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green Hall
IE 2 first-last eircom.net gan,ley,ery,igan,ahan
Seán Aoife Conor Siobhán Cian Saoirse Pádraig Niamh Oisín Gráinne Patrick Mary John
| Murphy O'Brien Kelly O'Hara O'Sullivan Walsh Byrne Ryan O'Connor O'Neill Doyle McCarthy Gallagher Ó'Dálaigh
DE 11 first-last gmx.de,web.de,t-online.de mann,berg,er,stein,bach,hofer,müller,meier,häuser,feld
Peter Anna Michael Maria Thomas Ursula Andreas Monika Wolfgang Petra Jürgen Käthe Jörg Lena Björn Zoë Hans-Peter
Annemarie Martin Sabine Stefan Julia Jonas Karin Ulrich Vera
| Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf
Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Groß Weiß
ES 7 first-last telefonica.net,yahoo.es ez,ero,ano,illo,eda,ón
María José Carmen Antonio Ana Manuel Lucía Francisco Isabel Javier Marta Carlos Rosa Miguel Begoña Íñigo Luis Álvaro
| García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Ruiz Hernández Díaz Muñoz Álvarez Núñez
MX 4 first-last prodigy.net.mx ez,ales,ano,illo,ía
José Guadalupe Juan María Luis Margarita Jesús Verónica Miguel Alejandra Jorge Leticia
| Hernández García Martínez López González Pérez Rodríguez Sánchez Ramírez Cruz Flores Gómez Ibáñez
FR 5 first-last orange.fr,free.fr,laposte.net eau,ier,in,ard,ot,ère
Jean Marie Pierre Nathalie Michel Isabelle François Céline Zoé Claire Jean-Pierre Aurélie Loïc Hélène Mathieu Chloé
| Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Lefèvre Gagné François Mercier D'Angelo Benoît
IT 4 first-last libero.it,virgilio.it ini,etti,ello,oni,ucci,aro
Marco Giulia Giuseppe Anna Antonio Maria Giovanni Francesca Niccolò Chiara Paolo Elena Luca
| Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno D'Amico De-Luca
PL 3 first-last wp.pl,onet.pl ski,cki,czyk,owicz,ński,ak
Piotr Anna Krzysztof Katarzyna Andrzej Agnieszka Łukasz Małgorzata Stanisław Żaneta Wojciech Bożena
| Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Dąbrowski Wałęsa Źrebiec
NL 2 first-last ziggo.nl,kpnmail.nl stra,man,sen,ink,huis
Jan Sanne Pieter Daan Lotte Sven Emma Willem Fleur Zoë
| Jansen Bakker Visser Smit Meijer Bos Mulder Peters Hendriks Dekker
SE 2 first-last telia.com,bredband.net ström,berg,qvist,gren,dahl,sson
Lars Åsa Björn Ingrid Karl Märta Göran Östen Søren Elin Erik
| Andersson Johansson Karlsson Nilsson Eriksson Larsson Lindström Åkesson Sjögren Jørgensen
BR 3 first-last uol.com.br,bol.com.br eira,inho,ão,osa,ães
João Maria José Ana António Francisca Luís Adriana Paulo Conceição Gonçalo Inês
| Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Gonçalves Araújo Guimarães
TR 1 first-last mynet.com oğlu,kaya,demir,soy,türk
Mehmet Ayşe Mustafa Fatma Yusuf Zeynep Ömer Şule İbrahim Çiğdem
| Yılmaz Kaya Demir Şahin Çelik Yıldız Öztürk Güneş
RU 2 first-last mail.ru,yandex.ru,rambler.ru ов:ov,ев:ev,ин:in,ский:sky,енко:enko,чук:chuk
Иван:Ivan Мария:Maria Дмитрий:Dmitry Ольга:Olga Сергей:Sergey Анна:Anna Андрей:Andrey Елена:Elena Пётр:Petr
Юлия:Yulia Артём:Artem Ксения:Ksenia
| Иванов:Ivanov Смирнов:Smirnov Кузнецов:Kuznetsov Попов:Popov Соколов:Sokolov Петров:Petrov Королёв:Korolev
Зайцев:Zaytsev Щербаков:Shcherbakov Шевченко:Shevchenko
GR 1 first-last otenet.gr όπουλος:opoulos,άκης:akis,ίδης:idis,έας:eas
Γιώργος:Giorgos Μαρία:Maria Δημήτρης:Dimitris Ελένη:Eleni Νίκος:Nikos Αικατερίνη:Aikaterini Ιωάννης:Ioannis
| Παπαδόπουλος:Papadopoulos Βλάχος:Vlachos Οικονόμου:Oikonomou Αγγελόπουλος:Angelopoulos Νικολαΐδης:Nikolaidis
CN 1 lastfirst qq.com,163.com 明:ming,华:hua,军:jun
伟:Wei 芳:Fang 娜:Na 敏:Min 静:Jing 丽:Li 强:Qiang 磊:Lei 洋:Yang 艳:Yan 建国:Jianguo 秀英:Xiuying 志强:Zhiqiang
| 王:Wang 李:Li 张:Zhang 刘:Liu 陈:Chen 杨:Yang 黄:Huang 赵:Zhao 吴:Wu 周:Zhou 欧阳:Ouyang 司马:Sima
JP 1 last-first docomo.ne.jp,yahoo.co.jp 田:da,本:moto,川:kawa,村:mura,ざき:zaki
太郎:Taro 花子:Hanako さくら:Sakura 健:Ken 陽菜:Hina 翔太:Shota ゆうき:Yuki ひろし:Hiroshi
| 佐藤:Sato 鈴木:Suzuki 高橋:Takahashi 田中:Tanaka 伊藤:Ito 渡辺:Watanabe 山本:Yamamoto 中村:Nakamura 小林:Kobayashi
KR 0.5 lastfirst naver.com,hanmail.net 석:seok,훈:hun
민준:Minjun 서연:Seoyeon 지훈:Jihun 수빈:Subin 하은:Haeun 도윤:Doyun
| 김:Kim 이:Lee 박:Park 최:Choi 정:Jung 강:Kang 조:Cho
EG 0.5 first-last yahoo.com اوي:awi,اني:ani,يدي:idi
محمد:Mohamed فاطمة:Fatima أحمد:Ahmed عائشة:Aisha عمر:Omar ليلى:Layla يوسف:Youssef مريم:Mariam
| حسن:Hassan علي:Ali السيد:Elsayed إبراهيم:Ibrahim مصطفى:Mostafa عبدالله:Abdallah
"""
_SYLLABLES = """
ba ber bo cha da den el er fa far ga gen ha hol in ja ka kar la lin ma mar na nor o pa per ra ros sa ser
ta tor u va ver wa win ya zi"""
SYLLABLES = tuple(_SYLLABLES.split())
_ENTRY = re.compile(r" ?(?=\b[A-Z]{2} [\d.]+ )")
# The same syllables where names aren't written in Latin letters.
OTHER_SCRIPTS = {
    "RU": "ба бер бо ча да ден ел ер фа фар га ген ха хол ин я ка кар ла лин ма мар на нор о па пер ра рос са сер та",
    "GR": "βα βερ βο τσα δα δεν ελ ερ φα φαρ γα γεν χα χολ ιν για κα καρ λα λιν μα μαρ να νορ ο πα ρα ρος σα σερ τα",
    "CN": "林 何 高 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕 苏 卢 蒋 蔡 贾 丁 魏",
    "JP": "石 上 松 木 清 斎 森 池 橋 阿 岡 前 藤 長 近 村 後 坂 遠 青 西 福 太 三 岩 中 原 小 竹 金 和 野 内",
    "KR": "윤 장 임 한 오 서 신 권 황 안 송 류 홍 전 고 문 손 양 배 백 허 남 심 노 하 곽 성 차 주 우 구 민 진",
    "EG": "با بر بو شا دا دن ال ار فا فر جا جن حا هل ان يا كا كر لا لن ما مر نا نر و با بر را رس سا سر تا طر",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A given or family name as written, its normal form, and its Latin letters for an address."""

    written: str
    normal: str
    latin: str


@dataclass(frozen=True, slots=True)
class Language:
    """How people of one country are called; the shares are cumulative, for `random.choices`."""

    region: str
    share: float
    order: str
    domains: tuple[str, ...]
    given: tuple[Name, ...]
    given_shares: list[float]
    family: tuple[Name, ...]
    family_shares: list[float]

    def join(self, given: str, family: str) -> str:
        """The whole name, as it is written there."""
        match self.order:
            case "lastfirst":
                return family + given
            case "last-first":
                return f"{family} {given}"
            case _:
                return f"{given} {family}"


def languages(chance: random.Random, customers: int) -> list[Language]:
    """All languages, with as many rare names as so many customers have."""
    tail = min(TAIL, 2000 + customers // 8)
    entries = [entry.split(" ", 5) for entry in _ENTRY.split(" ".join(_LANGUAGES.split())) if entry]
    whole = sum(float(share) for _, share, *_ in entries)
    return [_language(chance, int(tail * float(entry[1]) / whole), *entry) for entry in entries]


def shares(count: int, steepness: float) -> list[float]:
    """Cumulative weights of so many things by their rank: few common ones, many rare."""
    return list(accumulate(1 / (rank + 8) ** steepness for rank in range(count)))


def invented(
    chance: random.Random, count: int, endings: Sequence[str], longest: int, syllables: Sequence[str] = SYLLABLES
) -> list[tuple[str, str]]:
    """So many different names of one to `longest` syllables and an ending, each with its Latin spelling.

    An ending in another script has its Latin spelling behind a colon; the syllables of both scripts go by their place.
    """
    made: dict[str, str] = {}
    while len(made) < count:
        places = chance.choices(range(len(syllables)), k=chance.randint(1, longest))
        ending, _, latin = chance.choice(endings).partition(":")
        written = "".join(syllables[place] for place in places) + ending
        spelt = "".join(SYLLABLES[place % len(SYLLABLES)] for place in places) + (latin or ending)
        made.setdefault(written.capitalize(), spelt if latin else "")
    return list(made.items())


def _language(
    chance: random.Random, tail: int, region: str, share: str, order: str, domains: str, endings: str, names: str
) -> Language:
    syllables = OTHER_SCRIPTS.get(region, "").split() or SYLLABLES
    given, _, family = names.partition("|")
    rare = invented(chance, tail, endings.split(","), 3, syllables)
    common = [_parted(name) for name in family.split()]
    # Rare given names are those of one syllable: there are never as many of them as of family names.
    rare_given = invented(chance, min(tail // 30, 400), endings.split(","), 1, syllables)
    first = [_name(*_parted(name)) for name in given.split()] + [_name(*name) for name in rare_given]
    last = [_name(*name) for name in dict([*common, *rare]).items()]
    return Language(
        region, float(share), order, tuple(domains.split(",")),
        tuple(first), shares(len(first), GIVEN_STEEPNESS), tuple(last), shares(len(last), FAMILY_STEEPNESS),
    )  # fmt: skip


def _parted(name: str) -> tuple[str, str]:
    written, _, latin = name.partition(":")
    return written, latin


def _name(written: str, latin: str) -> Name:
    normal = normal_form(IdentityKind.NAME, written)
    return Name(written, normal, latin.lower() or normal.replace(" ", ""))
