"""Load 云溪县, an invented county, in one of three sizes: `county.load(progress=print)`."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from demo import (
    billing,
    contracts,
    devices,
    fund_years,
    governing,
    medicines,
    odds,
    offering,
    places,
    staff,
    supervised,
    tracings,
    villagers,
    visits,
    walks,
    wards,
)
from demo.river import River, live
from demo.stage import Stage
from yilianti.registry.institutions.models import Consortium

SEED = 20261122
RESIDENTS = 300
SIZES = ("small", "medium", "large")


def load(*, progress: Callable[[str], object] = print, at: datetime | None = None, size: str = "small") -> bool:
    """Fill an empty database with the county; True when it did, False when the county was there already.

    One transaction: killed in the middle it leaves nothing. `at` is the moment that counts as now. Raises ValueError for
    an unknown size. Medium and large add residents and encounters in bulk (see `demo.bulk`).
    """
    if size not in SIZES:
        raise ValueError(f"没有这种规模：{size}；可用 {'、'.join(SIZES)}。")
    now = at or timezone.now()
    with transaction.atomic():
        if Consortium.objects.filter(code=places.CONSORTIUM).exists():
            progress("演示县已经装入。")
            return False
        accounts = _small(progress, now)
        if size != "small":
            from demo import bulk

            bulk.load(size, progress=progress, at=now)
        transaction.on_commit(lambda: write_accounts(accounts))
    return True


def write_accounts(accounts: list[dict[str, Any]]) -> None:
    """Where the start and the login page look for the demo accounts."""
    settings.HOME.mkdir(parents=True, exist_ok=True)
    (settings.HOME / "demo-accounts.json").write_text(json.dumps(accounts, ensure_ascii=False, indent=1), encoding="utf-8")


def _small(progress: Callable[[str], object], now: datetime) -> list[dict[str, Any]]:
    chance = random.Random(SEED)  # noqa: S311  a story, not a secret
    started = time.monotonic()
    founded = now - timedelta(days=200)
    county = places.build(founded)
    employed = staff.employ(county, founded, timezone.localdate(now))
    governing.found(employed, now)
    offering.offer(county, founded)
    accounts = staff.open_accounts(employed, now - timedelta(days=1))
    progress(f"云溪县：{len(places.PLACES)} 家机构、{len(staff.STAFF)} 名人员（{time.monotonic() - started:.1f} 秒）")
    patients = villagers.settle(county, chance, RESIDENTS, now - timedelta(days=120))
    progress(f"登记居民 {len(patients)} 名（{time.monotonic() - started:.1f} 秒）")
    offering.open_books(county, now - timedelta(minutes=30))
    river, desks = River(), visits.writers()
    stage = Stage(employed, desks, river, chance)
    told = visits.history(patients, desks, chance, now)
    live([*visits.told_by_day(told, river), *walks.all_walks(stage, patients, now), *odds.all_odds(stage, patients, now),
          *medicines.all_medicines(stage, patients, now), *wards.all_wards(stage, patients, now)], now)  # fmt: skip
    river.flow(now)
    devices.register(county, now - timedelta(days=30))
    tracings.load(employed, patients, now)
    river.flow(now)
    progress(f"三个月的就诊、检查与转诊：{len(told)} 条接口消息（{time.monotonic() - started:.1f} 秒）")
    bills = billing.load(employed, patients, Path(__file__).parent, now)
    river.flow(now)
    bills += fund_years.load(employed, patients, now)
    river.flow(now)
    progress(f"两年的总额与清算（{time.monotonic() - started:.1f} 秒）")
    signed = contracts.load(employed, patients, now)
    river.flow(now)
    progress(f"家庭医生签约：{signed} 份（{time.monotonic() - started:.1f} 秒）")
    supervised.load(employed, patients, now)
    river.flow(now)
    progress(f"费用清单：{bills} 笔（{time.monotonic() - started:.1f} 秒）")
    return accounts
