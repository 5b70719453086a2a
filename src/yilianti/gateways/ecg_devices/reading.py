"""One door for every format: what a file is, its bytes say; the name is only a word for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from yilianti.gateways.dicom import api as dicom
from yilianti.gateways.ecg_devices import archive, markup
from yilianti.gateways.ecg_devices.aecg import reading as aecg
from yilianti.gateways.ecg_devices.csv import mapping as layouts
from yilianti.gateways.ecg_devices.csv import reading as csv
from yilianti.gateways.ecg_devices.muse import reading as muse
from yilianti.gateways.ecg_devices.philips import reading as philips
from yilianti.gateways.ecg_devices.refusing import damaged, unsupported
from yilianti.gateways.ecg_devices.scp import container
from yilianti.gateways.ecg_devices.scp import reading as scp
from yilianti.gateways.ecg_devices.wfdb import header as wfdb_header
from yilianti.gateways.ecg_devices.wfdb import reading as wfdb
from yilianti.record.recordings import api as recordings

_PICTURES = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"BM": "BMP", b"II*\0": "TIFF", b"MM\0*": "TIFF"}


def read(content: bytes, name: str = "", companions: Mapping[str, bytes] | None = None, mappings: Sequence[layouts.Mapping] = ()) -> recordings.Tracing:
    """The tracing of any supported file, limb leads that follow from two recorded ones added and marked. `companions` are the other files of a record
    (WFDB), by name; `mappings` a county's own CSV layouts. Everything that cannot be read raises `Unreadable`."""
    if not content:
        raise recordings.Unreadable("empty", f"文件{f'“{name[:80]}”' if name else ''}是空的。请从设备重新导出。", "The file is empty; export it again.")
    others = dict(companions or {})
    if len(content) + sum(map(len, others.values())) > recordings.MAX_BYTES:
        raise recordings.Unreadable("too_large", f"文件大于 {recordings.MAX_BYTES // 2**20} MB，不是静息心电图。动态心电图请截取片段再导出。", "The file is larger than any resting recording.")
    try:
        tracing = _dispatched(content, others, mappings)
    except RecursionError:
        raise unsupported("too_deep", "文件嵌套层数过多，不予读取", "The file is nested too deeply") from None
    return recordings.checked(recordings.twelve(recordings.checked(tracing)))


def _dispatched(content: bytes, others: dict[str, bytes], mappings: Sequence[layouts.Mapping]) -> recordings.Tracing:
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        content, others = _out_of_zip(archive.unzipped(content))
    if dicom.looks_like(content):
        return dicom.tracing_in(content)
    if container.looks_like(content):
        return scp.read(content)
    _refuse_pictures(content)
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<") or content[:4] in (b"\xff\xfe<\0", b"\xfe\xff\0<") or content[:4] in (b"<\0?\0", b"\0<\0?"):
        return _xml(content)
    if wfdb_header.looks_like(content):
        return wfdb.read(content, others)
    for companion in others.values():  # the data file was chosen first, its header second
        if wfdb_header.looks_like(companion):
            return wfdb.read(companion, others | {_data_name(companion): content})
    return _text(content, mappings)


def _xml(content: bytes) -> recordings.Tracing:
    root, notes = markup.parsed(content)
    kind = str(root.tag).lower()
    if kind == "annotatedecg":
        return aecg.read(root, notes)
    if root.find(".//parsedwaveforms") is not None or root.find("documentinfo") is not None:
        return philips.read(root, notes)
    if root.find(".//Waveform") is not None and kind in ("restingecg", "restingecgdata", "muse_ecg", "ecg"):
        return muse.read(root, notes)
    raise unsupported("unknown_xml", f"不认识根元素为“{str(root.tag)[:40]}”的 XML", f"XML with the root element '{str(root.tag)[:40]}' is unknown")


def _text(content: bytes, mappings: Sequence[layouts.Mapping]) -> recordings.Tracing:
    """Something that is neither: a CSV if it is text at all."""
    if content.startswith(b"MATLAB") or content[:4] in (b"\0\0\0\0", b"\x0a\0\0\0", b"\x14\0\0\0", b"\x1e\0\0\0"):
        raise recordings.Unreadable("companion_missing", "这像是 WFDB 记录的数据文件，还缺 .hea 头文件。请把两个文件一起选中。", "This looks like a WFDB signal file; give its .hea header with it.")
    head = content[:4096]
    if b"\0" in head and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise unsupported("unknown_format", "不认识这种文件", "The kind of this file is unknown")
    if not re.search(rb"\d", head) or head.lstrip()[:1] in (b"{", b"["):
        raise unsupported("unknown_format", "不认识这种文件", "The kind of this file is unknown")
    return csv.read(content, mappings)


def _out_of_zip(members: dict[str, bytes]) -> tuple[bytes, dict[str, bytes]]:
    headers = [name for name, content in members.items() if wfdb_header.looks_like(content)]
    if len(headers) == 1:
        return members[headers[0]], {name: content for name, content in members.items() if name != headers[0]}
    if len(members) == 1:
        (content,) = members.values()
        if content[:4] == b"PK\x03\x04":
            raise unsupported("nested", "压缩包里还是压缩包，不予读取", "The archive holds another archive")
        if not content:
            raise damaged("压缩包里的文件是空的", "the file in the archive is empty")
        return content, {}
    raise recordings.Unreadable("several_files", f"压缩包里有 {len(members)} 个文件，分不清哪个是心电图。每个压缩包请只放一份。", f"The archive holds {len(members)} files; put one recording into each.")


def _data_name(header: bytes) -> str:
    files = {signal.file for signal in wfdb_header.parse(header).signals}
    return files.pop() if len(files) == 1 else ""


def _refuse_pictures(content: bytes) -> None:
    if content.startswith(b"%PDF"):
        raise recordings.Unreadable("drawing", "这是 PDF 图纸，里面没有波形数据。请在设备上导出 DICOM、aECG、SCP-ECG 或 XML。", "This is a PDF drawing without waveform data.")
    kind = next((word for start, word in _PICTURES.items() if content.startswith(start)), "")
    if kind and b"\0" in content[:64]:
        raise recordings.Unreadable("drawing", f"这是 {kind} 图像，里面没有波形数据。请在设备上导出 DICOM、aECG、SCP-ECG 或 XML。", f"This is a {kind} picture without waveform data.")
