"""Electrodes in each other's place, told from the median beat. I + III = II holds wherever the electrodes are; the direction of P, and how the limb leads
resemble V6, does not. Thresholds are the platform's own, found on the shared records with electrodes exchanged by arithmetic."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from yilianti.care.diagnosis.ecg.beats import Median
from yilianti.care.diagnosis.ecg.delineating import Waves
from yilianti.care.diagnosis.ecg.measuring import level
from yilianti.kernel.finding import Finding, Severity
from yilianti.record.recordings.api import CHEST

#: A limb lead so much smaller than the largest one joins two legs.
LEG_TO_LEG = 0.10
#: Exchanging two chest leads makes the way from V1 to V6 so much shorter.
SHORTER_WAY = 0.90


#: By the lead that joins the two legs.
_LEGS = tuple(
    Finding("reversed_legs", zh, because=name, severity=Severity.WARNING, en=f"electrodes likely exchanged: {en}")
    for name, zh, en in (
        ("I", "I 导联几乎没有波形，双上肢与双下肢电极可能接反；请核对肢体导联后重新采集。", "both arms with both legs"),
        ("II", "II 导联几乎没有波形，右上肢与右下肢电极可能接反；请核对肢体导联后重新采集。", "right arm with right leg"),
        ("III", "III 导联几乎没有波形，左上肢与右下肢电极可能接反；请核对肢体导联后重新采集。", "left arm with right leg"),
    )
)


def findings(beat: Median, waves: Waves, p_axis: float | None) -> list[Finding]:
    """The one most likely exchange of limb electrodes, and a suspicion about the chest leads."""
    limb = _legs(beat, waves) or _turned(beat, waves, p_axis)
    return [*([limb] if limb else []), *_chest(beat, waves)]


def _stretch(beat: Median, waves: Waves) -> slice:
    """QRS and T of a median beat."""
    return slice(waves.qrs_on, waves.t_off or min(waves.qrs_off + round(0.2 * beat.rate), beat.values.shape[1]))


def _legs(beat: Median, waves: Waves) -> Finding | None:
    """A lead between the two legs shows nothing: the right leg's electrode lies where an arm's should."""
    leads = [beat.lead(name) for name in ("I", "II", "III")]
    if any(lead is None for lead in leads):
        return None
    first = waves.p_on or waves.qrs_on
    sizes = [float(np.ptp(lead[first : _stretch(beat, waves).stop])) for lead in leads if lead is not None]
    small = int(np.argmin(sizes))
    if sizes[small] >= LEG_TO_LEG * max(sizes):
        return None
    return _LEGS[small]


def _turned(beat: Median, waves: Waves, p_axis: float | None) -> Finding | None:
    """Which exchange turns P to where it is, if the limb leads also go against V6 as that exchange makes them. Dextrocardia turns V6 too, and is not meant."""
    one, two, six = beat.lead("I"), beat.lead("II"), beat.lead("V6")
    if one is None or two is None or six is None:
        return None
    part = _stretch(beat, waves)
    across, down = _alike(one[part], six[part]), _alike(two[part], six[part])
    if _upright(six, waves, beat.rate) and (found := _exchange(p_axis, across, down)):
        return found
    return _suspected(p_axis)


def _exchange(p_axis: float | None, across: float, down: float) -> Finding | None:
    if p_axis is None:
        if across < -0.6:
            return _reversed("arms", "I 导联与 V6 方向相反，左、右上肢电极可能接反；请核对肢体导联后重新采集。", "I", "right arm and left arm")
        return _reversed("right_arm_foot", "II 导联与 V6 方向相反，右上肢与左下肢电极可能接反；请核对肢体导联后重新采集。", "II", "right arm and left leg") if down < -0.6 else None
    if 95 < p_axis <= 155 and across < -0.5:
        return _reversed("arms", "I 导联 P-QRS-T 倒置而 V6 直立，左、右上肢电极可能接反；请核对肢体导联后重新采集。", "I", "right arm and left arm")
    if abs(p_axis) > 150 and across < 0:
        return _reversed("rotated", "I 导联 P-QRS-T 倒置、aVR 直立，三个肢体电极可能错了一圈；请核对肢体导联后重新采集。", "I、aVR", "all three, in a circle")
    if -155 < p_axis < -88 and down < 0:
        return _reversed("right_arm_foot", "II 导联 P 波倒置、aVR 直立，右上肢与左下肢电极可能接反；请核对肢体导联后重新采集。", "II、aVR", "right arm and left leg")
    if -90 < p_axis < -35 and down < -0.5:
        return _reversed("rotated", "II 导联 P-QRS-T 倒置而 V6 直立，三个肢体电极可能错了一圈；请核对肢体导联后重新采集。", "II", "all three, in a circle")
    return None


def _suspected(p_axis: float | None) -> Finding | None:
    """Left arm and left leg: P turns to the left, which some hearts do by themselves."""
    if p_axis is None or not -35 <= p_axis < 20:
        return None
    return Finding("suspect_left", "I 导联 P 波比 II 导联大，左上肢与左下肢电极可能接反；请核对，无误则照常发送。", because="I、II、III", en="left arm and left leg may be exchanged")


def _reversed(code: str, zh: str, because: str, en: str) -> Finding:
    return Finding(f"reversed_{code}", zh, because=because, severity=Severity.WARNING, en=f"electrodes likely exchanged: {en}")


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1]) if one.std() > 0 and other.std() > 0 else 0.0


def _upright(lead: np.ndarray, waves: Waves, rate: float) -> bool:
    """Whether a lead's QRS rises at least half as far as it falls."""
    part = lead[waves.qrs_on : waves.qrs_off] - level(lead, waves, rate)
    return float(part.max()) >= 0.5 * -float(part.min())


def _chest(beat: Median, waves: Waves) -> list[Finding]:
    """Neighbours resemble each other: where two leads exchanged would make the way from V1 to V6 clearly shorter, they may have been."""
    leads = [beat.lead(name) for name in CHEST]
    if any(lead is None or np.ptp(lead) < 50.0 for lead in leads):
        return []
    far = 1.0 - np.corrcoef(np.array([lead[_stretch(beat, waves)] for lead in leads if lead is not None]))
    order = list(range(6))
    ways = {pair: _way(far, _swapped(order, pair)) for pair in combinations(order, 2)}
    best = min(ways, key=lambda pair: ways[pair])
    if not np.all(np.isfinite(far)) or ways[best] >= SHORTER_WAY * _way(far, order):
        return []
    names = f"{CHEST[best[0]]}、{CHEST[best[1]]}"
    return [Finding("suspect_chest", f"胸导联 R 波移行不连续，{names} 电极位置可能接错；请核对，无误则照常发送。", because=names, en="chest electrodes may be misplaced")]


def _way(far: np.ndarray, order: list[int]) -> float:
    return float(sum(far[one, other] for one, other in zip(order, order[1:], strict=False)))


def _swapped(order: list[int], pair: tuple[int, int]) -> list[int]:
    one, other = pair
    return [other if at == one else one if at == other else at for at in order]
