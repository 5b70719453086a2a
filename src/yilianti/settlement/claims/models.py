"""Claims: the current row of each settlement, its append-only versions, prices and groups, and its charge lines."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilianti.kernel.crypto.encryption import EncryptedJSONField
from yilianti.kernel.models import protected
from yilianti.settlement.claims.pricing.terms import Kind, Level, Way
from yilianti.settlement.claims.terms import Category, Change, Insurance, State

_AMOUNTS = ("total", "fully_own", "over_limit", "first_self", "hospital", "in_scope", "deductible", "basic", "catastrophic", "aid", "other", "fund", "person")


def fen(label: str, **more: Any) -> models.BigIntegerField[Any, Any]:
    """A column of money in whole fen."""
    return models.BigIntegerField(label, **more)


def _not_negative(*names: str) -> Q:
    return Q(**{f"{name}__gte": 0 for name in names})


#: total = fund + person + hospital, and the fund's share is the sum of its parts; nobody pays less than nothing.
_ADDS_UP = Q(total=F("fund") + F("person") + F("hospital"), fund=F("basic") + F("catastrophic") + F("aid") + F("other")) & _not_negative("basic", "catastrophic", "aid", "other", "person", "hospital")


class Beneficiary(models.Model):
    """One person's benefits, of all years; whoever files, prices, groups or charges claims of it holds the row."""

    resident = models.OneToOneField("residents.Resident", primary_key=True, on_delete=models.PROTECT, related_name="+")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.pk}"


