"""What a scenario may change of a settled year: each value with its Chinese name and what it is now, section by section."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yilianti import policybook
from yilianti.settlement.claims import api as claims
from yilianti.settlement.distribution import supposed
from yilianti.settlement.distribution.models import Run
from yilianti.settlement.distribution.scheme import Scheme
from yilianti.settlement.distribution.simulating import paths
from yilianti.settlement.distribution.simulating.terms import Assumption, Place, Special
from yilianti.settlement.distribution.simulating.year import Year
from yilianti.settlement.distribution.terms import Banding, By
from yilianti.settlement.fund.api import UNIT, half_up, percent

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?")
#: Names of values where the policy's file has none.
LABELS: Mapping[str, str] = {
    "share": "比例", "risk": "风险基金比例", "relief": "减贫基金比例", "reserve": "调剂金比例", "years": "看前几年", "weights": "份额", "paid": "预拨比例", "due_working_days": "几个工作日内拨付", "months": "各月的权数", "tolerance": "可高于路径",
    "surplus": "结余留用", "overspend": "超支由基金分担", "up_to": "到总额的", "most": "最多留总额的", "banding": "各档的算法", "from": "得分从", "change": "增减百分点", "shared": "用于分配的比例", "by": "成员之间怎样分", "overspend_by": "超支怎样分担",
    "custom": "写定的份额", "held": "留待考核的比例", "full_from": "得分满额线", "nothing_below": "低于多少分不拨", "fee": "每次费用（元）", "credit": "每次（元）", "per_head": "人均（元）", "weight": "权重", "township": "乡镇所占比例", "village": "村级所占比例",
    "value": "当量", "base": "基数（元）", "most_basic": "基础部分最多", "by_points": "按工作点的比例", "growth": "增长率", "visits_a_person": "人均次数", "added": "另加",
}  # fmt: skip
_FACTS: Mapping[str, str] = {
    "persons": "参保人数", "funding": "筹资总额（元）", "risk": "风险基金（元）", "catastrophic": "大病保险筹资（元）", "carried": "历年结余（元）", "adjustment": "调剂额度（元）", "income": "基金收入（元）", "growth": "增长率", "fund_growth": "统筹基金增长率",
    "last_total": "上年总额（元）", "total": "全部总额（元）", "cohort_paid": "签约居民上年基金支出（元）", "told": "分给本医共体的数额（元）",
}  # fmt: skip
_BY_CHOICE = {"banding": Banding, "by": By, "overspend_by": By}


@dataclass(frozen=True)
class Offer:
    """One value. `choices` where only words are possible; `hint` says how to write it."""

    path: str
    label: str
    now: str
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """A section of the form; `page` is that of its policy."""

    title: str
    offers: tuple[Offer, ...]
    page: str = ""


def groups(run: Run) -> list[Group]:
    """Data of the year first, then its rules, then benefits."""
    year = Year.of(Scheme.of_plain(run.scheme), run.inputs)
    found = [Group("数据：支出与筹资", tuple(_money(year))), Group("数据：得分", tuple(_scores(year)))]
    found += [_section(name, one) for name, one in year.scheme.plain()["sections"].items()]
    return [one for one in [*found, *_benefits(run)] if one.offers]


def assumptions() -> list[Offer]:
    """Every assumption, off."""
    return [Offer(str(one), one.zh, "没有", hint="例如 80%；不填就没有这个假设") for one in Assumption]


def labels(run: Run) -> dict[str, str]:
    """Path → name, for showing a scenario that was kept."""
    return {offer.path: f"{group.title} · {offer.label}" for group in groups(run) for offer in group.offers}


def _money(year: Year) -> list[Offer]:
    facts, spent = year.inputs.get("facts", {}), year.spent()
    found = []
    if "funding" in facts:
        found.append(Offer(str(Special.FUNDING_PER_HEAD), Special.FUNDING_PER_HEAD.zh, f"筹资 {facts['funding']} 元，{facts['persons']} 人", hint="筹资总额随之改变"))
    if spent.spending:
        members = tuple((code, row["name"]) for code, row in year.inputs.get("members", {}).items())
        found += [
            Offer(str(Special.OUTSIDE_SHARE), Special.OUTSIDE_SHARE.zh, _share(spent.spending, spent.whole), hint="例如 -2：相当于全部支出 2% 的费用和病例从县外回到成员机构，每例费用不变"),
            Offer(str(Special.OUTSIDE_TO), Special.OUTSIDE_TO.zh, "按成员原有费用分摊", choices=members),
            *(Offer(f"spending.{place}", f"{place.zh}的支出（元）", year.inputs["spending"].get(place, "0.00"), hint="金额，或 +3%、-3%；例数不变") for place in Place),
        ]  # fmt: skip
    return found + [Offer(f"facts.{name}", _FACTS[name], str(now)) for name, now in facts.items() if name in _FACTS]


def _share(spending: Mapping[str, int], whole: int) -> str:
    return percent(half_up(spending.get(Place.OUTSIDE, 0) * UNIT, whole)) if whole else "没有支出"


def _scores(year: Year) -> list[Offer]:
    found = [Offer("score", "医共体考核得分", year.inputs["score"])] if "score" in year.inputs else []
    return found + [Offer(f"members.{code}.{key}", f"{row['name']}：{said}", str(row[key])) for key, said in (("score", "得分"), ("heads", "参保人数"), ("quality", "工作质量系数")) for code, row in year.inputs.get("members", {}).items() if key in row]


def _section(name: str, held: Mapping[str, Any]) -> Group:
    """A section under the title of its policy, its values under the names that the policy's file gives them."""
    try:
        edition = policybook.by_ref(held["policy_ref"])
        title, said, page = edition.title, dict(edition.head.labels), f"/policies/{edition.code}/"
    except KeyError:
        title, said, page = held["policy_ref"] or name, {}, ""
    whole = {**held["values"], **({"rows": held["rows"]} if held.get("rows") else {})}
    offers = [_offer(name, path, value, whole, said) for path, value in paths.leaves(whole, "") if path != "base" and (path in _BY_CHOICE or _NUMBER.fullmatch(str(value)))]
    return Group(title, tuple(one for one in offers if not re.search(r"\.year$", one.path)), page)


def _offer(name: str, path: str, value: Any, whole: Mapping[str, Any], said: Mapping[str, str]) -> Offer:
    parts, words = path.split("."), []
    if parts[0] == "rows":
        row = whole["rows"][int(parts[1])]
        words, parts = [next((cell for cell in row.values() if not _NUMBER.fullmatch(cell)), "") or next(iter(row.values()))], parts[2:]
    words += [f"第 {int(part) + 1} {'月' if parts[0] == 'months' else '档'}" if part.isdecimal() else said.get(part) or LABELS.get(part, part) for part in parts]
    choices = tuple((one.value, one.zh) for one in _BY_CHOICE[path]) if path in _BY_CHOICE else ()
    return Offer(f"{name}.{path}", " · ".join(words), _BY_CHOICE[path].label(str(value)) if choices else str(value), choices)


def _benefits(run: Run) -> list[Group]:
    """Benefits by policy; changing one reprices the year's bills."""
    found: dict[str, list[Offer]] = {}
    for one in claims.benefits_offered(supposed.scope_of(run.settlement), date(run.settlement.year, 12, 31)):
        found.setdefault(one.policy, []).append(Offer(one.path, one.label, one.value, one.choices))
    return [Group(f"待遇：{title}", tuple(offers), f"/policies/{offers[0].path.rsplit('.', len(offers[0].path.split('.')) - 3)[0]}/") for title, offers in found.items()]
