"""./yilianti seal: put the seals of the policy of sensitive categories on records that are there already."""

from __future__ import annotations

import argparse

from yilianti.cli import django_ready

SUMMARY: str = "敏感类别政策改变后，给已有的就诊、检查检验、文书补上敏感标记"


def main(argv: list[str]) -> int:
    """Every record room in turn; what a person has unsealed stays so; may be repeated and broken off at will."""
    argparse.ArgumentParser(prog="./yilianti seal", description=SUMMARY).parse_args(argv)
    django_ready()
    from django.utils import timezone

    from yilianti.record.documents import api as documents
    from yilianti.record.encounters import api as encounters
    from yilianti.record.prescriptions import api as prescriptions
    from yilianti.record.results import api as results

    for name, room in (("就诊", encounters), ("检查检验", results), ("文书", documents), ("用药", prescriptions)):
        print(f"✓ {name}：核对 {room.reseal(at=timezone.now())} 条。", flush=True)
    return 0
