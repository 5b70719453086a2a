"""「个人负担（估算）」: what the resident pays with and without this referral, beside the form."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral.rules import paying
from yilianti.care.referral.rules.paying import Place
from yilianti.kernel.actor import Scope
from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, numbered, page
from yilianti.registry.institutions import api as institutions

#: Bills to choose from while nobody knows this one; examples, not statistics.
EXAMPLES = (2_000, 5_000, 10_000, 30_000)
_MOST = Decimal(10_000_000)


@page("referral.submit")
def estimate(request: Request) -> HttpResponse:
    """?to_institution=&amount= (yuan); answered again whenever the receiver or the bill changes."""
    typed = request.GET.get("amount", str(EXAMPLES[1])).replace(",", "").replace("，", "").strip()
    shown: dict[str, Any] = {"examples": EXAMPLES, "typed": typed[:16], "amount": (amount := _money(typed))}
    here, there = institutions.get(request.actor.institution), institutions.get(numbered(request.GET.get("to_institution", "")))
    if here is None or there is None:
        return render(request, "referral/_estimate.html", {"is_empty": True, **shown})
    return render(request, "referral/_estimate.html", {"receiver": there.short_name, **shown, **(_told(request.actor.scope, here, there, amount) if amount else {})})


def _told(scope: Scope, here: Any, there: Any, amount: Money) -> dict[str, Any]:
    policy = _in_force("payment_estimate", scope)
    if policy is None:
        return {"silent": "本地还没有住院起付线和报销比例表；由医保管理中心登记后这里显示估算。"}
    region = there.region or institutions.scope_of(there.id, timezone.now()).region
    place = paying.place_of(scope.region, region, policy.area_digits)
    if place is None:
        return {"silent": "转入机构没有登记行政区划，看不出是否异地就医；请管理员补上。"}
    benefit, continuous = _in_force("payment_benefit", scope), _in_force("continuous_deductible", scope)
    level = "province" if region[2:6] == "0000" else there.level
    both = [paying.estimate(from_level=here.level, to_level=level, place=place, with_referral=referred, amount=amount, policy=policy, benefit=benefit,
                            continuous=bool(continuous and continuous.is_on)) for referred in (True, False)]  # fmt: skip
    if both[0] is None or both[1] is None:
        return {"silent": f"现行的表没有写{place.zh}怎样报销；请向医保部门咨询。", "policies": [policy]}
    return {"place": place.zh, "is_away": place is not Place.IN_AREA, "sides": [("经转诊", both[0]), ("未经转诊", both[1])],
            "saved": both[1].resident_pays - both[0].resident_pays, "policies": [one for one in (policy, benefit) if one]}  # fmt: skip


def _in_force(name: str, scope: Scope) -> policybook.Edition | None:
    try:
        return policybook.in_force(f"clinical.referral.{name}", timezone.localdate(), scope)
    except policybook.NoPolicyInForce:
        return None


def _money(typed: str) -> Money | None:
    """Yuan as typed; None where it is no amount a bill could have."""
    try:
        yuan = Decimal(typed)
        return Money.yuan(yuan) if yuan.is_finite() and 0 < yuan <= _MOST else None
    except (InvalidOperation, ValueError):
        return None
