"""Django's migrate, but an empty database is made at once; one that has tables goes on by migrations."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import connections

from yilianti.config.management import first_start

#: With one of these, somebody wants a part, a look or a record: Django's own way.
OTHERWISE = ("app_label", "fake", "plan", "check_unapplied", "prune", "one_by_one")


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--one-by-one", action="store_true", help="Apply every migration, also to an empty database.")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if not any(options[name] for name in OTHERWISE) and first_start.is_empty(connection):
            made = first_start.make(connection)
            if options["verbosity"] >= 1:
                self.stdout.write(f"  All tables made at once, as {made} migrations leave them.")
        super().handle(*args, **options)