class Claim(models.Model):
    """One settlement as it stands now: what was told, what the policies of its day make of it (`gap` says why not), and its group.

    `settlement_number` is the hospital's own (setl_id), `visit_number` its number of the visit (mdtrt_id), `encounter` the platform's. `insured_*` is what the insurer's
    own system paid, where it was told. Stays with the same `follows` chain were one journey of a referred patient.
    """

    number = models.CharField("费用编号", max_length=24, unique=True)
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="claims")
    settlement_number = models.CharField("结算编号", max_length=64, blank=True)
    visit_number = models.CharField("院内就诊号", max_length=64, blank=True)
    encounter = models.CharField("就诊编号", max_length=24, blank=True)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="claims")
    state = models.CharField(max_length=12, choices=State.choices())
    version = models.PositiveIntegerField(default=1)

    kind = models.CharField("类别", max_length=12, choices=Kind.choices())
    insurance = models.CharField("险种", max_length=12, choices=Insurance.choices())
    region = models.CharField("参保地", max_length=12, blank=True)
    level = models.CharField("服务级别", max_length=16, choices=Level.choices())
    way = models.CharField("就医方式", max_length=12, choices=Way.choices())
    #: what was told of the way and of the stay before; silent: the platform's own referrals decide, each time the year is priced
    told_way = models.CharField(max_length=12, blank=True)
    told_follows = models.CharField(max_length=64, blank=True)
    referral = models.CharField("转诊单号", max_length=24, blank=True)
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by")
    groups = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    grade = models.PositiveSmallIntegerField(default=0)
    signed = models.BooleanField(default=False)
    diseases = models.PositiveSmallIntegerField(default=1)
    admitted_on = models.DateField("入院（就诊）日期")
    discharged_on = models.DateField("出院（结算）日期")
    settled_at = models.DateTimeField("结算时间", null=True, blank=True)
    department = models.CharField("科室", max_length=64, blank=True)
    doctor = models.CharField("医生", max_length=64, blank=True)
    diagnoses = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    operations = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    discharge_type = models.CharField("离院方式", max_length=16, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    age = models.PositiveSmallIntegerField(null=True, blank=True)
    age_days = models.PositiveIntegerField(null=True, blank=True)
    weight_g = models.PositiveIntegerField(null=True, blank=True)

    total, fully_own, over_limit = fen("总费用", default=0), fen("全自费", default=0), fen("超限价自付", default=0)
    first_self, hospital = fen("先行自付", default=0), fen("医院负担", default=0)
    insured_fund, insured_person = fen("医保已结基金", null=True, blank=True), fen("医保已结个人", null=True, blank=True)
    insured = models.JSONField(default=dict, blank=True)
    lines_total = fen("明细合计", null=True, blank=True)

    gap = models.CharField(max_length=24, blank=True, default="awaiting", db_default="awaiting")
    in_scope, deductible = fen("政策范围内", default=0), fen("起付线", default=0)
    basic, catastrophic, aid, other = fen("统筹基金", default=0), fen("大病保险", default=0), fen("医疗救助", default=0), fen("其他", default=0)
    fund, person = fen("基金", default=0), fen("个人", default=0)
    policy_refs = ArrayField(models.CharField(max_length=160), default=list, blank=True)
    turn = models.PositiveIntegerField("第几次计算", default=0)
    scheme = models.CharField("分组方案", max_length=40, blank=True)
    group_status = models.CharField(max_length=24, blank=True)
    mdc, adrg, drg = models.CharField(max_length=8, blank=True), models.CharField(max_length=8, blank=True), models.CharField(max_length=8, blank=True)
    filed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "settlement_number"], condition=~Q(settlement_number=""), name="one_claim_per_settlement"),
            models.UniqueConstraint(fields=["institution", "visit_number"], condition=Q(state="awaiting"), name="one_claim_awaits_a_visit"),
            models.CheckConstraint(name="claim_not_discharged_before_admission", condition=Q(discharged_on__gte=F("admitted_on"))),
            models.CheckConstraint(name="filed_claim_has_settlement", condition=~Q(state="filed") | (~Q(settlement_number="") & Q(filed_at__isnull=False))),
            models.CheckConstraint(name="claim_amounts_not_negative", condition=_not_negative(*_AMOUNTS)),
            models.CheckConstraint(name="claim_parts_within_total", condition=Q(total__gte=F("fully_own") + F("over_limit") + F("first_self") + F("hospital"))),
            models.CheckConstraint(name="priced_claim_adds_up", condition=~Q(gap="") | _ADDS_UP),
            models.CheckConstraint(name="insured_shares_add_up", condition=Q(insured_fund__isnull=True) | Q(total=F("insured_fund") + F("insured_person") + F("hospital"))),
        ]
        indexes = [
            models.Index(fields=["institution", "-discharged_on", "-id"]),
            models.Index(fields=["resident", "discharged_on"]),
            models.Index(fields=["discharged_on", "institution"], condition=Q(state="filed"), name="claims_filed_by_day"),
            models.Index(fields=["institution", "visit_number"], condition=~Q(visit_number=""), name="claims_by_visit"),
            models.Index(fields=["institution", "drg"], condition=Q(kind="inpatient", state="filed"), name="claims_by_group"),
            # the list as a whole, and each pile of work in it
            models.Index(fields=["-discharged_on", "-id"], name="claims_newest"),
            models.Index(fields=["-discharged_on", "-id"], condition=Q(state="awaiting"), name="claims_awaiting"),
            models.Index(fields=["-discharged_on", "-id"], condition=Q(state="filed") & ~Q(gap=""), name="claims_unpriced"),
            models.Index(fields=["-discharged_on", "-id"], condition=Q(state="filed", gap="", insured_fund__isnull=False) & ~Q(insured_fund=F("fund")), name="claims_settled_otherwise"),
            models.Index(fields=["-discharged_on", "-id"], condition=Q(state="filed", lines_total__isnull=False) & ~Q(lines_total=F("total")), name="claims_lines_differ"),
            models.Index(fields=["-discharged_on", "-id"], condition=Q(state="withdrawn"), name="claims_withdrawn"),
            models.Index(fields=["settlement_number"], opclasses=["varchar_pattern_ops"], name="claims_by_settlement"),
        ]

    class Privacy:
        personal = {"diagnoses": "diagnoses by code", "operations": "operations by code", "sex": "sex", "age": "age at admission", "age_days": "the same", "weight_g": "weight at birth",
                    "insured": "shares as settled", "groups": "who the person is before the insurance", "discharge_type": "how the stay ended"}  # fmt: skip
        readable = dict.fromkeys(("diagnoses", "operations", "groups", "discharge_type"), "claims are counted, grouped and priced by them, many at once; they name a resident by number only")

    def __str__(self) -> str:
        return self.number


