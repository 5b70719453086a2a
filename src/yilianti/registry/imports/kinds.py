"""The tables that can be brought: whatever rooms declare and the composition root lists, in the order of a first day."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.layout import Importer


@cache
def every() -> Mapping[str, Importer]:
    """Key → importer, loaded when first asked for: rooms to the right are known by name alone."""
    made = [import_string(path)() for path in settings.IMPORTERS]
    return {importer.key: importer for importer in made}


def of(kind: str) -> Importer:
    """The importer of a kind; Refused where this installation has it no longer."""
    if kind not in every():
        raise Refused("unknown_kind", "这种表已不能导入；请回到批量导入页，从列出的种类中选择。", "unknown kind of table")
    return every()[kind]


def title(kind: str) -> str:
    return every()[kind].title if kind in every() else kind


def open_to(actor: Actor) -> list[Importer]:
    """The kinds this actor may bring."""
    return [importer for importer in every().values() if actor.may(importer.permission)]
