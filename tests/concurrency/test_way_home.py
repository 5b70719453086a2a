"""Eight doctors write the way home of one in-patient at the same instant: one is sent, seven are told of it."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from yilianti.care.referral import actions
from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories
from yilianti.kernel.finding import Refused
from yilianti.record.encounters.tests import factories as records

pytestmark = pytest.mark.django_db(transaction=True)
DOCTORS = 8


def sent(scene: factories.Scene, stay: str, start: Barrier, at: datetime) -> str:
    try:
        start.wait(timeout=30)
        told = factories.home_application(scene, Referral(from_institution=scene.county.township))
        return actions.bring_home(actor=scene.department, encounter=stay, application=told, client_key=uuid4(), consent_basis="signed", at=at).state
    except Refused as refusal:
        return refusal.code
    finally:
        connection.close()


def test_one_way_home_of_a_stay(at: datetime) -> None:
    scene = factories.scene(at)
    for number in range(5):
        stay = records.opened(scene.resident, scene.county.hospital, at - timedelta(days=6), f"ZY{number}").number
        start = Barrier(DOCTORS)
        with ThreadPoolExecutor(DOCTORS) as pool:
            said = Counter(pool.map(lambda _, stay=stay, start=start: sent(scene, stay, start, at), range(DOCTORS)))
        assert said["submitted"] == 1 and set(said) <= {"submitted", "way_home_open", "already_open"}, said
        assert Referral.objects.filter(stay=stay).count() == 1
        actions.withdraw(actor=scene.department, number=Referral.objects.get(stay=stay).number, because="测试", at=at)
