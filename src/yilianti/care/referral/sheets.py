"""How the papers of a referral are drawn."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from yilianti.care.referral.models import Certificate, Referral
from yilianti.care.referral.terms import Service, Urgency
from yilianti.kernel.papers.drawing import Paper
from yilianti.registry.residents import api as residents

TITLE = "县外转诊证明"
_CHECK = "扫码核验本证明现在是否有效。PDF 内含数字签名，改动一个字节即验签失败。核验码 {code}"


def certificate(made: Certificate, referral: Referral, stamp: bytes | None, address: str, at: datetime) -> bytes:
    """Who goes where, why and until when; the sender's stamp and the code."""
    sender, resident, day = referral.from_institution, referral.resident, timezone.localdate(at)
    shown = residents.banner(resident, day)
    paper = Paper(f"{TITLE} {made.number}", at, f"{made.number} · {sender.name}")
    paper.headline(TITLE, f"编号 {made.number}")
    paper.facts([
        ("姓名", f"{shown.name}　　性别　{shown.gender}　　年龄　{shown.age}"), ("证件号码", shown.identity or "未登记"), ("居民编号", resident.number),
        ("诊断", f"{referral.diagnosis_name}（{referral.diagnosis_code}）" if referral.diagnosis_code else referral.diagnosis_name),
        ("转出机构", sender.name), ("转往机构", made.receiver), ("申请服务", Service.label(referral.service)),
        ("紧急程度", Urgency.label(referral.urgency)), ("转诊指征", referral.reason_name), ("转诊单号", referral.number),
        ("有效期", f"{_day(made.valid_from)} 至 {_day(made.valid_until)}"),
    ])  # fmt: skip
    paper.ln(4)
    paper.paragraph("上述患者因病情需要，经本机构同意转往县外就诊，特此证明。")
    paper.signature(sender.name, _day(made.valid_from), stamp)
    paper.code(address, _CHECK.format(code=made.code))
    return paper.whole()


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
