"""A database made at once and one made by every migration in turn are the same: each definition pg_dump knows, each row, each migration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

from tests.setup.conftest import command
from yilianti.cli.backups import dumping
from yilianti.config.management import first_start

#: pg_dump writes the columns of a table in their order, which tells who came first, not what is there.
TABLE = re.compile(r"(CREATE TABLE [^\n]+ \(\n)(.*)(\n\);)", re.DOTALL)
BLOCK = re.compile(r"\n--\n-- (?:Name: [^\n]*|PostgreSQL database dump complete)\n--\n")
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE sequencename <> 'django_migrations_id_seq'"
ROWS = {"django_migrations": "SELECT app, name FROM django_migrations"}  # without the moment, and in any order
CUT_SHORT = "from django.db import connection; from yilianti.config.management import first_start; first_start.make(connection)"
IN_VAIN = f"""from importlib import import_module; from django.db import migrations
import_module('yilianti.registry.access.migrations.0002_tree_version').Migration.operations.append(migrations.RunSQL('UPDATE nowhere SET a = 1'))
{CUT_SHORT}"""


@contextmanager
def database(name: str) -> Iterator[str]:
    """The address of an empty database on the tests' own server."""
    own = settings.DATABASES["default"]
    user = quote(own["USER"]) + (f":{quote(own['PASSWORD'])}" if own["PASSWORD"] else "")
    url = f"postgresql://{user}@/{{}}?host={quote(own['HOST'], safe='')}&port={own['PORT'] or 5432}"
    with psycopg.connect(url.format("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        try:
            yield url.format(name)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def manage(url: str, *words: str) -> None:
    ended = command("manage", *words, DATABASE_URL=url)
    assert ended.returncode == 0, ended.stderr[-3000:]


def migrate(url: str, *words: str) -> None:
    manage(url, "migrate", "--verbosity=0", "--skip-checks", *words)


def definitions(url: str, folder: Path) -> set[str]:
    """Every statement of a dump without data, columns in the order of their names."""
    file = folder / "schema.sql"
    with psycopg.connect(url) as wire:
        programs = dumping.programs_for(wire.info.server_version // 10_000)
    dumping.run(programs, "pg_dump", url, ["--schema-only", "-f", str(file)])
    blocks = BLOCK.split(file.read_text(encoding="utf-8"))[1:-1]
    return {TABLE.sub(_in_order, block).strip() for block in blocks}


def _in_order(table: re.Match[str]) -> str:
    return table[1] + ",\n".join(sorted(line.rstrip(",") for line in table[2].split("\n"))) + table[3]


def rows(url: str) -> set[str]:
    """Every row that stands in a fresh database, and where its sequences are."""
    with psycopg.connect(url) as wire:
        tables = [name for (name,) in wire.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()]
        found = {f"sequence {row}" for row in wire.execute(SEQUENCES)}
        for name in tables:
            found |= {f"{name} {row}" for row in wire.execute(ROWS.get(name, f'SELECT t::text FROM "{name}" t'))}  # type: ignore[arg-type]
    return found


def first_difference(at_once: set[str], in_turn: set[str]) -> str:
    """One sentence about the first thing that only one of the two has; empty when they are alike."""
    for only, who in ((in_turn - at_once, "only by the migrations in turn"), (at_once - in_turn, "only by the models at once")):
        if only:
            return f"{len(only)} made {who}, first:\n{min(only)}"
    return ""


def test_made_at_once_or_by_every_migration_in_turn_a_database_is_the_same(tmp_path: Path) -> None:
    with database("made_at_once") as at_once, database("made_in_turn") as in_turn, database("made_cut_short") as cut_short:
        migrate(at_once)
        migrate(in_turn, "--one-by-one")
        made = definitions(at_once, tmp_path)
        assert len(made) > 1000
        assert first_difference(made, definitions(in_turn, tmp_path)) == ""
        assert first_difference(rows(at_once), rows(in_turn)) == ""

        manage(cut_short, "shell", "-v0", "-c", CUT_SHORT)  # killed before the rest
        migrate(cut_short)
        assert first_difference(made, definitions(cut_short, tmp_path)) == ""
        assert first_difference(rows(at_once), rows(cut_short)) == ""


def test_nothing_is_left_of_tables_that_could_not_be_finished() -> None:
    """The last statement of the one transaction fails: the database is as empty as before, and the migration is named."""
    with database("made_in_vain") as url:
        ended = command("manage", "shell", "-v0", "-c", IN_VAIN, DATABASE_URL=url)
        assert ended.returncode != 0
        assert "access.0002_tree_version: in a new database this ran on the tables of today" in ended.stderr
        with psycopg.connect(url) as wire:
            assert wire.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_only_what_the_models_do_not_say_is_run() -> None:
    mended, made = migrations.RunSQL("UPDATE t SET a = 1", elidable=True), migrations.RunSQL("CREATE SEQUENCE s")
    extension = TrigramExtension()
    within = migrations.SeparateDatabaseAndState(database_operations=[mended, made])
    assert list(first_start.beyond_the_models([migrations.DeleteModel("t"), within, mended, extension])) == [made, extension]
