"""Basic public health by the township and village table: the rows as printed, and the exact split beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yilianti.kernel.money import Money
from yilianti.settlement.distribution.rules import Task
from yilianti.settlement.fund.api import UNIT, Working, half_up, said, split

TOWNSHIP, VILLAGE = "乡镇", "村"
#: How a split without the table is named.
EVERYBODY = "全体成员"


@dataclass(frozen=True)
class Row:
    """Fen a head. `township`, `village` and `whole` are each rounded as printed; the exact pair makes `whole`."""

    task: Task
    township: int
    village: int
    whole: int
    exact_township: int
    exact_village: int

    @property
    def apart(self) -> int:
        """What the printed row is off its own sum."""
        return self.township + self.village - self.whole


def printed(tasks: Sequence[Task], working: Working, policy_ref: str = "") -> list[Row]:
    """Both readings of each row of the table."""
    found = []
    for one in tasks:
        top, bottom = one.per_head * one.weight, UNIT
        whole = half_up(top, bottom)
        town, village = half_up(top * one.township, bottom * UNIT), half_up(top * (UNIT - one.township), bottom * UNIT)
        exact = split(whole, {TOWNSHIP: one.township, VILLAGE: UNIT - one.township})
        row = Row(one, town, village, whole, exact[TOWNSHIP], exact[VILLAGE])
        found.append(row)
        working.amounts(f"{one.project}：{one.task}", f"项目 × 权重 × 分配比例；印出的各自四舍五入，精确的合计不变（{said()}）", exact, policy_ref, 合计=Money(whole), 印出的乡镇=Money(town), 印出的村=Money(village), 印出的差=Money(row.apart))
    return found


def by_table(heads: int, tasks: Sequence[Task], working: Working, policy_ref: str = "") -> dict[str, int]:
    """Heads × standard of each project, split over its tasks and both levels at once; exactly the whole of the projects named."""
    found = {TOWNSHIP: 0, VILLAGE: 0}
    for project in dict.fromkeys(one.project for one in tasks):
        rows = [one for one in tasks if one.project == project]
        pool = half_up(heads * rows[0].per_head * sum(one.weight for one in rows), UNIT)
        towns = sum(one.weight * one.township for one in rows)
        parts = split(pool, {TOWNSHIP: towns, VILLAGE: sum(one.weight for one in rows) * UNIT - towns})
        working.amounts(project, f"人数 × 人均 × 各任务权重 × 分配比例；{said()}", parts, policy_ref, 人数=heads, 人均=Money(rows[0].per_head), 合计=Money(pool))
        found = {who: found[who] + parts[who] for who in found}
    return working.amounts("乡村两级", "各项目相加", found, policy_ref)
