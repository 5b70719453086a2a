from __future__ import annotations

import pytest

from yilianti.registry.access.tests import factories


@pytest.fixture
def county() -> factories.County:
    return factories.county()
