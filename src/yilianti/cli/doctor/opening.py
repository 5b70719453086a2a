"""Whether a real installation may open its door: the same questions that ./run asks before it starts."""

from __future__ import annotations

import os
from collections.abc import Iterator

from yilianti.cli import production
from yilianti.cli.doctor.line import GRAVE, WELL, Line


def lines() -> Iterator[Line]:
    """Nothing in a demo or an empty county, which only their own machine can reach."""
    if os.environ.get("YILIANTI_MODE") != "production":
        return
    found = list(production.faults(os.environ))
    yield from (Line(GRAVE, "正式环境", fault) for fault in found)
    if not found:
        ends = "自己的证书" if production.certificate() else "前面的代理"
        yield Line(WELL, "正式环境", f"{os.environ['YILIANTI_PUBLIC_URL']}，传输加密由{ends}承担，密钥不是默认值")
