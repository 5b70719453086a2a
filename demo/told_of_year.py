"""What finance tells of a settled year: scores, heads, quality, what was paid already, and work between members."""

from __future__ import annotations

from datetime import date, datetime

from demo.messages import Patient
from demo.places import COUNTY, TCM, TOWNSHIPS
from demo.staff import Staff
from demo.villagers import VILLAGES
from yilianti.kernel.money import Money
from yilianti.settlement.budget import api as budget
from yilianti.settlement.budget.models import Package
from yilianti.settlement.distribution import actions
from yilianti.settlement.fund.api import yuan as yuan_of

_SCORES = {COUNTY: "91.5", TCM: "88", "daoxiang": "84", "zhuqiao": "90.5", "shitan": "79", "sangyuan": "86.5"}
_WHOLE = "90.6"
#: follow-ups for high blood pressure and sugar, yearly examinations of the old, by a village's place in the list
_SERVICES = (("高血压随访", 180, 14), ("糖尿病随访", 70, 9), ("老年人体检", 60, 5))
#: giver, receiver, month, yuan that the operations brought in
_EXPERTS = ((COUNTY, "daoxiang", 5, 4_600), (COUNTY, "zhuqiao", 9, 3_450), (TCM, "shitan", 11, 1_380))
_REMOTE = ((COUNTY, "daoxiang", "心电图", 112), (COUNTY, "zhuqiao", "心电图", 64), (COUNTY, "shitan", "影像", 27), (COUNTY, "sangyuan", "会诊", 9))
_RECOGNISED = ((COUNTY, "daoxiang", "检验", 86), (COUNTY, TCM, "影像", 41))


def tell(staff: Staff, patients: list[Patient], package: Package, at: datetime) -> None:
    """Everything by `finance`, each with a paper that is plainly invented."""
    facts, work = _Teller(staff, package, at), _Worker(staff, package, at)
    notice, register = f"（示例）{package.year} 年医共体考核通报", f"（示例）{package.year} 年参保登记"
    facts(None, "score", _WHOLE, notice)
    for key, score in _SCORES.items():
        facts(key, "score", score, notice)
    for at_place, village in enumerate(VILLAGES):
        facts(village.key, "score", str(78 + at_place * 7 % 19), notice)
        facts(village.key, "quality", f"{90 + at_place * 3 % 10}%", notice)
        for item, first, step in _SERVICES:
            work("service", village.key, None, item, first + at_place * step % 60, 0, 12)
    for key in (*_SCORES, *(one.key for one in VILLAGES)):
        many = sum(one.home == key for one in patients) if key not in (COUNTY, TCM) else 0
        facts(key, "heads", str(many or len(patients) // 2), register)
    charged = budget.spent_by_institution(package, budget.PlaceOfCare.MEMBER)
    for key in (COUNTY, TCM, *TOWNSHIPS):
        facts(key, "paid", yuan_of(charged.get(staff.county.id(key), 0) * 9 // 1_000 * 100), f"（示例）{package.year} 年预付台账")
    for giver, receiver, month, yuan in _EXPERTS:
        work("expert", giver, receiver, "手术", 3, yuan * 100, month)
    for kind, rows in (("remote", _REMOTE), ("recognition", _RECOGNISED)):
        for giver, receiver, item, count in rows:
            work(kind, giver, receiver, item, count, 0, 12)


class _Teller:
    """Facts of one year."""

    def __init__(self, staff: Staff, package: Package, at: datetime) -> None:
        self.staff, self.package, self.at = staff, package, at

    def __call__(self, key: str | None, name: str, value: str, document: str) -> None:
        place = self.staff.county.id(key) if key else None
        actions.tell(actor=self.staff.actor("finance"), consortium=self.package.consortium, year=self.package.year, institution=place, name=name, value=value, document=document, at=self.at)


class _Worker(_Teller):
    """Work of one year."""

    def __call__(self, kind: str, giver: str, receiver: str | None, item: str, count: int, fen: int, month: int) -> None:  # type: ignore[override]
        year = self.package.year
        actions.work(actor=self.staff.actor("finance"), consortium=self.package.consortium, kind=kind, giver=self.staff.county.id(giver), receiver=self.staff.county.id(receiver) if receiver else None,
                     item=item, count=count, amount=Money(fen), done_on=date(year, month, 20), document=f"（示例）{year} 年工作量台账", at=self.at)  # fmt: skip


def sheet(words: str) -> bytes:
    """A page of PDF with one line of ASCII, for a file that somebody gives as evidence."""
    stream = f"BT /F1 18 Tf 72 760 Td ({words}) Tj ET".encode()
    parts = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
             b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
             b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")  # fmt: skip
    found, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(found))
        found += b"%d 0 obj%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return found + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, table, len(parts) + 1, len(found))
