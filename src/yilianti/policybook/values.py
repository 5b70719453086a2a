"""Frozen values as a policy file gives them: by key, by attribute, nested the same way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class Values(Mapping[str, Any]):
    """A frozen TOML table: `values["low"]`, `values.low`; inner tables are Values, arrays are tuples."""

    __slots__ = ("_items",)
    _items: dict[str, Any]

    def __init__(self, items: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_items", {key: freeze(value) for key, value in items.items()})

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __getattr__(self, name: str) -> Any:
        try:
            return object.__getattribute__(self, "_items")[name]
        except (KeyError, AttributeError):
            raise AttributeError(f"没有名为“{name}”的值") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("政策的值不可改写；请在政策文件中新增一个版本。")

    __delattr__ = None  # type: ignore[assignment]

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._items)))

    def __repr__(self) -> str:
        return f"Values({self._items!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Values, (dict(self._items),)

    def plain(self) -> dict[str, Any]:
        """Ordinary dicts and lists, for JSON and for fingerprints."""
        return {key: _plain(value) for key, value in self._items.items()}


def freeze(value: Any) -> Any:
    """Dicts become Values, lists become tuples; the rest is immutable already."""
    if isinstance(value, dict):
        return Values(value)
    if isinstance(value, list):
        return tuple(freeze(item) for item in value)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Values):
        return value.plain()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
