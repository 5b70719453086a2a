"""A claim as it was written, and what may be wrong between claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yilianti.policybook.places import Place
from yilianti.settlement.claims.pricing.terms import Area, Group, Kind, Level, Way


class ClaimsRefused(Exception):
    """Claims that cannot be priced as they stand; `faults` are sentences with claim, field and value."""

    def __init__(self, faults: list[str]) -> None:
        # Half a character, which JSON allows and no terminal prints, is spelled out.
        self.faults = [fault.encode("utf-8", "backslashreplace").decode() for fault in faults]
        super().__init__(self.faults[0])


@dataclass(frozen=True)
class Claim:
    """One claim as it was written; amounts in fen, NOT_GIVEN for what has not been settled before."""

    id: str
    person: str
    place: Place
    admitted_on: date
    discharged_on: date
    kind: Kind
    level: Level
    area: Area
    way: Way
    groups: tuple[Group, ...]
    grade: int
    signed: bool
    diseases: int
    follows: str
    amounts: Mapping[str, int]
    settled: Mapping[str, int]
    is_earlier: bool = False


def together(claims: list[Claim]) -> list[str]:
    """What is wrong between claims: an id twice, stays of one person that overlap, a referral from a stay that is not there."""
    faults, by_id = [], {}
    for claim in claims:
        if claim.id in by_id:
            faults.append(f"id 为“{claim.id}”的费用有两笔；每笔应有自己的 id。")
        by_id[claim.id] = claim
    stays = sorted((claim for claim in claims if claim.kind is Kind.INPATIENT), key=lambda one: (one.person, one.admitted_on, one.discharged_on))
    last: Claim | None = None
    for stay in stays:
        if last is not None and last.person == stay.person and stay.admitted_on < last.discharged_on:
            faults.append(f"费用 {stay.id} 的 admitted_on 为“{stay.admitted_on}”：与同一人 {stay.person} 的费用 {last.id}（{last.admitted_on} 至 {last.discharged_on}）重叠。")
        last = stay if last is None or last.person != stay.person or stay.discharged_on > last.discharged_on else last
    return faults or [fault for claim in claims if claim.follows and (fault := _misled(claim, by_id))]


def _misled(claim: Claim, by_id: Mapping[str, Claim]) -> str:
    """What is wrong with the stay that a claim says it follows."""
    before, said = by_id.get(claim.follows), f"费用 {claim.id} 的 follows 为“{claim.follows}”："
    if before is None or before.person != claim.person or before.kind is not Kind.INPATIENT or claim.kind is not Kind.INPATIENT:
        return f"{said}没有同一人的这笔住院费用。"
    if before is claim or before.discharged_on > claim.admitted_on or depth(claim, by_id) > len(by_id):
        return f"{said}那次住院不早于本次。"
    return ""


def depth(claim: Claim, by_id: Mapping[str, Claim]) -> int:
    """How many stays stand before this one in its chain of referrals; more than there are claims where the chain runs in a circle."""
    found = 0
    while claim.follows in by_id and found <= len(by_id):
        claim, found = by_id[claim.follows], found + 1
    return found
