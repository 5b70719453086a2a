"""The values of the benefits in force at a place, named for whoever wants to suppose other ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yilianti.policybook import Edition
from yilianti.policybook.places import HasScope
from yilianti.settlement.claims import supposing
from yilianti.settlement.claims.pricing.places import FOLDER
from yilianti.settlement.claims.pricing.terms import Area, Group, Level, OnReferral, Way

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_WHO = {"level": Level, "area": Area, "way": Way, "group": Group}
_COLUMNS = {
    "deductible": "起付线（元）", "ratio": "报销比例（%）", "poor_ratio": "困难人员比例（%）", "cap": "限额（元）", "cap_above": "大病支付后限额（元）", "signed_cap": "签约后限额（元）", "outpatient_cap": "门诊限额（元）", "line": "起付线（元）",
    "fixed": "起付线（元）", "times": "起付线倍数", "percent": "起付线占费用（%）", "least": "起付线最低（元）", "most": "最高（元）", "points": "报销比例增减（百分点）", "further": "每多一种病加（元）",
    "yearly_most": "年度封顶线（元）", "poor_line": "困难人员起付线（元）", "on_referral": "转诊前后的起付线", "later_percent": "再次住院的起付线（%）", "later_less": "再次住院起付线减少（元）", "later_floor": "再次住院起付线最低（元）",
}  # fmt: skip


@dataclass(frozen=True)
class Offered:
    """One value: its path, the policy it stands in, what it is called, what it is now, and among which words one may choose (none: a number)."""

    path: str
    policy: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()


def offered(scope: HasScope, day: date) -> list[Offered]:
    """Numbers of the benefits, and how the deductible goes on through a referral, in the order of their files."""
    return [one for name, edition in supposing.editions(scope, day).items() for one in _of(name, edition)]


def _of(name: str, edition: Edition) -> list[Offered]:
    whole, labels, found = supposing.whole(edition), edition.head.labels, []
    for path, value in supposing.leaves(whole, ""):
        parts = path.split(".")
        row = whole["rows"][int(parts[1])] if parts[0] == "rows" else {}
        column = parts[-1]
        if column in (*_WHO, "over", "grade") or not (_NUMBER.fullmatch(value) or column == "on_referral"):
            continue
        choices = tuple((one.value, one.zh) for one in OnReferral) if column == "on_referral" else ()
        label = _COLUMNS.get(column) or str(labels.get(column, column))
        found.append(Offered(f"{FOLDER}.{name}.{path}", edition.title, f"{_row(row)}{label}", OnReferral.label(value) if choices else value, choices))
    return found


def _row(row: Mapping[str, str]) -> str:
    """Whom a row of a table is about."""
    said = [term.label(row[column]) for column, term in _WHO.items() if row.get(column)]
    said += [f"第 {row['grade']} 档"] if row.get("grade") else []
    said += [f"{row['over']} 元以上"] if row.get("over", "0") not in ("", "0") else []
    return f"{'、'.join(said)}：" if said else ""
