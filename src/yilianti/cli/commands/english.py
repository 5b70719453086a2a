"""./yilianti english: which sentences of the interface have no English yet, and which pairs nobody uses."""

from __future__ import annotations

import argparse
import csv
import os
import sys

SUMMARY: str = "英文对照：missing 列出还没有英文的句子（CSV），unused 列出已不用的对照"


def main(argv: list[str]) -> int:
    """`missing` prints rows to append to assets/english; 1 when there are any."""
    parser = argparse.ArgumentParser(prog="./yilianti english", description=SUMMARY)
    parser.add_argument("what", choices=["missing", "unused"])
    asked = parser.parse_args(argv)
    from yilianti.cli import checking, django_ready, wording

    os.environ.setdefault("DATABASE_URL", checking.NO_DATABASE)  # nothing is read from one
    django_ready()
    from django.conf import settings

    from yilianti.config.english import catalogue

    said, known = wording.sentences(), dict(catalogue.pairs(settings.ROOT / "assets/english"))
    named = dict(catalogue.terms())
    rows = sorted(said - set(known) - set(named)) if asked.what == "missing" else sorted(set(known) - said)
    csv.writer(sys.stdout, lineterminator="\n").writerows((row, known.get(row, "")) for row in rows)
    return 1 if rows and asked.what == "missing" else 0
