"""Referrals and the questions an arrival can raise."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse

from yilianti.care.referral.clocks import Clock
from yilianti.care.referral.clocks import Question as Question
from yilianti.care.referral.judgements import Judgement as Judgement
from yilianti.care.referral.notices import PatientNotice  # noqa: F401 - Django looks for tables here
from yilianti.care.referral.sayings import Message as Message
from yilianti.care.referral.sayings import MilestoneNoted as MilestoneNoted
from yilianti.care.referral.signed_with import SignedWith  # noqa: F401 - the same
from yilianti.care.referral.terms import (
    OPEN,
    ArrivalSource,
    Channel,
    DeclineReason,
    Outcome,
    Service,
    State,
    Urgency,
)
from yilianti.kernel.crypto.encryption import EncryptedBytesField

_OPEN = [str(state) for state in OPEN]
#: sent, and neither ended nor discharged
WITH_RECEIVER = ["pending", "submitted", "assigned", "rerouting", "advised", "returned", "accepted", "arrived"]


class Batch(models.Model):
    """Several residents sent together, as after a screening day."""

    number = models.CharField("批次号", max_length=24, unique=True)
    client_key = models.UUIDField(unique=True, default=uuid4)
    title = models.CharField("名称", max_length=80)
    held_on = models.DateField("筛查日期")
    from_institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    to_institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["from_institution", "-made_at"]), models.Index(fields=["to_institution", "-made_at"])]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.number


class Referral(Clock):
    """One referral. The way home (`goes_home`) is a second one whose `origin` is the first, if the patient came by one."""

    number = models.CharField("转诊单号", max_length=24, unique=True)
    state = models.CharField(max_length=12, choices=State.choices(), default=State.DRAFT.value)
    client_key = models.UUIDField(null=True, unique=True)
    origin = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="ways_home")
    #: a way home stays on the sender's account until the first follow-up; most have an `origin`, who came without a referral only a `stay`
    goes_home = models.BooleanField(default=False, db_default=False)
    stay = models.CharField("回程所接的就诊编号", max_length=24, blank=True, default="", db_default="")
    #: the way home from which the patient had to be sent up again
    recalls = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="recalled_by")
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals")

    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="referrals")
    from_institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="referrals_out")
    from_level = models.CharField(max_length=12)
    to_institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="referrals_in")
    to_level = models.CharField(max_length=12)
    #: the receiver does not work on this platform
    is_outside = models.BooleanField("网外去向", default=False)
    to_department = models.ForeignKey("institutions.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to_service = models.ForeignKey("services.HealthcareService", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to_practitioner = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reservation = models.CharField("预留号", max_length=24, blank=True)
    channel = models.CharField("通道", max_length=12, choices=Channel.choices(), default=Channel.ORDINARY.value)
    onset_at = models.DateTimeField("发病时间", null=True, blank=True)
    diagnosis_code = models.CharField(max_length=24)
    diagnosis_name = models.CharField(max_length=120)
    reason = models.CharField("转诊指征", max_length=32)
    reason_name = models.CharField(max_length=120)
    urgency = models.CharField(max_length=12, choices=Urgency.choices(), default=Urgency.ELECTIVE.value)
    service = models.CharField(max_length=16, choices=Service.choices())
    summary = models.TextField("病情描述")
    treatment = models.TextField("治疗经过", blank=True)
    notes = models.TextField("转诊注意事项", blank=True)
    examination = models.TextField("检查项目", blank=True)
    medicines = models.JSONField("用药清单", default=list, blank=True)
    allergies = models.JSONField("过敏清单", default=list, blank=True)
    rehabilitation = models.TextField("康复与治疗计划", blank=True)
    contact = models.ForeignKey("people.Person", verbose_name="联系医生", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contact_phone = models.CharField("联系电话", max_length=32, blank=True)
    evidence = ArrayField(models.CharField(max_length=48), default=list, blank=True)
    overridden = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    override_reason = models.CharField("仍要转诊的理由", max_length=400, blank=True)
    consent = models.ForeignKey("consent.Consent", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    drafted_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True)
    proposed_institution = models.ForeignKey("institutions.Institution", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    redirect_consent = models.CharField("患者同意改转", max_length=200, blank=True)
    advice = models.TextField("诊疗意见", blank=True)
    decided_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=24, choices=DeclineReason.choices(), blank=True)
    decision_note = models.CharField(max_length=400, blank=True)
    appointment_at = models.DateTimeField("预约时间", null=True, blank=True)
    lapses_at = models.DateTimeField(null=True, blank=True)
    #: what the receiver's own system has booked: shown, never decided by
    expected_at = models.DateTimeField("院方预约", null=True, blank=True)
    expected_by = models.CharField(max_length=24, blank=True)
    expected_place = models.CharField(max_length=160, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    arrival_source = models.CharField(max_length=8, choices=ArrivalSource.choices(), blank=True)
    encounter = models.CharField("就诊编号", max_length=24, blank=True)
    discharged_at = models.DateTimeField(null=True, blank=True)
    discharge_document = models.CharField("出院小结编号", max_length=24, blank=True)
    follow_up_due_on = models.DateField(null=True, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    follow_up_note = models.TextField("首次随访", blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField("去向结果", max_length=12, choices=Outcome.choices(), blank=True)
    outcome_on = models.DateField(null=True, blank=True)
    outcome_note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["to_institution", "state", "-submitted_at"]),
            models.Index(fields=["from_institution", "state", "-drafted_at"]),
            models.Index(fields=["resident", "-drafted_at"]),
            # The piles of every desk are counted from this index alone.
            models.Index(fields=["state", "from_institution", "to_institution"], include=["goes_home"], condition=Q(state__in=_OPEN), name="referral_open"),
            # The nearest promise first is this index read from its beginning.
            models.Index(fields=["due_at", "id"], condition=Q(state__in=_OPEN), name="referral_due"),
            # What is overdue, newest first, is this one alone; a condition on the state besides would mislead the planner.
            models.Index(F("id").desc(), include=["due_at", "state", "from_institution", "to_institution"], condition=Q(due_at__isnull=False), name="referral_owed"),
            models.Index(fields=["speaks_at"], condition=Q(speaks_at__isnull=False), name="referral_speaks"),
            models.Index(fields=["lapses_at"], condition=Q(state="accepted"), name="referral_may_lapse"),
            models.Index(fields=["encounter"], condition=~Q(encounter=""), name="referral_encounter"),
            models.Index(fields=["to_institution", "appointment_at"], condition=Q(appointment_at__isnull=False), name="referral_expected"),
            # The filters of the worklist, newest first.
            models.Index(F("state"), F("id").desc(), name="referral_by_state"),
            models.Index(F("urgency"), F("id").desc(), name="referral_by_urgency"),
            models.Index(F("service"), F("id").desc(), name="referral_by_service"),
            models.Index(F("from_level"), F("to_level"), F("id").desc(), name="referral_by_route"),
            models.Index(F("to_department"), F("id").desc(), name="referral_by_department"),
            models.Index(F("submitted_at").desc(), F("id").desc(), name="referral_by_submission"),
            models.Index(OpClass(F("diagnosis_code"), name="varchar_pattern_ops"), F("id").desc(), name="referral_by_diagnosis"),
            models.Index(OpClass(Reverse("number"), name="text_pattern_ops"), name="referral_by_number_end"),
            models.Index(F("channel"), F("id").desc(), condition=~Q(channel="ordinary"), name="referral_green"),
            models.Index(F("id").desc(), condition=~Q(overridden=[]), name="referral_overridden"),
            models.Index(fields=["follow_up_due_on"], condition=Q(goes_home=True, state__in=["accepted", "arrived"]), name="referral_to_follow_up"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "from_institution", "to_institution", "diagnosis_code"],
                # an urgent one is never kept waiting by an older one
                condition=Q(state__in=WITH_RECEIVER, urgency="elective"), name="one_open_referral_per_diagnosis",
                violation_error_message="该居民已有一张同诊断、同去向的在途转诊单。",
            ),
            models.UniqueConstraint(
                fields=["origin"], condition=Q(state__in=["draft", *WITH_RECEIVER]), name="one_open_way_home",
            ),
            models.UniqueConstraint(fields=["stay"], condition=Q(state__in=["draft", *WITH_RECEIVER]) & ~Q(stay=""), name="one_open_way_home_of_a_stay"),
            models.CheckConstraint(name="way_home_says_so", condition=Q(goes_home=True) | Q(origin__isnull=True, stay="")),
            models.CheckConstraint(name="referral_goes_elsewhere", condition=~Q(from_institution=F("to_institution"))),
            models.CheckConstraint(
                name="referral_decided_whole",
                condition=Q(decided_at__isnull=True, decided_by__isnull=True) | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_approved_whole",
                condition=Q(approved_at__isnull=True, approved_by__isnull=True) | Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
            models.CheckConstraint(name="only_an_open_referral_owes", condition=Q(due_at__isnull=True) | Q(state__in=_OPEN)),
            models.CheckConstraint(name="overridden_referral_has_reason", condition=Q(overridden=[]) | ~Q(override_reason="")),
            models.CheckConstraint(name="rerouting_referral_names_where", condition=~Q(state="rerouting") | Q(proposed_institution__isnull=False)),
            models.CheckConstraint(name="advised_referral_has_advice", condition=~Q(state="advised") | ~Q(advice="")),
            models.CheckConstraint(name="accepted_referral_has_appointment", condition=~Q(state="accepted") | Q(appointment_at__isnull=False)),
            models.CheckConstraint(name="declined_referral_has_reason", condition=~Q(state="declined") | ~Q(decline_reason="")),
            models.CheckConstraint(name="arrived_referral_has_moment", condition=~Q(state="arrived") | Q(arrived_at__isnull=False)),
        ]

    class Privacy:
        personal = {"summary": "clinical summary", "treatment": "treatment so far", "notes": "notes for the receiver",
                    "diagnosis_name": "diagnosis", "diagnosis_code": "diagnosis", "follow_up_note": "follow-up note",
                    "examination": "examinations asked for", "medicines": "medicines", "allergies": "allergies", "rehabilitation": "plan of treatment",
                    "advice": "advice given", "outcome": "what became of the patient", "outcome_note": "what became of the patient",
                    "override_reason": "why it is sent all the same"}

    def __str__(self) -> str:
        return self.number


class Certificate(models.Model):
    """That a patient is sent out of the county, as a signed PDF; whoever holds it verifies it by the code printed on it."""

    number = models.CharField("证明编号", max_length=24, unique=True)
    code = models.CharField("核验码", max_length=32, unique=True)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="certificates")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    receiver = models.CharField("转往机构", max_length=120)
    valid_from = models.DateField()
    valid_until = models.DateField()
    policy_ref = models.CharField(max_length=160)
    content = EncryptedBytesField()
    signer = models.CharField(max_length=200)
    issued_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    revoked_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["institution", "-id"]), models.Index(fields=["referral", "-id"])]
        constraints = [
            models.CheckConstraint(name="certificate_ends_after_start", condition=Q(valid_until__gte=F("valid_from"))),
            models.CheckConstraint(name="revoked_certificate_says_why", condition=Q(revoked_at__isnull=True) | ~Q(revoked_because="")),
        ]

    class Privacy:
        personal = {"content": "the paper: name, masked identity number, diagnosis", "receiver": "where the patient goes"}

    def __str__(self) -> str:
        return self.number


class ArrivalQuestion(models.Model):
    """An encounter that could be the arrival of several referrals: a person at the receiving desk decides."""

    encounter = models.CharField(max_length=24, unique=True)
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField()
    candidates = ArrayField(models.CharField(max_length=24))
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.BigIntegerField(null=True, blank=True)
    chosen = models.CharField(max_length=24, blank=True)

    class Meta:
        indexes = [models.Index(fields=["institution"], condition=Q(answered_at__isnull=True), name="open_arrival_questions")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.encounter
