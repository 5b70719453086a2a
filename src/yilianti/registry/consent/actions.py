"""Acts on consent: recorded and withdrawn, never removed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.consent import access
from yilianti.registry.consent.models import Consent
from yilianti.registry.consent.terms import Basis, Purpose
from yilianti.registry.residents import api as residents


@transaction.atomic(savepoint=False)
def record(
    *, actor: Actor, resident_id: int, purpose: str, basis: str, institution_id: int, at: datetime, until_at: datetime | None = None
) -> Consent:
    """Note that a resident (or guardian) has agreed to a purpose, at an institution, until a moment or until withdrawn."""
    actor.require("consent.record", institution_id)
    if purpose not in [p.value for p in Purpose]:
        raise Refused("unknown_purpose", "请选择同意的用途。", field="purpose")
    if basis not in [b.value for b in Basis]:
        raise Refused("unknown_basis", "请选择同意的方式。", field="basis")
    if until_at is not None and until_at <= at:
        raise Refused("ends_before_start", "有效期须晚于现在；不填表示直至撤回。", field="until_on")
    given = Consent.objects.create(resident_id=resident_id, purpose=purpose, basis=basis, institution_id=institution_id,
                                   recorded_by=actor.person, given_at=at, until_at=until_at)  # fmt: skip
    journal.write("consent.recorded", actor=actor, at=at, subject=f"consent:{given.id}", resident=resident_id, to_institution=institution_id,
                  facts={"purpose": purpose, "basis": basis, "until_at": until_at.isoformat() if until_at else ""})  # fmt: skip
    return given


@transaction.atomic
def withdraw(*, actor: Actor, resident_id: int, purpose: str, at: datetime, because: str = "") -> int:
    """Withdraw every standing consent to a purpose, at once; answers how many. 依据：《个人信息保护法》第十五条"""
    if not access.may_withdraw(actor, resident_id):
        raise Refused("not_permitted", "您当前的岗位不能为这位居民撤回同意；请由其建档或就诊机构办理。", "not permitted")
    standing = Consent.objects.in_force(at).filter(resident__in=residents.all_ids(resident_id), purpose=purpose)
    ids = list(standing.select_for_update().order_by("id").values_list("id", flat=True))
    if not ids:
        raise Refused("wrong_state", f"没有有效的“{Purpose.label(purpose)}”同意可以撤回；可能已被撤回或到期，请刷新页面。", "none in force")
    Consent.objects.filter(id__in=ids).update(withdrawn_at=at)
    journal.write("consent.withdrawn", actor=actor, at=at, subject=f"consent:{ids[0]}", resident=resident_id, to_institution=actor.institution,
                  facts={"purpose": purpose, "consents": ids, "because": because})  # fmt: skip
    return len(ids)
