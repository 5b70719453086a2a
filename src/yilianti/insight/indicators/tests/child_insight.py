"""The insight process for tests that kill it, on the database of DATABASE_URL, with small steps and frequent merges."""

from __future__ import annotations

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "yilianti.config.settings"

import django  # noqa: E402

django.setup()

from yilianti.insight.facts import compacting, exporting  # noqa: E402
from yilianti.insight.indicators import process  # noqa: E402

if __name__ == "__main__":
    compacting.MOST, exporting.WINDOW = 3, 5
    process.POLL_SECONDS = process.BEGIN_SECONDS = 0.01
    sys.exit(process.main())
