"""What to ask about one record. The record is read as it stands; where a clinical code has an insurance code in the imported map, the map's is used to look further."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from yilianti.settlement.claims.coding.terms import Kind
from yilianti.settlement.claims.grouping import Case, Engine, Grouped, Status
from yilianti.settlement.claims.grouping.terms import Severity


@dataclass(frozen=True)
class Question:
    """One question: about which entry (dx1 is the principal diagnosis), and which other entry or code of the record or the map it points to."""

    kind: Kind
    place: str
    code: str
    other: str
    zh: str


class Desk:
    """A scheme made ready for questions."""

    def __init__(self, engine: Engine) -> None:
        tables = engine.scheme.tables
        self.engine = engine
        self.names = {"dx": tables["icd10_yibao"], "op": tables["icd9cm3_yibao"]}
        self.maps: dict[str, Mapping[str, str]] = {"dx": tables.get("icd10_clinical_to_yibao", {}), "op": tables.get("icd9cm3_clinical_to_yibao", {})}
        self.mcc, self.cc, self.excluded, self.valid = (tables[name] for name in ("mcc", "cc", "cc_exclusion", "valid_ops"))
        self.sick: dict[str, set[str]] = {}
        self.treated: dict[str, set[str]] = {}
        for code, line in engine.scheme.mdc.items():
            if "main_dx" in str(line["entry"]).split("+"):
                for dx in line["dx"]:
                    self.sick.setdefault(dx, set()).add(code)
                for op in chain.from_iterable(engine.scheme.adrg[adrg].get(key, ()) for adrg in line["adrg_order"] for key in ("op", "op1")):
                    self.treated.setdefault(op, set()).add(code)
        self.severe = {group["code"]: Severity(group["severity"]) for adrg in engine.scheme.adrg.values() for group in adrg["drg"]}
        self.categories = {code[:3] for code in (*self.mcc, *self.cc)}

    def known(self, kind: str, code: str) -> bool:
        """Whether the scheme has the code: in its code table, or only in its rules."""
        return code in self.names[kind] or code in (self.engine.words.dx if kind == "dx" else self.engine.words.op)

    def mapped(self, kind: str, code: str) -> str:
        """The insurance code, where the record has a clinical one that the map knows; else the code itself."""
        return code if self.known(kind, code) else self.maps[kind].get(code, code)

    def read(self, case: Case) -> Case:
        return replace(case, dx=tuple(self.mapped("dx", code) for code in case.dx), op=tuple(self.mapped("op", code) for code in case.op))

    def counts(self, code: str, principal: str) -> str:
        """MCC, CC or "": as what a secondary diagnosis counts beside this principal one."""
        for kind, lists in (("MCC", self.mcc), ("CC", self.cc)):
            if code in lists and lists[code] != self.excluded.get(principal):
                return kind
        return ""

    def named(self, kind: str, code: str) -> str:
        return f"{code} {self.names[kind].get(code, '')}".rstrip()


def ask(desk: Desk, case: Case, grouped: Grouped, dx_costs: Sequence[int] = (), op_costs: Sequence[int] = ()) -> Iterator[Question]:
    """Every question on a record; `grouped` is what its mapped codes come to, costs are fen for each entry."""
    read = desk.read(case)
    for kind, codes in (("dx", case.dx), ("op", case.op)):
        yield from _codes(desk, kind, codes)
    yield from _resources(desk, "dx", case.dx, dx_costs)
    yield from _resources(desk, "op", case.op, op_costs)
    if not read.dx:
        yield Question(Kind.STATUS, "dx1", "", "", "没有主要诊断，不能入组；请补填。")
        return
    if grouped.status not in (Status.GROUPED, Status.UNKNOWN_DIAGNOSIS):
        yield Question(Kind.STATUS, "dx1", case.dx[0], "", f"不能入组：{grouped.status}；请核对主要诊断、性别、年龄和手术。")
    yield from _operation(desk, case, read)
    yield from _complications(desk, case, read, grouped)


def _codes(desk: Desk, kind: str, codes: Sequence[str]) -> Iterator[Question]:
    seen: dict[str, str] = {}
    for number, code in enumerate(codes, 1):
        place, mapped = f"{kind}{number}", desk.mapped(kind, code)
        if mapped != code:
            yield Question(Kind.MAPPED, place, code, mapped, f"{code} 是临床版编码，对照表中的医保版是 {desk.named(kind, mapped)}；请确认后改写，分组器不认临床版编码。")
        elif desk.maps[kind].get(code, code) != code:
            other = desk.maps[kind][code]
            yield Question(Kind.MAPPED, place, code, other, f"{code} 在两版编码里意思不同：按医保版是 {desk.named(kind, code)}；如果按临床版填写，对照表中的医保版是 {desk.named(kind, other)}。请确认是哪一个。")
        elif not desk.known(kind, code):
            yield Question(Kind.UNKNOWN, place, code, "", f"{code} 既不在医保版编码表，也不在对照表里；请核对是否写错。")
        if mapped in seen:
            yield Question(Kind.REPEATED, place, code, seen[mapped], f"{desk.named(kind, mapped)} 与 {seen[mapped]} 重复；请核对。")
        seen.setdefault(mapped, place)


def _resources(desk: Desk, kind: str, codes: Sequence[str], costs: Sequence[int]) -> Iterator[Question]:
    """Principal is the one that consumes most (statement for settlement): asked only where the costs are given."""
    if not costs or max(costs) <= costs[0]:
        return
    at = costs.index(max(costs))
    what = "诊断" if kind == "dx" else "手术"
    yield Question(Kind.RESOURCES, f"{kind}1", codes[0], codes[at], f"主要{what}应是消耗医疗资源最多的：第 {at + 1} 项 {desk.named(kind, desk.mapped(kind, codes[at]))} 的费用 {_yuan(costs[at])} 元多于第 1 项的 {_yuan(costs[0])} 元；主要{what}选对了吗？")


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _operation(desk: Desk, case: Case, read: Case) -> Iterator[Question]:
    """The principal operation belongs to other major categories than the principal diagnosis."""
    if not read.op or read.op[0] not in desk.valid:
        return
    where, sick = desk.treated.get(read.op[0], set()), desk.sick.get(read.dx[0], set())
    if not where or where & sick:
        return
    pointed = [number for number, code in enumerate(read.dx) if number and desk.sick.get(code, set()) & where]
    said = f"主要手术 {desk.named('op', read.op[0])} 属于 {'、'.join(sorted(where))}，主要诊断 {desk.named('dx', read.dx[0])} {'属于 ' + '、'.join(sorted(sick)) if sick else '不属于任何 MDC'}"
    if pointed:
        yield Question(Kind.OPERATION, "dx1", case.dx[0], case.dx[pointed[0]], f"{said}；其他诊断第 {pointed[0] + 1} 项 {desk.named('dx', read.dx[pointed[0]])} 与手术同类。住院主要是为哪一个诊断？")
    else:
        yield Question(Kind.OPERATION, "op1", case.op[0], "", f"{said}，其他诊断也没有与手术同类的；主要诊断和主要手术都写对了吗？")


def _complications(desk: Desk, case: Case, read: Case, grouped: Grouped) -> Iterator[Question]:
    principal, counting = read.dx[0], []
    for number, (written, code) in enumerate(zip(case.dx, read.dx, strict=True), 1):
        if number == 1 or code in read.dx[: number - 1]:
            continue
        kind = desk.counts(code, principal)
        if kind:
            counting.append((number, code, kind))
        if kind and written != code:
            yield Question(Kind.UNCOUNTED, f"dx{number}", written, code, f"{desk.named('dx', code)} 在目录中是 {kind}，写成临床版编码时分组器不计；改写编码前请先确认病历有这一诊断的依据。")
        if not kind and code[3:] == ".900" and code[:3] in desk.categories and code not in desk.mcc and code not in desk.cc:
            yield Question(Kind.UNSPECIFIC, f"dx{number}", written, "", f"{desk.named('dx', code)} 是未特指的诊断，类目 {code[:3]} 下有的诊断会影响分组。病历写明是哪一种吗？没有写明就不要改。")
    severity = desk.severe.get(grouped.drg, Severity.ANY)
    deciding = [one for one in counting if severity is Severity.MCC_OR_CC or one[2] == "MCC"]
    if severity is not Severity.ANY and len(deciding) == 1:
        number, code, kind = deciding[0]
        yield Question(Kind.ALONE, f"dx{number}", case.dx[number - 1], grouped.drg, f"{grouped.drg} 只由 {desk.named('dx', code)}（{kind}）一项决定轻重；病历有诊断依据并有相应的检查或治疗吗？")
