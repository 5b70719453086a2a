"""Editions that the package and its sharing ask for: the one in force, or a refusal that says what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Protocol, overload

from yilianti import policybook
from yilianti.kernel.finding import Refused


class Rows(Protocol):
    """A table: row by row, column → cell."""

    def dicts(self) -> Iterator[dict[str, str]]: ...


class Given(Protocol):
    """What a rule is read from: an edition of the policy book, or a section of a scheme; both answer the same."""

    @property
    def policy_ref(self) -> str: ...
    @property
    def table(self) -> Rows | None: ...
    def __getitem__(self, key: str, /) -> Any: ...
    def __contains__(self, key: object, /) -> bool: ...
    @overload
    def get(self, key: str, /) -> Any | None: ...
    @overload
    def get(self, key: str, default: Any, /) -> Any: ...


def in_force(code: str, scope: policybook.HasScope, day: date) -> policybook.Edition:
    """The edition of that code; raises Refused where the place is silent."""
    try:
        return policybook.in_force(code, day, scope)
    except policybook.NoPolicyInForce:
        where = scope.consortium or scope.region
        raise Refused("no_policy", f"{day.isoformat()}，{where} 没有 {code} 的版本；请先在政策文件中写一版。", f"The place has no edition of {code} on that day.", field="place") from None


def needed(found: Given, names: Sequence[str]) -> None:
    """Refuse an edition that lacks a value its way of reckoning takes."""
    for name in names:
        if name not in found:
            raise Refused("bad_policy", f"{found.policy_ref} 没有写 {name}；这种算法需要它。", f"The edition lacks {name}.", field=name)
