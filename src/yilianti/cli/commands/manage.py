"""Django's own management commands."""

from __future__ import annotations

import sys

from yilianti.cli import django_ready

SUMMARY: str = "Django 管理命令，例如 ./yilianti manage shell"


def main(argv: list[str]) -> int:
    """Pass everything on; those that change tables run as owner."""
    django_ready(owner=argv[:1] in (["migrate"], ["dbshell"], ["flush"]))
    from django.core.management import ManagementUtility

    ManagementUtility(["yilianti manage", *argv]).execute()
    sys.stdout.flush()
    return 0
