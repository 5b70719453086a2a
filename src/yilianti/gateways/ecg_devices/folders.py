"""Keeping the folders that are watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from django.db import IntegrityError, transaction

from yilianti.gateways.ecg_devices import access
from yilianti.gateways.ecg_devices.models import Deposit, Folder
from yilianti.gateways.ecg_devices.terms import After
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused


@dataclass(frozen=True)
class Particulars:
    """A folder as it is to be; `path` is below the platform's root of folders."""

    name: str
    institution: int
    path: str
    device: str = ""
    format: str = ""
    after: str = After.MOVE.value


def keep_folder(*, actor: Actor, particulars: Particulars, at: datetime, folder: int | None = None) -> Folder:
    """Register a folder, or change it; what came from it stays where it is."""
    actor.require(access.MANAGE, particulars.institution)
    path = _checked(particulars.path)
    try:
        with transaction.atomic():
            row = _locked(actor, folder) if folder else Folder()
            if folder and row.institution_id != particulars.institution and Deposit.objects.filter(folder=row).exists():
                raise Refused("folder_has_files", "这个文件夹已经收过文件，不能改到另一家机构；请停用它，另行登记。", "files have come from it", field="institution")
            row.name, row.institution_id, row.path, row.device = particulars.name.strip()[:64], particulars.institution, path, particulars.device.strip()[:64]
            row.format, row.after, row.fault, row.changed_by_id, row.changed_at = particulars.format, After(particulars.after).value, "", actor.person, at
            row.save()
            journal.write("ecg_devices.folder_kept", actor=actor, at=at, subject=f"ecg_folder:{row.pk}", to_institution=row.institution_id,
                          facts={"path": row.path, "format": row.format, "after": row.after})  # fmt: skip
    except IntegrityError:
        raise Refused("folder_known", f"文件夹“{path}”已经登记过；请在列表中修改那一条。", "registered already", field="path") from None
    return row


def _checked(path: str) -> str:
    """A plain way below the root: no absolute path, no step back, nothing hidden, not a folder of ours."""
    said = path.strip().strip("/")
    parts = PurePosixPath(said).parts
    if not parts or "\\" in said or "\0" in said or any(part.startswith(".") or part in ("done", "failed") for part in parts):
        raise Refused("path_malformed", "文件夹写根目录下的名称，如 daoxiang/ecg1；不能含 .. 或反斜杠，也不能是 done、failed。", "not a plain path below the root", field="path")
    return "/".join(parts)[:200]


def switch_folder(*, actor: Actor, folder: int, active: bool, at: datetime) -> Folder:
    """Watch a folder again, or no more."""
    with transaction.atomic():
        row = _locked(actor, folder)
        row.active, row.fault, row.changed_by_id, row.changed_at = active, "", actor.person, at
        row.save(update_fields=["active", "fault", "changed_by", "changed_at"])
        journal.write("ecg_devices.folder_switched", actor=actor, at=at, subject=f"ecg_folder:{row.pk}", to_institution=row.institution_id, facts={"active": active})
    return row


def _locked(actor: Actor, number: int) -> Folder:
    row = Folder.objects.select_for_update(of=("self",)).filter(access.folders_visible_to(actor), pk=number).first()
    if row is None:
        raise Refused("folder_missing", "没有这个文件夹，可能地址有误；请回到列表重新选择。", "no such folder")
    actor.require(access.MANAGE, row.institution_id)
    return row
