"""What the hospitals of the county offer, what they are able to do, and how far they are: all invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from demo.places import CITY, CITY_REGION, CONSORTIUM, COUNTY, PROVINCE, REGION, TCM, TOWNSHIPS, County
from yilianti.capacity.schedules import api as schedules
from yilianti.capacity.services import api as services
from yilianti.capacity.services.api import Told
from yilianti.kernel.actor import Actor

_BRING = "请带身份证、医保卡和既往检查资料。"
OFFERS = (
    (COUNTY, "CARD", Told("胸痛与冠心病", ("outpatient", "inpatient", "advice"), symptoms=("胸痛", "胸闷", "心慌"), diagnosis_prefixes=("I20", "I21", "I25", "I10"),
                          specialty="冠心病介入、难治性高血压", channels=("chest_pain",), preparation=_BRING + "抽血者空腹。", place="门诊二楼心内科")),
    (COUNTY, "NEUR", Told("卒中与头晕", ("outpatient", "inpatient", "advice"), symptoms=("偏瘫", "言语不清", "头晕", "口角歪斜"), diagnosis_prefixes=("I60", "I61", "I63", "G45"),
                          specialty="急性卒中溶栓", channels=("stroke",), preparation=_BRING, place="急诊绿色通道或门诊三楼")),
    (COUNTY, "RESP", Told("慢阻肺与肺炎", ("outpatient", "inpatient"), symptoms=("咳嗽", "气促", "咳血"), diagnosis_prefixes=("J18", "J44", "J45"), preparation=_BRING)),
    (COUNTY, "ENDO", Told("糖尿病门诊", ("outpatient", "inpatient", "advice"), symptoms=("多饮", "血糖高"), diagnosis_prefixes=("E10", "E11"), preparation=_BRING + "带血糖记录本。")),
    (COUNTY, "ORTH", Told("骨科与创伤", ("outpatient", "inpatient"), symptoms=("骨折", "腰腿痛", "外伤"), diagnosis_prefixes=("S", "M17", "M51"), channels=("trauma",), preparation=_BRING)),
    (COUNTY, "EMER", Told("急诊", ("outpatient", "inpatient"), symptoms=("昏迷", "休克"), channels=("chest_pain", "stroke", "trauma"), place="急诊楼一层")),
    (TCM, "REHA", Told("康复住院", ("inpatient", "rehabilitation"), symptoms=("肢体无力", "康复"), diagnosis_prefixes=("I69", "M17", "G81"), preparation=_BRING)),
    (TCM, "ACUP", Told("针灸推拿", ("outpatient", "rehabilitation"), symptoms=("颈肩痛", "腰腿痛"), diagnosis_prefixes=("M",), preparation=_BRING)),
    (CITY, "HEAR", Told("心脏中心", ("outpatient", "inpatient"), symptoms=("胸痛", "晕厥"), diagnosis_prefixes=("I20", "I21", "I25", "I35"), channels=("chest_pain",), preparation=_BRING)),
    (CITY, "NEUS", Told("神经外科", ("outpatient", "inpatient"), symptoms=("头痛", "昏迷"), diagnosis_prefixes=("I60", "I61", "I63", "C71"), preparation=_BRING)),
    *((township, "WARD", Told("康复与家庭病床", ("inpatient", "rehabilitation"), symptoms=("康复", "术后恢复"), diagnosis_prefixes=("I69", "I25", "J44", "M17"),
                              preparation="带出院小结和正在吃的药。")) for township in ("daoxiang", "shitan")),
    (PROVINCE, "", Told("疑难心血管病", ("outpatient", "inpatient"), symptoms=("胸痛",), diagnosis_prefixes=("I21", "I35", "I71"), preparation="到院自行挂号；带转诊证明。")),
)  # fmt: skip
ABLE = {
    COUNTY: (("technique", "PCI", "急诊冠脉介入"), ("technique", "IVT", "静脉溶栓"), ("equipment", "CT", "CT"), ("equipment", "MR", "磁共振"), ("technique", "HD", "血液透析")),
    TCM: (("technique", "REHAB", "康复治疗"), ("equipment", "DR", "数字化摄影")),
    CITY: (("technique", "PCI", "急诊冠脉介入"), ("technique", "CABG", "冠脉搭桥"), ("technique", "EVT", "机械取栓")),
    **dict.fromkeys(TOWNSHIPS, (("equipment", "ECG", "心电图机"), ("equipment", "DR", "数字化摄影"), ("technique", "REHAB", "康复训练"))),
    "daoxiang": (("equipment", "ECG", "心电图机"), ("equipment", "DR", "数字化摄影"), ("technique", "REHAB", "康复训练"), ("technique", "O2", "氧疗")),
    "sangyuan": (("equipment", "ECG", "心电图机"), ("technique", "O2", "氧疗")),
}  # fmt: skip
#: from, to, minutes, km; every road is longer than the straight line
WAYS = (
    *((township, COUNTY, 25 + 8 * place, 18 + 7 * place) for place, township in enumerate(TOWNSHIPS)),
    *((COUNTY, township, 25 + 8 * place, 18 + 7 * place) for place, township in enumerate(TOWNSHIPS)),
    *((township, TCM, 28 + 8 * place, 20 + 7 * place) for place, township in enumerate(TOWNSHIPS)),
    *((township, CITY, 95 + 8 * place, 96 + 7 * place) for place, township in enumerate(TOWNSHIPS)),
    (COUNTY, CITY, 70, 82), (CITY, COUNTY, 70, 82), (COUNTY, TCM, 10, 4), (TCM, COUNTY, 10, 4), (COUNTY, PROVINCE, 190, 240),
    ("qinghe", COUNTY, 40, 27), ("qinghe", "daoxiang", 15, 9), ("maiping", "daoxiang", 14, 8), ("liudi", "daoxiang", 18, 10), ("baishi", "zhuqiao", 14, 8),
    ("zhuwu", "zhuqiao", 13, 8), ("qiaotou", "zhuqiao", 11, 7),
)  # fmt: skip


def offer(county: County, at: datetime) -> None:
    """Enter the directory of the county."""
    actors = {key: Actor.system("演示装入", institution=county.id(key), consortium=CONSORTIUM, region=CITY_REGION if key == CITY else REGION) for key in (COUNTY, CITY)}
    for key, department, told in OFFERS:
        named = Told(**{**told.__dict__, "department": county.departments[key, department].id if department else None})
        services.offer(actor=actors[COUNTY], institution=county.id(key), told=named, at=at)
    for key, abilities in ABLE.items():
        for kind, code, name in abilities:
            services.note_capability(actor=actors[COUNTY], institution=county.id(key), kind=kind, code=code, name=name, at=at)
    for start, end, minutes, km in WAYS:
        services.note_travel(actor=actors[COUNTY], from_institution=county.id(start), to_institution=county.id(end), minutes=minutes, km=Decimal(km), at=at)


#: department, weekdays, from, minutes a slot, patients a slot
_SESSIONS = (("CARD", (0, 1, 2, 3, 4), 8, 30, 2), ("NEUR", (0, 2, 4), 8, 30, 1), ("RESP", (1, 3), 14, 20, 2), ("ENDO", (0, 3), 8, 20, 3), ("ORTH", (2, 4), 14, 30, 2))
#: place, department, kind, beds, occupied
_BEDS = ((COUNTY, "CARD", "ordinary", 40, 36), (COUNTY, "NEUR", "ordinary", 36, 35), (COUNTY, "RESP", "ordinary", 38, 38), (COUNTY, "ORTH", "ordinary", 42, 33),
         (TCM, "REHA", "rehabilitation", 30, 22), ("daoxiang", "WARD", "ordinary", 20, 11), ("daoxiang", "WARD", "rehabilitation", 6, 3),
         ("zhuqiao", "WARD", "ordinary", 16, 9), ("shitan", "WARD", "rehabilitation", 4, 1))  # fmt: skip


def open_books(county: County, now: datetime) -> None:
    """Two weeks of sessions from tomorrow on, and beds as counted this morning."""
    actor = Actor.system("演示装入", institution=county.id(COUNTY), consortium=CONSORTIUM, region=REGION)
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    for code, weekdays, hour, minutes, capacity in _SESSIONS:
        for day in (today + timedelta(days=ahead) for ahead in range(1, 15)):
            if day.weekday() in weekdays:
                start = day + timedelta(hours=hour)
                session = schedules.Session(county.departments[COUNTY, code].id, start, start + timedelta(hours=3), minutes, capacity)
                schedules.open_schedule(actor=actor, institution=county.id(COUNTY), session=session, at=now)
    for key, code, kind, total, occupied in _BEDS:
        schedules.count_beds(actor=actor, institution=county.id(key), department=county.departments[key, code].id, kind=kind, total=total, occupied=occupied,
                             at=now - timedelta(hours=2))  # fmt: skip
