"""A thousand clients book, cancel and let lapse 100 slots and 50 beds while the web process is killed: nothing is sold twice, no lease lost.

The clients are a thousand conversations, each with a patient and a lease of its own, over the sign-in sessions of the county's doctors.
"""

from __future__ import annotations

import os
import platform as machine
import random
import re
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.long.load import Broken, Browser
from tests.long.running import Killer, Platform
from tests.long.test_kills import RECORD

SECONDS = float(os.environ.get("YILIANTI_KILL_SECONDS", "120"))
CLIENTS, SLOTS, BEDS = 1_000, 100, 50
DOCTORS = ("township", "township2", "village")
LINES = 12
CHINA = ZoneInfo("Asia/Shanghai")
_LEASE = """title = "选号暂留时长（试验）"
code = "capacity.lease"
why = "一分钟到期，便于在两分钟里看见到期。"
status = "local_parameter"
authored_by = "试验"
checked_by = "试验"
next_review = 2030-01-01
[[edition]]
effective_from = 2026-01-01
minutes = 1
"""
# What is counted on a place must be what stands on it, at every moment that anybody can see.
_SEEN = """SELECT 'slot ' || s.id, s.taken, s.capacity, count(r.id), count(r.id) FILTER (WHERE r.state = 'confirmed' OR r.expires_at > now())
FROM schedules_slot s LEFT JOIN schedules_reservation r ON r.slot_id = s.id AND r.state IN ('held', 'confirmed') WHERE s.id = ANY(%(slots)s) GROUP BY s.id
UNION ALL SELECT 'pool ' || p.id, p.taken, p.total - p.occupied, count(r.id), count(r.id) FILTER (WHERE r.state = 'confirmed' OR r.expires_at > now())
FROM schedules_bedpool p LEFT JOIN schedules_reservation r ON r.pool_id = p.id AND r.state IN ('held', 'confirmed') WHERE p.id = %(pool)s GROUP BY p.id"""


@dataclass
class Told:
    """What clients were told; lists are only appended to, which threads may do together."""

    held: list[tuple[str, float]] = field(default_factory=list)  # number, when it was told
    released: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    looks: int = 0
    violations: list[str] = field(default_factory=list)


class Client:
    """One conversation: takes a place, and gives it back, or forgets it."""

    def __init__(self, resident: str) -> None:
        self.resident, self.number, self.key, self.place = resident, "", "", {}

    def turn(self, browser: Browser, places: list[dict[str, object]], told: Told) -> None:
        if self.number and random.random() < 0.6:
            browser.persist("POST", f"/schedules/reservations/{self.number}/release", {"resident": self.resident})
            told.released.append(self.number)
            self.number = ""
            return
        self.number = ""  # forgotten: its lease runs out
        self.key, self.place = str(uuid4()), random.choice(places)
        status, page, _ = browser.persist("POST", "/schedules/hold", {"resident": self.resident, "client_key": self.key, **self.place})
        found = re.search(r'data-reservation="(YL[\d-]+)"', page)
        if status == 200 and found:
            self.number = found[1]
            told.held.append((self.number, time.time()))
        elif status in (409, 422):
            told.refused["full" if "满" in page else "ended" if "到期" in page else page[:80]] += 1
        elif status == 200:
            told.refused["lapsed before the answer"] += 1  # the line broke, and its lease ran out before it was asked again
        else:
            told.odd.append(f"{status} {page[:200]}")


@pytest.mark.long
def test_no_place_is_sold_twice_and_no_lease_lost() -> None:
    with tempfile.TemporaryDirectory(prefix="ylt-places-") as folder:
        policies = Path(folder, "policies/local/yunxi/capacity")
        policies.mkdir(parents=True)
        (policies / "lease.toml").write_text(_LEASE, encoding="utf-8")
        running = Platform(Path(folder))
        try:
            running.wait(running.serves, 600, "the first start")
            with psycopg.connect(running.database(), autocommit=True) as records:
                slots, pool = _opened(running, records)
                told, kills = _live(running, records, slots, pool)
                faults = told.violations + told.odd + _faults(records, slots, pool, told)
                lapsed = records.execute("SELECT count(*) FROM schedules_reservation WHERE state = 'lapsed'").fetchone()[0]
            assert not faults, "\n".join(faults[:40])
            assert len(told.held) > 200 and told.released and lapsed and sum(kills.values()) > SECONDS / 10, (len(told.held), len(told.released), lapsed, kills)
            _keep_record(told, kills, lapsed)
        finally:
            running.stop()


def _opened(running: Platform, records: psycopg.Connection[Any]) -> tuple[list[int], int]:
    """The office opens a day of a hundred slots, and counts fifty empty beds, on the pages for it."""
    office = Browser(running.web, "office", running.accounts()["office"])
    office.sign_in()
    surgery, children = (_one(records, "SELECT d.id FROM institutions_department d JOIN institutions_institution i ON i.id = d.institution_id "
                                       "WHERE i.code = 'YX0001' AND d.code = %s", code) for code in ("SURG", "PEDI"))  # fmt: skip
    day = datetime.now(CHINA) + timedelta(days=2)
    status, page, _ = office.persist("POST", "/schedules/open", {"department": surgery, "practitioner": "", "on": f"{day:%Y-%m-%d}", "start": "08:00", "end": "16:20",
                                                                 "minutes": 5, "capacity": 1, "weeks": 1, "note": ""})  # fmt: skip
    assert status == 302, page[-2000:]
    status, page, _ = office.persist("POST", "/schedules/count_beds", {"department": children, "kind": "ordinary", "total": BEDS, "occupied": 0})
    assert status == 302, page[-2000:]
    slots = [row[0] for row in records.execute("SELECT id FROM schedules_slot WHERE department_id = %s ORDER BY id", [surgery])]
    assert len(slots) == SLOTS
    return slots, _one(records, "SELECT id FROM schedules_bedpool WHERE department_id = %s", children)