class ClaimVersion(models.Model):
    """What was told at each change; a correction is a further line, never an edit. `total` is the bill then, so that a closed month finds the difference."""

    append_only = True

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    change = models.CharField(max_length=12, choices=Change.choices())
    at = models.DateTimeField()
    person = models.BigIntegerField(null=True)
    person_name = models.CharField(max_length=64)
    because = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=64, blank=True)
    total = fen("总费用", default=0)
    content = EncryptedJSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "version"], name="claim_version_once")]
        triggers = protected("claim_version_append_only")

    class Privacy:
        personal = {"content": "the same as the claim", "person_name": "who filed it", "because": "reason of a correction"}

    def __str__(self) -> str:
        return f"{self.claim_id} v{self.version}"


class ClaimPrice(models.Model):
    """What the policies of the day made of one version: a line each time something changed. `gap` says why there is no price, and then nobody pays."""

    append_only = True

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="prices")
    turn = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    gap = models.CharField(max_length=24, blank=True)
    total, hospital, in_scope, deductible = fen("总费用"), fen("医院负担"), fen("政策范围内"), fen("起付线")
    basic, catastrophic, aid, other = fen("统筹基金"), fen("大病保险"), fen("医疗救助"), fen("其他")
    fund, person = fen("基金"), fen("个人")
    policy_refs = ArrayField(models.CharField(max_length=160), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "turn"], name="claim_price_once"),
            models.CheckConstraint(name="price_adds_up", condition=~Q(gap="") | _ADDS_UP),
            models.CheckConstraint(name="no_price_no_shares", condition=Q(gap="") | Q(fund=0, person=0)),
        ]
        triggers = protected("claim_price_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.claim_id} price {self.turn}"


class ClaimGroup(models.Model):
    """The group of one version under one scheme, by exactly those tables."""

    append_only = True

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="grouped")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    scheme = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    status = models.CharField(max_length=24)
    mdc, adrg, drg = models.CharField(max_length=8, blank=True), models.CharField(max_length=8, blank=True), models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "version", "scheme", "fingerprint"], name="claim_group_once")]
        triggers = protected("claim_group_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.claim_id} {self.drg}"


class Charge(models.Model):
    """One charge line; a correction is a further line that names the one in whose place it stands. Quantity and unit price as told, the amount in fen."""

    append_only = True

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="charges")
    line = models.CharField("明细序号", max_length=32)
    corrects = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by")
    at = models.DateTimeField()
    code = models.CharField("项目编码", max_length=48)
    list_code = models.CharField("医保目录编码", max_length=48, blank=True)
    name = models.CharField("项目名称", max_length=120)
    category = models.CharField("类别", max_length=12, choices=Category.choices())
    quantity = models.DecimalField("数量", max_digits=12, decimal_places=4)
    unit_price = models.DecimalField("单价（元）", max_digits=16, decimal_places=6)
    amount, fully_own = fen("金额"), fen("全自费", default=0)
    over_limit, first_self = fen("超限价自付", default=0), fen("先行自付", default=0)
    charged_at = models.DateTimeField("费用发生时间")
    department = models.CharField("科室", max_length=64, blank=True)
    doctor = models.CharField("医生", max_length=64, blank=True)
    supply_days = models.PositiveSmallIntegerField("用药天数", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "line"], condition=Q(corrects__isnull=True), name="charge_line_once"),
            models.CheckConstraint(name="charge_not_negative", condition=_not_negative("amount", "quantity", "unit_price", "fully_own", "over_limit", "first_self")),
            models.CheckConstraint(name="charge_parts_within_amount", condition=Q(amount__gte=F("fully_own") + F("over_limit") + F("first_self"))),
        ]
        indexes = [models.Index(fields=["claim", "charged_at"])]
        triggers = protected("charge_append_only")

    class Privacy:
        personal = {"code": "what was done or given", "list_code": "the same", "name": "the same"}
        readable = dict.fromkeys(("code", "list_code", "name"), "looked through by rules, many claims at once; they name a resident by number only")

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.line}"
