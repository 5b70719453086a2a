"""The same tables read the slow, plain way, one stay at a time: what the vectorised grouper is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from yilianti.settlement.claims.weighing.dip.scheme import Scheme
from yilianti.settlement.claims.weighing.dip.stays import Stay

ORDER = ["conservative", "diagnostic", "therapeutic", "surgical"]


def scored(scheme: Scheme, stay: Stay) -> tuple[str, Decimal]:
    """(group, score); ("", 0) where the stay is nowhere."""
    diagnoses, classes = {row["code"] for row in scheme.tables["icd10_yibao"]}, {row["code"]: row["class"] for row in scheme.tables["operations"]}
    if not stay.dx or stay.dx[0] not in diagnoses:
        return "", Decimal(0)
    done = {code for code in stay.op if code in classes}
    found = []
    for number, row in enumerate(scheme.tables["core"]):
        for dx in row["dx"].split("|"):
            for way in [one.split("+") for one in row["ops"].split("|")] if row["ops"] else [[]]:
                if named(dx, stay.dx[0], diagnoses) and fits(way, done, classes, row["only"]):
                    keys = {"operations": Decimal(len(way)), "diagnosis": Decimal(close(dx, diagnoses)), "score": Decimal(row["score"])}
                    found.append(([-keys[one] for one in scheme.prefer], number, row))
    if found:
        row = min(found, key=lambda one: (one[0], one[1]))[2]
    else:
        kind = max((classes[code] for code in done), key=ORDER.index, default=ORDER[0])
        fitting = [(close(dx, diagnoses), row) for row in scheme.tables["composite"] for dx in row["dx"].split("|") if row["treatment"] == kind and named(dx, stay.dx[0], diagnoses)]
        if not fitting:
            return "", Decimal(0)
        row = max(fitting, key=lambda one: one[0])[1]
    return row["code"], with_auxiliary(scheme, stay, row["code"], Decimal(row["score"]), diagnoses, set(classes))


def fits(way: list[str], done: set[str], classes: Mapping[str, str], only: str) -> bool:
    if not way:
        return not done
    if not all(any(named(one, code, classes) for code in done) for one in way):
        return False
    return not only or all(any(named(one, code, classes) for one in way) for code in done)


def named(spelling: str, code: str, known: object) -> bool:
    if spelling == "*" or spelling == code:
        return True
    if spelling in known:  # type: ignore[operator]
        return False
    if len(spelling) == 7 and spelling[3] == "-":
        return spelling[:3] <= code[:3] <= spelling[4:]
    return code.startswith(spelling)


def close(spelling: str, known: object) -> int:
    return 0 if spelling == "*" else 100 if spelling in known else 1 if spelling[3:4] == "-" else len(spelling)  # type: ignore[operator]


def with_auxiliary(scheme: Scheme, stay: Stay, group: str, main: Decimal, diagnoses: set[str], operations: set[str]) -> Decimal:
    score, results = main, []
    groups = {row["code"] for table in ("core", "composite") for row in scheme.tables[table]}
    for row in scheme.tables["auxiliary"]:
        said = [not row["groups"] or any(named(one, group, groups) for one in row["groups"].split("|"))]
        for name, value in (("age", stay.age), ("los", stay.los)):
            if row[f"{name}_from"] or row[f"{name}_to"]:
                said.append(value >= 0 and int(row[f"{name}_from"] or 0) <= value <= int(row[f"{name}_to"] or 10**9))
        if row["dx"]:
            said.append(any(named(one, code, diagnoses) for one in row["dx"].split("|") for code in stay.dx[1:] if code in diagnoses))
        if row["ops"]:
            said.append(any(named(one, code, operations) for one in row["ops"].split("|") for code in stay.op if code in operations))
        if row["discharge"]:
            said.append(stay.discharge in row["discharge"].split("|"))
        if all(said):
            results.append(_applied(row, main))
            score = _applied(row, score)
    return (max(results) if results else main) if scheme.auxiliary == "highest" else score


def _applied(row: Mapping[str, str], score: Decimal) -> Decimal:
    changed = score * Decimal(row["factor"]) if row["factor"] else score + Decimal(row["points"])
    return changed.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def stay_at_random(scheme: Scheme, chance: Random, number: int) -> Stay:
    """A stay whose operations are likely ones of its diagnosis."""
    dx = [chance.choice(scheme.tables["icd10_yibao"])["code"] for _ in range(chance.randint(1, 4))]
    ops = [chance.choice(scheme.tables["operations"])["code"] for _ in range(chance.choice((0, 0, 1, 1, 2, 3, 4)))]
    return Stay(str(number), 1, chance.choice((-1, 0, 6, 7, 50, 80, 95)), dx=(*dx, *chance.choices(("没有的码", dx[0]), k=chance.randint(0, 1))), op=(*ops, *ops[: chance.randint(0, 1)]), los=chance.choice((-1, 0, 3, 4, 30)), discharge=chance.choice(("1", "5", "")))  # fmt: skip
