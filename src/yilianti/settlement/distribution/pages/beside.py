"""A scenario's answer as pages and sheets show it: figures beside each other, names instead of paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from yilianti.kernel.money import Money
from yilianti.settlement.distribution.models import Scenario
from yilianti.settlement.distribution.pages import drawn, offering
from yilianti.settlement.distribution.pages.drawn import whole as in_fen
from yilianti.settlement.distribution.simulating.terms import Assumption, Cause
from yilianti.settlement.distribution.terms import Line, Part

#: Totals in the order in which a year is reckoned; kept answers have no order of their own.
TOTALS = {
    "package": "总额", "advance": "预付", "held_back": "预付中留待考核", "charged": "总额内支出", "left": "结余（超支为负）", "fund": "归还（分担）基金", "consortium": "医共体留用（承担）", "uses": "结余的其他用途", "members": "分给成员",
    "withheld_consortium": "考核扣减，留在医共体", "withheld_fund": "考核扣减，归还基金", "subsidy_withheld": "补助的考核扣减", "unshared": "留在医共体账上", "public_health": "基本公共卫生经费", "public_health_unshared": "基本公共卫生未分配",
}  # fmt: skip
#: Not shared by any rule: what members spent and have received already would hide what rules move.
_APART = (str(Line.CHARGED), str(Line.ADVANCE_PAID))
_SHOWN_STEPS = 200


def line(one: Scenario) -> dict[str, Any]:
    """A row of the list."""
    pair = one.result["differences"]["totals"].get("consortium")
    return {"one": one, "consortium": _money(pair["difference"]) if pair else "—", "changes": len(one.changes), "assumptions": len(one.assumptions)}


def whole(one: Scenario) -> dict[str, Any]:
    """Everything the page of a scenario shows."""
    return {"scenario": one, "settlement": one.settlement, **shown(one.result, offering.labels(one.run))}


def shown(result: Mapping[str, Any], labels: Mapping[str, str], names: tuple[str, str] = ("实际", "模拟")) -> dict[str, Any]:
    """Changes, totals, members, the chart, the three parts, the steps; `names` head the two columns."""
    found = result["differences"]
    members = [_member(code, row) for code, row in sorted(found["members"].items())]
    columns = [(name, [row[side] for row in members]) for name, side in zip(names, ("shared_was", "shared_would"), strict=True)]
    steps = list(_steps(found["steps"], {code: row["name"] for code, row in found["members"].items()} | TOTALS))
    return {
        "was_name": names[0], "would_name": names[1], "changes": [{**row, "label": labels.get(row["path"], row["path"])} for row in result["changes"]],
        "assumptions": [{**row, "label": Assumption.label(row["name"])} for row in result["assumptions"]], "totals": [{"label": TOTALS.get(name, name), **_pair(found["totals"][name])} for name in _in_order(found["totals"], TOTALS)],
        "members": members, "sum": {side: Money(sum(in_fen(row["raw"][side]) for row in members)) for side in ("was", "would", "difference")}, "chart": drawn.rows([row["name"] for row in members], columns),
        "steps": steps[:_SHOWN_STEPS], "causes": [one.zh for one in Cause], "parts": _parts(result), "lacks": result["explanation_lacks"],
    }  # fmt: skip


def _in_order(held: Iterable[str], order: Iterable[str]) -> list[str]:
    names, known = set(held), list(order)
    return [name for name in known if name in names] + sorted(names - set(known))


def _money(written: str) -> str:
    return str(Money(in_fen(written)))


def _pair(pair: Mapping[str, str]) -> dict[str, Any]:
    """As people read it, as it is, and whether anything moved."""
    return {**{side: _money(pair[side]) for side in ("was", "would", "difference")}, "raw": pair, "moved": bool(in_fen(pair["difference"]))}


def _member(code: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """One member: every line as it was and would be, and what rules share."""
    shared = [sum(in_fen(pair[side]) for name, pair in row["lines"].items() if name not in _APART) for side in ("was", "would")]
    cells = [{"label": Line.label(name), **_pair(row["lines"][name])} for name in _in_order(row["lines"], [str(one) for one in Line])]
    return {"code": code, "name": row["name"], "cells": cells, **_pair(row["total"]), "shared_was": shared[0], "shared_would": shared[1]}


def _steps(steps: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Each figure that came out otherwise; of figures by party only those, under the party's name. The totals stand above."""
    for row in steps:
        was, would = row["was"], row["would"]
        if row["step"] == Part.TOTALS:
            continue
        if isinstance(was, dict) or isinstance(would, dict):
            old, new = (one if isinstance(one, dict) else {} for one in (was, would))
            pairs = [(f"{row['name']} · {names.get(key, key)}", old.get(key, "—"), new.get(key, "—")) for key in dict.fromkeys([*old, *new]) if old.get(key) != new.get(key)]
        else:
            pairs = [(row["name"], was, would)]
        for name, before, after in pairs:
            yield {"step": Part.label(row["step"]), "name": name, "was": "—" if before is None else before, "would": "—" if after is None else after}


