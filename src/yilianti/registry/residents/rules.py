"""Numbers and particulars of residents: what they say, whether they hold, whether two accounts fit one person."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from yilianti.kernel.finding import Finding, Severity
from yilianti.registry.residents import names
from yilianti.registry.residents.terms import Demographics, IdentifierSystem, Sex

# GB 11643-1999 附录: ISO 7064 MOD 11-2.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# GB/T 2260 省级代码；83 为台湾居民居住证所用（《港澳台居民居住证申领发放办法》第七条）。
PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()  # noqa: SIM905
)
_EIGHTEEN = re.compile(r"[1-9][0-9]{16}[0-9X]")
_FIFTEEN = re.compile(r"[1-9][0-9]{14}")
_LONGEST_NUMBER = 64
#: Below this two names share less than half of their characters: another name, not a slip of the pen.
ANOTHER_NAME = 0.5


@dataclass(frozen=True)
class IdCard:
    """A resident identity card number of 18 characters and what it says."""

    value: str
    born_on: date
    sex: Sex
    area_known: bool


def check_digit(first_17: str) -> str:
    """The 18th character (GB 11643-1999: weighted sum modulo 11)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True)) % 11]


def tidy(value: str) -> str:
    """A number as it is kept: half width, without spaces."""
    return "".join(unicodedata.normalize("NFKC", value).split())


def lengthened(value: str) -> str:
    """A 15-digit number as its 18-digit one: century 19, check digit (GB 11643-1999 取代 15 位)."""
    first_17 = f"{value[:6]}19{value[6:]}"
    return first_17 + check_digit(first_17)


def read_id_card(text: str) -> IdCard | None:
    """What a number says, 15 digits converted; None unless form, birth date and check digit hold."""
    value = tidy(text).upper()
    if _FIFTEEN.fullmatch(value):
        value = lengthened(value)
    if not _EIGHTEEN.fullmatch(value) or check_digit(value[:17]) != value[17]:
        return None
    try:
        born_on = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None
    sex = Sex.MALE if int(value[16]) % 2 else Sex.FEMALE
    return IdCard(value, born_on, sex, value[:2] in PROVINCES) if born_on.year >= 1850 else None


def is_id_card(text: str) -> bool:
    """True for a number that holds; of 15 digits only with a known province, for such a number may be anything."""
    card = read_id_card(text)
    return card is not None and (card.area_known or len(tidy(text)) == 18)


def why_not_id_card(text: str) -> str:
    """The sentence for a number that does not hold; "" for one that does."""
    value = tidy(text).upper()
    if len(value) not in (15, 18):
        return f"身份证号应为 18 位（或旧式 15 位），现为 {len(value)} 位；请核对。"
    if not (_EIGHTEEN if len(value) == 18 else _FIFTEEN).fullmatch(value):
        return "身份证号只能是数字，末位可为 X；请核对。"
    if read_id_card(value) is not None:
        return ""
    if len(value) == 18 and check_digit(value[:17]) != value[17]:
        return "身份证号校验位不符，通常是输错了某一位；请对照证件核对。"
    return "身份证号中的出生日期不存在；请对照证件核对。"


def unknown_area(card: IdCard) -> list[Finding]:
    """A right check digit with an area code nobody knows is accepted, and said."""
    if card.area_known:
        return []
    return [Finding("unknown_area_code", f"身份证号前两位“{card.value[:2]}”不是已知的省级代码，请核对证件；已照收。", because="GB/T 2260",
                    severity=Severity.WARNING, en="The identity number is valid, its area code is unknown.")]  # fmt: skip


def malformed(system: str, value: str) -> str:
    """Why a number of this system cannot be kept; "" when it can."""
    if system == IdentifierSystem.ID_CARD:
        return why_not_id_card(value)
    if not value:
        return f"{IdentifierSystem.label(system)}不能为空；请填写。"
    if len(value) > _LONGEST_NUMBER:
        return f"{IdentifierSystem.label(system)}超过 {_LONGEST_NUMBER} 个字符；请核对。"
    return ""


