"""The tables of an empty database made at once, as all migrations together leave them: docs/decisions/0026-first-start.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.postgres.operations import CollationOperation, CreateExtension
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation, ModelOperation
from django.db.migrations.state import ProjectState
from django.db.models import Model

#: What these do is in the models that the migrations come to.
IN_THE_MODELS = (ModelOperation, FieldOperation, IndexOperation)
#: What a column may need before there is a table.
BEFORE_THE_TABLES = (CreateExtension, CollationOperation)
HINT = (
    "{migration}: in a new database this ran on the tables of today. What only mends rows that are there already is to be marked elidable=True "
    "(docs/decisions/0026-first-start.md)."
)


def is_empty(connection: Any) -> bool:
    """Not one table is there, also none of somebody else's."""
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def make(connection: Any) -> int:
    """Make the tables in one transaction and record their migrations as applied; how many there were.

    Applications without tables of their own (SQL alone, such as the job queue) are left to their migrations: they cost little.
    """
    executor = MigrationExecutor(connection)
    state = executor.loader.project_state()
    models = [model for model in state.apps.get_models() if model._meta.can_migrate(connection)]
    with_tables = {model._meta.app_label for model in models}
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    migrations = [migration for migration, _ in plan if migration.app_label in with_tables]
    beyond = [(migration, operation) for migration in migrations for operation in beyond_the_models(migration.operations)]
    early = [pair for pair in beyond if isinstance(pair[1], BEFORE_THE_TABLES)]
    with transaction.atomic(using=connection.alias):
        _run(connection, state, early)
        _make_tables(connection, models)
        _run(connection, state, [pair for pair in beyond if pair not in early])
        executor.recorder.ensure_schema()
        for migration in migrations:
            executor.recorder.record_applied(migration.app_label, migration.name)
    return len(migrations)


def beyond_the_models(operations: Iterable[Operation]) -> Iterator[Operation]:
    """What models do not know (SQL and Python), without what Django calls elidable: work on rows that a new database has not got."""
    for operation in operations:
        if isinstance(operation, SeparateDatabaseAndState):
            yield from beyond_the_models(operation.database_operations)
        elif not isinstance(operation, IN_THE_MODELS) and not operation.elidable:
            yield operation


def _make_tables(connection: Any, models: list[type[Model]]) -> None:
    """Tables with their indexes, constraints and (by pgtrigger's editor) triggers; foreign keys last."""
    with connection.schema_editor() as editor:
        for model in models:
            editor.create_model(model)


def _run(connection: Any, state: ProjectState, pairs: list[tuple[Any, Operation]]) -> None:
    with connection.schema_editor() as editor:
        for migration, operation in pairs:
            try:
                operation.database_forwards(migration.app_label, editor, state, state)
            except Exception as error:
                error.add_note(HINT.format(migration=migration))
                raise
