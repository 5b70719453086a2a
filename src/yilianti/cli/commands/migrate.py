"""Bring the database up to this version and give the application role its rights."""

from __future__ import annotations

import argparse
import os
from typing import Any

from yilianti.cli import checks, django_ready, home, setup

SUMMARY: str = "更新数据库结构并重设各角色的权限"


class Counted:
    """Django's line per migration, as a count every tenth."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.seen = 0

    def write(self, text: str) -> None:
        self.seen += text.count("Applying ")
        if "Applying " in text and (self.seen % 10 == 0 or self.seen == self.total):
            print(f"[{self.seen}/{self.total}]", flush=True)

    def flush(self) -> None:
        pass


def main(argv: list[str]) -> int:
    """Migrate as owner, then grants, then the mark that both are done."""
    argparse.ArgumentParser(prog="./yilianti migrate", description=SUMMARY).parse_args(argv)
    django_ready(owner=True)
    ring = checks.keys(home.current(), setup.done(os.environ["DATABASE_URL"]).get("keys", ""))
    from django.core.management import call_command
    from django.db import connection

    from yilianti.cli import grants
    from yilianti.config.management import first_start

    told = 0 if first_start.is_empty(connection) else 1  # made at once, there is nothing to count
    call_command("migrate", interactive=False, verbosity=told, stdout=Counted(len(_plan(connection))))
    with connection.cursor() as cursor:
        cursor.execute(setup.TABLE)
    separate = grants.apply()
    with connection.cursor() as cursor:
        cursor.execute(setup.MARK, ["keys", ring])
        cursor.execute(setup.MARK, ["migrated", setup.fingerprint()])
    if not separate:
        print("△ 数据库只有一个角色：只增表仅由触发器保护，角色权限一层不起作用（见 ./yilianti doctor）。")
    return 0


def _plan(connection: Any) -> list[Any]:
    """Migrations still to be applied."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return list(executor.migration_plan(executor.loader.graph.leaf_nodes()))
