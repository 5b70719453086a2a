"""A process that takes rungs until it is killed: `python -m … <moment>`, on the database of DATABASE_URL."""

from __future__ import annotations

import os
import sys
from datetime import datetime

os.environ["DJANGO_SETTINGS_MODULE"] = "yilianti.config.settings"

import django  # noqa: E402

django.setup()

from yilianti.kernel.actor import Actor  # noqa: E402
from yilianti.registry.inbox import api as inbox  # noqa: E402

if __name__ == "__main__":
    while inbox.escalate_due(actor=Actor.system(), at=datetime.fromisoformat(sys.argv[1])):
        pass
