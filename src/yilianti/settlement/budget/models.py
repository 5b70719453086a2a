"""The package of a year, its versions, its advance, and the append-only ledger of what claims charged to it."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilianti.kernel.models import protected
from yilianti.settlement.budget.terms import Fund, PlaceOfCare, State


def fen(label: str, **more: Any) -> models.BigIntegerField[Any, Any]:
    """A column of money in whole fen."""
    return models.BigIntegerField(label, **more)


def person() -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")


def _refs() -> ArrayField[Any, Any]:
    return ArrayField(models.CharField(max_length=160), default=list, blank=True)


class Package(models.Model):
    """The fund package of a consortium, a year and a fund as it stands now.

    `facts` is what the fund's books say, as the engine's inputs have it (元 as text); `fen`, `a_head`, `persons` are what the base formula makes of it. `document` is the paper
    that the figures come from, `resolution` the one that fixes the package. `settlement` is the number of the settlement that was approved on it, and then closed it.
    """

    number = models.CharField("总额编号", max_length=24, unique=True)
    consortium = models.ForeignKey("institutions.Consortium", on_delete=models.PROTECT, related_name="packages")
    year = models.PositiveSmallIntegerField("年度")
    fund = models.CharField("基金", max_length=16, choices=Fund.choices())
    state = models.CharField(max_length=12, choices=State.choices(), default=State.DRAFTED.value)
    version = models.PositiveIntegerField(default=1)
    facts = models.JSONField(default=dict)
    document = models.CharField("数据来源文件", max_length=160)
    resolution = models.CharField("核定依据", max_length=160, blank=True)
    fen, a_head = fen("总额"), fen("人均")
    persons = models.PositiveIntegerField("参保人数")
    working = models.JSONField(default=list)
    policy_refs = _refs()
    drafted_by, fixed_by = person(), person()
    fixed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    settlement = models.CharField("清算编号", max_length=24, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consortium", "year", "fund"], name="one_package_per_year_and_fund"),
            models.CheckConstraint(name="package_has_money_and_people", condition=Q(fen__gte=0, a_head__gte=0, persons__gt=0)),
            models.CheckConstraint(name="package_fixed_has_when", condition=Q(state="drafted", fixed_at__isnull=True) | (Q(state__in=("fixed", "closed"), fixed_at__isnull=False) & ~Q(resolution=""))),
            models.CheckConstraint(name="package_closed_has_when", condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True))),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.number


class PackageVersion(models.Model):
    """What the package was reckoned from at each change, why, and by whom."""

    append_only = True

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    verb = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = person()
    by_name = models.CharField(max_length=64)
    because = models.CharField("原因", max_length=200, blank=True)
    document, resolution = models.CharField(max_length=160), models.CharField(max_length=160, blank=True)
    facts = models.JSONField()
    fen, a_head = fen("总额"), fen("人均")
    persons = models.PositiveIntegerField("参保人数")
    working = models.JSONField()
    policy_refs = _refs()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["package", "version"], name="package_version_once")]
        triggers = protected("package_version_append_only")

    class Privacy:
        personal = {"by_name": "who changed it"}

    def __str__(self) -> str:
        return f"{self.package_id} v{self.version}"


class Instalment(models.Model):
    """One payment in advance as the package in force has it; `due_on` is empty where the place fixes no day."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField("期")
    begins_on = models.DateField()
    due_on = models.DateField("最迟", null=True, blank=True)
    fen = fen("应付")
    reminded_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "number"], name="instalment_once"),
            models.CheckConstraint(name="instalment_not_negative", condition=Q(fen__gte=0)),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.package_id} #{self.number}"


class Payment(models.Model):
    """Money that arrived for an instalment; a wrong one is taken back by a negative row that names it."""

    append_only = True

    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="payments")
    voucher = models.CharField("凭证号", max_length=64)
    paid_on = models.DateField("到账日期")
    fen = fen("金额")
    corrects = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by")
    because = models.CharField("原因", max_length=200, blank=True)
    at = models.DateTimeField()
    by = person()
    by_name = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(name="payment_or_its_correction", condition=Q(corrects__isnull=True, fen__gt=0) | (Q(corrects__isnull=False, fen__lt=0) & ~Q(because="")))]
        triggers = protected("payment_append_only")

    class Privacy:
        personal = {"by_name": "who noted it"}

    def __str__(self) -> str:
        return f"{self.instalment_id} {self.fen}"


