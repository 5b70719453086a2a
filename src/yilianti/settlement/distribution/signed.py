"""A statement's content as everybody reads it, signed, and packed for somebody who need not trust us."""

from __future__ import annotations

import json
from typing import Any

from yilianti.kernel.crypto import signed_files, signing
from yilianti.settlement.distribution.models import Statement

#: The key that signs statements.
KEY = "statements"


def canonical(content: dict[str, Any]) -> bytes:
    """Keys sorted, UTF-8, no spaces."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def holds(statement: Statement) -> bool:
    """Whether not a byte has changed since it was signed."""
    return signing.verify(bytes(statement.content), bytes(statement.signature), statement.certificate)


def packed(statement: Statement) -> bytes:
    """Content, signature, certificate and the one line by which OpenSSL verifies them, as zip."""
    signature = signing.Signed(bytes(statement.signature), statement.certificate, statement.algorithm)
    return signed_files.packed(f"{statement.number}-{statement.version}", f"清算单 {statement.number} 第 {statement.version} 版", bytes(statement.content), signature)
