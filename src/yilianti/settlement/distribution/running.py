"""A run: one at a time, step by step, each committed with its working; what stands is reckoned again and must be the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution import engine
from yilianti.settlement.distribution.engine import Done
from yilianti.settlement.distribution.inputs import Inputs
from yilianti.settlement.distribution.models import Run, RunStep
from yilianti.settlement.distribution.scheme import Scheme

_LOCK = 7_531_027


@contextmanager
def alone(package: int) -> Iterator[None]:
    """Nobody else reckons the year of this package meanwhile; a process that dies lets go by itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, package])
        if not cursor.fetchone()[0]:
            raise Refused("under_way", "这次清算正在计算；请稍候刷新页面，不要重复提交。", "This settlement is being reckoned now.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, package])


def done(run: Run) -> Iterator[Done]:
    """The steps of a run from what was frozen; nothing else is looked at."""
    return engine.reckon(Scheme.of_plain(run.scheme), Inputs.of_plain(run.inputs))


def text_of(one: Done) -> str:
    """A step as it is kept: canonical JSON of its working and of what it gives each member, in fen."""
    return json.dumps({"step": one.name, "working": [step.plain() for step in one.working], "amounts": {key: dict(given) for key, given in one.amounts.items()}},
                      ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)  # fmt: skip


def carry_out(run: Run, at: datetime) -> None:
    """Every step in its own transaction, going on behind those that stand; raises Refused where one that stands comes out otherwise."""
    held = {step.position: step for step in run.steps.order_by("position")}
    for position, one in enumerate(done(run)):
        text = text_of(one)
        if (stands := held.get(position)) is None:
            with transaction.atomic():
                RunStep.objects.create(run=run, position=position, name=one.name, text=text, at=at)
        elif (stands.name, stands.text) != (one.name, text):
            raise Refused("differs", f"步骤“{stands.name}”重新计算与已保存的不同：{difference(stands.text, text)}。数据没有改动；请运行 ./yilianti settle replay 核对。", "A step came out otherwise than it stands.")


def difference(first: str, second: str) -> str:
    """The first place where two texts part, with what stands around it in both."""
    at = next((index for index, (one, other) in enumerate(zip(first, second, strict=False)) if one != other), min(len(first), len(second)))
    begin = max(0, at - 40)
    return f"第 {at + 1} 个字符起，原为“…{first[begin : at + 60]}…”，现为“…{second[begin : at + 60]}…”"
