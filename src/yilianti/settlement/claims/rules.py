"""What may be wrong with a settlement before anything is written, and what the platform decides of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yilianti.settlement.claims.pricing.reading import MOST
from yilianti.settlement.claims.pricing.terms import Area, Kind, Level, Way
from yilianti.settlement.claims.pricing.trace import yuan
from yilianti.settlement.claims.terms import FUND_PARTS, Told

#: The platform's own reading where nobody told the hospital's grade: by its place in the ladder village, township, county, city.
USUAL_LEVEL = {"village": Level.VILLAGE, "township": Level.TOWNSHIP, "county": Level.TWO, "city": Level.THREE}
#: How a visit is billed.
BILLED_AS = {"inpatient": Kind.INPATIENT, "outpatient": Kind.OUTPATIENT, "emergency": Kind.OUTPATIENT}
#: A referral belongs to the stay at whose beginning its patient arrived, give or take a day around midnight.
_ABOUT = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A stay of somebody: where, from when to when, and how its settlement is called."""

    institution: int
    settlement_number: str
    admitted_on: date
    discharged_on: date


@dataclass(frozen=True)
class Journey:
    """A referral whose patient arrived: from where to where, sent and arrived on which days."""

    number: str
    resident: int
    from_institution: int
    to_institution: int
    sent_on: date
    arrived_on: date
    encounter: str = ""


def faults(told: Told, others: Iterable[Span], today: date) -> list[tuple[str, str]]:
    """(field, sentence) for everything wrong with a settlement; `others` are the person's other stays."""
    found: list[tuple[str, str]] = []
    if told.discharged_on < told.admitted_on:
        found.append(("discharged_on", f"出院日期 {told.discharged_on} 早于入院日期 {told.admitted_on}；请核对两个日期。"))
    if told.discharged_on > today:
        found.append(("discharged_on", f"出院（结算）日期 {told.discharged_on} 还没有到；请核对年份。"))
    found += _amounts(told)
    if told.kind == Kind.INPATIENT and (other := next((span for span in others if _overlaps(told, span)), None)):
        found.append(("admitted_on", f"{told.admitted_on} 至 {told.discharged_on} 与同一人的另一次住院重叠（结算编号 {other.settlement_number}，{other.admitted_on} 至 {other.discharged_on}）；请核对日期，或先作废写错的一笔。"))
    return found


def _amounts(told: Told) -> list[tuple[str, str]]:
    outside = told.fully_own + told.over_limit + told.first_self + told.hospital
    found = [("total", f"总费用 {yuan(told.total)} 过大；请核对单位和小数点。")] if told.total > MOST else []
    if told.total < outside:
        found.append(("total", f"总费用 {yuan(told.total)} 小于全自费、超限价、先行自付与医院负担之和 {yuan(outside)}；请核对各项金额。"))
    paid = told.settled
    if "fund" in paid and paid["fund"] + paid.get("person", 0) + told.hospital != told.total:
        sides = f"基金 {yuan(paid['fund'])} + 个人 {yuan(paid.get('person', 0))} + 医院 {yuan(told.hospital)}"
        found.append(("fund", f"总费用 {yuan(told.total)} 不等于 {sides}；请按结算清单核对。"))
    parts = [paid[name] for name in FUND_PARTS if name in paid]
    if "fund" in paid and parts and sum(parts) != paid["fund"]:
        found.append(("fund", f"基金支付合计 {yuan(paid['fund'])} 不等于各项基金之和 {yuan(sum(parts))}；请按结算清单核对。"))
    return found


def _overlaps(told: Told, span: Span) -> bool:
    """Half-open: a patient may leave one hospital and enter another on one day."""
    if (span.institution, span.settlement_number) == (told.institution, told.settlement_number):
        return False
    return span.admitted_on < told.discharged_on and told.admitted_on < span.discharged_on


def area_of(insured_at: str, hospital_at: str) -> Area:
    """Inside the pooling area, another city, another province; by GB/T 2260 codes. Where one of them is not known: inside."""
    if not insured_at or not hospital_at or insured_at[:4] == hospital_at[:4]:
        return Area.HERE
    return Area.OTHER_CITY if insured_at[:2] == hospital_at[:2] else Area.OTHER_PROVINCE


def journey_of(span: Span, encounter: str, journeys: Sequence[Journey]) -> Journey | None:
    """The referral by which the patient came to this stay: the one that names the visit, else the latest whose patient arrived about its first day or during it."""
    named = [one for one in journeys if encounter and one.encounter == encounter]
    there = named or [one for one in journeys if one.to_institution == span.institution and span.admitted_on - _ABOUT <= one.arrived_on <= span.discharged_on]
    return max(there, key=lambda one: (one.arrived_on, one.number), default=None)


def stay_before(span: Span, journey: Journey, others: Sequence[Span]) -> Span | None:
    """The stay at the sending hospital that ended with the referral: discharged between the day of sending and this admission."""
    there = [one for one in others if one.institution == journey.from_institution and journey.sent_on <= one.discharged_on <= span.admitted_on]
    return max(there, key=lambda one: (one.discharged_on, one.settlement_number), default=None)


def way_of(told: str, journey: Journey | None) -> Way:
    """As told; else referred where a referral brought the patient, else neither referred nor filed."""
    if told:
        return Way(told)
    return Way.REFERRED if journey else Way.DIRECT
