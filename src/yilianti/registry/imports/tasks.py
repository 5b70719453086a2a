"""Imports that take longer than a person waits, done by the worker; those it left behind are taken up again."""

from __future__ import annotations

import contextlib

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from yilianti.registry.imports import working


@app.task(name="go_on_with_import", pass_context=False)
def go_on_with_import(import_id: int) -> None:
    try:
        working.go_on(import_id, timezone.now())
    finally:
        connection.close()


@app.periodic(cron="* * * * *")
@app.task(name="take_up_imports", queueing_lock="take_up_imports", pass_context=False)
def take_up_imports(timestamp: int = 0) -> None:
    """Give what a killed worker left behind to the next one."""
    try:
        for import_id in working.silent(timezone.now()):
            ask(import_id)
    finally:
        connection.close()


def ask(import_id: int) -> None:
    """Put an import on the worker's list, once."""
    with contextlib.suppress(AlreadyEnqueued):
        go_on_with_import.configure(queueing_lock=f"import:{import_id}").defer(import_id=import_id)
