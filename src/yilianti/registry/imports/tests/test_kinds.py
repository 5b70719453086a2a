"""The kinds the composition root lists."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.imports import kinds

ICONS = (settings.ROOT / "assets/icons/icons.txt").read_text().split()


def test_every_listed_importer_is_loaded_under_a_key_of_its_own() -> None:
    assert len(kinds.every()) == len(settings.IMPORTERS)
    assert [path.split(".")[-2] for path in settings.IMPORTERS] == ["api"] * len(settings.IMPORTERS), "rooms are entered by their door"


@pytest.mark.django_db
def test_every_importer_says_what_it_is() -> None:
    for key, importer in kinds.every().items():
        layout = importer.layout(Actor.system(), date(2026, 11, 26))
        assert importer.key == key and importer.title == layout.title and importer.permission, key
        assert importer.icon in ICONS, key
        assert {column.key for column in layout.columns} >= set(layout.identity), key


def test_a_kind_no_longer_listed_is_told_so() -> None:
    with pytest.raises(Refused, match="已不能导入"):
        kinds.of("horses")
    assert kinds.title("horses") == "horses"
