"""A scenario's answer as pages and sheets show it: figures beside each other, names instead of paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from yilianti.settlement.distribution.models import Scenario
from yilianti.settlement.distribution.pages import drawn, offering
from yilianti.settlement.distribution.pages.drawn import whole as in_fen
from yilianti.settlement.distribution.simulating.terms import Assumption, Cause
from yilianti.settlement.distribution.terms import Line, Part
from yilianti.settlement.fund.api import yuan

TOTALS = {"package": "总额", "charged": "总额内支出", "consortium": "医共体留用（承担）", "fund": "归还（分担）基金", "members": "分给成员", "unshared": "留在医共体账上"}
#: Not shared by any rule: what members spent and have received already would hide what rules move.
_APART = (str(Line.CHARGED), str(Line.ADVANCE_PAID))
_SHOWN_STEPS = 200


def line(one: Scenario) -> dict[str, Any]:
    """A row of the list."""
    pair = one.result["differences"]["totals"].get("consortium", {})
    return {"one": one, "consortium": pair.get("difference", ""), "changes": len(one.changes), "assumptions": len(one.assumptions)}


def whole(one: Scenario) -> dict[str, Any]:
    """Everything the page of a scenario shows."""
    return {"scenario": one, "settlement": one.settlement, **shown(one.result, offering.labels(one.run))}


def shown(result: Mapping[str, Any], labels: Mapping[str, str], names: tuple[str, str] = ("实际", "模拟")) -> dict[str, Any]:
    """Changes, totals, members, the chart, the three parts, the steps; `names` head the two columns."""
    found = result["differences"]
    members = [_member(code, row) for code, row in found["members"].items()]
    columns = [(name, [row[side] for row in members]) for name, side in zip(names, ("shared_was", "shared_would"), strict=True)]
    return {
        "was_name": names[0], "would_name": names[1], "changes": [{**row, "label": labels.get(row["path"], row["path"])} for row in result["changes"]], "assumptions": [{**row, "label": Assumption.label(row["name"])} for row in result["assumptions"]],
        "totals": [{"label": TOTALS.get(name, name), **pair, "moved": _moved(pair)} for name, pair in found["totals"].items()], "members": members, "lines": _lines(found["members"]), "sum": _sum(members),
        "chart": drawn.rows([row["name"] for row in members], columns),
        "steps": [{**row, "step": Part.label(row["step"])} for row in found["steps"][:_SHOWN_STEPS]], "causes": [one.zh for one in Cause], "parts": _parts(result), "lacks": result["explanation_lacks"],
    }  # fmt: skip


def _member(code: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """One member: every line as it was and would be, and what rules share."""
    shared = [[in_fen(pair[side]) for name, pair in row["lines"].items() if name not in _APART] for side in ("was", "would")]
    cells = [{"label": Line.label(name), **pair, "moved": _moved(pair)} for name, pair in row["lines"].items()]
    return {"code": code, "name": row["name"], "cells": cells, **row["total"], "moved": _moved(row["total"]), "shared_was": yuan(sum(shared[0])), "shared_would": yuan(sum(shared[1]))}


def _moved(pair: Mapping[str, str]) -> str:
    """Which way: more, less, or "" where nothing moved."""
    return "" if not in_fen(pair["difference"]) else "less" if pair["difference"].startswith("-") else "more"


def _lines(members: Mapping[str, Any]) -> list[str]:
    return [Line.label(name) for name in dict.fromkeys(name for row in members.values() for name in row["lines"])]


def _sum(members: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {side: yuan(sum(in_fen(row[side]) for row in members)) for side in ("was", "would", "difference")}


def _parts(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """The explanation in three parts with names."""
    held = result["explanation"]
    if held is None:
        return None
    names = {code: row["name"] for code, row in result["differences"]["members"].items()}

    def rows(part: str, labels: Mapping[str, str]) -> list[dict[str, Any]]:
        return [{"label": labels.get(key, key), "cells": [own[str(cause)] for cause in Cause], "difference": own["difference"]} for key, own in held[part].items()]

    return {"definition": held["definition"], "says": held["says"], "totals": rows("totals", TOTALS), "members": rows("members", names)}


def compared(scenarios: Sequence[Scenario]) -> dict[str, Any]:
    """Several scenarios of one year: totals, members and changes in columns."""
    alike = len({one.run_id for one in scenarios}) <= 1
    if not scenarios or not alike:
        return {"scenarios": scenarios, "alike": alike, "rows": [], "totals": [], "chart": []}
    names = {code: row["name"] for one in scenarios for code, row in one.result["differences"]["members"].items()}
    first = scenarios[0].result["differences"]
    totals = [{"label": TOTALS.get(name, name), "was": pair["was"], "cells": [one.result["differences"]["totals"].get(name, {"would": "—", "difference": ""}) for one in scenarios]} for name, pair in first["totals"].items()]
    members = {code: [_member(code, one.result["differences"]["members"][code]) if code in one.result["differences"]["members"] else None for one in scenarios] for code in names}
    rows = [{"name": names[code], "was": next(one["was"] for one in own if one), "cells": own} for code, own in members.items()]
    columns = [("实际", [next(one["shared_was"] for one in own if one) for own in members.values()])]
    columns += [(one.name, [own[at]["shared_would"] if own[at] else "0.00" for own in members.values()]) for at, one in enumerate(scenarios)]  # type: ignore[index]
    return {"scenarios": scenarios, "alike": True, "settlement": scenarios[0].settlement, "rows": rows, "totals": totals, "chart": drawn.rows(list(names.values()), columns), "columns": [label for label, _ in columns],
            "changes": [{"one": one, "changes": one.result["changes"], "assumptions": one.result["assumptions"], "labels": offering.labels(one.run)} for one in scenarios]}  # fmt: skip


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
        rows += [["三因素", row["label"], cause, "", "", Decimal(cell), ""] for row in found["parts"][part] for cause, cell in zip(found["causes"], row["cells"], strict=True)]
    return rows


def _numbers(pair: Mapping[str, str]) -> list[object]:
    return [Decimal(pair[side]) for side in ("was", "would", "difference")]
