"""Bills that tell something: a referred patient and an unreferred one with the same bill, and illnesses that cost more than a family has."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from demo.ailments import AILMENTS
from demo.messages import Patient
from demo.places import CITY, COUNTY, PROVINCE
from yilianti.care.referral.models import Referral
from yilianti.record.encounters.models import Encounter

if TYPE_CHECKING:
    from demo.billing import Ledger

_BILL = {"total": 986_320, "fully_own": 21_600, "first_self": 49_150, "diagnoses": ("I50.900", "I10.x00"), "operations": (), "department": "心内科", "days": 4}


def journeys(book: Ledger, patients: list[Patient]) -> None:
    """First of all bills, so that their people have no others."""
    from demo import billing

    known = {patient.resident: patient for patient in patients}
    sent = {one.resident_id for one in Referral.objects.all()} | {one.resident_id for one in Encounter.objects.all()}
    free = [patient for patient in patients if patient.resident not in sent and patient.who.born_on.year < 1970]
    failing, up = AILMENTS["failure"], list(Referral.objects.filter(state="concluded", to_institution=book.place(COUNTY)).exclude(arrived_at=None).order_by("id"))
    for place, referral in enumerate(up):
        visit = Encounter.objects.filter(resident=referral.resident_id, institution=book.place(COUNTY), kind="inpatient", state="closed").order_by("opened_at").first()
        if visit is None or referral.resident_id not in known:
            continue
        patient, sender = known[referral.resident_id], next(key for key, one in book.staff.county.at.items() if one.id == referral.from_institution_id)
        first, last = timezone.localdate(visit.opened_at), timezone.localdate(visit.closed_at)
        given = {"visit_number": visit.visit_number, "days": (last - first).days}
        if place == 0:
            sent_on = timezone.localdate(referral.submitted_at)
            billing.stay(book, patient, sender, failing, sent_on - timedelta(days=3), days=3, total=142_380, diagnoses=("I50.900", "I10.x00"), operations=())
            billing.stay(book, patient, COUNTY, failing, first, **(_BILL | given))
            billing.stay(book, free[0], COUNTY, failing, first, **(_BILL | {"days": given["days"]}))
        else:
            billing.stay(book, patient, COUNTY, AILMENTS["pressure"], first, **given)
    day = book.today
    billing.stay(book, free[1], CITY, AILMENTS["infarct"], day - timedelta(days=140), days=16, total=16_842_500, way="emergency", groups=("minimum_living",), operations=("36.0600",))
    billing.stay(book, free[1], COUNTY, failing, day - timedelta(days=100), days=9, total=1_320_400, groups=("minimum_living",))
    billing.stay(book, free[2], PROVINCE, AILMENTS["infarct"], day - timedelta(days=170), days=14, total=21_456_000, way="referred", groups=("destitute",), operations=("36.0600",))
    billing.stay(book, free[3], PROVINCE, AILMENTS["failure"], day - timedelta(days=80), days=11, total=6_240_800)
    billing.stay(book, free[4], COUNTY, AILMENTS["lung"], day - timedelta(days=60), days=7, insurance="employee")
