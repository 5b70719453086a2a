"""Tables: keys point left, personal data are named, what is only added to is protected, migrations are complete."""

from __future__ import annotations

import pgtrigger
import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState
from django.utils import translation

from tests.architecture.house import PACKAGE, place

OURS = sorted((m for m in apps.get_models() if m.__module__.startswith(f"{PACKAGE}.")), key=lambda m: m._meta.label)


def label(model: type[models.Model]) -> str:
    return model._meta.label


def where(model: type[models.Model]) -> tuple[int, int]:
    stage = model.__module__.split(".")[1]
    return place(model._meta.app_label, stage)


def keys(model: type[models.Model]) -> list[tuple[str, type[models.Model]]]:
    named = [(f.name, f.related_model) for f in model._meta.get_fields() if f.is_relation and not f.auto_created]
    return [(name, other) for name, other in named if isinstance(other, type) and other in OURS]


@pytest.mark.parametrize("model", OURS, ids=label)
def test_foreign_keys_point_left(model) -> None:
    wrong = [
        f"{label(model)}.{name} → {label(other)}"
        for name, other in keys(model)
        if other._meta.app_label != model._meta.app_label and where(other) >= where(model)
    ]
    assert wrong == [], "a key may point only to a room further left; to a sibling use its number"


@pytest.mark.parametrize("model", OURS, ids=label)
def test_personal_data_are_named(model) -> None:
    privacy = vars(model).get("Privacy")
    assert privacy is not None, f"{label(model)} needs class Privacy"
    fields = {field.name for field in model._meta.get_fields()}
    assert [name for name in privacy.personal if name not in fields] == []
    assert all(isinstance(what, str) and what.strip() for what in privacy.personal.values())


@pytest.mark.parametrize("model", [m for m in OURS if getattr(m, "append_only", False)], ids=label)
def test_what_is_only_added_to_is_protected_by_triggers(model) -> None:
    guarded: set[str] = set()
    for trigger in model._meta.triggers:
        if isinstance(trigger, pgtrigger.Protect) or "RAISE EXCEPTION" in (trigger.func or ""):
            guarded |= {word.strip() for word in str(trigger.operation).split(" OR ")}
    assert {"UPDATE", "DELETE", "TRUNCATE"} <= guarded


def test_there_are_models_and_append_only_ones() -> None:
    assert len(OURS) > 20
    assert sum(bool(getattr(m, "append_only", False)) for m in OURS) > 5


def test_migrations_match_the_models() -> None:
    loader = MigrationLoader(None)
    with translation.override(None):  # migrations are written without translations
        present = ProjectState.from_apps(apps)
        found = MigrationAutodetector(loader.project_state(), present, NonInteractiveMigrationQuestioner(specified_apps=set()))
        changes = found.changes(graph=loader.graph)
    assert {app: [str(op) for m in new for op in m.operations] for app, new in changes.items()} == {}


def test_no_application_has_conflicting_migrations() -> None:
    assert MigrationLoader(None).detect_conflicts() == {}
