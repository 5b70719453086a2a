"""Files of grouped cases with their costs: every row read whole or refused by row, column and value. Money is text until it is fen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv

from yilianti.settlement.claims.grouping.files import CasesRefused, Faults
from yilianti.settlement.claims.weighing.formulas import Numbers
from yilianti.settlement.claims.weighing.paying import Costs
from yilianti.settlement.claims.weighing.rules import Rules
from yilianti.settlement.claims.weighing.terms import Method
from yilianti.settlement.claims.weighing.weights import NONE

NEEDED = ("id", "institution", "department", "cost", "drg", "los")
#: What a place may ask for besides: the person and the days for readmission, and what is not simply paid by the group.
OTHERS = ("resident", "admitted", "discharged", "reason", "complete", "bed_day", "panel")
_RETURN = ("resident", "admitted", "discharged")
_MONEY, _NUMBER = r"^\d{1,8}(\.\d{1,2})?$", r"^\d{1,7}(\.\d{1,4})?$"
_NO_DAY = -(10**6)

Text = Mapping[str, Any]


def read(path: Path, rules: Rules, institutions: Mapping[str, str], groups: Sequence[str]) -> Costs:
    """The cases of a CSV file; raises CasesRefused with every fault."""
    text = columns(path, NEEDED, OTHERS, asked=_RETURN if rules.return_days is not None else ())
    faults = Faults(2)
    bed_day, bed_days = _bed_days(text["bed_day"], rules, faults)
    known = tuple(institutions)
    made = Costs(
        ids=unique(text["id"], faults), institution=place_in("institution", text["institution"], known, faults, "不在机构表里"), department=text["department"], cost=money("cost", text["cost"], faults),
        group=place_in("drg", text["drg"], groups, faults, "分组方案里没有这个组", empty=True), los=_days("los", text["los"], faults), person=_persons(text["resident"]),
        admitted=_dates("admitted", text["admitted"], faults), discharged=_dates("discharged", text["discharged"], faults), excused=_reasons(text["reason"], rules, faults),
        complete=_yes("complete", text["complete"], faults), bed_day=bed_day, panel=decimals("panel", text["panel"], faults), institutions=known, groups=tuple(groups), bed_days=bed_days,
    )  # fmt: skip
    _together(made, text, rules, faults)
    faults.settle()
    return made


def columns(path: Path, needed: Sequence[str], others: Sequence[str] = (), asked: Sequence[str] = ()) -> Text:
    """The columns of a CSV file (UTF-8) as trimmed text; raises CasesRefused where a needed or asked one is missing."""
    names = [*needed, *others]
    with path.open("rb") as file:
        header = [one.strip('" ') for one in file.readline().decode("utf-8-sig", "replace").strip().split(",")]
    missing = [name for name in (*needed, *asked) if name not in header]
    if missing:
        why = "（本地规定了再次入院的点数，需要入出院日期和人的编号）" if set(missing) & set(asked) else ""
        raise CasesRefused([f"表头缺少 {'、'.join(missing)} 列{why}；应有 {','.join(names)}。"])
    convert = pc_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, include_missing_columns=True, include_columns=names)
    try:
        table = pc_csv.read_csv(path, convert_options=convert)
    except pa.ArrowInvalid as trouble:
        raise CasesRefused([f"读不出这个 CSV 文件：{trouble}"]) from None
    if not table.num_rows:
        raise CasesRefused([f"{path.name} 没有一行病案。"])
    return {name: pc.utf8_trim_whitespace(table.column(name).combine_chunks().fill_null("")) for name in names}


def unique(ids: Any, faults: Faults) -> Any:
    faults.note("id", ids, pc.equal(ids, ""), "不能为空")
    numbers = ids.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    again = np.ones(len(numbers), bool)
    again[np.unique(numbers, return_index=True)[1]] = False
    faults.note("id", ids, pa.array(again & pc.not_equal(ids, "").to_numpy(zero_copy_only=False)), "前面已经有这个病案号")
    return ids


def place_in(column: str, text: Any, known: Sequence[str], faults: Faults, because: str, *, empty: bool = False) -> Any:
    found = pc.index_in(text, value_set=pa.array(known, pa.string()))
    wrong = pc.and_(found.is_null(), pc.not_equal(text, "")) if empty else found.is_null()
    faults.note(column, text, wrong, because)
    return found.fill_null(NONE).to_numpy(zero_copy_only=False).astype(np.int32)


def money(column: str, text: Any, faults: Faults) -> Numbers:
    """Yuan with at most two decimals as fen."""
    return _fixed(column, text, faults, _MONEY, 2, "应是不小于 0、最多两位小数的元")


def decimals(column: str, text: Any, faults: Faults, *, empty: bool = True) -> Numbers:
    """Points with at most four decimals as ten-thousandths; NONE for an empty field."""
    return _fixed(column, text, faults, _NUMBER, 4, "应是不小于 0、最多四位小数的数", empty=empty)


def _fixed(column: str, text: Any, faults: Faults, pattern: str, places: int, because: str, *, empty: bool = False) -> Numbers:
    written = pc.match_substring_regex(text, pattern)
    blank = pc.equal(text, "")
    faults.note(column, text, pc.invert(pc.or_(written, blank) if empty else written), because)
    good = pc.if_else(written, text, "0")
    whole = pc.replace_substring_regex(good, r"\..*$", "").cast(pa.int64()).to_numpy(zero_copy_only=False)
    part = pc.utf8_rpad(pc.replace_substring_regex(good, r"^\d+\.?", ""), places, "0").cast(pa.int64()).to_numpy(zero_copy_only=False)
    return np.where(blank.to_numpy(zero_copy_only=False), NONE, whole * 10**places + part)


def _days(column: str, text: Any, faults: Faults) -> Any:
    written = pc.match_substring_regex(text, r"^\d{1,5}$")
    faults.note(column, text, pc.and_(pc.invert(written), pc.not_equal(text, "")), "应是 0 至 99999 的整数，或空")
    return pc.if_else(written, text, str(NONE)).cast(pa.int32()).to_numpy(zero_copy_only=False)


def _dates(column: str, text: Any, faults: Faults) -> Numbers:
    """Days since 1970; _NO_DAY for an empty field."""
    blank = pc.equal(text, "")
    moments = pc.strptime(pc.if_else(blank, "1970-01-01", text), format="%Y-%m-%d", unit="s", error_is_null=True)
    same = pc.equal(pc.strftime(moments, format="%Y-%m-%d"), text).fill_null(False)
    faults.note(column, text, pc.invert(pc.or_(same, blank)), "应是 2026-01-31 这样的日期，或空")
    days = moments.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False) // 86_400
    return np.where(blank.to_numpy(zero_copy_only=False), _NO_DAY, days)


def _persons(text: Any) -> Numbers:
    numbers = text.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return np.where(pc.equal(text, "").to_numpy(zero_copy_only=False), NONE, numbers)


def _reasons(text: Any, rules: Rules, faults: Faults) -> Any:
    if rules.return_days is not None:
        allowed = pc.is_in(text, value_set=pa.array(["", *rules.excused]))
        faults.note("reason", text, pc.invert(allowed), f"再次入院的理由应是 {'、'.join(rules.excused)} 之一，或空")
    return pc.not_equal(text, "").to_numpy(zero_copy_only=False)


def _yes(column: str, text: Any, faults: Faults) -> Any:
    faults.note(column, text, pc.invert(pc.is_in(text, value_set=pa.array(["", "0", "1"]))), "应为 1、0 或空（1）")
    return pc.not_equal(text, "0").to_numpy(zero_copy_only=False)


def _bed_days(text: Any, rules: Rules, faults: Faults) -> tuple[Any, tuple[str, ...]]:
    """A place that pays by the day names its kinds; elsewhere any mark will do."""
    known = [*rules.bed_days] if rules.method is Method.POINTS and not rules.without_bed_days else [one for one in text.unique().to_pylist() if one]
    return place_in("bed_day", text, known, faults, "本地没有这一类床日（settlement.payment.bed_days）", empty=True), tuple(known)


def _together(made: Costs, text: Text, rules: Rules, faults: Faults) -> None:
    """What only several columns or rows together show."""
    unknown = made.los < 0
    faults.note("los", text["los"], pa.array(unknown & (made.bed_day >= 0)), "床日病例需要住院天数")
    if rules.short_stay is not None or rules.long_stay is not None:
        faults.note("los", text["los"], pa.array(unknown), "本地按住院天数决定是否按组付费，不能为空")
    has = (made.admitted != _NO_DAY) & (made.discharged != _NO_DAY)
    faults.note("discharged", text["discharged"], pa.array(has & (made.discharged < made.admitted)), "早于入院日期")
    if rules.return_days is not None:
        faults.note("admitted", text["admitted"], pa.array(~has & (made.person >= 0)), "有人的编号，应有入院和出院日期")
    order = np.lexsort((made.discharged, made.admitted, made.person))
    follows = (made.person[order][1:] == made.person[order][:-1]) & (made.person[order][1:] >= 0) & has[order][1:] & has[order][:-1]
    overlap = np.zeros(len(made), bool)
    overlap[order[1:][follows & (made.admitted[order][1:] < made.discharged[order][:-1])]] = True
    faults.note("admitted", text["admitted"], pa.array(overlap), "与同一人另一次住院的日期重叠")


def institutions_of(path: Path) -> dict[str, str]:
    """Institution → level from a CSV file with these two columns."""
    text = columns(path, ("institution",), ("level",))
    return dict(zip(text["institution"].to_pylist(), text["level"].to_pylist(), strict=True))


