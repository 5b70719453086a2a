"""Check the chain of the journal from its first entry."""

from __future__ import annotations

from yilianti.cli import django_ready

SUMMARY: str = "核对日志哈希链，指出第一条被改动的记录"


def main(argv: list[str]) -> int:
    """0 when the chain holds; 1 and the first broken entry otherwise."""
    django_ready()
    from yilianti.kernel import sealing

    try:
        sealed, waiting = sealing.verify()
    except sealing.Broken as broken:
        print(f"✗ {broken}")
        return 1
    print(f"✓ 日志完好：{sealed} 条已封签、哈希相符；{waiting} 条等待封签。")
    return 0
