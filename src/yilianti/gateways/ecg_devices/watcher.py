"""The process that looks into the folders of carts: every two seconds, each folder in turn, each recording in a transaction of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.utils import timezone

from yilianti.gateways.ecg_devices import filing, receiving, watching
from yilianti.gateways.ecg_devices.csv import mapping as layouts
from yilianti.gateways.ecg_devices.models import Deposit, Folder
from yilianti.gateways.ecg_devices.terms import After, State
from yilianti.kernel import heartbeat, process
from yilianti.record.recordings import api as recordings

PROCESS = "folders"
ROUND_SECONDS, STUCK_SECONDS, LOST_SECONDS = 2.0, 120.0, 2.0
#: So many recordings of one folder in one round: a folder with a thousand does not make the others wait.
AT_ONCE = 20
SAID_EVERY = timedelta(seconds=30)
log = logging.getLogger(__name__)
Signature = tuple[tuple[int, int], ...]


class Watcher:
    """What was seen in the round before, and what stays in its folder although it was taken."""

    def __init__(self, root: Path, layouts_in: Path) -> None:
        self.root, self.layouts_in = root, layouts_in
        self.moved_at, self.filed, self.watched = time.monotonic(), 0, 0
        self._seen: dict[Path, Signature] = {}
        self._left: dict[Path, Signature] = {}

    def round(self, now: float, at: datetime) -> int:
        """Look into every folder once; returns how many recordings were taken."""
        mappings = receiving.layouts_in(self.layouts_in)
        folders = list(Folder.objects.filter(active=True).order_by("id"))
        self.watched, taken, seen = len(folders), 0, dict[Path, Signature]()
        for folder in folders:
            fault = ""
            try:
                taken += self._look(folder, now, at, mappings, seen)
            except OSError as trouble:
                fault = f"打不开或不能移动文件：{trouble.strerror or '不在根目录之内'}。请检查文件夹与权限。"
                log.warning("folders: %s: %s", folder.path, type(trouble).__name__)
            self._note(folder, fault, at)
            self.moved_at = time.monotonic()
        self._seen = seen
        self._left = {path: signature for path, signature in self._left.items() if path in seen}
        self.filed += taken
        return taken

    def _look(self, folder: Folder, now: float, at: datetime, mappings: Sequence[layouts.Mapping], seen: dict[Path, Signature]) -> int:
        """One folder; a recording that gives trouble keeps none of the others waiting, and the trouble is told at the end."""
        tried, trouble = 0, None
        for arrival in watching.arrivals(watching.within(self.root, folder.path), now=now):
            try:
                seen[arrival.path] = signature = watching.signature(arrival)
                if tried < AT_ONCE and self._seen.get(arrival.path) == signature and self._left.get(arrival.path) != signature:
                    tried += 1
                    self._take(folder, arrival, signature, at, mappings)
            except FileNotFoundError:
                continue
            except OSError as fault:
                trouble = trouble or fault
            except Error:
                raise
            except Exception as fault:
                # What was raised may quote the patient: only its kind is kept. It is tried again when it is written anew.
                log.error("folders: a file of %s failed: %s", folder.path, type(fault).__name__)
                self._left[arrival.path] = signature
        if trouble:
            raise trouble
        return tried

    def _take(self, folder: Folder, arrival: watching.Arrival, signature: Signature, at: datetime, mappings: Sequence[layouts.Mapping]) -> None:
        content, companions, key = watching.taken(arrival)
        if watching.signature(arrival) != signature:  # written to while it was read
            return
        row = filing.file(folder=folder, found=filing.Found(arrival.path.name, content, key, companions), at=at, mappings=mappings)
        if folder.after == After.MOVE:
            _move(arrival, row, at)
        else:
            self._left[arrival.path] = signature

    def _note(self, folder: Folder, fault: str, at: datetime) -> None:
        """What the page shows of a folder; written when it changes, and every half minute."""
        if folder.fault != fault or folder.looked_at is None or at - folder.looked_at >= SAID_EVERY:
            Folder.objects.filter(pk=folder.pk).update(fault=fault, looked_at=at)

    def told(self) -> dict[str, int] | None:
        """What the heartbeat tells; nothing while a share keeps us waiting."""
        return {"folders": self.watched, "filed": self.filed} if time.monotonic() - self.moved_at < STUCK_SECONDS else None


def _move(arrival: watching.Arrival, row: Deposit, at: datetime) -> None:
    day = timezone.localdate(at)
    if row.state == State.REFUSED.value:
        watching.refused(arrival, recordings.Unreadable("unreadable", row.note, row.note_en), on=day)
    else:
        watching.done(arrival, on=day)


def run_until(watcher: Watcher, stopping: threading.Event) -> None:
    """Look until asked to stop; a lost database is waited for."""
    over = threading.Event()
    beating = heartbeat.keep_beating(PROCESS, over, watcher.told)
    while not stopping.is_set():
        pause = ROUND_SECONDS
        try:
            watcher.round(time.time(), timezone.now())
        except Error as fault:
            log.warning("folders: database said %s", type(fault).__name__)
            process.let_go()
            pause = LOST_SECONDS
        except Exception as fault:
            # What was raised may quote the patient: only its kind is kept.
            log.error("folders: a round failed: %s", type(fault).__name__)
        stopping.wait(pause)
    over.set()
    beating.join(5)
    process.let_go()


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    settings.ECG_FOLDERS_DIR.mkdir(parents=True, exist_ok=True)
    run_until(Watcher(settings.ECG_FOLDERS_DIR, settings.ECG_LAYOUTS_DIR), process.stopping())
    return 0
