"""Accounts and what they sign in with, roles granted to posts over a branch of the tree, and the log of who looked at whom."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from yilianti.kernel.crypto.encryption import EncryptedTextField
from yilianti.kernel.models import protected
from yilianti.registry.access.terms import Ending, Factor


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=username)


class Account(AbstractBaseUser):
    """A login of one person."""

    username = models.CharField("用户名", max_length=48, unique=True)
    person = models.OneToOneField("people.Person", on_delete=models.PROTECT, related_name="account")
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    must_change_password = models.BooleanField(default=False)
    #: the post last acted in, offered first at the next sign-in; a number, for posts end
    last_post = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    objects = AccountManager()

    class Privacy:
        personal = {"username": "login name"}

    def __str__(self) -> str:
        return self.username


class PastPassword(models.Model):
    """The hash of a password an account once had, so that it is not taken again."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="past_passwords")
    password = models.CharField(max_length=128)
    until = models.DateTimeField()

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.account_id} until {self.until}"


class SecondFactor(models.Model):
    """The secret a telephone and we share (RFC 6238), asked after the password once it is confirmed."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="second_factor")
    secret = EncryptedTextField(max_length=64)
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # The time step of the last code taken: no code counts twice (RFC 6238 section 5.2).
    last_step = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="confirmed_by_a_code", condition=Q(confirmed_at__isnull=True) | Q(last_step__isnull=False))]

    class Privacy:
        personal = {"secret": "second factor of a login, encrypted"}

    def __str__(self) -> str:
        return f"{self.account_id} {'confirmed' if self.confirmed_at else 'begun'}"


class RecoveryCode(models.Model):
    """A code on paper for the day the telephone is lost; kept as a keyed hash, good once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    code_mac = models.CharField(max_length=100)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.account_id} {'used' if self.used_at else 'unused'}"


class Login(models.Model):
    """One browser in which somebody signed in; once it has ended, its session is worth nothing on any door."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="logins")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=60, blank=True)
    factor = models.CharField(max_length=16, choices=Factor.choices())
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=16, blank=True, choices=Ending.choices())

    class Meta:
        constraints = [models.CheckConstraint(name="login_ends_for_a_reason", condition=Q(ended_at__isnull=True, ended_why="") | Q(ended_at__isnull=False) & ~Q(ended_why=""))]
        indexes = [
            models.Index(fields=["account", "-began_at"]),
            models.Index(fields=["account", "seen_at"], condition=Q(ended_at__isnull=True), name="login_open"),
        ]

    class Privacy:
        personal = {"address": "network address of the workstation", "browser": "browser and system"}

    def __str__(self) -> str:
        return f"{self.account_id} since {self.began_at}"


class Grant(models.Model):
    """A role held by a post over an institution (and, where the role says so, its branch), in time.

    `seal` is a keyed hash over the row (GB/T 39786-2021 访问控制信息完整性): a row written past our actions gives no right.
    """

    post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="grants")
    role = models.CharField("角色", max_length=32)
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    granted_by = models.BigIntegerField(null=True)
    seal = models.CharField(max_length=100, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "role", "institution"], condition=Q(until_on__isnull=True), name="one_open_grant"),
            models.CheckConstraint(name="grant_ends_after_start", condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on"))),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.role} @ {self.institution_id}"


class AccessLog(models.Model):
    """One look at a resident's data: who, from where, at whom, why; the resident can read it."""

    append_only = True

    at = models.DateTimeField()
    person = models.BigIntegerField(null=True)
    institution = models.BigIntegerField(null=True)
    resident = models.BigIntegerField()
    purpose = models.CharField(max_length=120)
    path = models.CharField(max_length=200)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [models.Index(fields=["resident", "-at"]), models.Index(fields=["person", "-at"])]
        triggers = protected("access_log_append_only")

    class Privacy:
        personal = {"address": "network address of the workstation"}

    def __str__(self) -> str:
        return f"{self.person} → {self.resident}"


class SecurityEvent(models.Model):
    """Login, failed login, lock-out, logout, refused page: 等保 8.1.4 安全审计."""

    append_only = True

    at = models.DateTimeField()
    kind = models.CharField(max_length=32)
    succeeded = models.BooleanField()
    account = models.BigIntegerField(null=True)
    username = models.CharField(max_length=48, blank=True)
    address = models.GenericIPAddressField(null=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-at"])]
        triggers = protected("security_event_append_only")

    class Privacy:
        personal = {"username": "login name", "address": "network address"}

    def __str__(self) -> str:
        return f"{self.kind} {self.username}"


class TreeVersion(models.Model):
    """One row, counted up by triggers whenever institutions or memberships change: the key of cached reaches."""

    version = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(name="one_tree_version", condition=Q(id=1))]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return str(self.version)
