"""The measurements of a resting ECG as they stand in a report: code, Chinese and English name, unit, decimals."""

from __future__ import annotations

from typing import NamedTuple


class Measure(NamedTuple):
    """One measurement; `plausible` is what a person may type, from and to."""

    code: str
    zh: str
    en: str
    unit: str
    decimals: int
    plausible: tuple[float, float]


#: In the order of the report (clinical reference §2.3).
MEASURES = (
    Measure("HR", "心室率", "ventricular rate", "次/分", 0, (10, 400)),
    Measure("P_DUR", "P波时限", "P duration", "ms", 0, (20, 240)),
    Measure("PR", "P-R间期", "PR interval", "ms", 0, (40, 600)),
    Measure("QRS", "QRS时限", "QRS duration", "ms", 0, (30, 320)),
    Measure("QT", "QT间期", "QT interval", "ms", 0, (150, 900)),
    Measure("QTC", "QTc（Bazett）", "QTc (Bazett)", "ms", 0, (200, 900)),
    Measure("QTCF", "QTc（Fridericia）", "QTc (Fridericia)", "ms", 0, (200, 900)),
    Measure("P_AXIS", "P电轴", "P axis", "°", 0, (-180, 180)),
    Measure("QRS_AXIS", "QRS电轴", "QRS axis", "°", 0, (-180, 180)),
    Measure("T_AXIS", "T电轴", "T axis", "°", 0, (-180, 180)),
    Measure("RV5", "RV5", "R in V5", "mV", 2, (0, 10)),
    Measure("SV1", "SV1", "S in V1", "mV", 2, (0, 10)),
    Measure("RV5_SV1", "RV5+SV1", "R in V5 + S in V1", "mV", 2, (0, 20)),
    Measure("RR_MAX", "最长RR", "longest RR", "ms", 0, (150, 20000)),
    Measure("RR_MIN", "最短RR", "shortest RR", "ms", 0, (100, 10000)),
)
BY_CODE = {measure.code: measure for measure in MEASURES}
