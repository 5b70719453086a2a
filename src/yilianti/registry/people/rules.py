"""Questions about staff, answered with reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from yilianti.kernel.finding import Finding, Severity
from yilianti.kernel.period import Period

_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{1,31}")


def missing_particulars(number: str, name: str) -> list[Finding]:
    """What a registration cannot do without; each finding's code is the field's name."""
    wanted = {
        "number": (bool(_NUMBER.fullmatch(number)), "工号为 2–32 位字母、数字、横线或下划线；请核对。"),
        "name": (bool(name.strip()), "请填写姓名。"),
    }
    return [Finding(field, said, severity=Severity.BLOCKING, en=f"{field} is missing or malformed") for field, (good, said) in wanted.items() if not good]


def clash(wanted: Period, held: Iterable[Period]) -> Period | None:
    """The first period already held that shares a day with the wanted one."""
    return next((period for period in held if period.overlaps(wanted)), None)


def licence_findings(until_on: date | None, day: date, soon_days: int = 60) -> list[Finding]:
    """A licence that has run out, or soon will (60 days: enough for one renewal round; a hint, not a rule)."""
    if until_on is None:
        return []
    if until_on <= day:
        return [Finding("licence_expired", f"执业证已于 {until_on} 到期，请核实并更新。", severity=Severity.WARNING, en="licence expired")]
    if (until_on - day).days <= soon_days:
        return [Finding("licence_expiring", f"执业证将于 {until_on} 到期。", severity=Severity.INFO, en="licence expires soon")]
    return []
