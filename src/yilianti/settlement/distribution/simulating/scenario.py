"""A scenario: a past year, what is to be otherwise, what is assumed; the year that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.simulating import changes as making
from yilianti.settlement.distribution.simulating import spending
from yilianti.settlement.distribution.simulating.assumptions import Assumed
from yilianti.settlement.distribution.simulating.changes import BENEFIT, Change, Made
from yilianti.settlement.distribution.simulating.terms import Assumption, Place, Special
from yilianti.settlement.distribution.simulating.year import Year
from yilianti.settlement.fund import api as fund


@dataclass(frozen=True)
class Repriced:
    """What changed benefits make of the year's bills: fen more (or less) by (place, member or "", kind of care), what was done in a sentence, and how much more comes off with persons under catastrophic insurance."""

    more: Mapping[tuple[str, str, str], int]
    made: tuple[Made, ...]
    catastrophic: int = 0


@dataclass(frozen=True)
class Scenario:
    """Named changes and assumptions, in the order in which they are put in."""

    changes: tuple[Change, ...]
    assumed: Assumed = field(default_factory=Assumed)

    @classmethod
    def of(cls, changes: Sequence[str], assumed: Sequence[str] = ()) -> Scenario:
        """From `name=value` texts; raises Refused."""
        found = tuple(Change.of(one) for one in changes)
        paths = [one.path for one in found]
        if twice := next((path for path in paths if paths.count(path) > 1), ""):
            raise Refused("twice", f"{twice} 改了两次；请只留一个。", "A value is changed twice.", field=twice)
        return cls(found, Assumed.of(assumed))

    @property
    def benefits(self) -> tuple[Change, ...]:
        """Changes that need the year's bills."""
        return tuple(one for one in self.changes if one.path.startswith(BENEFIT))

    def year(self, base: Year, repriced: Repriced | None = None) -> tuple[Year, list[Made]]:
        """The year with everything changed, and what each change did; raises Refused naming the field and the way out."""
        self._used()
        by_path = {one.path: one.value for one in self.changes}
        year, made = _repriced(base, repriced) if repriced is not None else (base, [])
        if self.benefits and repriced is None:
            raise Refused("no_bills", f"{self.benefits[0].path} 是待遇政策：要用已存的一年的费用清单重新计算；请用 --settlement 清算编号，或在页面上模拟。", "Benefits need the bills of a stored year.", field=self.benefits[0].path)
        for change in self.changes:
            if not change.path.startswith(BENEFIT):
                year, done = making.apply(year, change, by_path, self.assumed)
                made.append(done)
        return self._behaving(year, by_path), made

    def _used(self) -> None:
        """An assumption that nothing in the scenario asks for is refused: it would stand there and do nothing."""
        paths = {one.path for one in self.changes}
        falls = any(one.path == Special.OUTSIDE_SHARE and one.value.startswith("-") for one in self.changes)
        splits = any(one.startswith("distribution.") for one in paths)
        needs = {
            str(Assumption.RETURNED_COST): (falls or bool(self.assumed.moved), "请同时给出下降的 outside_share（例如 -2）"),
            str(Assumption.MOVED): (bool(self.benefits), "请同时改一项待遇政策（settlement.benefit.…）"),
            str(Assumption.SAVING): (splits, "请同时改一项分配办法（distribution.…）"),
        }
        for name in self.assumed.given:
            holds, way = needs[name]
            if not holds:
                raise Refused("not_used", f"假设“{Assumption.label(name)}”在这个方案里没有用处；{way}，或去掉这个假设。", "Nothing in the scenario uses this assumption.", field=f"assume.{name}")

    def _behaving(self, year: Year, by_path: Mapping[str, str]) -> Year:
        """What people are assumed to do about it."""
        if self.assumed.moved:
            spent = year.spent()
            spending.brought_back(spent, fund.part(spent.spending.get(Place.OUTSIDE, 0), self.assumed.moved), by_path.get(str(Special.OUTSIDE_TO), ""), self.assumed.returned_cost)
            year = year.spending(spent)
        if self.assumed.saving:
            spent = year.spent()
            spent.add(Place.MEMBERS, -fund.part(spent.spending.get(Place.MEMBERS, 0), self.assumed.saving))
            year = year.spending(spent)
        return year


def _repriced(base: Year, repriced: Repriced) -> tuple[Year, list[Made]]:
    """The same cases at what the changed benefits pay."""
    spent = base.spent()
    for (place, member, kind), fen in sorted(repriced.more.items()):
        spent.reprice(place, member, kind, fen)
    if repriced.catastrophic:
        spent.spending["catastrophic_persons"] = max(0, spent.spending.get("catastrophic_persons", 0) + repriced.catastrophic)
    return base.spending(spent), list(repriced.made)
