"""One row an exam, from its order on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from yilianti.care.diagnosis.facts.telling import OPENS, PAGE, SUBJECT, coded, numbers, seconds
from yilianti.care.diagnosis.models import Exam, IssuedReport
from yilianti.care.diagnosis.terms import Modality, State, Urgency
from yilianti.kernel.facts import Column, Fact, FactTable, Holds
from yilianti.kernel.months import month_of

COLUMNS = (
    Column("number", Holds.TEXT, "检查编号", "一项检查一行"),
    Column("resident", Holds.RESIDENT, "居民", "被检查的居民；不含姓名与证件号"),
    Column("member", Holds.PLACE, "申请机构", "登记和采集的机构"),
    Column("centre", Holds.PLACE, "诊断中心", "诊断的机构"),
    Column("modality", Holds.WORD, "检查", "共享中心的检查类别", Modality),
    Column("state", Holds.WORD, "状态", "检查现在的状态", State),
    Column("urgency", Holds.WORD, "紧急程度", "发送时的紧急程度", Urgency),
    Column("is_off_hours", Holds.FLAG, "是否非工作时间", "发送时不在工作时间（工作时间与节假日见政策）"),
    Column("ordered_at", Holds.MOMENT, "登记时刻", "登记检查的时刻；按它归月"),
    Column("sent_at", Holds.MOMENT, "发送时刻", "最近一次上传完成、时限起算的时刻；退回重采的从重新发送算起；未发送为空"),
    Column("written_due_at", Holds.MOMENT, "书写时限", "按当时的政策应完成书写的时刻"),
    Column("audited_due_at", Holds.MOMENT, "审核时限", "按当时的政策应完成审核的时刻"),
    Column("written_at", Holds.MOMENT, "书写时刻", "最近一次发送后的第一次提交诊断；退回修改不改变它"),
    Column("issued_at", Holds.MOMENT, "签发时刻", "第一版报告签发的时刻；更正不改变它"),
    Column("written_seconds", Holds.NUMBER, "书写用时（秒）", "发送到书写的整秒数"),
    Column("issued_seconds", Holds.NUMBER, "审核用时（秒）", "发送到签发的整秒数"),
    Column("versions", Holds.NUMBER, "报告版数", "1 为没有更正过；没有报告为 0"),
    Column("suggested", Holds.TEXT, "机器初判", "机器建议的语句代码，各以竖线围住，按字母顺序"),
    Column("statements", Holds.TEXT, "诊断语句", "现行报告的语句代码，写法同上；只写了文字的为空"),
    Column("rejections", Holds.NUMBER, "退回次数", "退回重采的次数"),
    Column("is_charged", Holds.FLAG, "是否已收费", "申请机构登记了收费且未退"),
)  # fmt: skip

_READ = (
    "number", "resident", "institution", "centre", "modality", "state", "urgency", "off_hours", "ordered_at", "sent_at", "written_due_at", "audited_due_at",
    "written_at", "suggested", "statements", "rejections", "charged_at",
)  # fmt: skip


def _rows(found: Sequence[str]) -> Iterator[Fact]:
    """The present state of these exams; two statements whatever their number."""
    issued: dict[str, list[datetime]] = {}
    reports = IssuedReport.objects.filter(exam__number__in=found).order_by("exam_id", "version")
    for number, at in reports.values_list("exam__number", "at"):
        issued.setdefault(number, []).append(at)
    for exam in Exam.objects.filter(number__in=found).only(*_READ):
        reported = issued.get(exam.number, [])
        first = reported[0] if reported else None
        values = (
            exam.number, exam.resident_id, exam.institution_id, exam.centre_id, exam.modality, exam.state, exam.urgency, exam.off_hours, exam.ordered_at, exam.sent_at,
            exam.written_due_at, exam.audited_due_at, exam.written_at, first, seconds(exam.sent_at, exam.written_at), seconds(exam.sent_at, first), len(reported),
            coded(exam.suggested), coded(exam.statements) if reported else "", exam.rejections, exam.charged_at is not None,
        )  # fmt: skip
        yield Fact(values, frozenset({month_of(exam.ordered_at)}))


FACTS = FactTable(
    name="exam", zh="检查", says="共享中心的检查，每项一行，随办理更新", subject=SUBJECT, key="number", month="ordered_at", columns=COLUMNS, rows=_rows, numbers=numbers,
    listed=("number", "member", "urgency", "state", "sent_at", "written_at", "issued_at"), page=PAGE, opens=OPENS,
)  # fmt: skip
