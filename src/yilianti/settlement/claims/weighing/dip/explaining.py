"""Why a stay is in its DIP group and has its score, and which single change would have put it elsewhere: for checking a record, never advice on coding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from yilianti.settlement.claims.grouping.explaining import Step, changes_of
from yilianti.settlement.claims.weighing.dip.engine import Engine, Scored, Way
from yilianti.settlement.claims.weighing.dip.spelling import shown
from yilianti.settlement.claims.weighing.dip.stays import TREATMENTS, Stay, stays_of
from yilianti.settlement.claims.weighing.dip.terms import TREATMENTS_ZH, UNIT, Status

_TRIED = 12


@dataclass(frozen=True)
class Why:
    """The way of one stay through the tables."""

    scored: Scored
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Alternative:
    """What the stay would be with one thing changed."""

    change: str
    scored: Scored


def why(engine: Engine, stay: Stay) -> Why:
    """The core groups of this diagnosis in their order with what decided, then the composite group, then each auxiliary line that concerns it."""
    scored = engine.one(stay)
    return Why(scored, tuple(_steps(engine, stay, scored)))


def _steps(engine: Engine, stay: Stay, scored: Scored) -> Iterator[Step]:
    if scored.status in (Status.NO_DIAGNOSIS, Status.UNKNOWN_DIAGNOSIS):
        yield Step("", f"{scored.status}：{stay.dx[0] if stay.dx else '—'}", False)
        return
    stays = stays_of([stay], engine.words)
    found, done = engine.score(stays), engine.operations(stays.block)
    number = int(stays.block.main_dx[0])
    tried = [(place, way) for place, way in enumerate(engine.ways) if number in engine.words.dx_named(way.dx) and (found.way[0] < 0 or place <= found.way[0])]
    for place, way in tried[-_TRIED:]:
        yield Step(engine.codes[way.group], _said(engine, stay, way), place == found.way[0])
    if found.way[0] < 0:
        kind = TREATMENTS_ZH[TREATMENTS[int(done.treatment[0])]]
        yield Step(scored.group, f"核心病种都不符合；诊断 {stay.dx[0]}，{kind}", bool(scored.group))
    score = scored.main
    for line in engine.lines:
        held, unjudged = line.holds(stays, found.group)
        if unjudged[0]:
            yield Step(line.code, f"{line.zh}：年龄或住院天数不详，不能判断", False)
        elif held[0]:
            counts = line.code in scored.counted
            after = int(line.applied(np.array([score], np.int64))[0])
            how = f"加 {shown(line.points)} 分" if line.factor is None else f"乘 {line.factor // UNIT}.{line.factor % UNIT:04d}"
            yield Step(line.code, f"{line.zh}：{shown(score)} {how}，得 {shown(after)}" if counts else f"{line.zh}：符合，另有一项更高，不计", counts)
            score = after if counts else score


def _said(engine: Engine, stay: Stay, way: Way) -> str:
    codes, words = engine.words.op_codes, engine.words
    missing = [one for one in way.ops if not set(codes.named_by(one)) & set(stay.op)]
    named = {code for one in way.ops for code in codes.named_by(one)}
    others = [code for code in dict.fromkeys(stay.op) if code in words.op and code not in named]
    ops = "+".join(way.ops) or "没有手术操作"
    if missing:
        return f"诊断 {way.dx}，{ops}；病案没有 {'、'.join(missing)}"
    if others and (way.only or not way.ops):
        return f"诊断 {way.dx}，{ops}；病案另有 {'、'.join(others)}"
    return f"诊断 {way.dx}，{ops}"


def alternatives(engine: Engine, stay: Stay) -> list[Alternative]:
    """Other groups or scores that one change of the record away lie, the nearest change for each."""
    here = engine.one(stay)
    changes = list(changes_of(stay))
    found: dict[tuple[str, str, int], Alternative] = {}
    for (said, _), scored in zip(changes, engine.many([changed for _, changed in changes]), strict=True):
        if (scored.group, scored.score) != (here.group, here.score):
            found.setdefault((scored.status, scored.group, scored.score), Alternative(said, scored))
    return list(found.values())