def _parts(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """The explanation in three parts with names."""
    held = result["explanation"]
    if held is None:
        return None
    names = {code: row["name"] for code, row in result["differences"]["members"].items()}

    def rows(part: str, labels: Mapping[str, str], order: Iterable[str]) -> list[dict[str, Any]]:
        return [{"label": labels.get(key, key), "cells": [_money(held[part][key][str(cause)]) for cause in Cause], "raw": [held[part][key][str(cause)] for cause in Cause], "difference": _money(held[part][key]["difference"])} for key in _in_order(held[part], order)]

    return {"definition": held["definition"], "says": held["says"], "totals": rows("totals", TOTALS, TOTALS), "members": rows("members", names, sorted(names))}


def compared(scenarios: Sequence[Scenario]) -> dict[str, Any]:
    """Several scenarios of one reckoning: totals, members and changes in columns."""
    alike = len({one.run_id for one in scenarios}) <= 1
    if not scenarios or not alike:
        return {"scenarios": scenarios, "alike": alike}
    answers = [one.result["differences"] for one in scenarios]
    # What a member had is the same in each; a scenario that brings in or drops one does not exist.
    members = {code: [_member(code, one["members"][code]) for one in answers] for code in sorted(answers[0]["members"])}
    columns = [("实际", [own[0]["shared_was"] for own in members.values()]), *((one.name, [own[at]["shared_would"] for own in members.values()]) for at, one in enumerate(scenarios))]
    labels = offering.labels(scenarios[0].run)
    return {
        "scenarios": scenarios, "alike": True, "settlement": scenarios[0].settlement, "rows": [{"name": own[0]["name"], "was": own[0]["was"], "cells": own} for own in members.values()],
        "totals": [{"label": TOTALS.get(name, name), "was": _money(answers[0]["totals"][name]["was"]), "cells": [_pair(one["totals"][name]) for one in answers]} for name in _in_order(answers[0]["totals"], TOTALS)],
        "chart": drawn.rows([own[0]["name"] for own in members.values()], columns), "columns": [label for label, _ in columns],
        "changes": [{"one": one, "changes": [{**row, "label": labels.get(row["path"], row["path"])} for row in one.result["changes"]], "assumptions": one.result["assumptions"]} for one in scenarios],
    }  # fmt: skip


def sheet_rows(one: Scenario) -> list[list[object]]:
    """Changes, totals, members line by line, the three parts; the first row is the headings."""
    found = shown(one.result, offering.labels(one.run))
    rows: list[list[object]] = [["内容", "名称", "项目", "实际（元）", "模拟（元）", "相差（元）", "说明"]]
    rows += [["改动", row["label"], "", row["before"], row["after"], "", row["says"]] for row in found["changes"]]
    rows += [[row["mark"], row["label"], "", "", row["value"], "", row["says"]] for row in found["assumptions"]]
    rows += [["合计", row["label"], "", *_numbers(row), ""] for row in found["totals"]]
    for member in found["members"]:
        rows += [["成员", member["name"], cell["label"], *_numbers(cell), ""] for cell in member["cells"]]
        rows.append(["成员", member["name"], "合计", *_numbers(member), ""])
    for part in ("totals", "members") if found["parts"] else ():
        rows += [["三因素", row["label"], cause, "", "", Decimal(cell), ""] for row in found["parts"][part] for cause, cell in zip(found["causes"], row["raw"], strict=True)]
    return rows


def _numbers(row: Mapping[str, Any]) -> list[object]:
    return [Decimal(row["raw"][side]) for side in ("was", "would", "difference")]
