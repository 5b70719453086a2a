"""Every test runs on a real PostgreSQL: the one named by YILIANTI_TEST_DATABASE_URL, or a throwaway of our own."""

from __future__ import annotations

import atexit
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as examples

_stack = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Point Django at the database before it is set up."""
    from django.conf import settings

    from yilianti.config.settings import _database

    url = os.environ.get("YILIANTI_TEST_DATABASE_URL")
    if not url:
        from yilianti.cli import postgres

        url = _stack.enter_context(postgres.throwaway())
        atexit.register(_stack.close)
    database = _database(url)
    database.pop("TEST")  # Django has filled in its own by now
    database["OPTIONS"]["pool"] = {"min_size": 0, "max_size": 24, "timeout": 60}  # type: ignore[index]
    settings.DATABASES["default"].update(database)
    # Apart from the home that processes under test work in: their key is not this process's.
    settings.ANCHORS_DIR = Path(_stack.enter_context(tempfile.TemporaryDirectory(prefix="ylt-anchors-")))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    _let_flush_pass_protection()
    _let_forced_logins_pass_the_door()


def _let_forced_logins_pass_the_door() -> None:
    """`force_login` signs in past our login page: what that page notes of a login is noted for it."""
    from django.test import Client
    from django.utils import timezone

    forced = Client.force_login

    def force_login(self: Client, user: Any, backend: str | None = None) -> None:
        from yilianti.registry.access import sessions
        from yilianti.registry.access.models import Login

        forced(self, user, backend)
        now, session = timezone.now(), self.session
        sessions.begin(session, Login.objects.create(account=user, began_at=now, seen_at=now, factor="code").pk)
        session.save()

    Client.force_login = force_login  # type: ignore[method-assign]


def _let_flush_pass_protection() -> None:
    """Tests that commit end with TRUNCATE, which append-only tables refuse: as superuser, let that one statement through."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.sql_flush

    def sql_flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        statements = flush(self, *args, **kwargs)
        return ["SET LOCAL session_replication_role = replica", *statements] if statements else []

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]


@pytest.fixture
def at() -> Any:
    """A fixed working morning; nothing left of the pages reads a clock."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime(2026, 11, 18, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def _anchors(settings: Any) -> None:
    """Each test's journal is another one, and has anchors of its own."""
    from uuid import uuid4

    settings.ANCHORS_DIR = settings.HOME / f"anchors-{uuid4().hex}"

# Timings never decide a test: a machine that is busy is not a fault.
examples.register_profile("house", deadline=None)
examples.load_profile("house")
