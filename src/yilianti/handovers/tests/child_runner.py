"""A runner process for tests that kill it: `python -m … <number of sample handovers>`, on the database of DATABASE_URL."""

from __future__ import annotations

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "yilianti.config.settings"

import django  # noqa: E402

django.setup()

from yilianti.handovers import listing, runner  # noqa: E402
from yilianti.handovers.tests.factories import following  # noqa: E402
from yilianti.kernel import journal  # noqa: E402
from yilianti.kernel.actor import Actor  # noqa: E402
from yilianti.kernel.models import JournalEntry  # noqa: E402


def answer(entry: JournalEntry) -> None:
    """Leave one countable trace per entry."""
    journal.write("sample.followed", actor=Actor.system(), at=entry.at, subject=entry.subject, caused_by=entry.id)


if __name__ == "__main__":
    made = [following(answer, f"sample{number}_to_test") for number in range(int(sys.argv[1]))]
    listing.handed = lambda: made  # type: ignore[assignment]
    listing.ticking = list  # type: ignore[assignment]
    sys.exit(runner.main())
