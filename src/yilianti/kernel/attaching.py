"""Files that people give as evidence with what they say: PDF, JPEG or PNG, not too large."""

from __future__ import annotations

from yilianti.kernel.finding import Refused

LARGEST = 5 * 1024 * 1024
_BEGINS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n"}


def checked(name: str, content: bytes) -> tuple[str, bytes]:
    """The file with a plain name, or Refused where it is too large or not what its name says."""
    kind = name.rpartition(".")[2].lower()
    if len(content) > LARGEST:
        raise Refused("file_large", f"附件 {name} 超过 5 MB；请压缩或拆分后再附。", "file too large", field="file")
    if kind not in _BEGINS or not content.startswith(_BEGINS[kind]):
        raise Refused("file_kind", f"附件 {name} 不是完好的 PDF、JPG 或 PNG；请另存为其中一种再附。", "not a PDF, JPEG or PNG", field="file")
    plain = "".join(sign for sign in name if sign.isalnum() or sign in "._-（）()")[-76:]
    return plain or f"附件.{kind}", content
