"""Small policy trees for tests."""

from __future__ import annotations

from pathlib import Path

HEAD = """title = "血钾危急值"
code = "clinical.potassium"
unit = "mmol/L"
why = "（示例）"
{status}authored_by = "检验中心"
checked_by = "医务部"
next_review = 2027-12-31
"""
SOURCE = 'source = { document = "（示例）管理办法", clause = "第3项" }\n'


def edition(start: str, body: str = "low = 2.8\n", source: str = SOURCE) -> str:
    return f"\n[[edition]]\neffective_from = {start}\n{source}{body}"


def put(root: Path, place: str, *editions: str, status: str = "", code: str = "clinical.potassium") -> Path:
    """Write one policy file of a place below a root of policies."""
    path = root.joinpath(*place.split("/"), *code.split(".")).with_suffix(".toml")
    path.parent.mkdir(parents=True, exist_ok=True)
    head = HEAD.format(status=f'status = "{status}"\n' if status else "").replace("clinical.potassium", code)
    path.write_text(head + "".join(editions), encoding="utf-8")
    return path
