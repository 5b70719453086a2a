"""Residents: one person, many identifiers. Merged residents point at the one who stands for them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from yilianti.kernel.crypto.encryption import EncryptedJSONField, EncryptedTextField, KeyedHashField
from yilianti.kernel.models import protected
from yilianti.registry.residents.terms import CoverageKind, Decision, IdentifierSystem, KinKind, Sex, Standing


class Resident(models.Model):
    """A person known to the consortium. `name_grams` holds 1- and 2-character pieces of the name and its initials."""

    number = models.CharField("居民编号", max_length=24, unique=True)
    name = models.CharField("姓名", max_length=96)
    sex = models.CharField("性别", max_length=1, choices=Sex.choices(), default=Sex.UNKNOWN.value)
    born_on = models.DateField("出生日期", null=True, blank=True)
    phone = EncryptedTextField("电话", max_length=32, blank=True)
    phone_odd, phone_even = KeyedHashField(of="phone", slot="odd"), KeyedHashField(of="phone", slot="even")
    address = EncryptedTextField("住址", max_length=160, blank=True)
    household = EncryptedTextField("户编号", max_length=32, blank=True, default="")
    standing = models.CharField("身份状态", max_length=16, blank=True, db_default="", choices=Standing.choices())
    home = models.ForeignKey("institutions.Institution", verbose_name="建档机构", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    texts_refused_at = models.DateTimeField("不收短信", null=True, blank=True)
    died_at = models.DateTimeField(null=True, blank=True)
    name_grams = ArrayField(models.CharField(max_length=16), default=list)
    name_key = models.CharField(max_length=96, db_default="")
    merged_into = models.ForeignKey("self", null=True, blank=True, db_index=False, on_delete=models.PROTECT, related_name="merged")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Without fastupdate: a search never waits for a pending list of somebody else's bulk load.
            GinIndex(fields=["name_grams"], name="resident_name_grams", fastupdate=False),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="resident_merged"),
            models.Index(fields=["name_key", "id"]),
            models.Index(fields=["home", "id"]),
            models.Index(fields=["phone_odd"], condition=Q(phone_odd__isnull=False), name="resident_phone_odd"),
            models.Index(fields=["phone_even"], condition=Q(phone_even__isnull=False), name="resident_phone_even"),
        ]
        constraints = [models.CheckConstraint(name="not_merged_into_self", condition=~Q(merged_into=F("id")))]

    class Privacy:
        personal = {"name": "name", "born_on": "birth date", "phone": "telephone", "address": "address", "sex": "sex", "household": "household number",
                    "phone_odd": "telephone, for exact search", "phone_even": "the same",
                    "name_grams": "search pieces of the name", "name_key": "sort key of the name"}
        readable = dict.fromkeys(("name", "name_grams", "name_key"), "searched by pieces and sorted by pinyin at every desk; a keyed hash finds whole values only")

    def __str__(self) -> str:
        return self.number


class PastParticulars(models.Model):
    """What stood there before a correction (《个人信息保护法》第46条: the old is kept)."""

    append_only = True

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="past")
    version = models.PositiveIntegerField()
    particulars = EncryptedJSONField()
    until_at = models.DateTimeField()
    changed_by = models.BigIntegerField(null=True)
    because = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resident", "version"], name="past_version_once")]
        triggers = protected("past_particulars_append_only")

    class Privacy:
        personal = {"particulars": "name, sex, birth date, telephone, address as they stood", "because": "reason of the correction"}

    def __str__(self) -> str:
        return f"{self.resident_id} v{self.version}"


class Identifier(models.Model):
    """A number by which a resident is known; `issuer` is 0 for systems that hold everywhere."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=16, choices=IdentifierSystem.choices())
    issuer = models.BigIntegerField(default=0)
    value = EncryptedTextField(max_length=64)
    value_odd, value_even = KeyedHashField(of="value", slot="odd"), KeyedHashField(of="value", slot="even")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "issuer", f"value_{slot}"], condition=~Q(system=IdentifierSystem.UNVERIFIED.value), name=f"identifier_means_one_resident_{slot}")
            for slot in ("odd", "even")
        ] + [models.CheckConstraint(name="identifier_can_be_found", condition=Q(value_odd__isnull=False) | Q(value_even__isnull=False))]
        indexes = [models.Index(fields=["value_odd"], condition=Q(value_odd__isnull=False), name="identifier_value_odd"),
                   models.Index(fields=["value_even"], condition=Q(value_even__isnull=False), name="identifier_value_even")]  # fmt: skip

    class Privacy:
        personal = {"value": "identity, insurance, health-card or local number", "value_odd": "the number, for matching", "value_even": "the same"}

    def __str__(self) -> str:
        return f"{self.system}#{self.id}"


