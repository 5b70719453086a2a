"""Invented people: names made of landscape words, identity numbers of an area that does not exist."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from demo.places import REGION

_SURNAMES = "云溪禾田桑竹柳麦石泉林江谷秋霍乔安明景乐夏阳温叶"
_FIRST = "晓春秋青静远长小文清月星晨雨水山松海志立永宏建玉桂兰金"
_LAST_MALE = "山松峰川泉岩林田根生强明平安远舟牛柱"
_LAST_FEMALE = "花兰月霞云梅桃燕凤英莲荷芬珍秀娟溪雪"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Particulars:
    """Who somebody is; `sex` as in GB/T 2261.1 (1 male, 2 female)."""

    name: str
    sex: str
    born_on: date
    id_card: str


def name(chance: random.Random, sex: str) -> str:
    last = chance.choice(_LAST_MALE if sex == "1" else _LAST_FEMALE)
    return chance.choice(_SURNAMES) + (chance.choice(_FIRST) if chance.random() < 0.85 else "") + last


def id_card(born_on: date, serial: int, sex: str) -> str:
    """Eighteen digits with a right check digit (GB 11643); the third of the serial number tells the sex."""
    order = serial % 500 * 2 + (1 if sex == "1" else 0)
    body = f"{REGION}{born_on:%Y%m%d}{order:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def person(chance: random.Random, serial: int, today: date, *, oldest: int = 92, youngest: int = 3) -> Particulars:
    """One invented person, more often old than young, as in a county whose young have left."""
    age = max(chance.uniform(youngest, oldest), chance.uniform(youngest, oldest))
    born_on = today - timedelta(days=int(age * 365.25) + chance.randrange(365))
    sex = chance.choice("12")
    return Particulars(name(chance, sex), sex, born_on, id_card(born_on, serial, sex))
