"""A township with a cart, its doctor and the county's centre."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from tests.dicom import serving
from yilianti.care.diagnosis.tests import factories
from yilianti.gateways.dicom.models import Sender


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def scene(now: datetime) -> factories.Scene:
    return factories.scene(now)


@pytest.fixture
def cart(scene: factories.Scene, now: datetime) -> Sender:
    return serving.sender(scene.county.township, now)
