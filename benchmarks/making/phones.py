"""Telephone numbers of many countries, written the ways people write them, with their one stored form.

Each is a mobile number (in America any) from ranges that are in use, so that Heard reads the national notation as a
number of that country: the invariant is `normal_form(PHONE, written, (region,)) == stored`, which a test holds.
"""

import random
from dataclasses import dataclass
from functools import cache

# Region: calling code, digits after it, how those open, and notations; `#` stands for the next of these digits.
_COUNTRIES = """
US 1 10 212,415,310,617,312,206,303,512,404,305,702,713,214,602,503,619,813,919,615,816,646,718,773,832
  (###) ###-####|###-###-####|###.###.####|##########|+1 ### ### ####|+1##########|1-###-###-####
GB 44 10 771,772,775,778,780,785,797,751,754,740,747 0#### ######|0##########|+44 #### ######|+44##########
IE 353 9 85,86,87 0## ### ####|+353 ## ### ####|+353#########
DE 49 10 160,170,171,172,173,174,175 0### #######|0###/#######|0###-#######|+49 ### #######|+49##########
ES 34 9 61,62,63,65,66,67 ### ## ## ##|### ### ###|+34 ### ### ###|+34#########
MX 52 10 55,33,81 ## #### ####|+52 ## #### ####|+52##########
FR 33 9 61,62,66,67,68 0# ## ## ## ##|0#.##.##.##.##|+33 # ## ## ## ##|+33#########
IT 39 10 347,348,333,338,328 ### ### ####|### #######|+39 ### #######|+39##########
PL 48 9 50,51,60,66,69 ### ### ###|+48 ### ### ###|+48#########
NL 31 9 61,62,63,64 0#-########|0#########|+31 # ########|+31#########
SE 46 9 70,72,73,76 0##-### ## ##|+46 ## ### ## ##|+46#########
BR 55 11 119,219,319 (##) #####-####|+55 ## #####-####|+55###########
TR 90 10 532,533,542 0### ### ## ##|+90 ### ### ## ##|+90##########
RU 7 10 903,905,912,916 8 (###) ###-##-##|8##########|+7 ### ###-##-##|+7##########
GR 30 10 694,697,698 ### ### ####|+30 ### #######|+30##########
CN 86 11 138,139,186 ### #### ####|###########|+86 ### #### ####|+86###########
JP 81 10 801,802,803,804,805,901,902,904,905,908 0##-####-####|+81 ##-####-####|+81##########
KR 82 10 102,103,104,106,107,108,109 0##-####-####|+82 ##-####-####|+82##########
EG 20 10 10,12 0## #### ####|+20 ## #### ####|+20##########
"""


@dataclass(frozen=True, slots=True)
class Country:
    """How numbers of a country are made up."""

    code: str
    length: int
    openings: tuple[str, ...]
    notations: tuple[str, ...]


def number(chance: random.Random, region: str) -> tuple[str, str]:
    """A number of that country, as somebody wrote it, and in its stored form."""
    country = countries()[region]
    draw = chance.random
    opening = country.openings[int(draw() * len(country.openings))]
    # American exchanges begin at 200, and 3 % are the 555 of films, so that `555` meets a crowd.
    if region == "US":
        opening += "555" if draw() < 0.03 else str(200 + int(draw() * 790))
    rest = country.length - len(opening)
    digits = opening + str(int((1 + draw()) * 10**rest))[1:]
    notation = country.notations[int(draw() * len(country.notations))]
    return notation % tuple(digits), f"+{country.code}{digits}"


@cache
def countries() -> dict[str, Country]:
    """The countries by region, as ISO 3166 names them."""
    found = {}
    for entry in _COUNTRIES.replace("\n  ", " ").strip().splitlines():
        region, code, length, openings, notations = entry.split(" ", 4)
        frames = notations.replace("#", "%s")
        found[region] = Country(code, int(length), tuple(openings.split(",")), tuple(frames.split("|")))
    return found
