"""Who was recorded, where, by whom, with what: the header of an aECG."""

from __future__ import annotations

from lxml import etree

from yilianti.gateways.ecg_devices.markup import day, number, said, sex
from yilianti.record.recordings import api as recordings

_CONTROL = "MDC_ECG_CTL_VBL_ATTR_FILTER_"
_YEARS = {"a": 1.0, "y": 1.0, "yr": 1.0, "year": 1.0, "years": 1.0, "mo": 1 / 12, "wk": 7 / 365.25, "d": 1 / 365.25}


def subject(root: etree._Element) -> recordings.Subject:
    """The person of the first trialSubject; age from the reported age (LOINC 21612-7)."""
    person = next(root.iter("trialSubject"), None)
    about = next((one for one in person.iter("subjectDemographicPerson", "demographicPerson")), None) if person is not None else None
    gender = about.find("administrativeGenderCode") if about is not None else None
    birth = about.find("birthTime") if about is not None else None
    return recordings.Subject(
        identifier=_identifier(person.find("id") if person is not None else None), name=name(about.find("name") if about is not None else None),
        sex=sex(gender.get("code") or "") if gender is not None else "", born_on=day(birth.get("value") or "") if birth is not None else None,
        age_years=_age(root),
    )  # fmt: skip


def name(node: etree._Element | None) -> str:
    """A person's name, plain or in parts (family, given); the family name first."""
    if node is None:
        return ""
    parts = [said(part) for kind in ("family", "given") for part in node.findall(kind)]
    return recordings.full_name(*parts) if any(parts) else recordings.clean(" ".join(node.itertext()), 120)


def device(node: etree._Element, root: etree._Element) -> recordings.Device:
    """The author of the series and the site."""
    author = next(node.iter("seriesAuthor"), None)
    made = author.find("manufacturedSeriesDevice") if author is not None else None
    serial = made.find("id") if made is not None else None
    place = next(root.iter("testingSite"), None)
    place = place if place is not None else next(root.iter("trialSite"), None)
    performer = next(node.iter("seriesPerformer"), None)
    return recordings.Device(
        maker=said(author, "manufacturerOrganization/name"), model=said(made, "manufacturerModelName"),
        serial=(serial.get("extension") or "")[:80] if serial is not None else "", software=said(made, "softwareName"), institution=said(place, "location/name"),
        operator=name(performer.find("assignedPerson/name")) if performer is not None else "",
    )  # fmt: skip


def filters(node: etree._Element) -> recordings.Filters:
    """High-pass, low-pass and notch frequencies from the control variables of the series."""
    found: dict[str, float | None] = {}
    for control in node.iterfind("controlVariable//controlVariable"):
        code = control.find("code")
        kind = (code.get("code") or "").removeprefix(_CONTROL) if code is not None else ""
        if kind in ("HIGH_PASS", "LOW_PASS", "NOTCH"):
            values = [value for value in control.iter("value") if (value.get("unit") or "").lower() == "hz"]
            found[kind] = number(values[0].get("value")) if values else None
    return recordings.Filters(found.get("HIGH_PASS"), found.get("LOW_PASS"), found.get("NOTCH"))


def key(root: etree._Element) -> str:
    """The file's own id: root, or root^extension."""
    return _joined(root.find("id"))[:200]


def _joined(node: etree._Element | None) -> str:
    if node is None:
        return ""
    return "^".join(part for part in (node.get("root") or "", node.get("extension") or "") if part)


def _identifier(node: etree._Element | None) -> str:
    return recordings.clean((node.get("extension") or node.get("root") or "") if node is not None else "", 80)


def _age(root: etree._Element) -> float | None:
    for observation in root.iter("relatedObservation"):
        code, value = observation.find("code"), observation.find("value")
        if code is not None and value is not None and code.get("code") in ("21612-7", "30525-0"):
            years = number(value.get("value"))
            return None if years is None else round(years * _YEARS.get((value.get("unit") or "a").lower(), 1.0), 3)
    return None
