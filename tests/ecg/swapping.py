"""Electrodes exchanged by arithmetic: what a recording would have been with them in each other's place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from yilianti.record.recordings.api import LEADS, Lead, Tracing

#: What each electrode really lies on, and the codes that name the exchange. The right leg is taken to differ from the left by 3 %.
LIMBS: dict[str, tuple[Mapping[str, str], frozenset[str]]] = {
    "左、右上肢 RA/LA": ({"RA": "LA", "LA": "RA"}, frozenset({"reversed_arms"})),
    "右上肢、左下肢 RA/LL": ({"RA": "LL", "LL": "RA"}, frozenset({"reversed_right_arm_foot"})),
    "左上肢、左下肢 LA/LL": ({"LA": "LL", "LL": "LA"}, frozenset({"suspect_left"})),
    "右上肢、右下肢 RA/RL": ({"RA": "RL"}, frozenset({"reversed_legs"})),
    "左上肢、右下肢 LA/RL": ({"LA": "RL"}, frozenset({"reversed_legs"})),
    "双上肢、双下肢": ({"RA": "RL", "LA": "LL", "LL": "LA"}, frozenset({"reversed_legs"})),
    "RA→LA→LL": ({"RA": "LA", "LA": "LL", "LL": "RA"}, frozenset({"reversed_rotated"})),
    "RA→LL→LA": ({"RA": "LL", "LA": "RA", "LL": "LA"}, frozenset({"reversed_rotated"})),
}
CHEST_PAIRS = ((1, 2), (1, 3), (2, 3), (2, 4), (3, 4), (3, 5), (4, 5), (4, 6), (5, 6))
ABOUT_PLACES = ("reversed_", "suspect_")


def limbs(tracing: Tracing, lies_on: Mapping[str, str]) -> Tracing:
    """The twelve leads with the limb electrodes on other limbs; chest leads follow the changed reference."""
    one, two = (tracing.lead(name).microvolts() for name in ("I", "II"))  # type: ignore[union-attr]
    body = {"RA": -(one + two) / 3, "LA": (2 * one - two) / 3, "LL": (2 * two - one) / 3}
    body["RL"] = 0.97 * body["LL"]
    ra, la, ll = (body[lies_on.get(name, name)] for name in ("RA", "LA", "LL"))
    one, two = la - ra, ll - ra
    made = {"I": one, "II": two, "III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
    made |= {f"V{n}": tracing.lead(f"V{n}").microvolts() - (ra + la + ll) / 3 for n in range(1, 7)}  # type: ignore[union-attr]
    return replace(tracing, leads=tuple(Lead(name, made[name]) for name in LEADS))


def chest(tracing: Tracing, one: int, other: int) -> Tracing:
    """Two chest leads under each other's name."""
    names = {f"V{one}": f"V{other}", f"V{other}": f"V{one}"}
    return replace(tracing, leads=tuple(replace(lead, name=names.get(lead.name, lead.name)) for lead in tracing.leads))


def said(codes: set[str]) -> set[str]:
    """Those of the codes that speak of exchanged electrodes."""
    return {code for code in codes if code.startswith(ABOUT_PLACES)}


def whole(tracing: Tracing) -> Tracing:
    """The first ten seconds: what a device adds behind them lies on no limb."""
    return replace(tracing, leads=tuple(replace(lead, samples=lead.samples[: int(10 * tracing.rate)]) for lead in tracing.leads))
