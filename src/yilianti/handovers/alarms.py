"""What is wrong with the running of the platform now, each with its way out; and the tasks it makes for administrators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.gateways.hl7v2 import api as hl7v2
from yilianti.handovers import chores, queries
from yilianti.handovers.models import Alarm, Chore
from yilianti.kernel.actor import Actor
from yilianti.registry.inbox import api as inbox
from yilianti.registry.institutions import api as institutions

BACKUPS, SOURCES, STATE = "/operations/backups/", "/operations/sources/", "/operations/"


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong: a stable code, what it is, what to do, and the page where it shows."""

    code: str
    title: str
    way_out: str
    link: str


def standing(at: datetime) -> list[Trouble]:
    """Every trouble of this moment, the gravest kinds first."""
    return [*_journal(), *_disk(), *_backup(at), *_archive(at), *_drill(at), *_processes(at), *_sources(at)]


def _journal() -> Iterator[Trouble]:
    found = queries.journal_state().verification
    if found and found.broken:
        yield Trouble("journal", "业务日志链不符", "请保留现场、不要改动数据库，从备份核对，并报告安全负责人。", STATE)


def _disk() -> Iterator[Trouble]:
    disk = queries.disk(settings.HOME)
    if disk.is_short:
        yield Trouble("disk", f"数据盘只剩 {disk.free // 1_000_000} MB", "请清理这台机器上的其他文件或扩容；盘满后数据库会停止写入，已提交的不会丢。", STATE)


def _backup(at: datetime) -> Iterator[Trouble]:
    policy = policybook.of_this_installation("operations.backup", timezone.localdate(at))
    newest, good = Chore.objects.filter(kind="backup").order_by("-ended_at").first(), chores.last_well("backup")
    if newest and not newest.well:
        yield Trouble("backup", "最近一次备份没有成功", f"{newest.said or '原因见 worker 日志'}；修好后按“立即备份”。", BACKUPS)
    elif good and at - good.ended_at > timedelta(hours=policy.stale_hours):
        yield Trouble("backup", f"已有 {(at - good.ended_at).days * 24 + (at - good.ended_at).seconds // 3600} 小时没有全量备份", "请按“立即备份”，并检查后台任务进程。", BACKUPS)


def _archive(at: datetime) -> Iterator[Trouble]:
    """The server says when handing a segment over began to fail; each retry fails anew until it works."""
    policy = policybook.of_this_installation("operations.backup", timezone.localdate(at))
    archive = queries.archive()
    limit = timedelta(minutes=policy.wal_behind_minutes)
    if archive.is_failing and at - (archive.archived_at or at - 2 * limit) > limit:
        yield Trouble("archive", "连续归档落后", "备份盘可能没有挂上或已满；请检查 YILIANTI_BACKUP 所指的目录。未归档的日志仍在数据盘上，会越积越多。", BACKUPS)


def _drill(at: datetime) -> Iterator[Trouble]:
    policy = policybook.of_this_installation("operations.backup", timezone.localdate(at))
    newest = Chore.objects.filter(kind="drill").order_by("-ended_at").first()
    if newest and not newest.well:
        yield Trouble("drill", "最近一次恢复演练没有通过", "这份备份不能保证恢复出全部数据：请立即备份，再演练一次。", BACKUPS)
    elif newest and policy.drill_every_days and at - newest.ended_at > timedelta(days=policy.drill_every_days + 2):
        yield Trouble("drill", f"已有 {(at - newest.ended_at).days} 天没有恢复演练", "请按“恢复演练”。", BACKUPS)


def _processes(at: datetime) -> Iterator[Trouble]:
    minutes = policybook.of_this_installation("operations.alarms", timezone.localdate(at)).process_minutes
    for process in queries.processes():
        if process.seconds_ago is not None and process.seconds_ago > minutes * 60:
            yield Trouble(f"process:{process.name}", f"{process.label}没有响应", f"会自动重启；几分钟后仍不恢复请看日志 {process.name}.log，或执行 ./yilianti doctor。", STATE)


def _sources(at: datetime) -> Iterator[Trouble]:
    policy = policybook.of_this_installation("operations.alarms", timezone.localdate(at))
    for source in hl7v2.sources(at):
        if source.is_silent(at, minutes=policy.silent_minutes, usual=policy.silent_usual):
            way_out = f"平常这段时间有 {source.usual} 条消息，现在一条也没有；请联系该机构信息科，检查它的接口程序和网络。"
            yield Trouble(f"source:{source.facility}"[:96], f"消息来源 {source.facility[:40]} 静默", way_out, SOURCES)


def tell(at: datetime) -> int:
    """A task to the administrators of each lead hospital for every new trouble, closed again when it is over; how many changed."""
    now = {trouble.code: trouble for trouble in standing(at)}
    known = {alarm.code: alarm for alarm in Alarm.objects.all()}
    for code in now.keys() - known.keys():
        _begin(now[code], at)
    for code in known.keys() - now.keys():
        _end(known[code], at)
    return len(now.keys() ^ known.keys())


@transaction.atomic
def _begin(trouble: Trouble, at: datetime) -> None:
    Alarm.objects.create(code=trouble.code, title=trouble.title[:120], since=at)
    for consortium in institutions.consortia():
        lead = institutions.lead_of(consortium.code, timezone.localdate(at))
        if lead is not None:
            inbox.ask(key=f"operations:{trouble.code}:{lead.id}:{at:%Y%m%d%H%M%S}", institution_id=lead.id, role="administrator", title=trouble.title[:120],
                      body=trouble.way_out[:400], link=trouble.link, subject=_subject(trouble.code), at=at)  # fmt: skip


@transaction.atomic
def _end(alarm: Alarm, at: datetime) -> None:
    inbox.complete(actor=Actor.system(), subject=_subject(alarm.code), at=at)
    alarm.delete()


def _subject(code: str) -> str:
    return f"operations:{code}"[:96]


def with_since(at: datetime) -> list[tuple[Trouble, datetime | None]]:
    """Every trouble of this moment, and since when the clock has known of it."""
    known = dict(Alarm.objects.values_list("code", "since"))
    return [(trouble, known.get(trouble.code)) for trouble in standing(at)]
