"""How many cases of which kind were paid for where, and what they cost; what an explanation in three parts needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution import given
from yilianti.settlement.distribution.simulating.terms import Place
from yilianti.settlement.fund import api as fund


@dataclass(frozen=True)
class Volume:
    """Cases (parts of a case where a share of them moved) and fen."""

    count: Fraction
    amount: int


@dataclass(frozen=True, order=True)
class Key:
    """Place and kind of care; `member` where the members' care is known member by member."""

    place: str
    member: str
    kind: str

    @classmethod
    def of(cls, written: str) -> Key:
        """`outside.inpatient`, `members.inpatient`, `members.H01.inpatient`; raises Refused."""
        place, *rest = written.split(".")
        if place not in {str(one) for one in Place} or not 1 <= len(rest) <= (2 if place == Place.MEMBERS else 1) or not all(rest):
            raise Refused("bad_volume", f"volumes 中的“{written}”不认识；请写成 outside.inpatient、purchased.outpatient、members.inpatient 或 members.机构代码.inpatient。", "A volume has an unknown name.", field=f"volumes.{written}")
        return cls(place, rest[0] if len(rest) == 2 else "", rest[-1])

    def __str__(self) -> str:
        return ".".join(one for one in (self.place, self.member, self.kind) if one)


Volumes = Mapping[Key, Volume]


def read(held: Any) -> dict[Key, Volume]:
    """From an object as JSON holds it; raises Refused naming the field."""
    found = {}
    for written, one in sorted(given.an_object(held, "volumes").items()):
        row = given.known(one, ("count", "amount"), f"volumes.{written}", ("count", "amount"))
        found[Key.of(written)] = Volume(_count(row["count"], f"volumes.{written}.count"), fund.fen(row["amount"], f"volumes.{written}.amount"))
    return found


def _count(written: Any, field: str) -> Fraction:
    """A whole number, or a fraction such as `117/2` where a share of the cases moved."""
    top, bar, bottom = str(written).partition("/")
    below = fund.count(bottom, field) if bar else 1
    if not below:
        raise Refused("bad_number", f"{field} 为“{written}”：分母不能为 0。", f"{field} must not divide by zero.", field=field)
    return Fraction(fund.count(top if bar else written, field), below)


def plain(volumes: Volumes) -> dict[str, Any]:
    """For freezing."""
    return {str(key): {"count": str(volumes[key].count), "amount": fund.yuan(volumes[key].amount)} for key in sorted(volumes)}


def check(volumes: Volumes, spending: Mapping[str, int], charged: Mapping[str, int]) -> None:
    """Refuses volumes that do not make the spending of their place, or of their member."""
    if not volumes:
        return
    for place in Place:
        own = {key: one for key, one in volumes.items() if key.place == place}
        _same(sum(one.amount for one in own.values()), spending.get(place, 0), f"volumes.{place}", f"spending.{place}")
        if len({bool(key.member) for key in own}) > 1:
            raise Refused("bad_volume", "volumes.members 有的按机构、有的不按；请全部按机构，或全部不按。", "Volumes of members are partly by member.", field="volumes.members")
        for member in sorted({key.member for key in own} - {""}):
            if member in charged or charged:
                _same(sum(one.amount for key, one in own.items() if key.member == member), charged.get(member, 0), f"volumes.members.{member}", f"members.{member}.charged")


def _same(found: int, expected: int, field: str, other: str) -> None:
    if found != expected:
        raise Refused("not_the_sum", f"{field} 合计 {fund.yuan(found)} 元，{other} 为 {fund.yuan(expected)} 元：应相等；请核对，或去掉 volumes（就不作三因素解释）。", f"{field} does not make {other}.", field=field)
