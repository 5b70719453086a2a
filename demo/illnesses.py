"""What the county's people suffer from: courses with their complaints, examinations and words, all invented."""

from __future__ import annotations

import random
from dataclasses import dataclass

from demo.messages import Item


@dataclass(frozen=True)
class Course:
    """One illness as the record shows it; `ward` is the county hospital's department."""

    diagnosis: tuple[str, str]
    severe: tuple[str, str]
    ward: str
    complaint: str
    treatment: str
    panels: tuple[str, ...]
    weight: int


COURSES = {
    "hypertension": Course(("I10.x05", "高血压3级"), ("I25.103", "冠状动脉粥样硬化性心脏病"), "心内科", "头晕、血压控制不佳", "调整降压药，低盐饮食", ("blood", "lipids", "ecg"), 9),
    "diabetes": Course(("E11.900", "2型糖尿病"), ("E11.600x051", "2型糖尿病伴血糖控制不佳"), "内分泌科", "多饮多尿、血糖偏高", "口服降糖药，饮食运动指导", ("glucose", "lipids", "kidney"), 7),
    "lung": Course(("J44.900", "慢性阻塞性肺病"), ("J44.100", "慢性阻塞性肺病伴有急性加重"), "呼吸内科", "咳嗽咳痰、活动后气促", "吸入支气管扩张剂，氧疗", ("blood", "chest"), 5),
    "stroke": Course(("I63.801", "腔隙性脑梗死"), ("I63.900", "脑梗死"), "神经内科", "一侧肢体无力、言语不清", "抗血小板、调脂，早期康复", ("lipids", "head"), 4),
    "heart": Course(("I25.103", "冠状动脉粥样硬化性心脏病"), ("I21.401", "急性非ST段抬高型心肌梗死"), "心内科", "活动后胸闷胸痛", "抗血小板、调脂、扩冠", ("ecg", "troponin", "lipids"), 4),
    "knee": Course(("M17.900x003", "双侧膝关节骨性关节病"), ("M17.900x003", "双侧膝关节骨性关节病"), "骨科", "双膝疼痛、上下楼困难", "理疗、消炎止痛，关节保护", ("blood", "knee"), 3),
    "pneumonia": Course(("J18.900", "肺炎"), ("J18.903", "重症肺炎"), "呼吸内科", "发热咳嗽三天", "抗感染、化痰", ("blood", "chest"), 4),
}  # fmt: skip


def choose(chance: random.Random) -> str:
    return chance.choices(list(COURSES), [course.weight for course in COURSES.values()])[0]


def _number(chance: random.Random, item: tuple[str, str, float, float, str, str], ill: bool) -> Item:
    """A value inside its range, or clearly outside it when ill."""
    code, name, low, high, unit, digits = item
    value = chance.uniform(high * 1.05, high * 1.5) if ill else chance.uniform(low, high)
    flag = "H" if value > high else "L" if value < low else "N"
    return Item(code, name, f"{value:.{digits}f}", unit, f"{low:g}-{high:g}", flag)


_BLOOD = (("WBC", "白细胞计数", 3.5, 9.5, "10*9/L", "1"), ("HGB", "血红蛋白", 115, 175, "g/L", "0"), ("PLT", "血小板计数", 125, 350, "10*9/L", "0"), ("CRP", "C反应蛋白", 0, 10, "mg/L", "1"))
_GLUCOSE = (("GLU", "空腹血糖", 3.9, 6.1, "mmol/L", "1"), ("HBA1C", "糖化血红蛋白", 4.0, 6.0, "%", "1"))
_LIPIDS = (("TC", "总胆固醇", 2.8, 5.2, "mmol/L", "2"), ("TG", "甘油三酯", 0.4, 1.7, "mmol/L", "2"), ("LDL", "低密度脂蛋白胆固醇", 1.5, 3.4, "mmol/L", "2"))
_KIDNEY = (("CREA", "肌酐", 57, 111, "umol/L", "0"), ("K", "钾", 3.5, 5.3, "mmol/L", "1"), ("NA", "钠", 137, 147, "mmol/L", "0"))
_TROPONIN = (("TNI", "肌钙蛋白I", 0, 0.04, "ng/mL", "2"), ("CKMB", "肌酸激酶同工酶", 0, 5, "ng/mL", "1"))

#: code, name, category of each report
REPORTS = {
    "blood": ("CBC", "血常规+CRP", "LAB"), "glucose": ("GLU", "血糖与糖化血红蛋白", "LAB"), "lipids": ("LIP", "血脂四项", "LAB"), "kidney": ("REN", "肾功能与电解质", "LAB"),
    "troponin": ("TNI", "心肌损伤标志物", "LAB"), "ecg": ("ECG12", "十二导联心电图", "EC"), "chest": ("CTCH", "胸部CT平扫", "CT"), "head": ("MRHE", "头颅磁共振", "NMR"), "knee": ("DXKN", "双膝关节正侧位片", "RAD"),
}  # fmt: skip
_NUMBERS = {"blood": _BLOOD, "glucose": _GLUCOSE, "lipids": _LIPIDS, "kidney": _KIDNEY, "troponin": _TROPONIN}
_WORDS = {
    "ecg": (("窦性心律，大致正常心电图", "N"), ("窦性心律，ST-T 改变，请结合临床", "A")),
    "chest": (("双肺未见实质性病变", "N"), ("双肺下叶斑片影，考虑炎症，建议治疗后复查", "A")),
    "head": (("脑白质少许缺血灶", "N"), ("左侧基底节区急性腔隙性梗死", "A")),
    "knee": (("双膝关节未见明显异常", "N"), ("双膝关节退行性变，关节间隙变窄", "A")),
}


def panel(chance: random.Random, name: str, *, ill: float) -> tuple[Item, ...]:
    """The lines of one report; `ill` is the share of values out of range."""
    if name in _WORDS:
        words, flag = _WORDS[name][chance.random() < ill]
        return (Item(REPORTS[name][0], "检查所见", words, flag=flag),)
    return tuple(_number(chance, item, chance.random() < ill) for item in _NUMBERS[name])


def summary(course: Course, number: str) -> tuple[str, ...]:
    """A discharge summary, a paragraph a line."""
    return (
        f"入院情况：因“{course.complaint}”入院，生命体征平稳。",
        f"入院诊断：{course.severe[1]}。",
        f"诊疗经过：完善相关检查，予{course.treatment}等治疗，症状明显好转。",
        f"出院诊断：{course.severe[1]}（恢复期）。",
        "出院医嘱：规律服药，低盐低脂饮食；两周内在当地卫生院随访，复查相关指标；如有不适及时就诊。",
        f"住院号：{number}。（演示数据，纯属虚构）",
    )
