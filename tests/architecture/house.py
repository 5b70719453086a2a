"""The house as the tests see it: stages and rooms, read from the import contracts and the folders, never listed twice."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/yilianti"
PACKAGE = "yilianti"


@lru_cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def contracts() -> list[dict[str, Any]]:
    return list(pyproject()["tool"]["importlinter"]["contracts"])


def contract(name_begins: str) -> dict[str, Any]:
    return next(c for c in contracts() if c["name"].startswith(name_begins))


def levels(contract: dict[str, Any]) -> list[list[str]]:
    """Layers from the left of the river (what others may use) to the right; siblings share a level."""
    layers = [[name.strip(" ()").removeprefix(f"{PACKAGE}.") for name in layer.split("|")] for layer in contract["layers"]]
    return layers[::-1]


def stages() -> list[str]:
    """kernel … desks, left to right."""
    return [level[0] for level in levels(contract("the river"))]


def rooms() -> list[str]:
    """`stage.room` of every folder that is a package below a stage which has rooms."""
    with_rooms = [s for s in stages() if s not in ("kernel", "policybook", "handovers")]
    found = (path.parent for stage in with_rooms for path in (SOURCE / stage).glob("*/__init__.py"))
    return sorted(f"{path.parent.name}.{path.name}" for path in found if path.name != "tests")


def room_of(module: str) -> str:
    """The room a module lies in: `registry.people`; a stage without rooms is its own room; "" outside the river (cli, config)."""
    parts = module.split(".")
    if len(parts) < 2 or parts[0] != PACKAGE or parts[1] not in stages():
        return ""
    room = ".".join(parts[1:3])
    return room if room in rooms() else parts[1]


def place(app: str, stage: str) -> tuple[int, int]:
    """How far right an app stands: (stage, level inside the stage)."""
    order = next((n for n, level in enumerate(levels(contract("inside a stage"))) if app in level), 0)
    return stages().index(stage), order


def python_files() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
