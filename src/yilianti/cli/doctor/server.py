"""The database: version, roles and what they may really do, protections, migrations, parked handovers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yilianti.cli import django_ready
from yilianti.cli.doctor.line import GRAVE, HINT, WELL, Line, line
from yilianti.cli.postgres.cluster import APPLICATION, OWNER


def lines() -> Iterator[Line]:
    """Every examination as one line; nothing is changed."""
    django_ready()
    from django.db import connection

    with connection.cursor() as cursor:
        version = _value(cursor, "SHOW server_version")
        yield line(connection.pg_version >= 150000, "数据库版本", f"PostgreSQL {version}")  # type: ignore[attr-defined]
        yield from _durability(cursor)
        yield from _clock(cursor)
        if not _value(cursor, "SELECT to_regclass('public.django_migrations') IS NOT NULL"):
            yield Line(GRAVE, "数据表", "还没有建立；请运行 ./run 或 ./yilianti migrate")
            return
        yield from _role(cursor)
        yield from _append_only(cursor)
        yield from _triggers(cursor)
        yield from _migrations(connection)
        yield from _parked(cursor)


def _value(cursor: Any, statement: str, parameters: tuple[Any, ...] = ()) -> Any:
    cursor.execute(statement, parameters)
    return cursor.fetchone()[0]


def _durability(cursor: Any) -> Iterator[Line]:
    settings = {name: _value(cursor, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")}
    off = [name for name, value in settings.items() if value == "off"]
    yield line(not off, "落盘", "提交即落盘" if not off else f"{'、'.join(off)} 已关闭：断电会丢失已确认的数据")


def _clock(cursor: Any) -> Iterator[Line]:
    import time

    skew = abs(float(_value(cursor, "SELECT extract(epoch FROM clock_timestamp())::float8")) - time.time())
    yield line(skew < 2, "数据库时钟", f"与本机相差 {skew:.1f} 秒", otherwise=HINT)


def _role(cursor: Any) -> Iterator[Line]:
    cursor.execute("SELECT current_user, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
    user, superuser, _ = cursor.fetchone()
    if superuser:
        yield Line(GRAVE, "角色", f"{user} 是超级用户：触发器和权限都可被绕过；请换用普通用户")
        return
    owns = _value(
        cursor,
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user AND tablename LIKE 'kernel%%'",
    )
    if owns:
        text = f"{user} 同时拥有数据表：只增表由触发器保护，角色权限一层不起作用；可建立 {OWNER} 与 {APPLICATION} 两个用户分开使用"
        yield Line(HINT, "角色", text)
    else:
        yield Line(WELL, "角色", f"{user} 只使用数据表，不拥有它们")
    creates = _value(cursor, "SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
    yield line(
        not creates or bool(owns), "建表", f"{user} {'可以' if creates else '不能'}在 public 中建表", otherwise=HINT
    )


def _append_only(cursor: Any) -> Iterator[Line]:
    """What the serving role may do to each append-only table, as PostgreSQL itself answers."""
    from yilianti.cli import grants

    allowed, missing = [], []
    for table in grants.append_only():
        cursor.execute("SELECT to_regclass(%s)", [table])
        if cursor.fetchone()[0] is None:
            continue
        question = "SELECT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE'), has_table_privilege(%s, 'INSERT')"
        cursor.execute(question, [table, table])
        changes, inserts = cursor.fetchone()
        allowed += [table] if changes else []
        missing += [] if inserts else [table]
    total = len(grants.append_only())
    text = (
        f"{total} 张只增表，本角色都不能改、不能删"
        if not allowed
        else f"本角色的权限允许改动 {len(allowed)} 张只增表（例如 {allowed[0]}），只由触发器拦住"
    )
    yield line(not allowed, "只增权限", text, otherwise=HINT)
    if missing:
        yield Line(GRAVE, "写入权限", f"不能写入 {'、'.join(missing[:3])}；请运行 ./yilianti migrate")


def _triggers(cursor: Any) -> Iterator[Line]:
    """Append-only tables whose refusing trigger is absent or switched off."""
    from yilianti.cli import grants

    cursor.execute(
        """SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
           WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgname LIKE 'pgtrigger%%' GROUP BY c.relname"""
    )
    guarded = dict(cursor.fetchall())
    bare = [table for table in grants.append_only() if not guarded.get(table)]
    text = "每张只增表都有拒绝改动的触发器" if not bare else f"这些只增表没有触发器：{'、'.join(bare)}"
    yield line(not bare, "只增触发器", text)


def _migrations(connection: Any) -> Iterator[Line]:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    yield line(
        not waiting,
        "数据库结构",
        "已是最新" if not waiting else f"有 {len(waiting)} 步更新未执行；请运行 ./run 或 ./yilianti migrate",
    )


def _parked(cursor: Any) -> Iterator[Line]:
    parked = "SELECT count(*) FROM handovers_waiting WHERE parked_at IS NOT NULL AND dismissed_at IS NULL"
    count = _value(cursor, parked)
    yield line(
        not count, "交接", "没有搁置的记录" if not count else f"{count} 条搁置，请在“运行状态”页处理", otherwise=HINT
    )
