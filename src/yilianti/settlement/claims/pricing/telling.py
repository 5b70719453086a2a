"""Prices as JSON: our names, those of the national settlement interface, and every step with its working and policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yilianti.settlement.claims.pricing.block import Block, Prices
from yilianti.settlement.claims.pricing.claim import Claim, ClaimsRefused
from yilianti.settlement.claims.pricing.engine import price
from yilianti.settlement.claims.pricing.making import Made, made
from yilianti.settlement.claims.pricing.places import Holding
from yilianti.settlement.claims.pricing.terms import GAPS, WHOLE, Gap, Kind, Step
from yilianti.settlement.claims.pricing.trace import Trace, yuan

#: The fields of the national interface in its order, and what stands in each.
NATIONAL = {
    "medfee_sumamt": "total", "fulamt_ownpay_amt": "fully_own", "overlmt_selfpay": "over_limit", "preselfpay_amt": "first_self", "inscp_scp_amt": "in_scope",
    "act_pay_dedc": "deductible", "hifp_pay": "basic", "pool_prop_selfpay": "basic_share", "hifmi_pay": "catastrophic", "maf_pay": "aid", "oth_pay": "other",
    "fund_pay_sumamt": "fund", "psn_part_amt": "person", "hosp_part_amt": "hospital",
}  # fmt: skip


def told(claims: list[Claim], pairs: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each claim priced with its working, in the order given; raises ClaimsRefused naming what a place's policy does not say."""
    ready = made(claims)
    traces = [Trace() for _ in claims]
    found = price(ready.block, [one.benefit for one in ready.holdings], traces)
    faults = [_lacking(claim, GAPS[int(found.gap[number])], ready.of(number)) for number, claim in enumerate(claims) if found.gap[number]]
    if faults:
        raise ClaimsRefused(faults)
    return [_one(claim, number, ready, found, traces[number], pairs) for number, claim in enumerate(claims)]


def _lacking(claim: Claim, gap: Gap, holding: Holding) -> str:
    """Why a claim has no price, with what its policies say of themselves."""
    concerned = {Kind.INPATIENT: ("inpatient", "elsewhere"), Kind.OUTPATIENT: ("outpatient",), Kind.CHRONIC: ("chronic",)}[claim.kind]
    names = {Gap.NO_CATASTROPHIC: ("catastrophic",), Gap.NO_OUTCOME: ("aid",), Gap.EARLIER: ()}.get(gap, concerned)
    said = "；".join(f"{one.policy_ref}：{one['says']}" for name in names if (one := holding.editions.get(name)) is not None and one.get("says"))
    return f"费用 {claim.id}（{claim.kind.zh}，discharged_on 为“{claim.discharged_on}”，level 为“{claim.level.value}”，area 为“{claim.area.value}”，referral 为“{claim.way.value}”）算不出：{gap.zh}。{said}"


def amounts(block: Block, found: Prices, number: int) -> dict[str, int]:
    """All amounts of one claim in fen, by our names."""
    shares = {name: int(values[number]) for name, values in found.shares(block).items()}
    return {
        "total": int(block.total[number]), "fully_own": int(block.fully_own[number]), "over_limit": int(block.over_limit[number]), "first_self": int(block.first_self[number]),
        "in_scope": int(found.in_scope[number]), "deductible": int(found.deductible[number]), "basic": int(found.basic[number]),
        "catastrophic": int(found.catastrophic[number]), "aid": int(found.aid[number]), "other": 0, **shares,
    }  # fmt: skip


def _one(claim: Claim, number: int, ready: Made, found: Prices, trace: Trace, pairs: Mapping[str, str]) -> dict[str, Any]:
    fen = amounts(ready.block, found, number)
    trace.say(Step.TOTAL, fen["fund"], "", "总费用 {} = 基金 {}（统筹 {} + 大病 {} + 救助 {}）+ 个人 {} + 医院 {} 元",
              *(yuan(fen[name]) for name in ("total", "fund", "basic", "catastrophic", "aid", "person", "hospital")))  # fmt: skip
    written = {name: yuan(value) for name, value in fen.items()} | {"basic_share": _share(fen)}
    steps = [{"step": said.step.value, "zh": said.zh, "en": said.en(pairs), "name_zh": said.step.zh, "name_en": said.step.en, "amount": yuan(said.fen), "policy_ref": said.policy_ref} for said in trace.said]
    return {
        "id": claim.id, "person": claim.person, "discharged_on": claim.discharged_on.isoformat(), "is_earlier": claim.is_earlier,
        "amounts": {name: value for name, value in written.items() if name != "basic_share"}, "national": {name: written[ours] for name, ours in NATIONAL.items()},
        "left_out": [said.zh for said in trace.said if said.step is Step.LEFT_OUT], "steps": steps,
        "policy_refs": list(dict.fromkeys(said.policy_ref for said in trace.said if said.policy_ref)),
        "sources": {one.policy_ref: {"title": one.title, "source": str(one.source), "note": one.source.note, "status": one.status.value, "says": one.get("says", "")}
                    for one in ready.of(number).editions.values() if any(said.policy_ref == one.policy_ref for said in trace.said)},
    }  # fmt: skip


def _share(fen: Mapping[str, int]) -> str:
    """The pooled fund's part of what lies above the deductible, four decimals."""
    above = fen["in_scope"] - fen["deductible"]
    points = 0 if above <= 0 else (fen["basic"] * WHOLE + above // 2) // above
    return f"{points // WHOLE}.{points % WHOLE:04d}"
