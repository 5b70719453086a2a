"""Whether an institution may stand where it is put; facts in, findings out."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from yilianti.kernel.finding import Finding, Severity
from yilianti.registry.institutions.terms import Kind, Level

LADDER = (Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY, Level.CITY)
_USUAL_LEVEL = {
    Kind.VILLAGE_CLINIC: Level.VILLAGE, Kind.COMMUNITY_STATION: Level.VILLAGE, Kind.TOWNSHIP_CENTRE: Level.TOWNSHIP,
    Kind.COMMUNITY_CENTRE: Level.TOWNSHIP, Kind.COUNTY_HOSPITAL: Level.COUNTY, Kind.CITY_HOSPITAL: Level.CITY,
}  # fmt: skip
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{1,31}")
#: also the name of the folder of local policies, and a part of addresses
CONSORTIUM_CODE = re.compile(r"^[a-z][a-z0-9-]{1,31}$")
COUNTY_REGION = re.compile(r"^[0-9]{6}$")
#: of a county, a township or a village: GB/T 2260 and GB/T 10114
REGION = re.compile(r"^[0-9]{6}([0-9]{3}){0,2}$")


DEGREES = "纬度在 -90 到 90、经度在 -180 到 180 之间，最多六位小数；请核对。"


def missing_particulars(code: str, name: str, short_name: str) -> list[Finding]:
    """What a registration cannot do without; each finding's code is the field's name."""
    wanted = {
        "code": (bool(_CODE.fullmatch(code)), "机构代码为 2–32 位字母、数字、点、横线或下划线；请核对。"),
        "name": (bool(name.strip()), "请填写机构名称。"),
        "short_name": (bool(short_name.strip()), "请填写简称。"),
    }
    return [Finding(field, said, severity=Severity.BLOCKING, en=f"{field} is missing or malformed") for field, (good, said) in wanted.items() if not good]


def misplaced(latitude: Decimal | None, longitude: Decimal | None) -> list[Finding]:
    """What is wrong with the coordinates of an institution; the finding's code is the field's name."""
    if (latitude is None) != (longitude is None):
        field = "latitude" if latitude is None else "longitude"
        return [Finding(field, "纬度和经度要一起填写，或都不填。", severity=Severity.BLOCKING, en="latitude and longitude go together")]
    if latitude is not None and longitude is not None and not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return [Finding("latitude", DEGREES, severity=Severity.BLOCKING, en="no place on the globe")]
    return []


def degrees(text: str) -> Decimal | None:
    """Coordinates as written; ValueError where they are none."""
    if not text.strip():
        return None
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(text) from None
    if not found.is_finite() or abs(found) > 180:
        raise ValueError(text)
    return found.quantize(Decimal("0.000001"))


def usual_level(kind: str) -> str:
    """The level an institution of this kind usually stands at; "" where the kind does not say."""
    level = _USUAL_LEVEL.get(Kind(kind))
    return level.value if level else ""


def stands_below(path: str, root_path: str) -> bool:
    """True when `path` lies in the branch of `root_path` (the root itself included)."""
    return path.startswith(root_path)


def placement_findings(level: str, parent_level: str) -> list[Finding]:
    """An institution above its parent on the ladder is worth a look, not a refusal."""
    if parent_level and LADDER.index(Level(level)) > LADDER.index(Level(parent_level)):
        sentence = f"层级“{Level.label(level)}”高于上级机构的层级“{Level.label(parent_level)}”，请确认。"
        return [Finding("above_its_parent", sentence, severity=Severity.WARNING, en="the institution stands above its parent")]
    return []


