"""A sender process for tests that kill it: sends what is due, on the database of DATABASE_URL, until it ends."""

from __future__ import annotations

import os
import threading

os.environ["DJANGO_SETTINGS_MODULE"] = "yilianti.config.settings"

import django  # noqa: E402

django.setup()

from yilianti.gateways.outbound import api as outbound  # noqa: E402
from yilianti.handovers.carriers import CARRIERS  # noqa: E402

if __name__ == "__main__":
    for thread in outbound.start(CARRIERS, threading.Event()):
        thread.join()