def contradictions(card: IdCard, told: Demographics) -> list[Finding]:
    """Birth date and sex as told against those of the card: the card's are kept."""
    found = []
    if told.born_on and told.born_on != card.born_on:
        found.append(("born_on", f"所填出生日期 {told.born_on} 与身份证号（{card.born_on}）不一致，按身份证号登记。"))
    if told.sex in (Sex.MALE, Sex.FEMALE) and told.sex != card.sex:
        found.append(("sex", f"所填性别“{Sex.label(told.sex)}”与身份证号（{card.sex.zh}）不一致，按身份证号登记。"))
    return [Finding(f"{field}_contradicts_card", said, because="GB 11643", severity=Severity.WARNING, en=f"{field} contradicts the identity card") for field, said in found]


def cannot_be_one(known: Demographics, told: Demographics) -> str:
    """Why two accounts hardly fit one person; "" when they may. One slip is forgiven, two are not; nor is another name."""
    slips = []
    if known.name and told.name:
        like = names.likeness(known.name, told.name)
        if like < ANOTHER_NAME:
            return f"姓名不同（在册“{known.name}”，所报“{told.name}”）"
        if like < 1:
            slips.append("姓名")
    if known.born_on and told.born_on and known.born_on != told.born_on:
        slips.append(f"出生日期（在册 {known.born_on}，所报 {told.born_on}）")
    clear = (Sex.MALE, Sex.FEMALE)
    if known.sex in clear and told.sex in clear and known.sex != told.sex:
        slips.append("性别")
    return f"{'、'.join(slips)}均不同" if len(slips) > 1 else ""


def smaller_slips(known: Demographics, told: Demographics) -> list[Finding]:
    """Differences that are kept as they were and worth a look."""
    found = []
    if known.name and told.name and names.folded(known.name) != names.folded(told.name):
        found.append(("name", "姓名"))
    if known.born_on and told.born_on and known.born_on != told.born_on:
        found.append(("born_on", "出生日期"))
    if Sex.UNKNOWN not in (known.sex, told.sex) and known.sex != told.sex:
        found.append(("sex", "性别"))
    return [Finding(f"{field}_differs", f"所报{label}与在册资料不一致，在册资料未改；如确有变更，请在居民资料中更正。", severity=Severity.INFO,
                    en=f"{field} differs from the register; kept as it was") for field, label in found]  # fmt: skip


def newborn_name(mother: str, sex: str, place: int, of_how_many: int) -> str:
    """「某某之子」「某某之女」「某某之婴」; of multiples with their place: 「某某之子2」. Custom of wards, until there is a name."""
    said = {Sex.MALE: "之子", Sex.FEMALE: "之女"}.get(Sex(sex), "之婴")
    return f"{mother}{said}{place if of_how_many > 1 else ''}"


def nameless(number: str) -> str:
    """「无名氏000123」: told apart on the ward by the last digits of the resident number."""
    return f"无名氏{number.rpartition('-')[2]}"


def mask_id(value: str) -> str:
    """A number for the screen: first and last four, at most half of it shown."""
    shown = min(4, len(value) // 4)
    return value[:shown] + "*" * (len(value) - 2 * shown) + value[len(value) - shown :] if shown else "*" * len(value)


def mask_name(name: str) -> str:
    """`苏**`: enough for whoever has the person before them, and no help to whoever has not."""
    return name[:1] + "*" * max(2, len(name) - 1)


def mask_phone(value: str) -> str:
    """`138****6721`."""
    return f"{value[:3]}****{value[-4:]}" if len(value) >= 11 else mask_id(value)


def age_on(born_on: date | None, day: date) -> int | None:
    """Completed years."""
    if born_on is None:
        return None
    return max(0, day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day)))
