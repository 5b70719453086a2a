"""The certificate of a referral out of the county (县外转诊证明): issued once while it holds, revoked with a reason."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral import rules, sheets
from yilianti.care.referral.actions import moving
from yilianti.care.referral.models import Certificate, Referral
from yilianti.care.referral.terms import Standing, State
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.numbers import next_number
from yilianti.kernel.papers import signing
from yilianti.registry.governance import api as governance

VALIDITY = "clinical.referral.certificate"
#: 80 bits: nobody finds one by trying
_CODE_BYTES = 10


@dataclass(frozen=True)
class Press:
    """Where papers are made: the folders of files and of keys, and the address from a code to its page."""

    store: Path
    keys: Path
    address: Callable[[str], str]


@transaction.atomic
def issue_certificate(*, actor: Actor, number: str, press: Press, at: datetime) -> Certificate:
    """A signed PDF with the stamp of the sender; refused while an earlier one holds, and before the referral is agreed."""
    referral = moving.locked(number)
    actor.require("referral.issue_certificate", referral.from_institution_id)
    _certifiable(referral, timezone.localdate(at))
    edition = policybook.in_force(VALIDITY, timezone.localdate(at), actor.scope)
    made = Certificate(
        number=next_number("ZM", at), code=secrets.token_hex(_CODE_BYTES), referral=referral, institution_id=referral.from_institution_id,
        receiver=referral.to_institution.name[:120], valid_from=timezone.localdate(at), valid_until=timezone.localdate(at) + timedelta(days=edition.days - 1),
        policy_ref=edition.policy_ref, issued_by_id=actor.person, issued_at=at,
    )  # fmt: skip
    sender = referral.from_institution
    drawn = sheets.certificate(made, referral, governance.stamp_of(sender.id, press.store), press.address(made.code), at)
    made.content, signer = signing.sign(drawn, keys=press.keys, whose=sender.code, name=sender.name, reason=f"开具 {made.number}", at=at)
    made.signer = signer[:200]
    made.save()
    moving.record("referral.certificate_issued", actor=actor, referral=referral, at=at, policy_refs=[edition.policy_ref],
                  facts={"certificate": made.number, "valid_until": made.valid_until.isoformat()})  # fmt: skip
    return made


@transaction.atomic
def revoke_certificate(*, actor: Actor, certificate: str, because: str, at: datetime) -> Certificate:
    """From now on whoever verifies it reads that it was revoked."""
    if not because.strip():
        raise Refused("reason_missing", "请写明撤销原因。", "say why", field="because")
    found = Certificate.objects.filter(number=certificate).first()
    if found is None:
        raise Refused("unknown_certificate", f"没有编号为 {certificate} 的转诊证明；请核对编号。", "no such certificate", field="number")
    actor.require("referral.revoke_certificate", found.institution_id)
    referral = moving.locked(found.referral.number)
    found = Certificate.objects.select_for_update().get(pk=found.pk)
    if found.revoked_at is not None:
        told = timezone.localtime(found.revoked_at)
        raise Refused("changed_meanwhile", f"这份证明已于 {told:%m月%d日 %H:%M} 撤销；请刷新页面。", "revoked meanwhile")
    found.revoked_at, found.revoked_by_id, found.revoked_because = at, actor.person, because.strip()[:200]
    found.save(update_fields=["revoked_at", "revoked_by", "revoked_because"])
    moving.record("referral.certificate_revoked", actor=actor, referral=referral, at=at, facts={"certificate": found.number, "because": found.revoked_because})
    return found


def _certifiable(referral: Referral, day: date) -> None:
    if not rules.leaves_county(referral.to_level, referral.is_outside):
        raise Refused("stays_in_county", "转往县内机构不需要县外转诊证明；转诊单本身就是凭据，可打印或导出签名件。", "stays in the county")
    if not rules.is_agreed(referral.state, referral.is_outside):
        raise Refused("wrong_state", f"转诊单“{State.label(referral.state)}”，还不能开具证明；请在同意转往网外、或对方接收之后再开。", "not agreed yet")
    for earlier in referral.certificates.filter(revoked_at__isnull=True, valid_until__gte=day):
        raise Refused("still_valid", f"已有一份有效的证明 {earlier.number}（至 {earlier.valid_until:%Y-%m-%d}）；需要重开的，请先撤销它。", "one still holds")


def standing_of(certificate: Certificate, day: date) -> Standing:
    """The certificate's referral must be at hand."""
    return rules.standing(is_revoked=certificate.revoked_at is not None, valid_until=certificate.valid_until, referral_state=certificate.referral.state, day=day)
