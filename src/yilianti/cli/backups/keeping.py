"""How long backups are kept: the newest fulls of the policy, the WAL that the oldest of them needs, a year of drill reports."""

from __future__ import annotations

import shutil
from pathlib import Path

from yilianti.cli.backups import restoring
from yilianti.cli.backups.store import Store

DRILLS_KEPT = 24


def prune(place: Store, fulls: int) -> list[str]:
    """Remove what the policy no longer asks for; never the last whole backup. Returns what went."""
    with place.alone():
        manifests = place.manifests()
        kept = manifests[-max(1, fulls) :]
        gone = [manifest["id"] for manifest in manifests[: -max(1, fulls)]]
        for manifest in manifests[: len(gone)]:
            shutil.rmtree(Path(manifest["folder"]))
        if kept and kept[0]["kind"] == "physical":
            first = restoring.first_segment(kept[0])
            for name in place.segments():
                if first and name < first:
                    (place.wal / f"{name}.gz").unlink()
                    gone.append(name)
        for report in sorted(place.drills.glob("*.json"))[:-DRILLS_KEPT]:
            report.unlink()
    return gone
