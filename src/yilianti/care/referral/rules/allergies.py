"""What a line about an allergy means, as a doctor writes it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yilianti.care.referral.terms import Heard

#: how people write that there is none
_NONE = frozenset({"无", "无过敏", "无过敏史", "无已知过敏", "否认过敏", "否认过敏史"})
_SEVERITIES = {"严重": "severe", "重度": "severe", "中等": "moderate", "中度": "moderate", "轻微": "mild", "轻度": "mild"}


@dataclass(frozen=True)
class Told:
    """An allergy as the record calls it; kind "none" without a substance says that nothing is known after asking."""

    kind: str
    substance: str
    severity: str
    reaction: str


def is_new(line: Mapping[str, str]) -> bool:
    """Told to the doctor, not known from the record."""
    return line.get("decision") == Heard.ADDED and bool(line.get("name", "").strip())


def told(line: Mapping[str, str]) -> Told:
    """“青霉素 · 严重 过敏性休克” in parts; a note goes with the reaction."""
    name, how = " ".join(line["name"].split()), line.get("how", "").strip()
    if name.rstrip("。.") in _NONE:
        return Told("none", "", "unknown", "")
    word = next((word for word in _SEVERITIES if how.startswith(word)), "")
    rest = how.removeprefix(word).strip(" ，,、；;：:")
    return Told(line.get("kind") or "drug", name, _SEVERITIES.get(word, "unknown"), "；".join(part for part in (rest, line.get("note", "").strip()) if part)[:200])
