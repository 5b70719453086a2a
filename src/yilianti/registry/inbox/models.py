"""Notices and tasks, whom they are addressed to, and how far up the ladder they have climbed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilianti.kernel.models import protected
from yilianti.registry.inbox.terms import CallState, Channel, Kind, To, Urgency, Why

OPEN = Q(done_at__isnull=True)


class Item(models.Model):
    """One notice or task. `key` makes delivery idempotent; `link` is a path on the platform; `round` counts hand-overs."""

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices())
    urgency = models.CharField("紧急程度", max_length=8, choices=Urgency.choices(), default=Urgency.ROUTINE.value)
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("institutions.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, blank=True)
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    body = models.CharField(max_length=400, blank=True)
    link = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=96, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    needs_acknowledgement = models.BooleanField("要求回执", default=False)
    read_back = models.CharField("复述内容", max_length=120, blank=True)
    escalates = models.BooleanField(default=True)
    claimed_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(default=0)
    step = models.PositiveSmallIntegerField(default=0)
    waits_since = models.DateTimeField()
    climbs_at = models.DateTimeField(null=True, blank=True)
    calls_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="item_claimed_whole", condition=Q(claimed_by__isnull=True, claimed_at__isnull=True) | Q(claimed_by__isnull=False, claimed_at__isnull=False)),
            models.CheckConstraint(name="read_back_is_acknowledged", condition=Q(read_back="") | Q(needs_acknowledgement=True)),
        ]
        indexes = [
            models.Index(fields=["subject"]),
            models.Index(fields=["climbs_at"], condition=OPEN & Q(climbs_at__isnull=False), name="inbox_climbs"),
            models.Index(fields=["calls_at"], condition=OPEN & Q(calls_at__isnull=False), name="inbox_calls"),
            models.Index(fields=["claimed_by", "-id"], condition=OPEN, name="inbox_claimed"),
        ]

    class Privacy:
        personal = {"title": "may name a referral number, never a resident", "body": "the same", "read_back": "a value to be read back, no name"}

    def __str__(self) -> str:
        return self.title


class Address(models.Model):
    """Who sees an item: a person; a role in an institution or department; or, without a role, everybody there."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="addresses")
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey("institutions.Institution", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("institutions.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, blank=True)
    why = models.CharField(max_length=12, choices=Why.choices(), default=Why.SENT.value)
    note = models.CharField("附言", max_length=120, blank=True)
    at = models.DateTimeField()
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "person", "institution", "department", "role"], nulls_distinct=False, name="addressed_once"),
            models.CheckConstraint(name="addressed_to_somebody", condition=Q(person__isnull=False) ^ Q(institution__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["person", "-item"], condition=Q(is_open=True), name="inbox_open_person"),
            models.Index(fields=["institution", "role", "-item"], condition=Q(is_open=True), name="inbox_open_role"),
            models.Index(fields=["person", "-item"], condition=Q(is_open=False), name="inbox_done_person"),
            models.Index(fields=["institution", "role", "-item"], condition=Q(is_open=False), name="inbox_done_role"),
        ]

    class Privacy:
        personal = {"note": "words of a colleague"}

    def __str__(self) -> str:
        return f"{self.item_id} → {self.person_id or self.role or self.institution_id}"


