"""Filed claims with charges that rules object to, and suspicions in every state."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.settlement.claims import api as claims
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.tests import factories as filing
from yilianti.settlement.supervision import actions
from yilianti.settlement.supervision.models import Suspicion

MONTH = date(2026, 3, 1)
scene = filing.scene


def billed(claim: Claim, line: str, code: str = "YX-E01", at: str = "2026-03-05 09:30", **changes: Any) -> claims.Billed:
    given: dict[str, Any] = {"claim": claim.pk, "line": line, "code": code, "name": "腹部彩超（样例）", "category": "service", "quantity": Decimal(1), "unit_price": Decimal(90), "amount": 9_000,
                             "charged_at": timezone.make_aware(datetime.fromisoformat(at))}  # fmt: skip
    return claims.Billed(**(given | changes))


def repeated(scene: filing.Scene, at: datetime, number: str = "S1", moment: str = "2026-03-05 09:30", **changes: Any) -> Claim:
    """A stay in which one examination was charged twice at one moment."""
    (claim,) = filing.filed(scene, at, filing.told(scene, number, **changes))
    claims.charge(actor=scene.office, lines=[billed(claim, "1", at=moment), billed(claim, "2", at=moment)], at=at)
    return claim


def raised(scene: filing.Scene, at: datetime, number: str = "S1", **changes: Any) -> Suspicion:
    claim = repeated(scene, at, number, **changes)
    actions.scan_month(month=claim.discharged_on, at=at)
    return Suspicion.objects.get(claim=claim.number, rule="same_moment")


def explained(scene: filing.Scene, at: datetime, **more: Any) -> Suspicion:
    one = raised(scene, at)
    return actions.explain(actor=scene.office, number=one.number, text="上午、下午各做一次，时间录错。", at=at + timedelta(hours=1), **more)


def confirmed(scene: filing.Scene, at: datetime) -> Suspicion:
    one = explained(scene, at)
    return actions.confirm(actor=scene.bureau, number=one.number, text="病历只有一份报告。", amount=Money(9_000), at=at + timedelta(hours=2))
