"""One value of a scheme changed: the way to it must exist, so that a misspelt name changes nothing silently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.sections import KEYS, Section, section


def changed(sections: Mapping[str, Section], path: str, value: Any) -> dict[str, Section]:
    """The sections with the value at `path`; a whole section may be given as an object, a known key that is still absent may be added."""
    parts = path.split(".")
    name, keys = ".".join(parts[:2]), parts[2:]
    if name not in KEYS:
        raise _unknown(path)
    if not keys:
        given = dict(value) if isinstance(value, Mapping) else {}
        if not given:
            raise _unknown(path)
        rows = given.pop("rows", None)
        return {**sections, name: section(name, given, _ref(sections.get(name), name), rows)}
    if name not in sections:
        raise Refused("no_policy", f"方案没有 {name}，不能只改其中的“{path}”；可以整节给出。", "The scheme has no such section.", field=path)
    held = sections[name].plain()
    whole: dict[str, Any] = held["values"] | ({"rows": held["rows"]} if "rows" in held else {})
    whole = _put(whole, keys, value, path, frozenset(KEYS[name]))
    rows = whole.pop("rows", None)
    return {**sections, name: section(name, whole, _ref(sections[name], name), rows)}


def _put(held: Any, keys: list[str], value: Any, path: str, addable: frozenset[str] = frozenset()) -> Any:
    """A copy of `held` with the value at the end of `keys`."""
    key, rest = keys[0], keys[1:]
    if isinstance(held, Mapping) and (key in held or (key in addable and not rest)):
        return {**held, key: _put(held[key], rest, value, path) if rest else value}
    if isinstance(held, list) and key.isdecimal() and int(key) < len(held):
        number = int(key)
        return [*held[:number], _put(held[number], rest, value, path) if rest else value, *held[number + 1 :]]
    raise _unknown(path)


def _ref(before: Section | None, name: str) -> str:
    """A changed section no longer is what the policy says."""
    ref = before.policy_ref if before else f"settlement.{name}"
    return ref if ref.endswith("（有改动）") else f"{ref}（有改动）"


def _unknown(path: str) -> Refused:
    return Refused("unknown_path", f"方案中没有“{path}”；请写成 budget.base.share、distribution.inner.weights.县级 这样已有的值。", "The scheme has no such value.", field=path)
