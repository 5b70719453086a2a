"""Two fund years of 云溪县: last year settled, confirmed for the most part and disputed once; this year's months against their path."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from demo import past_bills, told_of_year
from demo.messages import Patient
from demo.places import CONSORTIUM, REGION, TCM
from demo.staff import Staff
from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.budget import actions as budgeting
from yilianti.settlement.budget.models import Instalment, Package
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.distribution import actions as settling
from yilianti.settlement.distribution.models import Settlement, Statement

#: Last year leaves a small surplus, this year stands above its path: thousandths of what was spent.
_LEFT, _ABOVE = 1_036, 1_045
#: Parts of the funding that the document takes off first, per cent of the package.
_RISK, _CATASTROPHIC = 5, 4


def load(staff: Staff, patients: list[Patient], now: datetime) -> int:
    """Bills of last year, both years' packages, last year's settlement; how many bills."""
    this = timezone.localdate(now).year
    settled_at = min(_moment(date(this, 2, 20), 9), now - timedelta(minutes=40))
    filed_at = min(_moment(date(this, 1, 4), 9), now - timedelta(minutes=50))
    many = past_bills.load(staff, patients, now, filed_at)
    last = _package(staff, this - 1, len(patients), _spent(this - 1) * _LEFT // 1_000, now)
    _months(staff, last, range(1, 13), settled_at)
    _pay(staff, last, now)
    budgeting.set_aside(actor=staff.actor("bureau"), number=last.number, amount=Money(last.fen // 400 // 100 * 100), because="年中按上级要求提高门诊统筹比例，多支出的部分。", document="（示例）云溪县医保局测算表", at=settled_at)
    told_of_year.tell(staff, patients, last, settled_at)
    _of_health(staff, last, settled_at)
    _settle(staff, last, settled_at)
    _present(staff, patients, last, now)
    return many


def _present(staff: Staff, patients: list[Patient], last: Package, now: datetime) -> None:
    """This year up to the last month that is over, and a draft that waits for the bureau."""
    today = timezone.localdate(now)
    over, year = today.month - 1, today.year
    spent = _spent(year, date(year, today.month, 1))
    fen = spent * 12 * 1_000 // (over * _ABOVE) if over and spent else last.fen * 104 // 100
    package = _package(staff, year, len(patients), fen, now)
    _months(staff, package, range(1, over + 1), now - timedelta(minutes=20))
    _pay(staff, package, now, whole=False)
    budgeting.draft(actor=staff.actor("finance"), consortium=CONSORTIUM, year=year, fund="employee", facts=_facts(len(patients[:: past_bills.EMPLOYED]), max(_insured(year), 20_000_000)), document="（示例）云溪县职工医保基金收支表", at=now - timedelta(minutes=15))


def _of_health(staff: Staff, last: Package, at: datetime) -> None:
    """The second package of last year, ready to be settled; a year whose standard a head no edition gives has none."""
    with suppress(Refused):
        made = budgeting.draft(actor=staff.actor("finance"), consortium=CONSORTIUM, year=last.year, fund="public_health", facts={"persons": last.persons}, document=f"（示例）{last.year} 年基本公共卫生服务任务书", at=at)
        budgeting.fix(actor=staff.actor("bureau"), number=made.number, resolution=f"（示例）云溪县医共体管委会决议〔{last.year}〕3 号", at=at)


def _package(staff: Staff, year: int, persons: int, fen: int, now: datetime) -> Package:
    """Drafted by finance in January, fixed by the bureau a week later."""
    drafted, fixed = (min(_moment(date(year, 1, day), 10), now - timedelta(minutes=minutes)) for day, minutes in ((8, 45), (15, 44)))
    made = budgeting.draft(actor=staff.actor("finance"), consortium=CONSORTIUM, year=year, fund="resident", facts=_facts(persons, fen), document=f"（示例）{year} 年城乡居民医保基金收支预算", at=drafted)
    return budgeting.fix(actor=staff.actor("bureau"), number=made.number, resolution=f"（示例）云溪县医共体管委会决议〔{year}〕1 号", at=fixed)


def _facts(persons: int, fen: int) -> dict[str, Any]:
    """Funding that makes about so much of a package once risk fund and catastrophic insurance are off and 95 % is taken, in whole hundreds of yuan."""
    hundreds = fen // 10_000 + 1
    risk, catastrophic = hundreds * _RISK // 100, hundreds * _CATASTROPHIC // 100
    funding = hundreds * 100 // 95 + risk + catastrophic + 1
    return {"persons": persons, "funding": f"{funding * 100}.00", "risk": f"{risk * 100}.00", "catastrophic": f"{catastrophic * 100}.00"}


def _spent(year: int, before: date | None = None) -> int:
    """About what the package will bear: the basic fund's part of residents' bills, without the persons that reached catastrophic insurance."""
    filed = Claim.objects.filter(state="filed", insurance="resident", gap="", region=REGION, discharged_on__year=year)
    filed = filed.filter(discharged_on__lt=before) if before else filed
    return int(filed.exclude(resident__in=filed.filter(catastrophic__gt=0).values("resident")).aggregate(fen=Sum("basic"))["fen"] or 0)


def _insured(year: int) -> int:
    return int(Claim.objects.filter(state="filed", insurance="employee", discharged_on__year=year).aggregate(fen=Sum("total"))["fen"] or 0)


def _months(staff: Staff, package: Package, numbers: Iterable[int], latest: datetime) -> None:
    for number in numbers:
        over = (date(package.year, number, 1) + timedelta(days=32)).replace(day=6)
        budgeting.reckon_month(actor=staff.actor("finance"), number=package.number, month=date(package.year, number, 1), at=min(_moment(over, 9), latest))


def _pay(staff: Staff, package: Package, now: datetime, *, whole: bool = True) -> None:
    """Every instalment that is due, by its voucher; of a year under way the latest only in part."""
    due = list(Instalment.objects.filter(package=package, due_on__lt=timezone.localdate(now)).order_by("number"))
    for one in due:
        assert one.due_on is not None  # the filter asks for it
        fen = one.fen if whole or one is not due[-1] else one.fen * 6 // 10
        budgeting.pay(actor=staff.actor("bureau"), number=package.number, instalment=one.number, amount=Money(fen), voucher=f"YF-{package.year}-{one.number:02d}", paid_on=one.due_on, at=min(_moment(one.due_on, 16), now))


def _settle(staff: Staff, package: Package, at: datetime) -> None:
    """Reckoned; the hospitals and most stations confirm, one township objects to a line, two have not spoken."""
    settlement: Settlement = settling.reckon(actor=staff.actor("finance"), package=package, at=at)
    keys = {one.id: key for key, one in staff.county.at.items()}
    silent = {"zhuqiao", "qiaotou"}
    for one in Statement.objects.filter(settlement=settlement).order_by("number"):
        key = keys[one.institution_id]
        if key == "daoxiang":
            settling.dispute(actor=staff.actor("medins2"), number=one.number, line="surplus_share", text="三季度的家庭医生履约没有计入考核，得分应高于 84 分，附复核表。", at=at + timedelta(minutes=6), file_name="考核复核表.pdf", content=told_of_year.sheet("2025 review of scores"))
        elif key not in silent:
            settling.confirm(actor=staff.actor("medins3" if key == TCM else "medins"), number=one.number, at=at + timedelta(minutes=3))


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=timezone.get_current_timezone())
