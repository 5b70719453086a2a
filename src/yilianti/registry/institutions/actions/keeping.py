"""Registering, amending, closing; departments."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import rules, tree
from yilianti.registry.institutions.actions.recording import permitted, record
from yilianti.registry.institutions.models import Department, Institution
from yilianti.registry.institutions.terms import Particulars, Standing

_KEPT = ("code", "name", "short_name", "kind", "level", "region", "address", "phone", "connected", "latitude", "longitude")


def register(*, actor: Actor, particulars: Particulars, at: datetime) -> Institution:
    """Enter an institution in the directory; Refused names the field at fault."""
    permitted(actor, at=at)
    _complete(particulars)
    with transaction.atomic():
        tree.hold()
        _code_is_free(particulars.code, None)
        institution = Institution(created_at=at, **{name: getattr(particulars, name) for name in _KEPT})
        tree.plant(institution, _parent(actor, particulars.parent, at))
        record("institutions.registered", actor=actor, at=at, institution=institution, facts={"parent": particulars.parent})
    return institution


def amend(*, actor: Actor, institution_id: int, particulars: Particulars, at: datetime) -> Institution:
    """Correct the particulars; a new parent moves the whole branch."""
    permitted(actor, at=at)
    _complete(particulars)
    with transaction.atomic():
        tree.hold()
        institution = tree.locked(institution_id)
        permitted(actor, institution, at=at)
        _code_is_free(particulars.code, institution.id)
        changed = {name: [_plain(getattr(institution, name)), _plain(getattr(particulars, name))] for name in _KEPT
                   if getattr(institution, name) != getattr(particulars, name)}  # fmt: skip
        for name in changed:
            setattr(institution, name, getattr(particulars, name))
        institution.save(update_fields=list(_KEPT))
        if particulars.parent != institution.parent_id:
            changed["parent"] = [institution.parent_id, particulars.parent]
            tree.move(institution, _parent(actor, particulars.parent, at))
        if changed:
            record("institutions.amended", actor=actor, at=at, institution=institution, facts={"changed": changed})
    return institution


@transaction.atomic
def close(*, actor: Actor, institution_id: int, because: str, at: datetime) -> Institution:
    """Take an institution out of use; what it has recorded stays. Refused while others stand under it."""
    permitted(actor, at=at)
    if not because.strip():
        raise Refused("reason_missing", "请写明停用原因。", field="because")
    tree.hold()
    institution = tree.locked(institution_id)
    permitted(actor, institution, at=at)
    below = institution.children.filter(standing=Standing.ACTIVE.value).order_by("code").first()
    if below is not None:
        raise Refused("has_branch", f"“{below.name}”等下级机构仍在册；请先为它们更换上级机构，或先停用它们。", "active children")
    institution.standing = Standing.CLOSED.value
    institution.save(update_fields=["standing"])
    tree.leave_consortia(institution.id, timezone.localdate(at))
    record("institutions.closed", actor=actor, at=at, institution=institution, facts={"because": because})
    return institution


@transaction.atomic
def add_department(*, actor: Actor, institution_id: int, code: str, name: str, at: datetime) -> Department:
    """Open a department; its code is unique within the institution."""
    permitted(actor, at=at)
    institution = tree.locked(institution_id)
    permitted(actor, institution, at=at)
    if not code.strip() or not name.strip():
        raise Refused("department_incomplete", "请填写科室代码和名称。", field="code" if not code.strip() else "name")
    try:
        with transaction.atomic():
            department = Department.objects.create(institution=institution, code=code.strip(), name=name.strip())
    except IntegrityError as clash:
        raise Refused("department_code_taken", f"本机构已有代码为 {code} 的科室；请换一个代码。", field="code") from clash
    record("institutions.department_added", actor=actor, at=at, institution=institution, facts={"department": department.id, "department_code": department.code})
    return department


@transaction.atomic
def rename_department(*, actor: Actor, department_id: int, name: str, at: datetime) -> Department:
    """Correct a department's name."""
    permitted(actor, at=at)
    department = Department.objects.select_for_update(of=("self",)).select_related("institution").filter(id=department_id).first()
    if department is None or not name.strip():
        raise Refused("unknown_department", "没有这个科室，或没有写名称；请刷新页面后再试。", field="department")
    permitted(actor, department.institution, at=at)
    department.name = name.strip()
    department.save(update_fields=["name"])
    record("institutions.department_renamed", actor=actor, at=at, institution=department.institution, facts={"department": department.id, "name": department.name})
    return department


@transaction.atomic
def close_department(*, actor: Actor, department_id: int, at: datetime) -> Department:
    """Take a department out of use; what happened there keeps its name."""
    permitted(actor, at=at)
    department = Department.objects.select_for_update(of=("self",)).select_related("institution").filter(id=department_id).first()
    if department is None:
        raise Refused("unknown_department", "没有这个科室；请刷新页面后再试。", field="department")
    permitted(actor, department.institution, at=at)
    department.is_active = False
    department.save(update_fields=["is_active"])
    record("institutions.department_closed", actor=actor, at=at, institution=department.institution, facts={"department": department.id})
    return department


def _parent(actor: Actor, parent_id: int | None, at: datetime) -> Institution | None:
    """The institution to stand under: nobody plants in another consortium's tree."""
    parent = tree.parent_of(parent_id)
    if parent is not None:
        permitted(actor, parent, at=at)
    return parent


def _plain(value: Any) -> Any:
    """As the journal keeps it."""
    return f"{value:.6f}" if isinstance(value, Decimal) else value


def _complete(particulars: Particulars) -> None:
    findings = [*rules.missing_particulars(particulars.code, particulars.name, particulars.short_name),
                *rules.misplaced(particulars.latitude, particulars.longitude)]  # fmt: skip
    if findings:
        raise Refused("particulars_missing", findings[0].sentence, field=findings[0].code, findings=findings)


def _code_is_free(code: str, institution_id: int | None) -> None:
    taken = Institution.objects.filter(code=code).exclude(id=institution_id or 0).first()
    if taken is not None:
        raise Refused("code_taken", f"机构代码 {code} 已属于“{taken.name}”；请核对代码。", field="code")
