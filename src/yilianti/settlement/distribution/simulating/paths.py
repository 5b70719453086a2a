"""The values a year has, by their paths; one of the inputs changed; what lies near a path that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.simulating.terms import Place, Special
from yilianti.settlement.distribution.simulating.year import Year

_MOST_NEAR = 4


def leaves(held: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every single value under a path."""
    if isinstance(held, Mapping):
        for name, one in held.items():
            yield from leaves(one, f"{path}.{name}" if path else str(name))
    elif isinstance(held, list | tuple):
        for number, one in enumerate(held):
            yield from leaves(one, f"{path}.{number}")
    else:
        yield path, held


def of_scheme(year: Year) -> dict[str, Any]:
    """Path → value of every value of the scheme, table rows as `rows.0.column`."""
    found: dict[str, Any] = {}
    for name, one in year.scheme.plain()["sections"].items():
        found.update(leaves(one["values"], name))
        found.update(leaves(one.get("rows", []), f"{name}.rows"))
    return found


def of_inputs(year: Year) -> dict[str, Any]:
    """Path → value of the inputs."""
    return dict(leaves(year.inputs, ""))


def unknown(path: str, year: Year) -> Refused:
    """Says what there is near a path that leads nowhere."""
    known = [*of_scheme(year), *of_inputs(year), *(str(one) for one in Special), *(f"spending.{one}" for one in Place)]
    last = path.rpartition(".")[2]
    near = difflib.get_close_matches(path, known, _MOST_NEAR) or [one for one in known if one.rpartition(".")[2] == last][:_MOST_NEAR]
    beside = [one for one in known if one.startswith(f"{path.rpartition('.')[0]}.")][:_MOST_NEAR]
    said = "、".join(near or beside) or "、".join(sorted({one.partition(".")[0] for one in known}))
    return Refused("unknown_path", f"这一年没有“{path}”；相近的有：{said}。", "The year has no such value; similar names are listed.", field=path)


def at(held: Any, path: str) -> Any:
    """The value there, None where nothing stands."""
    for key in path.split("."):
        if isinstance(held, Mapping):
            held = held.get(key)
        elif isinstance(held, list | tuple) and key.isdecimal() and int(key) < len(held):
            held = held[int(key)]
        else:
            return None
    return held


def put(held: Any, keys: list[str], value: Any) -> Any:
    """A copy with the value at the end of the keys; a name that is not there is added."""
    key, rest = keys[0], keys[1:]
    if isinstance(held, list | tuple):
        if not key.isdecimal() or int(key) >= len(held):
            raise KeyError(key)
        number = int(key)
        return [*held[:number], put(held[number], rest, value) if rest else value, *held[number + 1 :]]
    if held is not None and not isinstance(held, Mapping):
        raise KeyError(key)
    return {**(held or {}), key: put((held or {}).get(key), rest, value) if rest else value}
