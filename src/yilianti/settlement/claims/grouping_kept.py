"""Groups of stored stays, by the scheme that the county has imported and put in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from yilianti import policybook
from yilianti.kernel import batching
from yilianti.kernel.actor import Scope
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.claims import grouping
from yilianti.settlement.claims.grouping.scheme import SUFFIX
from yilianti.settlement.claims.grouping.terms import NOT_GIVEN
from yilianti.settlement.claims.models import Claim, ClaimGroup
from yilianti.settlement.claims.pricing.terms import Kind
from yilianti.settlement.claims.terms import NO_SCHEME, State

#: Which scheme groups the stays of a place from when on.
POLICY = "settlement.claims.grouping"
_GROUPED = ["scheme", "group_status", "mdc", "adrg", "drg"]


def folder() -> Path:
    """Where this installation keeps its DRG schemes."""
    return policybook.local_root().parents[1] / "drg"


def scheme_on(day: date, scope: Scope) -> str:
    """The scheme in force there on the day; empty where the place has none."""
    try:
        return str(policybook.in_force(POLICY, day, scope)["scheme"])
    except policybook.NoPolicyInForce:
        return ""


def engine_of(name: str) -> grouping.Engine | None:
    """The engine of an imported scheme, made once for exactly its file; None where nobody imported it."""
    try:
        path = folder() / f"{name}{SUFFIX}"
        return _engine(path.parent, name, path.stat().st_mtime_ns)
    except (FileNotFoundError, policybook.PolicyError):
        return None


@lru_cache(maxsize=4)
def _engine(place: Path, name: str, changed: int) -> grouping.Engine:  # noqa: ARG001 - another moment, another engine
    return grouping.Engine(grouping.opened(place, name))


def case_of(row: Claim) -> grouping.Case:
    """A stored stay as the grouper reads it."""
    given = {"age": row.age, "age_days": row.age_days, "weight_g": row.weight_g}
    return grouping.Case(row.number, int(row.sex) if row.sex in ("1", "2") else 0, dx=tuple(row.diagnoses), op=tuple(row.operations),
                         **{name: NOT_GIVEN if value is None else value for name, value in given.items()})  # fmt: skip


def group(claims: Sequence[int], at: datetime) -> int:
    """Group these claims, as far as they are filed stays, each by the scheme of its place and day; how many are in a group."""
    rows = list(Claim.objects.filter(pk__in=claims, kind=Kind.INPATIENT.value, state=State.FILED.value).order_by("id"))
    scopes = {one: institutions.scope_of(one, at) for one in {row.institution_id for row in rows}}
    by_scheme: dict[str, list[Claim]] = {}
    for row in rows:
        by_scheme.setdefault(scheme_on(row.discharged_on, scopes[row.institution_id]), []).append(row)
    lines: list[ClaimGroup] = []
    for name, some in by_scheme.items():
        engine = engine_of(name) if name else None
        lines += _by(engine, some, at) if engine else _ungrouped(name, some)
    batching.update_many(rows, _GROUPED)
    ClaimGroup.objects.bulk_create(lines, ignore_conflicts=True)
    return sum(bool(row.drg) for row in rows)


def _ungrouped(name: str, rows: Sequence[Claim]) -> list[ClaimGroup]:
    for row in rows:
        row.scheme, row.group_status, row.mdc, row.adrg, row.drg = name, NO_SCHEME, "", "", ""
    return []


def _by(engine: grouping.Engine, rows: Sequence[Claim], at: datetime) -> list[ClaimGroup]:
    lines, scheme = [], engine.scheme
    for row, found in zip(rows, engine.many([case_of(row) for row in rows]), strict=True):
        row.scheme, row.group_status, row.mdc, row.adrg, row.drg = scheme.name, str(found.status.value), found.mdc, found.adrg, found.drg
        lines.append(ClaimGroup(claim=row, version=row.version, at=at, scheme=scheme.name, fingerprint=scheme.fingerprint, status=row.group_status, mdc=found.mdc, adrg=found.adrg, drg=found.drg))
    return lines