class DuplicateSuspicion(models.Model):
    """Two residents that may be one, or (without `second`) one whose number was used with other particulars; a person decides."""

    first = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Resident, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=200)
    told = models.JSONField(default=dict, blank=True)
    told_by = models.ForeignKey("institutions.Institution", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.BigIntegerField(null=True, blank=True)
    decision = models.CharField(max_length=12, blank=True, choices=Decision.choices())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], condition=Q(decided_at__isnull=True), name="one_open_suspicion"),
            models.UniqueConstraint(
                fields=["first"], condition=Q(decided_at__isnull=True, second__isnull=True), name="one_open_question_of_particulars"
            ),
            models.CheckConstraint(name="suspicion_decided_whole", condition=Q(decided_at__isnull=True, decision="") | (Q(decided_at__isnull=False) & ~Q(decision=""))),
        ]

    class Privacy:
        personal = {"told": "name, sex and birth date as given with somebody's number"}

    def __str__(self) -> str:
        return f"{self.first_id}?{self.second_id}"


class CareRelation(models.Model):
    """An institution has (had) this resident in its care: it may open their record. Appended by the rooms of the record."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="relations")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resident", "institution"], name="care_relation_once")]
        indexes = [models.Index(fields=["institution", "-since_at"])]

    class Privacy:
        personal = {"institution": "where the resident has been in care"}

    def __str__(self) -> str:
        return f"{self.resident_id} @ {self.institution_id}"


class Kin(models.Model):
    """Who stands by a resident: mother, guardian, head of the household; `other` where that person is registered too."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="kin")
    kind = models.CharField("关系", max_length=16, choices=KinKind.choices())
    other = models.ForeignKey(Resident, null=True, blank=True, on_delete=models.PROTECT, related_name="kin_of")
    name = EncryptedTextField("姓名", max_length=96, blank=True)
    phone = EncryptedTextField("电话", max_length=32, blank=True)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident", "kind"], condition=~Q(kind="other"), name="one_kin_of_each_kind"),
            models.CheckConstraint(name="nobody_is_their_own_kin", condition=~Q(other=F("resident"))),
        ]

    class Privacy:
        personal = {"name": "name of a relative", "phone": "telephone of a relative", "other": "a relative"}

    def __str__(self) -> str:
        return f"{self.resident_id} {self.kind}"


class Coverage(models.Model):
    """A resident's insurance in time (FHIR Coverage: type, subscriberId, period, payor by region)."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="coverages")
    kind = models.CharField("险种", max_length=24, choices=CoverageKind.choices())
    number = EncryptedTextField("参保号", max_length=48, blank=True)
    region = models.CharField("参保地", max_length=12, blank=True)
    from_on = models.DateField("参保起")
    until_on = models.DateField("参保止", null=True, blank=True)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident", "kind", "from_on"], name="coverage_once"),
            models.UniqueConstraint(fields=["resident", "kind"], condition=Q(until_on__isnull=True), name="one_open_coverage"),
            models.CheckConstraint(name="coverage_ends_after_start", condition=Q(until_on__isnull=True) | Q(until_on__gt=F("from_on"))),
        ]

    class Privacy:
        personal = {"number": "insurance number", "kind": "insurance", "region": "place of insurance"}

    def __str__(self) -> str:
        return f"{self.resident_id} {self.kind}"


class Birth(models.Model):
    """How a newborn without a number came: of whom, when, as which of how many."""

    resident = models.OneToOneField(Resident, on_delete=models.PROTECT, related_name="birth")
    mother = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="children_born")
    born_at = models.DateTimeField("出生时间")
    weight_g = models.PositiveIntegerField("出生体重（克）", null=True, blank=True)
    place_in_order = models.PositiveSmallIntegerField("胎次中第几个", default=1)
    of_how_many = models.PositiveSmallIntegerField("几胎", default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mother", "born_at", "place_in_order"], name="born_once"),
            models.CheckConstraint(name="order_within_multiples", condition=Q(place_in_order__gte=1, place_in_order__lte=F("of_how_many"))),
        ]

    class Privacy:
        personal = {"mother": "the mother", "born_at": "time of birth", "weight_g": "birth weight"}

    def __str__(self) -> str:
        return f"{self.resident_id} of {self.mother_id}"


class Discovery(models.Model):
    """How somebody nobody knows came here: when and where found, by whom brought, and by what they can be told."""

    resident = models.OneToOneField(Resident, on_delete=models.PROTECT, related_name="discovery")
    found_at = models.DateTimeField("发现时间")
    found_where = models.CharField("发现地点", max_length=160)
    brought_by = models.CharField("送来者", max_length=96, blank=True)
    features = EncryptedTextField("体貌特征", max_length=400)

    class Privacy:
        personal = {"features": "what somebody looks like", "found_where": "where somebody was found", "brought_by": "who brought them"}

    def __str__(self) -> str:
        return f"{self.resident_id}"


class SharedMessage(models.Model):
    """A message that carried numbers of two residents while they were merged; it was filed under `resident`."""

    append_only = True

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        triggers = protected("shared_message_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.source}: {self.resident_id}, {self.other_id}"
