"""Whether the tables of a scheme are whole: every hole is a sentence that names the file and the entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yilianti.settlement.claims.grouping import conditions
from yilianti.settlement.claims.grouping.terms import Severity

_SHOWN = 3


def faults_of(content: Mapping[str, Any]) -> list[str]:
    """Every fault of the tables, the first of each kind first; [] for none."""
    return list(_shapes(content)) or [*_order(content), *_lines(content), *_groups(content), *_severities(content)]


def _shapes(content: Mapping[str, Any]) -> Iterator[str]:
    """What is no list where one belongs: nothing more can be said of such a file."""
    if not _texts(content["mdc_order"]):
        yield "mdc.json：mdc_order 应是编码的列表。"
    for file, lines in (("mdc.json", content["mdc"]), ("adrg.json", content["adrg"])):
        for code, line in lines.items() if isinstance(lines, dict) else [("mdc", lines)]:
            if not isinstance(line, dict):
                yield f"{file}：{code} 应是一个对象。"
                continue
            wrong = [key for key in ("dx", "op", "op1", "op_group", "adrg_order") if not _texts(line.get(key, []))]
            regions, groups = line.get("regions", {}), line.get("drg", [])
            wrong += ["regions"] if not (isinstance(regions, dict) and all(map(_texts, regions.values()))) else []
            wrong += ["drg"] if not (isinstance(groups, list) and all(isinstance(one, dict) and isinstance(one.get("code"), str) for one in groups)) else []
            if wrong:
                yield f"{file}：{code} 的 {'、'.join(wrong)} 应是列表，逐项为编码。"


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _order(content: Mapping[str, Any]) -> Iterator[str]:
    order, mdcs, adrgs = content["mdc_order"], content["mdc"], content["adrg"]
    if not order:
        yield "mdc.json：缺 mdc_order（各 MDC 的先后）。"
    for code in order:
        if code not in mdcs:
            yield f"mdc.json：mdc_order 中的 {code} 没有定义。"
    for code in mdcs:
        if code not in order:
            yield f"mdc.json：{code} 不在 mdc_order 中，永远不会被用到。"
        for adrg in mdcs[code].get("adrg_order", []):
            if adrg not in adrgs:
                yield f"mdc.json：{code} 的 adrg_order 中有 {adrg}，adrg.json 里没有。"
    used = {adrg for mdc in mdcs.values() for adrg in mdc.get("adrg_order", [])}
    for adrg in adrgs:
        if adrg not in used:
            yield f"adrg.json：{adrg} 不在任何 MDC 的 adrg_order 中，永远不会被用到。"


def _lines(content: Mapping[str, Any]) -> Iterator[str]:
    for file, lines, key in (("mdc.json", content["mdc"], "entry"), ("adrg.json", content["adrg"], "rule")):
        for code, line in lines.items():
            spelling = str(line.get(key, ""))
            missing = [name for name in conditions.needs(spelling) if not line.get(name)]
            unknown = conditions.unknown(spelling)
            if unknown:
                yield f"{file}：{code} 的 {key} 中有不认识的条件“{unknown}”。"
            elif missing:
                yield f"{file}：{code} 的条件“{spelling}”需要 {'、'.join(missing)}，表中为空。"
            elif "op_group" in line and len(line["op_group"]) != len(line["op"]):
                yield f"{file}：{code} 的 op 有 {len(line['op'])} 项，op_group 有 {len(line['op_group'])} 项，应一一对应。"


def _groups(content: Mapping[str, Any]) -> Iterator[str]:
    names, seen = content["tables"]["drg_names"], dict[str, str]()
    known = {str(one.value) for one in Severity}
    for code, line in content["adrg"].items():
        groups = line.get("drg") or []
        for group in groups:
            if group.get("severity") not in known:
                yield f"adrg.json：{group.get('code')} 的 severity“{group.get('severity')}”不认识。"
            if group.get("code") not in names:
                yield f"drg_names.csv：没有 {group.get('code')} 的名称。"
            if seen.setdefault(group.get("code"), code) != code:
                yield f"adrg.json：{group.get('code')} 同时属于 {seen[group['code']]} 和 {code}。"
        if not groups or groups[-1].get("severity") != Severity.ANY:
            yield f"adrg.json：{code} 没有兜底的组（最后一组的 severity 应为 any），有的病案会无组可入。"


def _severities(content: Mapping[str, Any]) -> Iterator[str]:
    for table in ("mcc", "cc", "cc_exclusion"):
        wrong = [f"{code}={value}" for code, value in content["tables"][table].items() if not value.isdigit()]
        if wrong:
            yield f"{table}.csv：排除表序号应为正整数，有误的：{'、'.join(wrong[:_SHOWN])}{' 等' if len(wrong) > _SHOWN else ''}。"
