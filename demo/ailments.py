"""What the bills of the county are for: illnesses with their codes, what they cost where, and what stands on a bill; prices invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ailment:
    """One reason for a stay; `dear` is what it costs in yuan at a county hospital for each of the days, `once` what the operation adds."""

    diagnoses: tuple[str, ...]
    others: tuple[str, ...]
    ward: str
    days: tuple[int, int]
    dear: int
    operations: tuple[str, ...] = ()
    once: int = 0
    men: bool = False
    weight: int = 3


AILMENTS = {
    "pneumonia": Ailment(("J18.900",), ("E11.900", "I50.900", "J96.000", "I10.x00"), "呼吸内科", (5, 10), 620, weight=8),
    "lung": Ailment(("J44.100", "J44.000"), ("I50.900", "J96.000", "I10.x00", "E11.900"), "呼吸内科", (6, 12), 680, weight=8),
    "pressure": Ailment(("I10.x00",), ("E11.900", "N18.900"), "心内科", (4, 8), 480, weight=8),
    "failure": Ailment(("I50.900",), ("I10.x00", "N18.900", "E11.900"), "心内科", (6, 12), 760, weight=5),
    "chest": Ailment(("I20.000",), ("I10.x00", "E11.900"), "心内科", (4, 9), 820, weight=5),
    "infarct": Ailment(("I21.900",), ("I10.x00", "I50.900"), "心内科", (5, 9), 1400, ("36.0600",), 16_800, weight=2),
    "appendix": Ailment(("K35.800",), ("I10.x00",), "普外科", (4, 7), 760, ("47.0100",), 3_600, weight=3),
    "gallstone": Ailment(("K80.200",), ("E11.900", "I10.x00"), "普外科", (5, 8), 780, ("51.2300",), 4_800, weight=3),
    "prostate": Ailment(("N40.x00",), ("I10.x00", "E11.900"), "普外科", (6, 9), 760, ("60.2900",), 4_200, men=True, weight=3),
    "sugar": Ailment(("E11.900",), ("I10.x00", "N18.900"), "内分泌科", (5, 9), 520, weight=4),
    "stroke": Ailment(("I63.900",), ("I10.x00",), "神经内科", (8, 14), 780, weight=3),
}
#: what the township can keep itself
KEPT = ("pneumonia", "lung", "pressure", "sugar")
#: what a visit is for, with its code
SEEN = ("J06.900", "I10.x00", "E11.900", "J44.900", "M17.900", "K29.500")
LONG_ILL = ("I10.x00", "E11.900", "J44.900", "N18.900")


@dataclass(frozen=True)
class Item:
    """One line of the price list; `yuan` for each unit, `own` is what the patient pays first, in per cent."""

    code: str
    name: str
    category: str
    yuan: str
    daily: int = 0
    own: int = 0


#: on every stay's bill, so many a day
DAILY = (
    Item("11010000101", "普通病房床位费", "service", "35.00", 1), Item("12010000300", "二级护理", "service", "18.00", 1),
    Item("11020000500", "住院诊查费", "service", "20.00", 1), Item("12040000200", "静脉输液", "service", "9.50", 1),
)  # fmt: skip
#: now and then
EXAMINED = (
    Item("25010101500", "血细胞分析", "service", "22.00"), Item("25030100100", "血清电解质测定", "service", "36.00"), Item("21030000100", "胸部CT平扫", "service", "180.00", own=10),
    Item("31070100100", "常规十二导联心电图", "service", "25.00"), Item("22030100100", "腹部彩色超声", "service", "96.00"), Item("25040300400", "C反应蛋白测定", "service", "30.00"),
)  # fmt: skip
DRUGS = (
    Item("XA02BCL001", "泮托拉唑钠注射剂", "drug", "14.60"), Item("XJ01DDT004", "头孢曲松钠注射剂", "drug", "8.90"), Item("XC08CAA166", "苯磺酸氨氯地平片", "drug", "0.62"),
    Item("XR03AKB001", "布地奈德吸入混悬液", "drug", "7.35", own=10), Item("XB01ABD065", "低分子肝素注射剂", "drug", "23.10", own=10), Item("XA10BAE045", "盐酸二甲双胍片", "drug", "0.35"),
)  # fmt: skip
#: what makes a bill dear: so many a day, or one a stay
DEAR = (
    Item("XC01CXZ006", "注射用重组人脑利钠肽", "drug", "486.00", 2, own=10), Item("XJ01DHM028", "注射用美罗培南", "drug", "176.40", 3, own=10), Item("XB05BAR005", "人血白蛋白注射液", "drug", "392.00", 1, own=20),
    Item("12010001400", "重症监护（日）", "service", "780.00", 1), Item("22060000400", "心脏彩色超声", "service", "260.00"), Item("25030500700", "降钙素原检测", "service", "138.00", 1),
    Item("C0904020001", "一次性中心静脉导管包", "consumable", "312.00", own=10), Item("XA11ABD076", "注射用多种维生素", "drug", "36.80", 2, own=10), Item("12030000100", "氧气吸入（日）", "service", "48.00", 1),
)  # fmt: skip
GOODS = (Item("C0201010010", "一次性输液器", "consumable", "3.20", 1), Item("C0105020001", "静脉留置针", "consumable", "14.50"))
OPERATED = {
    "36.0600": (Item("32060000400", "经皮冠状动脉内支架置入术", "service", "4800.00"), Item("C0226010001", "冠状动脉药物洗脱支架", "consumable", "848.00", own=20)),
    "47.0100": (Item("33100700500", "腹腔镜阑尾切除术", "service", "2100.00"),), "51.2300": (Item("33100700600", "腹腔镜胆囊切除术", "service", "2680.00"),),
    "60.2900": (Item("33120400700", "经尿道前列腺电切术", "service", "2350.00"),),
}  # fmt: skip