class SetAside(models.Model):
    """Overspend that a policy caused: it does not count against the package. Withdrawn by a negative row that names it."""

    append_only = True

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="set_asides")
    fen = fen("金额")
    because = models.CharField("原因", max_length=200)
    document = models.CharField("依据文件", max_length=160)
    withdraws = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="withdrawn_by")
    at = models.DateTimeField()
    by = person()
    by_name = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(name="set_aside_or_its_withdrawal", condition=Q(withdraws__isnull=True, fen__gt=0) | Q(withdraws__isnull=False, fen__lt=0))]
        triggers = protected("set_aside_append_only")

    class Privacy:
        personal = {"by_name": "who noted it"}

    def __str__(self) -> str:
        return f"{self.package_id} {self.fen}"


class Reckoning(models.Model):
    """A month reckoned: sums since January as the ledger had them then. `gross` = `spent` + persons under catastrophic insurance + overspend set aside.

    `turn` counts how often the month was reckoned; `lines` and `own` are what this turn wrote. `unpriced` claims are in no sum.
    """

    append_only = True

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="reckonings")
    month = models.DateField("月份")
    turn = models.PositiveIntegerField("第几次")
    at = models.DateTimeField()
    by = person()
    by_name = models.CharField(max_length=64)
    package_version = models.PositiveIntegerField()
    lines = models.PositiveIntegerField("记入的行数")
    own, gross = fen("本次记入"), fen("累计记入")
    catastrophic_persons, policy_caused, spent = fen("大病保险人员"), fen("政策性超支"), fen("累计支出")
    path = fen("路径")
    above, leaves = models.BooleanField(), models.BooleanField()
    likely, least, most = fen("年末预计", null=True), fen("最少", null=True), fen("最多", null=True)
    unpriced = models.PositiveIntegerField("没有算出的笔数")
    unpriced_total = fen("没有算出的费用")
    working = models.JSONField()
    policy_refs = _refs()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "month", "turn"], name="reckoning_once"),
            models.CheckConstraint(name="reckoning_adds_up", condition=Q(gross=F("spent") + F("catastrophic_persons") + F("policy_caused"))),
            models.CheckConstraint(name="reckoning_of_a_first_day", condition=Q(month__day=1)),
        ]
        triggers = protected("reckoning_append_only")

    class Privacy:
        personal = {"by_name": "who reckoned"}

    def __str__(self) -> str:
        return f"{self.package_id} {self.month} {self.turn}"


class Charged(models.Model):
    """A line of the ledger: the difference between what the package bears of a claim and what it bore so far, in the month that learned of it.

    A claim counted under other particulars than before leaves two lines, one that takes back and one that charges. `turn` is that of the claim's price,
    `home` where the resident is registered, `disease` the category of the principal diagnosis.
    """

    append_only = True

    # Its reckoning, by which nobody seeks lines, holds the package: a million lines need not ask again.
    package = models.ForeignKey(Package, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="charged")
    reckoning = models.ForeignKey(Reckoning, on_delete=models.PROTECT, db_index=False, related_name="charged")
    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, db_index=False, related_name="+")
    turn = models.PositiveIntegerField()
    month = models.DateField("记入月份")
    discharged_on = models.DateField("出院（结算）日期")
    place = models.CharField("就医地", max_length=12, choices=PlaceOfCare.choices())
    # The claim and its resident hold these two.
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    home = models.ForeignKey("institutions.Institution", null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    kind = models.CharField("类别", max_length=12)
    disease = models.CharField("病种", max_length=8, blank=True)
    drg = models.CharField(max_length=8, blank=True)
    fen = fen("金额")

    class Meta:
        constraints = [
            models.CheckConstraint(name="charged_something", condition=~Q(fen=0)),
            models.UniqueConstraint(fields=["package", "claim", "reckoning"], condition=Q(fen__gt=0), name="charged_once"),
            models.UniqueConstraint(fields=["package", "claim", "reckoning"], condition=Q(fen__lt=0), name="taken_back_once"),
        ]
        # The last: a page of a month's lines, which lie behind those of all months before.
        indexes = [models.Index(fields=["package", "institution", "month"]), models.Index(fields=["package", "month", "id"], name="charged_by_month")]
        triggers = protected("charged_append_only")

    class Privacy:
        personal = {"disease": "principal diagnosis by category", "drg": "the group of the stay"}
        readable = dict.fromkeys(("disease", "drg"), "summed by disease, many claims at once; a line names a claim by its key only")

    def __str__(self) -> str:
        return f"{self.claim_id} {self.fen}"
