"""Bring the database up to this version and give the application role its rights."""

from __future__ import annotations

from yilianti.cli import django_ready

SUMMARY: str = "更新数据库结构并重设各角色的权限"


def main(argv: list[str]) -> int:
    """Migrate as owner, then grants, then the mark that both are done."""
    django_ready(owner=True)
    from django.core.management import call_command
    from django.db import connection

    from yilianti.cli import grants, setup

    call_command("migrate", interactive=False, verbosity=1)
    with connection.cursor() as cursor:
        cursor.execute(setup.TABLE)
    separate = grants.apply()
    with connection.cursor() as cursor:
        cursor.execute(setup.MARK, ["migrated", setup.fingerprint()])
    if not separate:
        print("△ 数据库只有一个角色：只增表仅由触发器保护，角色权限一层不起作用（见 ./yilianti doctor）。")
    return 0
