"""Housekeeping of the journal: the check of its whole chain."""

from __future__ import annotations

import time
from datetime import datetime

from yilianti.handovers.models import Verification
from yilianti.kernel import sealing
from yilianti.kernel.crypto import anchoring
from yilianti.registry.access import api as access


def verify_journal(at: datetime) -> Verification:
    """Recompute the whole chain, compare it with the anchors, set a new one, and keep the answer."""
    started = time.monotonic()
    sealed, unsealed, broken = 0, 0, ""
    try:
        sealed, unsealed = anchoring.verify()
        anchoring.append(at)
    except sealing.Broken as fault:
        broken = str(fault)[:400]
        access.report_broken(sentence=broken, at=at)
    except OSError as fault:
        broken = f"日志链完好，但锚点写不进 {anchoring.path()}（{fault.strerror}）；请检查该目录的权限与空间。"
    return Verification.objects.create(at=at, sealed=sealed, unsealed=unsealed, broken=broken, seconds=time.monotonic() - started)
