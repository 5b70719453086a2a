"""Services and capabilities in words."""

from __future__ import annotations

from dataclasses import dataclass

from yilianti.kernel.terms import Term


class ServiceKind(Term):
    OUTPATIENT = "outpatient", "门诊", "out-patient"
    INPATIENT = "inpatient", "住院", "in-patient"
    EXAMINATION = "examination", "检查", "examination"
    REHABILITATION = "rehabilitation", "康复与随访", "rehabilitation and follow-up"
    ADVICE = "advice", "意见咨询", "advice and guidance"


class GreenChannel(Term):
    CHEST_PAIN = "chest_pain", "胸痛", "chest pain"
    STROKE = "stroke", "卒中", "stroke"
    TRAUMA = "trauma", "创伤", "trauma"


class CapabilityKind(Term):
    TECHNIQUE = "technique", "技术", "technique"
    EQUIPMENT = "equipment", "设备", "equipment"
    SUBJECT = "subject", "诊疗科目", "licensed subject"


class MatchedBy(Term):
    """What of a service answered the search, the closest first."""

    SERVICE = "service", "服务", "service"
    DEPARTMENT = "department", "科室", "department"
    DOCTOR = "doctor", "医生", "doctor"
    SYMPTOM = "symptom", "症状", "symptom"
    DIAGNOSIS = "diagnosis", "诊断", "diagnosis"
    INSTITUTION = "institution", "机构", "institution"
    ANYTHING = "anything", "", "anything"


@dataclass(frozen=True)
class Told:
    """What is written down of a service."""

    name: str
    kinds: tuple[str, ...]
    department: int | None = None
    symptoms: tuple[str, ...] = ()
    diagnosis_prefixes: tuple[str, ...] = ()
    practitioners: tuple[int, ...] = ()
    specialty: str = ""
    channels: tuple[str, ...] = ()
    preparation: str = ""
    place: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Searched:
    """The words of a service that a search looks at."""

    name: str
    department: str
    institution: str
    doctors: tuple[str, ...]
    symptoms: tuple[str, ...]
    diagnosis_prefixes: tuple[str, ...]


@dataclass(frozen=True)
class Offer:
    """A service as somebody looking for one sees it; `minutes` and `km` are None where nobody entered them."""

    service: int
    name: str
    institution: int
    institution_name: str
    level: str
    department: int | None
    department_name: str
    doctors: tuple[str, ...]
    specialty: str
    kinds: tuple[str, ...]
    channels: tuple[str, ...]
    preparation: str
    connected: bool
    matched_by: str
    minutes: int | None = None
    km: float | None = None
    #: as the crow flies, where nobody entered the way and both ends have coordinates
    straight_km: float | None = None


#: What each journal word of this room is called on pages.
JOURNAL = {
    "services.offered": "登记服务", "services.amended": "修改服务", "services.withdrawn": "停止服务", "services.capability_noted": "登记能力",
    "services.capability_ended": "撤销能力", "services.travel_noted": "登记路程", "services.travel_forgotten": "撤销路程",
    # written until these tables went the way of all others (registry/imports)
    "services.table_brought": "上传服务目录表格", "services.table_applied": "服务目录表格写入", "services.table_discarded": "作废服务目录表格",
    "services.table_undone": "撤销服务目录表格",
}  # fmt: skip
