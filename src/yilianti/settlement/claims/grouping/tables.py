"""How the tables of a scheme are read from a folder and kept in an installation: the same for every kind of scheme."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LARGEST = 64 * 1024 * 1024


def spelled(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(spelled(content)).hexdigest()


def write(content: Mapping[str, Any], folder: Path, file: str) -> Path:
    """Write a scheme into an installation's folder, whole or not at all; one with the same name is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file
    part = path.with_suffix(".part")
    part.write_bytes(gzip.compress(spelled(content), mtime=0))
    part.replace(path)
    return path


def load(path: Path) -> Any:
    with gzip.open(path) as file:
        return json.loads(file.read())


def names(folder: Path, suffix: str) -> str:
    """The schemes there are, for a refusal."""
    return "、".join(sorted(one.name.removesuffix(suffix) for one in folder.glob(f"*{suffix}"))) or "还没有"


def object_of(path: Path, faults: list[str]) -> dict[str, Any]:
    """The object of a JSON file; {} with a fault where there is none."""
    try:
        found = json.loads(_text(path))
    except OSError as trouble:
        faults.append(f"{path.name}：读不到（{trouble.strerror}）；方案需要这个文件。")
        return {}
    except ValueError as trouble:
        faults.append(f"{path.name}：不是 UTF-8 的 JSON（{trouble}）。")
        return {}
    if not isinstance(found, dict):
        faults.append(f"{path.name}：应是一个对象。")
        return {}
    return found


def rows_of(path: Path, faults: list[str]) -> csv.DictReader[str] | None:
    """The rows of a CSV file; None with a fault where it cannot be read."""
    try:
        return csv.DictReader(io.StringIO(_text(path)))
    except OSError as trouble:
        faults.append(f"{path.name}：读不到（{trouble.strerror}）；方案需要这个文件。")
    except UnicodeDecodeError:
        faults.append(f"{path.name}：不是 UTF-8；请另存为 UTF-8 的 CSV。")
    return None


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise OSError(27, "文件太大")
    return path.read_bytes().decode("utf-8-sig")