class Seen(models.Model):
    """The first time a person opened an item."""

    append_only = True

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="seen")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="seen_once")]
        triggers = protected("inbox_seen_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.person_id} saw {self.item_id}"


class Rung(models.Model):
    """One step of the ladder, taken once; `skipped` where nobody stood there."""

    append_only = True

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="rungs")
    round = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    to = models.CharField(max_length=16, choices=To.choices())
    at = models.DateTimeField()
    skipped = models.BooleanField(default=False)
    policy_ref = models.CharField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "round", "step"], name="rung_once")]
        triggers = protected("inbox_rung_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.item_id} {self.round}.{self.step} {self.to}"


class Absence(models.Model):
    """When somebody is away and who stands in; the deputy acts under their own grants."""

    person = models.ForeignKey("people.Person", verbose_name="离岗人员", on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey("people.Person", verbose_name="代办人", on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField("开始")
    until_at = models.DateTimeField("结束")
    reason = models.CharField("事由", max_length=60)
    entered_by = models.BigIntegerField(null=True)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="absence_ends_after_start", condition=Q(until_at__gte=F("from_at"))),
            models.CheckConstraint(name="nobody_stands_in_for_oneself", condition=~Q(person=F("deputy"))),
        ]
        indexes = [models.Index(fields=["deputy", "until_at"]), models.Index(fields=["person", "until_at"])]

    class Privacy:
        personal = {"reason": "why a member of staff is away, in a few words"}

    def __str__(self) -> str:
        return f"{self.person_id} → {self.deputy_id}"


class Preference(models.Model):
    """What a person chose: the way to reach them for each urgency, quiet hours, the morning's digest."""

    person = models.OneToOneField("people.Person", on_delete=models.PROTECT, related_name="+")
    phone = models.CharField("手机号", max_length=24, blank=True)
    phone_confirmed_at = models.DateTimeField(null=True, blank=True)
    code_asked_at = models.DateTimeField(null=True, blank=True)
    code_failures = models.PositiveSmallIntegerField(default=0)
    code_error = models.CharField(max_length=200, blank=True)
    routine = ArrayField(models.CharField(max_length=8, choices=Channel.choices()), default=list, blank=True)
    urgent = ArrayField(models.CharField(max_length=8, choices=Channel.choices()), default=list, blank=True)
    critical = ArrayField(models.CharField(max_length=8, choices=Channel.choices()), default=list, blank=True)
    quiet_from = models.TimeField("免打扰开始", null=True, blank=True)
    quiet_until = models.TimeField("免打扰结束", null=True, blank=True)
    digest = models.BooleanField("早间汇总", default=False)

    class Meta:
        indexes = [models.Index(fields=["person"], condition=Q(digest=True), name="inbox_digested")]

    class Privacy:
        personal = {"phone": "telephone of a member of staff, shown to nobody else"}

    def __str__(self) -> str:
        return f"settings of {self.person_id}"


class Call(models.Model):
    """One attempt to reach a person outside the platform, and what became of it; the next channel is a call of its own."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="calls")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=8, choices=Channel.choices())
    others = ArrayField(models.CharField(max_length=8), default=list)
    not_before = models.DateTimeField()
    state = models.CharField(max_length=12, choices=CallState.choices(), default=CallState.WAITING.value)
    called_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "person", "round", "step", "channel"], name="called_once")]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="waiting"), name="inbox_call_waits"),
            models.Index(fields=["called_at"], condition=Q(state="called"), name="inbox_call_unanswered"),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.channel} {self.person_id} {self.state}"


class Digest(models.Model):
    """One morning's message to a person, with what waited."""

    append_only = True

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    waiting = models.PositiveIntegerField()
    urgent = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="one_digest_a_day")]
        triggers = protected("inbox_digest_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}"


class SavedView(models.Model):
    """A narrowed list that somebody keeps: the page of the list and what its address says; one of a page may open first."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=80)
    name = models.CharField("名称", max_length=20)
    query = models.CharField(max_length=600)
    is_default = models.BooleanField("打开时先看", default=False)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "page", "name"], name="view_named_once"),
            models.UniqueConstraint(fields=["person", "page"], condition=Q(is_default=True), name="one_view_opens_first"),
            models.CheckConstraint(name="view_stays_here", condition=Q(page__regex=r"^/[a-z0-9_/-]*/$") & ~Q(page__contains="//")),
        ]

    class Privacy:
        personal = {"name": "a member of staff's own word for a list", "query": "the same; words searched for are never kept"}

    def __str__(self) -> str:
        return f"{self.page}: {self.name}"
