"""Questions about a report answered from what the sender gave: its fingerprint, its numbers, its place in the chain."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal

from yilianti.kernel.finding import Finding, Severity
from yilianti.record.results.terms import Flag, GivenObservation

_NUMBER = re.compile(r"[<>≤≥]?=?\s*([+-]?\d{1,15}(?:\.\d{1,8})?)(?:\.|\s)*\Z")
#: icon and tone of each flag: never told by colour alone
FLAG_SIGNS = {
    Flag.LOW: ("arrow-down", "warn"), Flag.HIGH: ("arrow-up", "warn"), Flag.CRITICAL_LOW: ("alert-octagon", "bad"),
    Flag.CRITICAL_HIGH: ("alert-octagon", "bad"), Flag.ABNORMAL: ("alert-triangle", "warn"),
    Flag.CRITICAL: ("alert-octagon", "bad"), Flag.NORMAL: ("check", "idle"),
}


def number_of(value: str) -> Decimal | None:
    """The number in a value such as "5.6" or "<0.01"; None for words and for numbers too long to be measured."""
    found = _NUMBER.match(value.strip())
    return Decimal(found.group(1)) if found else None


def fingerprint(values: Sequence[object], observations: Sequence[GivenObservation]) -> str:
    """SHA-256 over what a reader would see; two equal reports have one fingerprint."""
    plain = [value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value) for value in values]
    content = [plain, [asdict(given) for given in observations]]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def is_abnormal(flag: str) -> bool:
    """True when the sender marked the value as anything but normal."""
    return flag.upper() not in ("", Flag.NORMAL.value)


def is_critical(flag: str) -> bool:
    """True for the sender's critical marks."""
    return flag.upper() in (Flag.CRITICAL_LOW.value, Flag.CRITICAL_HIGH.value, Flag.CRITICAL.value)


def sign(flag: str) -> tuple[str, str, str]:
    """(icon, tone, words) of a flag; unknown ones are shown as sent; empty for none."""
    code = flag.upper()
    if not code:
        return "", "", ""
    if code not in {str(known.value) for known in Flag}:
        return "flag", "warn", f"标记 {flag}"
    icon, tone = FLAG_SIGNS[Flag(code)]
    return icon, tone, Flag(code).zh


def trend(former: Decimal | None, present: Decimal | None) -> str:
    """up, down or same against the former value; "" where either is no number."""
    if former is None or present is None:
        return ""
    return "same" if former == present else "up" if present > former else "down"


def overtaken(number: str) -> Finding:
    """An older report that arrived after a newer one."""
    return Finding("older_than_current", f"同一申请已有更新的报告 {number}，本报告作为历史版本保存。", severity=Severity.WARNING,
                   en="a newer report of the same order is already filed; kept as history")


def cancels_nothing() -> Finding:
    """A cancellation of a report that was never received."""
    return Finding("cancels_unknown", "收到作废通知，但此前没有收到对应的报告；已保存作废通知。", severity=Severity.WARNING,
                   en="a cancellation without the report it cancels")


def number_elsewhere(filler_number: str) -> Finding:
    """The sender used one report number for two residents."""
    return Finding("filler_number_of_other_resident", f"报告号 {filler_number} 在本机构另一位居民名下也有报告；两份均保留，请与来源系统核对。",
                   severity=Severity.WARNING, en="the same filler number is in use for another resident; both are kept")
