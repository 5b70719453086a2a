"""Accounts, roles granted to posts over a branch of the tree, and the log of who looked at whom."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from yilianti.kernel.models import protected


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
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    objects = AccountManager()

    class Privacy:
        personal = {"username": "login name"}

    def __str__(self) -> str:
        return self.username


class Grant(models.Model):
    """A role held by a post over an institution (and, where the role says so, its branch), in time."""

    post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="grants")
    role = models.CharField("角色", max_length=32)
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    granted_by = models.BigIntegerField(null=True)

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
