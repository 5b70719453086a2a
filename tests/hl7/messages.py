"""Fictional messages as Chinese hospital systems send them; every person and place is invented."""

from __future__ import annotations

from itertools import count

_numbers = count(1)

NAME = "云小溪"


def id_card(area: str = "530102", born: str = "19900307", serial: int = 12) -> str:
    """An 18-digit number with a right check digit (GB 11643)."""
    body = f"{area}{born}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


ID_CARD = id_card()
WRONG_ID_CARD = ID_CARD[:17] + ("0" if ID_CARD[17] != "0" else "1")


def msh(kind: str, control: str = "", *, facility: str = "YXXRMYY", charset: str = "UNICODE UTF-8", version: str = "2.5.1",
        application: str = "HIS") -> str:
    control = control or f"T{next(_numbers):06d}"
    return f"MSH|^~\\&|{application}|{facility}|YLT|YLT|20261120093000+0800||{kind}|{control}|P|{version}||||||{charset}"


def pid(local: str = "ZY0001", *, identity: str = "", name: str = NAME, born: str = "19900307", sex: str = "F",
        insurance: str = "", card: str = "", phone: str = "13800000001") -> str:
    numbers = [f"{local}^^^HIS^MR"] if local else []
    numbers += [f"{identity}^^^PSB^NI"] if identity else []
    numbers += [f"{insurance}^^^YB^SS"] if insurance else []
    numbers += [f"{card}^^^JKK^HC"] if card else []
    return f"PID|1||{'~'.join(numbers)}||{name}||{born}|{sex}|||云溪县青石镇一组1号^^^^^CHN||{phone}"


def pv1(visit: str = "V0001", *, kind: str = "I", ward: str = "心内科^301^02", admitted: str = "20261120090000+0800",
        discharged: str = "", prior: str = "") -> str:
    fields = [""] * 46
    fields[0], fields[1], fields[2], fields[3], fields[6] = "PV1", "1", kind, ward, prior
    fields[7], fields[10], fields[19], fields[44], fields[45] = "D001^陈医^生", "CARD", visit, admitted, discharged
    return "|".join(fields).rstrip("|")


def adt(trigger: str, control: str = "", *, visit: str = "V0001", at: str = "20261120093000+0800", extra: tuple[str, ...] = (),
        patient: str = "", header: dict[str, str] | None = None, **visit_facts: str) -> str:
    return "\r".join([
        msh(f"ADT^{trigger}", control, **(header or {})), f"EVN|{trigger}|{at}", patient or pid(), pv1(visit, **visit_facts),
        "DG1|1||I25.101^冠状动脉粥样硬化性心脏病^ICD10|||A", *extra, "",
    ])


def merge(trigger: str, survivor: str, prior: str, *, name: str = NAME, header: dict[str, str] | None = None, **particulars: str) -> str:
    """A40 and its like: what `prior` (as MRG-1 is written) named is the patient of `survivor`."""
    return "\r".join([
        msh(f"ADT^{trigger}", **(header or {})), f"EVN|{trigger}|20261121090000+0800", pid(survivor, name=name, **particulars), f"MRG|{prior}", "",
    ])


def two(trigger: str, first: str, second: str) -> str:
    """A24 and A37: two PID segments."""
    return "\r".join([msh(f"ADT^{trigger}"), f"EVN|{trigger}|20261122090000+0800", pid(first), pid(second), ""])


def ref(trigger: str, *, summary: str = "胸闷三天，活动后加重。", facility: str = "LHWSY") -> str:
    return "\r".join([
        msh(f"REF^{trigger}^REF_I12", facility=facility), "RF1|P|A|MED||I|REF001||||further_examination^需进一步检查",
        "PRD|RP|柳河卫生院|||||LHWSY^FI", "PRD|RT|云溪县医院|||||YXXRMYY^FI", pid("LH001"), "DG1|1||I20.000^不稳定性心绞痛^ICD10|||W", "PV1|1|O",
        f"NTE|1||{summary}", "CON|1|||||||||W|A", "",
    ])


def siu(trigger: str, *, start: str = "20261201093000+0800", placer: str = "ZZ1", filler: str = "YY001", doctor: str = "D001^陈^医生", patient: str = "",
        header: dict[str, str] | None = None) -> str:
    return "\r".join([
        msh(f"SIU^{trigger}", **(header or {})), f"SCH|{placer}|{filler}||||ROUTINE|复诊^复诊", f"TQ1|1||||||{start}", patient or pid(),
        f"RGS|1|A\rAIS|1|A|ECHO^心脏彩超^LOCAL|{start}|||30|min\rAIL|1|A|心内科门诊^^^XNK\rAIP|1|A|{doctor}", "PV1|1|O||||||||心内科", "",
    ])


def rde(order: str = "NW", *, dose: str = "100", control: str = "", patient: str = "", extra: tuple[str, ...] = (), header: dict[str, str] | None = None) -> str:
    return "\r".join([
        msh("RDE^O11", control, **(header or {})), patient or pid(), *extra, pv1(),
        f"ORC|{order}|YZ001|||||||20261120100000+0800|||D001^陈^医生", f"RXE||86900^阿司匹林肠溶片^YPID|{dose}||mg^mg||饭前服",
        "TQ1|1||QD^每日一次|||7^d", "RXR|PO^口服", "",
    ])


def oru(control: str = "", *, patient: str = "", order: str = "LIS0001", status: str = "F", potassium: str = "4.2",
        visit: str = "V0001", header: dict[str, str] | None = None, extra: tuple[str, ...] = ()) -> str:
    return "\r".join([
        msh("ORU^R01", control, **(header or {})), patient or pid(), pv1(visit),
        f"OBR|1|REQ1|{order}|ELEC^电解质^LOCAL|||20261120100000+0800||||||||BLD|||||||20261120113000+0800||LAB|{status}",
        f"OBX|1|NM|K^钾^LOCAL||{potassium}|mmol/L|3.5-5.3|N|||{status}|||20261120112500+0800",
        "OBX|2|NM|NA^钠^LOCAL||138|mmol/L|137-147|N|||F", "NTE|1||标本无溶血", *extra, "",
    ])


def mdm(control: str = "", *, patient: str = "", document: str = "DOC0001", visit: str = "V0001", status: str = "AU",
        text: tuple[str, ...] = ("入院情况：胸闷三天。", "诊疗经过：对症治疗后好转。", "出院医嘱：低盐饮食，两周后复诊。"),
        header: dict[str, str] | None = None) -> str:
    lines = [f"OBX|{n}|TX|11490-0^出院小结^LN||{line}||||||F" for n, line in enumerate(text, 1)]
    return "\r".join([
        msh("MDM^T02", control, **(header or {})), "EVN|T02|20261127100000+0800", patient or pid(), pv1(visit),
        f"TXA|1|DS^出院小结|TX|20261127095000+0800|||20261127100000+0800||D001^陈医^生|||{document}|||||{status}", *lines, "",
    ])
