"""Spending by place, member and kind of care, moved so that all three go on making the same sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.simulating.terms import Place
from yilianti.settlement.distribution.simulating.volumes import Key, Volume, Volumes
from yilianti.settlement.fund import api as fund
from yilianti.settlement.fund.api import split


@dataclass
class Spent:
    """Fen by place, and by member where the inputs say it; cases where they are known."""

    spending: dict[str, int]
    charged: dict[str, int]
    volumes: dict[Key, Volume]

    @classmethod
    def of(cls, inputs: Mapping[str, Any], volumes: Volumes) -> Spent:
        spending = {str(name): fund.fen(one, f"spending.{name}") for name, one in inputs.get("spending", {}).items()}
        charged = {code: fund.fen(one["charged"], f"members.{code}.charged") for code, one in inputs.get("members", {}).items() if "charged" in one}
        return cls(spending, charged, dict(volumes))

    def put(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs with this spending."""
        members = {code: {**one, **({"charged": fund.yuan(self.charged[code])} if code in self.charged else {})} for code, one in inputs.get("members", {}).items()}
        return {**inputs, "spending": {name: fund.yuan(one) for name, one in self.spending.items()}, **({"members": members} if members else {})}

    @property
    def whole(self) -> int:
        """Before anything comes off."""
        return sum(self.spending.get(place, 0) for place in Place)

    def kinds(self, place: str) -> dict[str, Volume]:
        """Volumes of a place by kind, all members together."""
        found: dict[str, Volume] = {}
        for key, one in self.volumes.items():
            if key.place == place:
                held = found.get(key.kind, Volume(Fraction(0), 0))
                found[key.kind] = Volume(held.count + one.count, held.amount + one.amount)
        return found

    def add(self, place: str, fen: int, cases: Mapping[str, Volume] | None = None, to: str = "") -> None:
        """More (or less) fen there. `cases`: by kind, how many cases come along, and by what amounts the fen are of which kind; without them the present cases cost more. `to`: the one member it goes to, else all by what they have."""
        if not self.spending:
            raise Refused("missing", "这一年的输入没有 spending（支出）；没有支出就不能改支出。", "The year has no spending.", field="spending")
        self.spending[place] = self.spending.get(place, 0) + fen
        if self.spending[place] < 0:
            raise Refused("negative", f"{Place.label(place)}的支出会变成负数（{fund.yuan(self.spending[place])} 元）；请改小一些。", "Spending would become negative.", field=f"spending.{place}")
        parts = self._parts(place, fen, to)
        for code, part in parts.items():
            if code in self.charged:
                self.charged[code] += part
            self._count(place, code, part, cases, Fraction(part, fen) if fen else Fraction(0))

    def reprice(self, place: str, member: str, kind: str, fen: int) -> None:
        """The same cases at another price; a member that has no part of its own here only changes the sum of its place."""
        self.spending[place] = self.spending.get(place, 0) + fen
        if member in self.charged:
            self.charged[member] += fen
        if self.volumes and fen:
            key = Key(place, member if any(one.member for one in self.volumes) and place == Place.MEMBERS else "", kind)
            held = self.volumes.get(key, Volume(Fraction(0), 0))
            self.volumes[key] = Volume(held.count, held.amount + fen)

    def _parts(self, place: str, fen: int, to: str) -> dict[str, int]:
        """By member, or all under no name."""
        if place != Place.MEMBERS:
            return {"": fen}
        if to:
            return {to: fen}
        by_member: dict[str, int] = {}
        for key, one in self.volumes.items():
            if key.member:
                by_member[key.member] = by_member.get(key.member, 0) + one.amount
        weights = self.charged or by_member
        return split(fen, weights) if sum(weights.values()) else {"": fen}

    def _count(self, place: str, code: str, fen: int, cases: Mapping[str, Volume] | None, share: Fraction) -> None:
        """The same in the volumes, kind by kind."""
        if not self.volumes or not fen:
            return
        own = {key: one for key, one in self.volumes.items() if key.place == place}
        member = code if any(key.member for key in own) else ""
        if cases is None:
            weights = {key.kind: one.amount for key, one in own.items() if key.member == member}
        else:
            weights = {kind: one.amount for kind, one in cases.items()}
        if not sum(weights.values()):
            raise Refused("no_volumes", f"volumes 里没有 {place} 的例数，改了它的支出就对不上；请补上，或去掉 volumes。", "The place has no volumes.", field=f"volumes.{place}")
        for kind, part in split(fen, weights).items():
            key = Key(place, member, kind)
            held = self.volumes.get(key, Volume(Fraction(0), 0))
            more = cases[kind].count * share if cases is not None else Fraction(0)
            self.volumes[key] = Volume(held.count + more, held.amount + part)


def scaled(cases: Mapping[str, Volume], part: Fraction, sign: int = 1) -> dict[str, Volume]:
    """A part of the cases of each kind; amounts stay weights."""
    return {kind: Volume(sign * one.count * part, one.amount) for kind, one in cases.items()}
