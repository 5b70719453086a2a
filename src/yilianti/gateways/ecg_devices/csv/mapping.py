"""How a vendor lays out its CSV: a small TOML file each. Layouts are local parameters: no standard fixes them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " "}


@dataclass(frozen=True)
class Mapping:
    """One layout. `detect`: words that all stand in the first lines; `columns`: lead of each column, "" for a column that is none (empty: from the header row);
    `rate` in Hz (0: from the file); `fields`: what a line of the file's head means, by the words before its separator."""

    name: str
    title: str = ""
    status: str = "local_parameter"
    detect: tuple[str, ...] = ()
    separator: str = ""
    comment: str = "#"
    header_lines: int = -1
    columns: tuple[str, ...] = ()
    unit: str = ""
    microvolts_per_count: float = 0.0
    rate: float = 0.0
    time_column: str = ""
    time_unit: str = "s"
    charset: str = ""
    decimal: str = "."
    fields: dict[str, str] = field(default_factory=dict)


def load(name: str, text: str) -> Mapping:
    """A mapping from its TOML; an unknown key or a wrong type is a `ValueError` that names it."""
    values: dict[str, Any] = tomllib.loads(text)
    known = {one.name for one in fields(Mapping)} - {"name"}
    strange = sorted(values.keys() - known)
    if strange:
        raise ValueError(f"{name}: unknown key {strange[0]}")
    for key in ("detect", "columns"):
        values[key] = tuple(map(str, values.get(key, ())))
    values["separator"] = _SEPARATORS.get(values.get("separator", ""), values.get("separator", ""))
    if len(values["separator"]) > 1:
        raise ValueError(f"{name}: separator is one of {', '.join(_SEPARATORS)} or one character")
    return Mapping(name=name, **values)


def found_in(folder: Path) -> tuple[Mapping, ...]:
    """A county's own layouts: the TOML files of a folder, by name; none where there is no such folder."""
    return tuple(load(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml")))


@lru_cache
def shipped() -> tuple[Mapping, ...]:
    """The layouts that come with the platform; the most particular (most words to detect) first."""
    folder = resources.files(__package__) / "mappings"
    found = (load(one.name.removesuffix(".toml"), one.read_text(encoding="utf-8")) for one in folder.iterdir() if one.name.endswith(".toml"))
    return tuple(sorted(found, key=lambda one: (-len(one.detect), one.name)))
