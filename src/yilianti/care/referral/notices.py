"""What a patient was told of a referral: kept as a table beside it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilianti.care.referral.rules.telling import Barred

#: A message that has not got through yet, of which nobody has been warned.
UNDER_WAY = Q(barred="", sent_at__isnull=True, failed_at__isnull=True, told_at__isnull=True, reported_at__isnull=True)


class PatientNotice(models.Model):
    """One thing the patient is told, once per journal entry: by text message, in person, or both. How far it is follows from its moments."""

    referral = models.ForeignKey("referral.Referral", on_delete=models.PROTECT, related_name="notices")
    entry = models.BigIntegerField(unique=True)
    step = models.CharField(max_length=24)
    text = models.TextField("告知内容")
    #: masked; "" where no message goes out
    phone = models.CharField("手机号", max_length=16, blank=True)
    barred = models.CharField("不发短信的原因", max_length=12, choices=Barred.choices(), blank=True)
    made_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField("短信发出", null=True, blank=True)
    failed_at = models.DateTimeField("短信未发出", null=True, blank=True)
    failed_because = models.CharField(max_length=200, blank=True)
    #: when the sender was warned that the patient has not been reached
    reported_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField("当面告知", null=True, blank=True)
    told_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["referral", "-id"]), models.Index(fields=["not_before"], condition=UNDER_WAY, name="notices_under_way")]
        constraints = [
            models.CheckConstraint(name="notice_told_whole", condition=Q(told_at__isnull=True, told_by__isnull=True) | Q(told_at__isnull=False, told_by__isnull=False)),
            models.CheckConstraint(name="notice_has_telephone_or_says_why", condition=~Q(phone="") | ~Q(barred="")),
            models.CheckConstraint(name="notice_failed_says_why", condition=Q(failed_at__isnull=True) | ~Q(failed_because="")),
            models.CheckConstraint(name="notice_sent_or_failed", condition=Q(sent_at__isnull=True) | Q(failed_at__isnull=True)),
            models.CheckConstraint(name="notice_not_sent_early", condition=Q(not_before__gte=F("made_at"))),
        ]

    class Privacy:
        personal = {"text": "where and when the patient is awaited", "phone": "telephone, masked"}

    def __str__(self) -> str:
        return f"{self.referral_id}:{self.step}"

    @property
    def is_pending(self) -> bool:
        """A message is on its way, or waits for the morning."""
        return not (self.barred or self.sent_at or self.failed_at)
