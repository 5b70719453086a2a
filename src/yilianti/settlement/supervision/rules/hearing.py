"""Whether the institution has been heard."""

from __future__ import annotations

from datetime import date

from yilianti.kernel.finding import Finding, Severity


def unheard(has_explained: bool, due_on: date | None, today: date) -> Finding | None:
    """A decision against an institution waits for its explanation, or for the day after the last one it has for it."""
    if has_explained or due_on is None or today > due_on:
        return None
    return Finding("unheard", f"医院还没有说明，说明期限到 {due_on.isoformat()}；请等医院说明，或过了期限再认定。", severity=Severity.BLOCKING, en="The institution has not been heard and still has time.")
