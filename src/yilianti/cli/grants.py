"""What the application role may do to each table: everything but change on what is only ever added to."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, transaction

from yilianti.cli.postgres.cluster import APPLICATION


def append_only() -> list[str]:
    """Tables whose model says `append_only = True`."""
    return sorted({model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)})


def apply(role: str = APPLICATION) -> bool:
    """Give `role` its rights, as the tables' owner; False when there is no such separate role."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [role])
        owner, exists = cursor.fetchone()
        if owner == role or not exists:
            return False
        _grant(cursor, role)
    return True


def _grant(cursor: Any, role: str) -> None:
    name = connection.ops.quote_name
    to = name(role)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {to}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {to}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {to}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {to}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {to}",
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {to}",
        f"REVOKE DELETE ON yilianti_setup FROM {to}",
    ):
        cursor.execute(statement)
    present = set(connection.introspection.table_names(cursor))
    for table in append_only():
        if table in present:
            cursor.execute(f"REVOKE UPDATE, DELETE ON {name(table)} FROM {to}")
