"""Places: which folders of the policy tree hold for a scope, narrowest first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

NATIONAL = "national"
#: Rules of a place whose name their copy does not print stand below local/ with this beginning; they are nobody's consortium.
SAMPLE = "sample-"
_AREA = re.compile(r"\d{2}(\d{2}(\d{2})?)?")
_CONSORTIUM = re.compile(r"[a-z][a-z0-9_-]*")


class HasScope(Protocol):
    """Anything with a consortium code and a GB/T 2260 area code (kernel.actor.Scope)."""

    @property
    def consortium(self) -> str: ...
    @property
    def region(self) -> str: ...


@dataclass(frozen=True)
class Place:
    """A scope without an actor."""

    consortium: str = ""
    region: str = ""


def narrowest_first(scope: HasScope) -> tuple[str, ...]:
    """local/<consortium>, then provinces/<county>, <city>, <province>, then national."""
    places = [f"local/{scope.consortium}"] if scope.consortium else []
    region = scope.region or ""
    places += [f"provinces/{region[:size]}" for size in (6, 4, 2) if len(region) >= size]
    return (*dict.fromkeys(places), NATIONAL)


def place_of(parts: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """Split a path below `policies/` into its place and the rest; None when it stands in no known place."""
    if parts[:1] == (NATIONAL,) and len(parts) > 1:
        return NATIONAL, parts[1:]
    if len(parts) > 2 and parts[0] == "provinces" and _AREA.fullmatch(parts[1]):
        # A six-digit code of a province or city (340000, 341100) means the same as its prefix.
        return f"provinces/{re.sub(r'(00)+$', '', parts[1])}", parts[2:]
    if len(parts) > 2 and parts[0] == "local" and _CONSORTIUM.fullmatch(parts[1]):
        return f"local/{parts[1]}", parts[2:]
    return None


def label(place: str) -> str:
    """Chinese words for a place: 全国, 省（34）, 市（3411）, 县（341181）, 医共体（yunxi）."""
    if place == NATIONAL:
        return "全国"
    kind, _, code = place.partition("/")
    if kind == "local":
        return f"样例（{code}）" if code.startswith(SAMPLE) else f"医共体（{code}）"
    return f"{ {2: '省', 4: '市', 6: '县'}.get(len(code), '地区') }（{code}）"
