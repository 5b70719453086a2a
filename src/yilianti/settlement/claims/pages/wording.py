"""Claims in the words of a page: how one stands, why it has no price and what to do about it, and its codes by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yilianti.kernel.money import Money
from yilianti.settlement.claims import grouping, grouping_kept
from yilianti.settlement.claims.grouping import Engine, Status
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.pricing.terms import Gap, Kind, Level, Way
from yilianti.settlement.claims.terms import GAPS, NO_SCHEME, Insurance, State

_CHECK_POLICY = "请在“现行政策”里核对参保地的待遇政策；补上后由医保局重新计算。"
_WHAT_TO_DO = {
    "awaiting": "结算清单到了就导入；入账后自动计算。", "not_resident": "这笔照样入账、分组、可查；个人与基金以医保已结的为准。", "no_place": "请核对参保地是否写对；写对了而平台没有那里的政策，以医保已结的为准。",
    "earlier": "请先处理同一人本年度较早的那一笔，算出后这一笔随之算出。",
}  # fmt: skip
_GAP_WORDS: Mapping[str, str] = {str(gap.value): gap.zh for gap in Gap} | {name: zh for name, (zh, _) in GAPS.items()}


def gap(row: Claim) -> tuple[str, str]:
    """Why a claim has no price, and what to do; two empty texts where it has one, or no longer counts."""
    if not row.gap or row.state == State.WITHDRAWN:
        return "", ""
    return _GAP_WORDS.get(row.gap, row.gap), _WHAT_TO_DO.get(row.gap, _CHECK_POLICY)


def standing(row: Claim) -> list[tuple[str, str]]:
    """(tone, words) of what somebody should know of it first."""
    if row.state == State.AWAITING:
        return [("wait", "待费用")]
    if row.state == State.WITHDRAWN:
        return [("idle", "已作废")]
    found = [("warn", "没有算出")] if row.gap else []
    if not row.gap and row.insured_fund is not None and row.insured_fund != row.fund:
        found.append(("warn", "与医保不一致"))
    if row.lines_total is not None and row.lines_total != row.total:
        found.append(("warn", "明细不符"))
    return found or [("ok", "已算出")]


def codes(row: Claim, engine: Engine | None) -> dict[str, list[dict[str, str]]]:
    """Diagnoses and operations with their names as far as the scheme in force knows them; the first ones are principal."""
    tables = engine.scheme.tables if engine else {}
    return {"diagnoses": _named(row.diagnoses, tables.get("icd10_yibao", {})), "operations": _named(row.operations, tables.get("icd9cm3_yibao", {}))}


def _named(given: Iterable[str], names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"code": code, "name": names.get(code, "")} for code in given]


def group(row: Claim, engine: Engine | None) -> dict[str, Any]:
    """The group with its name, or why there is none."""
    if row.kind != Kind.INPATIENT or row.state != State.FILED:
        return {}
    silent = f"分组方案 {row.scheme} 还没有装入；请系统管理员用 drg import 装入后重新分组。" if row.scheme else "这家医院所在的地方没有规定分组方案。"
    said = silent if row.group_status == NO_SCHEME else row.group_status
    return {"drg": row.drg, "name": engine.scheme.name_of(row.drg) if engine and row.drg else "", "said": said, "is_grouped": row.group_status == Status.GROUPED.value, "scheme": engine.scheme.title if engine else row.scheme}


def gap_words(code: str) -> str:
    return _GAP_WORDS.get(code, code) if code else ""


#: what a correction may have changed, by the names under which versions keep it
TOLD = {
    "settlement_number": "结算编号", "visit_number": "院内就诊号", "kind": "类别", "admitted_on": "入院（就诊）日期", "discharged_on": "出院（结算）日期", "total": "总费用", "fully_own": "全自费",
    "over_limit": "超限价自付", "first_self": "先行自付", "hospital": "医院负担", "department": "科室", "doctor": "医生", "diagnoses": "诊断", "operations": "手术", "discharge_type": "离院方式",
    "insurance": "险种", "region": "参保地", "level": "服务级别", "told_way": "就医方式", "told_follows": "接续的住院", "insured_fund": "医保已结基金", "insured_person": "医保已结个人",
    "groups": "待遇人群", "grade": "缴费档次", "diseases": "慢特病病种数",
}  # fmt: skip
_MONEY = frozenset({"total", "fully_own", "over_limit", "first_self", "hospital", "insured_fund", "insured_person"})
_TERMS: Mapping[str, Any] = {"kind": Kind, "insurance": Insurance, "level": Level, "told_way": Way}


def change(name: str, before: Any, after: Any) -> str:
    """总费用：1,200.00 → 1,300.00"""
    return f"{TOLD[name]}：{_said(name, before)} → {_said(name, after)}"


def _said(name: str, value: Any) -> str:
    if value in (None, "", []):
        return "空"
    if name in _MONEY:
        return str(Money(int(value)))
    if name in _TERMS:
        return str(_TERMS[name].label(value))
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def explained(row: Claim, engine: Engine | None) -> dict[str, Any]:
    """The way of a stay through the rules, and the nearest other groups; empty where no scheme can say."""
    if engine is None:
        return {}
    case = grouping_kept.case_of(row)
    found, names = grouping.why(engine, case), engine.scheme
    return {
        "why": found, "scheme": names.title, "group_name": names.name_of(found.grouped.drg),
        "alternatives": [{"change": one.change, "drg": one.grouped.drg, "name": names.name_of(one.grouped.drg) or str(one.grouped.status)} for one in grouping.alternatives(engine, case)],
    }  # fmt: skip
