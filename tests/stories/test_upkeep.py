"""The administrator keeps what the county has: makes a backup, tries it by a restore drill, and sees a hospital's interface fall silent."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser

#: Every hour of the seven days before, for an interface that has said nothing for two hours.
RHYTHM = """INSERT INTO hl7v2_message (received_at, peer, raw, sha256, encoding, application, facility, control_id, kind, version, state, answer,
    refusal_code, refusal, refusal_en, place, findings, subjects, institution_id, attempts, applied_at, note)
    SELECT moment, '', 'MSH'::bytea, md5(%s || moment::text) || md5(moment::text), 'UTF-8', 'HIS', %s, 'R' || extract(epoch FROM moment)::bigint, 'ADT^A01', '2.4', 'applied', 'AA',
    '', '', '', '', '[]', '[]', (SELECT institution_id FROM institutions_facilitycode WHERE value = %s LIMIT 1), 1, moment, ''
    FROM generate_series(now() - interval '7 days', now() - interval '2 hours', interval '10 minutes') AS moment ON CONFLICT DO NOTHING"""
FACILITY = "YXZYY"


def test_the_administrator_backs_up_drills_and_hears_a_silence(county_running: County, browser: Any) -> None:
    quiet(county_running)
    with visitor(browser, county_running.url, "admin") as admin:
        with step("运行状态：进程、磁盘、需要处理的事"):
            admin.go("/operations/")
            admin.sees("静默")
            admin.look("admin-operations", phone=True)
        with step("消息来源：哪一家平常这个时候有消息，现在没有"):
            admin.go("/operations/sources/")
            admin.sees("平常这段时间有")
            admin.look("operations-sources", phone=True)
        with step("按“立即备份”，做完后显示在列表里"):
            admin.go("/operations/backups/")
            admin.press("立即备份")
            admin.page.get_by_text("正在备份").wait_for(state="detached", timeout=90_000)
            admin.page.locator("#backups-state .pill", has_text=re.compile("完好")).first.wait_for()
        with step("按“恢复演练”，看着它一步步做完"):
            drill(admin)
        with step("负荷：慢语句、连接、后台任务、最大的表"):
            admin.go("/operations/load/")
            admin.sees("最大的表")
            admin.look("operations-load")
        with step("静默变成一条待办"):
            until_told(admin)


def quiet(county: County) -> None:
    """A hospital's interface that used to send every ten minutes stopped two hours ago."""
    with psycopg.connect(county.database) as connection:
        connection.execute(RHYTHM, [FACILITY, FACILITY, FACILITY])


def until_told(admin: Visitor) -> None:
    """The clock looks every half minute."""
    for _ in range(45):
        admin.go("/inbox/")
        if admin.page.get_by_text(f"消息来源 {FACILITY} 静默").count():
            admin.look("operations-inbox")
            return
        admin.page.wait_for_timeout(1000)
    pytest.fail("the silence did not reach the inbox within 45 seconds")


def drill(admin: Visitor) -> None:
    admin.press("恢复演练")
    admin.sees("正在演练", seconds=20)
    admin.page.get_by_text("正在演练").wait_for(state="detached", timeout=120_000)
    admin.go("/operations/backups/")
    told = admin.page.get_by_role("table", name="恢复演练").locator("tbody tr").first.inner_text()
    assert "逐表相同，日志链完好" in told, told
    admin.look("operations-backups", phone=True)
