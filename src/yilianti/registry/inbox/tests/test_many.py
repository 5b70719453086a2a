"""Two hundred thousand items of the past: the list and the bell read only what they show."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.db.models import Count, Q

from yilianti.registry.inbox import access, queries
from yilianti.registry.inbox.models import Address
from yilianti.registry.inbox.tests.factories import OFFICE, worker

pytestmark = pytest.mark.django_db
ITEMS = 200_000
#: Of every hundred items of the county one is still open, and one in twenty is the office's.
FILL = """
INSERT INTO inbox_item (key, kind, urgency, institution_id, role, title, body, link, subject, created_at, waits_since, needs_acknowledgement, read_back,
                        escalates, round, step, done_at)
SELECT 'fill:' || n, CASE WHEN n %% 2 = 0 THEN 'task' ELSE 'notice' END, 'routine', %(hospital)s, CASE WHEN n %% 20 = 0 THEN %(role)s ELSE 'other' END,
       '转诊单 ZZ' || n, '', '', 'referral:' || n, %(at)s, %(at)s, false, '', false, 0, 0, CASE WHEN n %% 100 <> 0 THEN %(at)s::timestamptz END
FROM generate_series(1, %(items)s) n;
INSERT INTO inbox_address (item_id, institution_id, role, why, note, at, is_open)
SELECT id, institution_id, role, 'sent', '', created_at, done_at IS NULL FROM inbox_item;
ANALYZE inbox_item; ANALYZE inbox_address;
"""


def plan_of(query) -> dict:
    sql, params = query.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        found = cursor.fetchone()[0]
    return (json.loads(found) if isinstance(found, str) else found)[0]


def nodes(plan: dict):
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


@pytest.mark.long
def test_the_list_and_the_bell_read_by_index_and_little(county, at):
    office = worker(county.hospital, OFFICE, at)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"hospital": county.hospital.pk, "role": OFFICE, "at": at, "items": ITEMS})
    for tab in ("open", "done"):
        page = queries.worklist(office, queries.Filters(tab=tab), at)
        assert len(page.rows) == queries.PAGE and page.next_key
    arm = access.arms(office, at)[1]
    told = {}
    for name, query in {
        "done page": Address.objects.filter(arm, is_open=False).order_by("-item_id").values_list("item_id", flat=True)[:21],
        "open page": Address.objects.filter(arm, is_open=True).order_by("-item_id").values_list("item_id", flat=True)[:21],
        "bell": Address.objects.filter(access.addressed_to(office, at), is_open=True).values("is_open").annotate(n=Count("item", distinct=True, filter=Q())),
    }.items():
        explained = plan_of(query)
        scans = [node["Node Type"] for node in nodes(explained["Plan"])]
        assert "Seq Scan" not in [node["Node Type"] for node in nodes(explained["Plan"]) if node.get("Relation Name") == "inbox_address"], (name, scans)
        told[name] = (round(explained["Execution Time"], 2), explained["Plan"]["Shared Hit Blocks"] + explained["Plan"]["Shared Read Blocks"])
    print(told)
    assert told["done page"][1] < 100 and told["open page"][1] < 100, told
