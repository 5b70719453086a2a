"""Fetch the few third-party browser files by npm package name and rebuild the icon sprite.

    python scripts/refresh_vendor.py            fetch all, rewrite assets/vendor/README.md and the sprite
    python scripts/refresh_vendor.py --icons    fetch icons only, after a change of assets/icons/icons.txt
    python scripts/refresh_vendor.py --sprite   rebuild the sprite from the files at hand (no network)

Needs `npm` (its `pack` client) except for --sprite. The running product needs none of this.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"
VENDOR = ASSETS / "vendor"
ICONS = ASSETS / "icons"
ICON_PACKAGE = "@tabler/icons@3"


@dataclass(frozen=True)
class Package:
    """One vendored npm package: its range, the files taken (path inside → name here) and why."""

    spec: str
    folder: str
    files: tuple[tuple[str, str], ...]
    why: str


PACKAGES = (
    Package("htmx.org@2", "htmx", (("dist/htmx.min.js", "htmx.min.js"), ("LICENSE", "LICENSE")),
            "fragments by URL without a front-end framework"),
)


def fetch(spec: str, into: Path) -> tuple[Path, dict[str, str]]:
    """Unpack one npm package into a folder; returns its root and its package.json."""
    into.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["npm", "pack", "--silent", spec], cwd=into, check=True, capture_output=True, text=True)
    with tarfile.open(into / done.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(into, filter="data")
    root = into / "package"
    return root, json.loads((root / "package.json").read_text("utf-8"))


def icon_names() -> dict[str, str]:
    """Our icon name → Tabler's, from icons.txt."""
    lines = (ICONS / "icons.txt").read_text("utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line.strip() and not line.startswith("#"))
    return {ours.strip(): (theirs.strip() or ours.strip()) for ours, _, theirs in pairs}


def take_icons(root: Path) -> None:
    """Copy the SVGs named in icons.txt, and their licence; an unknown name stops the run."""
    target = ICONS / "svg"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for ours, theirs in icon_names().items():
        source = root / "icons" / "outline" / f"{theirs}.svg"
        if not source.exists():
            raise SystemExit(f"icons.txt names an icon that Tabler does not have: {theirs}")
        svg = re.sub(r"<!--.*?-->\s*", "", source.read_text("utf-8"), flags=re.S)
        (target / f"{ours}.svg").write_text(re.sub(r"\s+", " ", svg).replace("> <", "><").strip() + "\n", "utf-8")
    shutil.copy(root / "LICENSE", ICONS / "LICENSE")


def build_sprite() -> None:
    """Join assets/icons/svg/*.svg into one sprite of <symbol>s."""
    symbols = []
    for path in sorted((ICONS / "svg").glob("*.svg")):
        inner = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", path.read_text("utf-8").strip())
        inner = inner.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
        inner = inner.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none"/>', "")
        symbols.append(
            f'<symbol id="{path.stem}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
        )
    head = '<svg xmlns="http://www.w3.org/2000/svg">\n'
    (ICONS / "sprite.svg").write_text(head + "\n".join(symbols) + "\n</svg>\n", "utf-8")


def write_readme(rows: list[tuple[str, str, str, str, str]]) -> None:
    """Record name, version, licence, reason and fingerprint of what is vendored."""
    lines = ["# Third-party files served to the browser", "",
             "Refreshed by `python scripts/refresh_vendor.py`; never edited by hand.", "",
             "| package | version | licence | why | sha-256 |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    (VENDOR / "README.md").write_text("\n".join(lines) + "\n", "utf-8")


def main(argv: list[str]) -> int:
    if "--sprite" in argv:
        build_sprite()
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        icons_root, icons = fetch(ICON_PACKAGE, Path(scratch) / "icons")
        take_icons(icons_root)
        build_sprite()
        if "--icons" in argv:
            return 0
        rows = []
        for package in PACKAGES:
            root, about = fetch(package.spec, Path(scratch) / package.folder)
            (VENDOR / package.folder).mkdir(parents=True, exist_ok=True)
            for inside, name in package.files:
                shutil.copyfile(root / inside, VENDOR / package.folder / name)
            digest = sha256((VENDOR / package.folder / package.files[0][1]).read_bytes()).hexdigest()
            rows.append((about["name"], about["version"], str(about["license"]), package.why, f"`{digest}`"))
        rows.append((icons["name"], icons["version"], str(icons["license"]),
                     "icons: `assets/icons/svg`, joined in `assets/icons/sprite.svg`", "single files"))
        write_readme(rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
