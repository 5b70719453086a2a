"""The quality gate: what is wrong with a recording, said while it can still be made again. Thresholds are the platform's own, in µV and seconds."""

from __future__ import annotations

import numpy as np

from yilianti.kernel.finding import Finding, Severity
from yilianti.record.recordings.api import LEADS, Lead, Tracing

#: A lead that moves less than this in a whole recording carries no heart.
FLAT_UV = 30.0
#: So many equal extreme samples in a row are a rail, not a wave.
RAIL_SECONDS = 0.1
SHORTEST_SECONDS = 9.5
#: How far I + III may be from II where all three were recorded.
EINTHOVEN_UV = 50.0


def findings(tracing: Tracing) -> list[Finding]:
    """Everything the gate finds, the gravest first; `tracing` has its limb leads completed."""
    found = [*_length(tracing), *_missing(tracing), *_dead(tracing), *_einthoven(tracing)]
    return sorted(found, key=lambda one: one.severity is not Severity.WARNING)


def _length(tracing: Tracing) -> list[Finding]:
    if tracing.seconds >= SHORTEST_SECONDS:
        return []
    return [_fault("too_short", f"只有 {tracing.seconds:.1f} 秒，常规心电图需 10 秒；请重新采集。", "shorter than ten seconds")]


def _missing(tracing: Tracing) -> list[Finding]:
    lacking = [name for name in LEADS if tracing.lead(name) is None]
    return [_fault("leads_missing", f"缺少导联 {'、'.join(lacking)}；请检查导联线后重新采集。", "leads are missing")] if lacking else []


def _dead(tracing: Tracing) -> list[Finding]:
    found = []
    for lead in tracing.leads:
        if lead.derived:
            continue
        if _is_flat(lead):
            found.append(_fault("lead_off", f"{lead.name} 导联是一条直线，电极可能脱落；请检查电极。", "a flat lead", lead.name))
        elif _is_railed(lead, tracing.rate):
            found.append(_fault("saturated", f"{lead.name} 导联超出量程，电极接触不良；请重新贴电极。", "a saturated lead", lead.name))
    return found


def _is_flat(lead: Lead) -> bool:
    values = lead.microvolts()
    return bool(values.size) and float(np.percentile(values, 99.5) - np.percentile(values, 0.5)) < FLAT_UV


def _is_railed(lead: Lead, rate: float) -> bool:
    """A run of equal samples at the very top or bottom of the lead."""
    values = np.asarray(lead.samples)
    run = max(int(RAIL_SECONDS * rate), 2)
    for extreme in (values.max(initial=0), values.min(initial=0)):
        at = np.flatnonzero(values == extreme)
        if at.size >= run and np.any(at[run - 1 :] - at[: -run + 1] == run - 1):
            return True
    return False


def _einthoven(tracing: Tracing) -> list[Finding]:
    leads = [tracing.lead(name) for name in ("I", "II", "III")]
    if any(lead is None or lead.derived for lead in leads):
        return []
    one, two, three = (lead.microvolts() for lead in leads if lead)
    off = float(np.percentile(np.abs(one + three - two), 99))
    if off <= EINTHOVEN_UV:
        return []
    return [_fault("inconsistent", f"I + III 与 II 相差 {off:.0f} µV，数据可能损坏；请重新采集或重新传输。", "I + III is not II")]


def _fault(code: str, zh: str, en: str, lead: str = "") -> Finding:
    return Finding(code, zh, because=lead, severity=Severity.WARNING, en=en)
