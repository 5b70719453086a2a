"""A zip of a recording and its companion files, opened without trusting its sizes."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePath

from yilianti.gateways.ecg_devices.refusing import damaged, unsupported
from yilianti.record.recordings import api as recordings

_MOST_FILES = 20
_READ = 1 << 20


def unzipped(content: bytes) -> dict[str, bytes]:
    """Members by name; encrypted, nested-in-number, oversized and broken archives are refused. A bomb ends at the limit, whatever it declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
            if len(members) > _MOST_FILES:
                raise recordings.Unreadable("absurd_size", f"压缩包里有 {len(members)} 个文件，多于 {_MOST_FILES} 个。每个压缩包请只放一份心电图。", f"The archive holds {len(members)} files; put one recording into each.")
            if any(one.flag_bits & 1 for one in members):
                raise recordings.Unreadable("encrypted", "压缩包设了密码。请去掉密码后再上传。", "The archive is encrypted; remove its password.")
            left, found = recordings.MAX_BYTES, dict[str, bytes]()
            for one in members:
                found[one.filename] = _member(archive, one, left)
                left -= len(found[one.filename])
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, KeyError, IndexError) as trouble:
        raise damaged("压缩包打不开", f"the archive cannot be opened ({type(trouble).__name__})") from None


def packed(name: str, content: bytes, companions: Mapping[str, bytes]) -> tuple[str, bytes]:
    """→ (name, content) as it is kept: a single file as received; the parts of a record unchanged in one archive, the same for the same parts."""
    if not companions:
        return name, content
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part, data in [(name, content), *sorted(companions.items())]:
            archive.writestr(zipfile.ZipInfo(PurePath(part).name), data)  # a moment that is always the same
    return f"{PurePath(name).stem}.zip", out.getvalue()


def _member(archive: zipfile.ZipFile, one: zipfile.ZipInfo, left: int) -> bytes:
    if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise unsupported("compression", "压缩包用了少见的压缩方法", "The archive uses an unusual compression")
    parts, size = [], 0
    with archive.open(one) as stream:
        while part := stream.read(_READ):
            size += len(part)
            if size > left:
                raise recordings.Unreadable("bomb", "压缩包展开后超过 64 MB，不予读取。请只放一份心电图再压缩。", "The archive expands beyond 64 MB.")
            parts.append(part)
    return b"".join(parts)
