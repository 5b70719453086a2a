"""Files of governance on disk: named by their SHA-256, written once, checked for kind and size before."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from yilianti.kernel.finding import Refused

LARGEST_PDF = 10 * 1024 * 1024
LARGEST_STAMP = 1024 * 1024
STAMP_SIDES = (100, 2000)


def checked_pdf(content: bytes) -> bytes:
    """The content, or Refused where it is no PDF or too large."""
    if len(content) > LARGEST_PDF:
        raise Refused("file_too_large", "文件超过 10 MB；请压缩或拆分后再上传。", "more than 10 MB", field="file")
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise Refused("no_pdf", "这不是完整的 PDF 文件；请另存为 PDF 再上传。", "not a PDF", field="file")
    return content


def checked_stamp(content: bytes) -> bytes:
    """The image drawn anew as PNG, so that nothing else travels in it; Refused unless it is a transparent PNG of fitting size."""
    if len(content) > LARGEST_STAMP:
        raise Refused("file_too_large", "印章图样超过 1 MB；请缩小后再上传。", "more than 1 MB", field="file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = Image.open(io.BytesIO(content), formats=["PNG"])
            if not all(STAMP_SIDES[0] <= side <= STAMP_SIDES[1] for side in image.size):
                raise Refused("stamp_size", f"印章图样为 {image.width}×{image.height} 像素；长宽须在 100 到 2000 像素之间。", "wrong size", field="file")
            drawn = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as broken:
        raise Refused("no_png", "这不是能读的 PNG 图片；请导出为 PNG 再上传。", "not a PNG", field="file") from broken
    if drawn.getchannel("A").getextrema()[0] != 0:
        raise Refused("stamp_opaque", "印章图样没有透明底；请导出为背景透明的 PNG，以免盖住正文。", "no transparent background", field="file")
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    return out.getvalue()


def keep(store: Path, content: bytes) -> str:
    """Write the bytes once, whole or not at all; returns their SHA-256, by which they are found."""
    name = hashlib.sha256(content).hexdigest()
    path = place(store, name)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{name}.{os.getpid()}")
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return name


def read(store: Path, sha256: str) -> bytes:
    """The bytes as they were kept; Refused where they are gone or are not the same any more."""
    try:
        content = place(store, sha256).read_bytes()
    except OSError as gone:
        raise Refused("file_gone", "文件不在本机的文件目录中；请从备份恢复，或重新上传。", "file is gone") from gone
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Refused("file_changed", "文件与登记的指纹不符，已被改动；请从备份恢复。", "file has changed")
    return content


def place(store: Path, sha256: str) -> Path:
    return store / "governance" / sha256[:2] / sha256
