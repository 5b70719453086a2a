"""Who may do what: grants as they were given, demo accounts, passwords once printed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date

from yilianti.cli import django_ready, production
from yilianti.cli.doctor.line import GRAVE, Line, line


def lines() -> Iterator[Line]:
    """Every grant against its seal and the journal; in production the accounts that may not be opened to the world."""
    django_ready()
    from django.db import DatabaseError, connection

    if "access_grant" not in connection.introspection.table_names():
        return
    from yilianti.registry.access import api as access

    try:
        found = access.faults_of_grants()
    except DatabaseError as fault:
        yield Line(GRAVE, "授权封签", f"不能核对（{fault}）；请运行 ./yilianti migrate")
        return
    yield line(not found, "授权封签", "每条授权都与封签和日志相符" if not found else "；".join(found[:5]))
    if os.environ.get("YILIANTI_MODE") == "production":
        for open_account in production.faults_in_data(os.environ["DATABASE_URL"], date.today()):  # noqa: DTZ011
            yield Line(GRAVE, "账号", open_account)