def _live(running: Platform, records: psycopg.Connection[Any], slots: list[int], pool: int) -> tuple[Told, Counter[str]]:
    told, over = Told(), threading.Event()
    places: list[dict[str, object]] = [{"slot": slot} for slot in slots] + [{"pool": pool}] * BEDS
    people = {doctor: _patients(records, doctor) for doctor in DOCTORS}
    lines = []
    for line, doctor in zip(range(LINES), cycle(DOCTORS), strict=False):
        browser = Browser(running.web, doctor, running.accounts()[doctor])
        browser.persist("GET", "/")
        clients = [Client(random.choice(people[doctor])) for _ in range(line, CLIENTS, LINES)]
        lines.append(threading.Thread(target=_work, args=(browser, clients, places, told, over), daemon=True))
    watcher = threading.Thread(target=_watch, args=(running, slots, pool, told, over), daemon=True)
    killer = Killer(running, SECONDS, ("web", "web worker"))
    for thread in (watcher, *lines, killer):
        thread.start()
    killer.join()
    running.wait(running.serves, 120, "serving again")
    over.set()
    for thread in (*lines, watcher):
        thread.join(200)
    return told, killer.kills


def _patients(records: psycopg.Connection[Any], doctor: str) -> list[str]:
    """Residents who live where that doctor works."""
    return [row[0] for row in records.execute(
        """SELECT r.number FROM residents_resident r JOIN institutions_institution h ON h.id = r.home_id JOIN institutions_institution i ON h.path LIKE i.path || '%%'
        JOIN people_post p ON p.institution_id = i.id JOIN access_account a ON a.person_id = p.person_id
        WHERE a.username = %s AND r.merged_into_id IS NULL ORDER BY r.id LIMIT 200""", [doctor])]  # fmt: skip


def _work(browser: Browser, clients: list[Client], places: list[dict[str, object]], told: Told, over: threading.Event) -> None:
    while not over.is_set():
        random.shuffle(clients)
        for client in clients:
            if over.is_set():
                return
            try:
                client.turn(browser, places, told)
            except Broken as fault:
                told.odd.append(f"no answer in time: {fault}")


def _watch(running: Platform, slots: list[int], pool: int, told: Told, over: threading.Event) -> None:
    """An onlooker of its own, several times a second, each time one snapshot."""
    with psycopg.connect(running.database(), autocommit=True) as eye:
        while not over.is_set():
            for place, taken, capacity, standing, alive in eye.execute(_SEEN, {"slots": slots, "pool": pool}):
                if taken != standing or taken > capacity or alive > capacity:
                    told.violations.append(f"{place}: taken {taken}, standing {standing}, alive {alive} of {capacity}")
            told.looks += 1
            time.sleep(0.2)


def _faults(records: psycopg.Connection[Any], slots: list[int], pool: int, told: Told) -> list[str]:
    """Leases that are not as they were told, and moments at which a place was held more often than it is there."""
    rows = {row[0]: row[1:] for row in records.execute("SELECT number, state, held_at, expires_at, ended_at, slot_id, pool_id FROM schedules_reservation")}
    given_back = set(told.released)
    faults = []
    for number, _ in told.held:
        if number not in rows:
            faults.append(f"{number} was told to a client and is not there")
            continue
        state, _, expires, ended, *_ = rows[number]
        if number in given_back:
            if state not in ("released", "lapsed") or state == "lapsed" and ended < expires:
                faults.append(f"{number} was given back and is {state}")
        elif state not in ("held", "lapsed") or state == "lapsed" and ended < expires:
            faults.append(f"{number} was never given back and is {state}, ended {ended}, lease until {expires}")
    places = [(("slot", slot), 1) for slot in slots] + [(("pool", pool), BEDS)]
    for (kind, place), capacity in places:
        spans = [(held, min(ended or expires, expires)) for _, held, expires, ended, slot, pool_ in rows.values() if (slot if kind == "slot" else pool_) == place]
        faults += [f"{kind} {place} was held more than {capacity} times from {start} to {end}" for start, end in _oversold(spans, capacity)]
    return faults


def _oversold(spans: list[tuple[datetime, datetime]], capacity: int) -> list[tuple[datetime, datetime]]:
    """When more spans lay over each other than there are places, for longer than a request may have waited for the lock.

    A reservation's moments are those of the asking, before its turn came; a place really sold twice stays so for a whole lease.
    """
    found, now, since = [], 0, None
    for moment, change in sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans]):
        now += change
        if now > capacity and since is None:
            since = moment
        elif now <= capacity and since is not None:
            found += [(since, moment)] if moment - since > timedelta(seconds=2) else []
            since = None
    return found


def _one(records: psycopg.Connection[Any], sql: str, *given: object) -> Any:
    row = records.execute(sql, given).fetchone()
    assert row is not None, sql
    return row[0]


def _keep_record(told: Told, kills: Counter[str], lapsed: int) -> None:
    line = (f"| {datetime.now(UTC):%Y-%m-%d} | {machine.machine()}，{os.cpu_count()} 核，Python {machine.python_version()} | {SECONDS:.0f} 秒 "
            f"| {'、'.join(f'{kind} {count}' for kind, count in sorted(kills.items()))} | {CLIENTS}（{LINES} 条线） | {len(told.held)} | {len(told.released)} | {lapsed} "
            f"| {sum(told.refused.values())} | {told.looks} | 无重复售出、无丢失 |\n")  # fmt: skip
    print(line, told.refused)
    if os.environ.get("YILIANTI_RECORD") == "1":
        with RECORD.open("a") as record:
            record.write(line)
