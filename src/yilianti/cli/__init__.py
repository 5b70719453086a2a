"""./yilianti and the supervisor behind ./run."""

from __future__ import annotations

import os


def django_ready(*, owner: bool = False) -> None:
    """Load Django for a command.

    Without DATABASE_URL the running installation's database is used, or its embedded PostgreSQL is started until
    the command ends. `owner=True` connects as the role that may change tables.
    """
    if not os.environ.get("DATABASE_URL"):
        from yilianti.cli import database

        os.environ["DATABASE_URL"] = database.for_command(owner=owner)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilianti.config.settings")
    import django

    django.setup()
