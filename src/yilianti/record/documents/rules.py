"""Questions about a document: its fingerprint and its place among its versions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from yilianti.kernel.finding import Finding, Severity
from yilianti.record.documents.terms import Media


def fingerprint(values: Sequence[object]) -> str:
    """SHA-256 over what a reader would see."""
    plain = [value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value) for value in values]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


def overtaken(number: str) -> Finding:
    """An older version that arrived after a newer one."""
    return Finding("older_than_current", f"同一文书已有更新的版本 {number}，本版本作为历史保存。", severity=Severity.WARNING,
                   en="a newer version of this document is already filed; kept as history")


def cancels_nothing() -> Finding:
    """A cancellation of a document that was never received."""
    return Finding("cancels_unknown", "收到作废通知，但此前没有收到对应的文书；已保存作废通知。", severity=Severity.WARNING,
                   en="a cancellation without the document it cancels")


def name_elsewhere(unique_name: str) -> Finding:
    """The sender used one document name for two residents."""
    return Finding("unique_name_of_other_resident", f"文书号 {unique_name} 在本机构另一位居民名下也有文书；两份均保留，请与来源系统核对。",
                   severity=Severity.WARNING, en="the same unique name is in use for another resident; both are kept")


def media_of(content: bytes) -> Media | None:
    """What a file is by its own first bytes, whatever its name and sender say; None for anything that is not taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return Media.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Media.PNG
    if content.startswith(b"%PDF-"):
        return Media.PDF
    return Media.DICOM if content[128:132] == b"DICM" else None
