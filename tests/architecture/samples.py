"""An own and a foreign object for every address that names one; an address without a sample fails the permission matrix.

Both sides of the world are made by the same code, each in its own consortium, so that what one side may open the other may not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from yilianti.capacity.schedules import api as schedules
from yilianti.capacity.services import api as services
from yilianti.care.contract import actions as contracts
from yilianti.care.contract.models import Contract, Team
from yilianti.care.contract.terms import Said, Told
from yilianti.care.contract.tests.factories import picture
from yilianti.care.diagnosis import actions as exams
from yilianti.care.diagnosis.terms import Order
from yilianti.care.diagnosis.tests import factories as tracings
from yilianti.care.referral import actions as referrals
from yilianti.care.referral.models import ArrivalQuestion, Certificate
from yilianti.care.referral.notices import PatientNotice
from yilianti.care.referral.terms import Application, Screening
from yilianti.gateways.dicom.tests import factories as devices
from yilianti.gateways.ecg_devices import filing, folders
from yilianti.gateways.ecg_devices.models import Deposit
from yilianti.gateways.hl7v2.models import CodeMapping, Message
from yilianti.gateways.outbound.tests import factories as outbox
from yilianti.handovers.models import Waiting
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.record.documents.attaching import attach
from yilianti.record.documents.tests import factories as documents
from yilianti.record.encounters.tests import factories as encounters
from yilianti.record.prescriptions import api as prescriptions
from yilianti.record.prescriptions.models import Allergy
from yilianti.record.recordings import api as recordings
from yilianti.record.results.tests import factories as results
from yilianti.registry.access.models import Account, Grant, Login
from yilianti.registry.access.queries import actor_for
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.governance import actions as governing
from yilianti.registry.governance.models import (
    Attachment,
    Council,
    Document,
    Evidence,
    Meeting,
    Paper,
    Resolution,
    Seat,
)
from yilianti.registry.governance.terms import DocumentText, Motion
from yilianti.registry.imports.models import Import
from yilianti.registry.inbox import api as inbox
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.models import Centre, Department, FacilityCode, Institution, Membership
from yilianti.registry.people.models import Post
from yilianti.registry.privacy import api as privacy
from yilianti.registry.privacy.actions import end_emergency, receive
from yilianti.registry.privacy.models import Seal
from yilianti.registry.residents import api as residents
from yilianti.registry.residents.models import DuplicateSuspicion
from yilianti.settlement.budget.models import Package, Reckoning
from yilianti.settlement.claims import api as claims
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.distribution.tests import kept as settled
from yilianti.settlement.supervision.models import KnowledgePoint, Statement, Suspicion


@dataclass(frozen=True)
class Sample:
    """The arguments of an address, the institutions whose people may open it (None: it belongs to nobody), a valid form."""

    kwargs: Mapping[str, Any]
    where: frozenset[int] | None
    data: Mapping[str, Any] = field(default_factory=dict)
    #: a second permission that opens it too, and where that must reach
    beside: tuple[str, frozenset[int]] = ("", frozenset())
    #: the permission that the step itself asks of that institution, where the address opens to more people
    asks: str = ""
    #: asks for a reason instead of answering 404, naming nobody before it is given
    asks_reason: bool = False


class Side:
    """One consortium with a patient and everything that can be opened about them; made when first asked for."""

    def __init__(self, hospital: Institution, township: Institution, clinic: Institution, tag: str) -> None:
        self.hospital, self.township, self.clinic, self.tag = hospital, township, clinic, tag
        self.now: datetime = timezone.now()
        self.doctor = self._actor(township, "township_doctor")
        self.office = self._actor(hospital, "referral_office")

    def _actor(self, place: Institution, role: str) -> Actor:
        actor = actor_for(staff.staff(place, role, called=f"{self.tag}{role}").pk, self.now)
        assert actor is not None
        return actor

    @property
    def consortium(self) -> str:
        return Membership.objects.get(institution=self.township, until_on__isnull=True).consortium.code

    def at(self, *places: Institution) -> frozenset[int]:
        return frozenset(place.pk for place in places)

    @cached_property
    def account(self) -> Account:
        return staff.staff(self.township, "township_doctor", called=f"{self.tag}同事")

    @cached_property
    def grant(self) -> Grant:
        return Grant.objects.get(post__person=self.account.person)

    @cached_property
    def login(self) -> Login:
        return Login.objects.create(account=self.account, began_at=self.now, seen_at=self.now, factor="password")

    @cached_property
    def post(self) -> Post:
        return Post.objects.get(person=self.account.person)

    @cached_property
    def cardiology(self) -> Department:
        return Department.objects.create(institution=self.hospital, code="XNK", name="心内科")

    def _resident(self, name: str) -> residents.Resident:
        told = residents.Demographics(name=name, sex="2", born_on=None, phone="", address="", home=self.township.pk)
        return residents.register(actor=self.doctor, at=self.now, identifiers=[], demographics=told).resident

    @cached_property
    def resident(self) -> residents.Resident:
        return self._resident(f"{self.tag}病人")

    @cached_property
    def package(self) -> Package:
        """In force, with its first month; made without the policies that only one of the two counties has."""
        sums = {"fen": 950, "a_head": 1, "persons": 1000}
        made = Package.objects.create(number=f"BG{self.township.pk}", consortium=Membership.objects.get(institution=self.township).consortium, year=2026, fund="resident", state="fixed", version=2, fixed_at=self.now,
                                      document=f"{self.tag}文件", resolution=f"{self.tag}决议", facts={"persons": "1000", "funding": "10", "risk": "0", "catastrophic": "0"}, **sums)  # fmt: skip
        nothing = dict.fromkeys(("lines", "own", "gross", "catastrophic_persons", "policy_caused", "spent", "path", "unpriced", "unpriced_total"), 0)
        Reckoning.objects.create(package=made, month=date(2026, 1, 1), turn=1, at=self.now, by_name=self.tag, package_version=2, above=False, leaves=False, working=[], **nothing)
        return made

    @cached_property
    def deposit(self) -> Deposit:
        """Unmatched, from a folder of the township."""
        told = folders.Particulars(f"{self.tag}1号机", self.township.pk, f"t{self.township.pk}/ecg1")
        folder = folders.keep_folder(actor=Actor.system("测试"), particulars=told, at=self.now)
        content = f"# yilianti ecg\n# sampling_rate_hz: 200\n# patient_name: {self.tag}病人\nV1,V2,V3\n{'1,2,3' + chr(10)}".encode() + b"1,2,3\n2,3,4\n" * 500
        return filing.file(folder=folder, found=filing.Found(f"{self.tag}.csv", content, f"{self.township.pk:064d}"), at=self.now)

    @cached_property
    def suspicion(self) -> DuplicateSuspicion:
        other = self._resident(f"{self.tag}同名")
        return DuplicateSuspicion.objects.create(first=self.resident, second=other, because="测试", found_at=self.now, told_by=self.township)

    @cached_property
    def referral(self) -> Any:
        """Submitted from the township to the hospital."""
        told = Application(to_institution=self.hospital.pk, diagnosis_code="I20.000", diagnosis_name="不稳定性心绞痛", reason="further_examination",
                           urgency="urgent", service="inpatient", summary="胸闷三天，活动后加重，心电图示ST段压低。")  # fmt: skip
        return referrals.submit(actor=self.doctor, resident=self.resident.pk, application=told, client_key=uuid4(), consent_basis="signed", at=self.now)

    @cached_property
    def batch(self) -> Any:
        told = Application(to_institution=self.hospital.pk, diagnosis_code="I10", diagnosis_name="高血压", reason="further_examination", urgency="elective",
                           service="outpatient", summary="")  # fmt: skip
        return referrals.submit_batch(actor=self.doctor, client_key=uuid4(), screening=Screening("筛查", timezone.localdate(self.now)), application=told,
                                      rows=[(self.resident.pk, "血压 186/112，头晕三天，未服药。")], consent_basis="signed", at=self.now)[0]  # fmt: skip

    @cached_property
    def slot(self) -> Any:
        session = schedules.Session(self.cardiology.pk, self.now + timedelta(days=1), self.now + timedelta(days=1, hours=1), 30)
        return schedules.open_schedule(actor=self.office, institution=self.hospital.pk, session=session, at=self.now)[0].slots.first()

    @cached_property
    def reservation(self) -> Any:
        return schedules.hold(actor=self.doctor, client_key=uuid4(), resident=self.resident.pk, slot=self.slot.pk, at=self.now)

    @cached_property
    def in_line(self) -> Any:
        full = schedules.count_beds(actor=self.office, institution=self.hospital.pk, department=None, total=1, occupied=1, at=self.now)
        return schedules.join(actor=self.doctor, resident=self.resident.pk, by_institution=self.township.pk, urgency="urgent", pool=full.pk, at=self.now)

    @cached_property
    def service(self) -> Any:
        return services.offer(actor=self.office, institution=self.hospital.pk, told=services.Told(name="冠心病门诊", kinds=("outpatient",)), at=self.now)

    @cached_property
    def capability(self) -> Any:
        return services.note_capability(actor=self.office, institution=self.hospital.pk, kind="equipment", code="CT", name="CT", at=self.now)

    @cached_property
    def certificate(self) -> Certificate:
        return Certificate.objects.create(number=f"ZM{self.referral.pk}", code=f"zm{self.referral.pk}", referral=self.referral, institution=self.township, receiver="市医院",
                                          valid_from=self.today, valid_until=self.today, policy_ref="clinical.referral.certificate@2020-01-01#national", content=b"%PDF-",
                                          signer="测试", issued_at=self.now)  # fmt: skip

    @cached_property
    def encounter(self) -> Any:
        self.referral  # noqa: B018 - consent comes with it
        return encounters.opened(self.resident, self.hospital, self.now, f"ZY{self.tag}")

    @cached_property
    def arrival(self) -> ArrivalQuestion:
        return ArrivalQuestion.objects.create(
            encounter=self.encounter.number, institution=self.hospital, resident=self.resident, arrived_at=self.now,
            candidates=[self.referral.number], asked_at=self.now,
        )  # fmt: skip

    @cached_property
    def report(self) -> Any:
        return results.filed(self.resident, self.hospital, self.now, f"L{self.tag}", encounter_id=self.encounter.id)

    @cached_property
    def document(self) -> Any:
        return documents.filed(self.resident, self.hospital, self.now, f"D{self.tag}", encounter_id=self.encounter.id)

    @cached_property
    def attached(self) -> Any:
        _ = self.referral
        content = b"\x89PNG\r\n\x1a\n" + self.tag.encode()
        return attach(actor=self.doctor, resident_id=self.resident.pk, name="心电图.png", content=content, at=self.now)

    @cached_property
    def allergy(self) -> Any:
        _ = self.encounter
        told = prescriptions.Intolerance("drug", f"{self.tag}青霉素")
        filed = prescriptions.record_allergy(actor=self.doctor, resident_id=self.resident.pk, institution_id=self.township.pk, told=told, at=self.now)
        return Allergy.objects.get(number=filed.number)

    @cached_property
    def item(self) -> Any:
        return inbox.notify(key=f"sample:{self.tag}", institution_id=self.hospital.pk, title=f"{self.tag}转诊单待答复", at=self.now)

    @cached_property
    def task(self) -> Any:
        return inbox.ask(key=f"task:{self.tag}", institution_id=self.hospital.pk, title=f"{self.tag}待办", at=self.now)

    @cached_property
    def message(self) -> Message:
        raw = f"MSH|^~\\&|HIS|{self.tag}".encode()
        return Message.objects.create(
            received_at=self.now, raw=raw, sha256=hashlib.sha256(raw).hexdigest(), encoding="utf-8", facility=f"{self.tag}院", control_id=f"{self.tag}1",
            kind="ADT^A01", state="refused", answer="AE", refusal=f"{self.tag}缺少 PID", institution=self.hospital, resident=self.resident,
        )  # fmt: skip

    @cached_property
    def mapping(self) -> CodeMapping:
        return CodeMapping.objects.create(institution=self.hospital, table="sex", local_code=f"{self.tag}男", standard_code="1", changed_at=self.now)

    @cached_property
    def destination(self) -> Any:
        return outbox.destination(self.hospital, name=f"{self.tag}HIS", at=self.now)

    @cached_property
    def outgoing(self) -> Any:
        return outbox.parked(self.destination, f"{self.tag}外发", self.now, resident=self.resident.pk)

    @cached_property
    def failed_job(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'verify_journal', 'failed') RETURNING id")
            return int(cursor.fetchone()[0])

    @cached_property
    def waiting(self) -> Waiting:
        _ = self.referral
        entry = JournalEntry.objects.filter(word="referral.submitted").latest("id")
        return Waiting.objects.create(handover="referral_to_inbox", entry=entry.pk, subject=entry.subject, first_failed_at=self.now, error="测试")

    @cached_property
    def brought(self) -> Any:
        """A list of residents of the township, read and ready."""
        return Import.objects.create(
            kind="residents", institution=self.township, person_name=f"{self.tag}甲", file_name=f"{self.tag}名单.xlsx", sha256="0" * 64, size=1, state="ready",
            counts={"new": 0, "changed": 0, "unchanged": 1, "error": 0}, total=1, uploaded_at=self.now,
        )  # fmt: skip

    @cached_property
    def way(self) -> Any:
        return services.note_travel(actor=Actor.system(), from_institution=self.township.pk, to_institution=self.hospital.pk, minutes=35, at=self.now)

    @cached_property
    def centre(self) -> Centre:
        made: Centre = institutions.open_centre(
            actor=Actor.system(), consortium=self.consortium, kind="ecg", host_id=self.hospital.pk, from_on=timezone.localdate(self.now), at=self.now
        )
        return made

    @cached_property
    def exam(self) -> Any:
        """An ECG of the township with a critical value, read and issued by the hospital's centre."""
        _ = self.centre
        reader, auditor = self._actor(self.hospital, "centre_reader"), self._actor(self.hospital, "centre_auditor")
        given: dict[str, Any] = {"actor": self.doctor, "at": self.now}
        made = exams.order(resident=self.resident.pk, institution=self.township.pk, order=Order(complaint=f"{self.tag}胸闷"), client_key=uuid4(), **given)
        kept = recordings.keep(institution_id=self.township.pk, content=self.tag.encode(), format="csv", tracing=tracings.tracing(), **given)
        exams.acquire(number=made.number, recording=kept, quality=(), measured={}, suggested=[], **given)
        exams.send(number=made.number, **given)
        exams.claim(actor=reader, number=made.number, at=self.now)
        said: dict[str, Any] = {"statements": ["VF"], "conclusion": f"{self.tag}室颤", "measurements": {}, "at": self.now, "number": made.number}
        exams.conclude(actor=reader, **said)
        return exams.issue(actor=auditor, draw=lambda exam: tracings.PDF, **said)

    @cached_property
    def council(self) -> Council:
        return governing.found_council(actor=Actor.system(), consortium=self.consortium, kind="committee", name=f"{self.tag}管委会", founded_on=self.today, at=self.now)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @cached_property
    def seat(self) -> Seat:
        """The township doctor's."""
        person = self.doctor.person or 0
        return governing.seat(actor=Actor.system(), council_id=self.council.pk, person_id=person, institution_id=self.township.pk, office="chair",
                              has_vote=True, from_on=self.today, at=self.now)  # fmt: skip

    @cached_property
    def meeting(self) -> Meeting:
        _ = self.seat
        return governing.convene(actor=Actor.system(), council_id=self.council.pk, title=f"{self.tag}会议", held_at=self.now, place="", items=[], at=self.now)

    @cached_property
    def resolution(self) -> Resolution:
        motion = Motion(f"{self.tag}议案", "正文", "ordinary")
        return governing.propose(actor=Actor.system(), number=self.meeting.number, motion=motion, at=self.now)

    @cached_property
    def paperwork(self) -> Document:
        text = DocumentText("charter", f"{self.tag}章程", self.today, None, (self.township.pk,), (("term", None, "条款"),))
        return governing.draft(actor=Actor.system(), consortium=self.consortium, text=text, at=self.now)

    @cached_property
    def attachment(self) -> Attachment:
        return Attachment.objects.create(document=self.paperwork, name="a.pdf", sha256="0" * 64, size=1, added_by="测试", added_at=self.now)

    @cached_property
    def paper(self) -> Paper:
        return Paper.objects.create(code=f"c{self.paperwork.pk}", subject=self.paperwork.number, consortium=self.paperwork.consortium, title="章程", reference="1",
                                    sha256="0" * 64, size=1, signer="测试", issued_by="测试", issued_at=self.now)  # fmt: skip

    @cached_property
    def evidence(self) -> Evidence:
        return governing.link_evidence(actor=Actor.system(), consortium=self.consortium, year=self.today.year, criterion="tight_unified_resources", subject="",
                                       note="测试", at=self.now)  # fmt: skip

    @cached_property
    def device(self) -> Any:
        return devices.sender(self.hospital, self.now)

    @cached_property
    def unclaimed(self) -> Any:
        """An object of the township's cart that nobody knows the owner of."""
        return devices.unmatched(self.township, self.now, f"{self.tag}禾")

    @cached_property
    def provisional(self) -> Institution:
        """A sender nobody has registered yet: it belongs to no consortium."""
        made = staff.institution("待确认")
        Institution.objects.filter(pk=made.pk).update(standing="provisional")
        FacilityCode.objects.create(institution=made, system="hl7v2", value=f"UNKNOWN-{made.pk}")
        return made

    @cached_property
    def emergency(self) -> Any:
        """Opened by the township's doctor, ended, waiting for a review."""
        opened = privacy.open_emergency(actor=self.doctor, resident_id=self.resident.pk, reason="rescue", words=f"{self.tag}昏迷送来急需病史", at=self.now)
        return end_emergency(actor=self.doctor, number=opened.number, at=self.now)

    @cached_property
    def asked(self) -> Any:
        return receive(actor=self.doctor, resident_id=self.resident.pk, kind="copy", asker="resident", identity_seen="居民身份证原件", words=f"{self.tag}要一份", at=self.now)

    @cached_property
    def seal(self) -> Seal:
        place = self.township
        return Seal.objects.create(source="report", item=-self.resident.pk, number=f"S{self.tag}", category="hiv", resident=self.resident, institution=place, sealed_at=self.now)

    @cached_property
    def statement(self) -> Statement:
        """A suspicion of the township with an explanation and its file."""
        KnowledgePoint.objects.create(consortium=self.consortium, limit="service_sex", code="N1", name=f"{self.tag}项目", sex="1", document="样例", edition="1",
                                      effective_from=self.today, entered_at=self.now)  # fmt: skip
        made = Suspicion.objects.create(number=f"XS{self.resident.pk}", key=f"{self.tag}", rule="same_moment", family="repeated", severity="warning", state="explained", institution=self.township,
                                        resident=self.resident, claim=f"FY{self.resident.pk}", claim_version=1, month=self.today.replace(day=1), because=f"{self.tag}重复", amount=100,
                                        evidence=[], raised_at=self.now, explained_at=self.now, due_on=self.today)  # fmt: skip
        return Statement.objects.create(suspicion=made, verb="explain", text="测试", file_name="a.pdf", file=b"%PDF-", said_by_name="测试", said_at=self.now)

    @cached_property
    def team(self) -> Team:
        return contracts.found_team(actor=self.doctor, institution=self.township.pk, name=f"{self.tag}一队", members={self.doctor.person: "leader"}, at=self.now)  # type: ignore[dict-item]

    def _contract(self, name: str, said: Said) -> Contract:
        told = Told(self.team.pk, ("basic",), 12)
        made = contracts.propose(actor=self.doctor, resident=self._resident(f"{self.tag}{name}").pk, told=told, client_key=uuid4(), at=self.now)
        return contracts.confirm(actor=self.doctor, number=made.number, said=said, at=self.now)

    @cached_property
    def contract(self) -> Contract:
        """Signed on the screen."""
        return self._contract("签约者", Said("signature", picture=picture()))

    @cached_property
    def paper_contract(self) -> Contract:
        return self._contract("纸签者", Said("paper", file_name="协议.pdf", file=b"%PDF-1.4 x"))

    @cached_property
    def settled(self) -> settled.Kept:
        """A year settled, with the township's statement."""
        return settled.year(self.consortium, self.township, self.tag, self.now)

    @cached_property
    def stay(self) -> Claim:
        """A filed stay of the township in a group that only this side has."""
        return Claim.objects.create(number=f"FS{self.resident.pk}", institution=self.township, settlement_number=f"S{self.resident.pk}", resident=self.resident, state="filed", kind="inpatient",
                                    insurance="resident", level="township", way="direct", admitted_on=self.today, discharged_on=self.today, department=f"{self.tag}科", diagnoses=["I20.000"],
                                    scheme="demo", group_status="分组成功", drg=f"G{self.resident.pk}"[-8:], filed_at=self.now, changed_at=self.now)  # fmt: skip

    @cached_property
    def claim(self) -> Any:
        """A stay at the hospital, with its bill filed."""
        told = claims.Told(institution=self.hospital.pk, settlement_number=f"S{self.tag}", resident=self.resident.pk, kind="inpatient", admitted_on=self.today - timedelta(days=9),
                           discharged_on=self.today - timedelta(days=3), total=500_000, diagnoses=("I20.000",), department=f"{self.tag}科")  # fmt: skip
        (filed,) = claims.file(actor=Actor.system(), told=[told], at=self.now)
        return claims.Claim.objects.get(number=filed.number)

    def everything(self) -> None:
        """Make all of it, so that lists have something to show or to hide."""
        for name, made in vars(Side).items():
            if isinstance(made, cached_property):
                getattr(self, name)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody of the other side may read anywhere: every name here begins with the tag, and the numbers."""
        return (self.tag, self.resident.number, self.referral.number, self.encounter.number, self.report.number, self.document.number)


def _referral(**data: Any) -> Callable[[Side], Sample]:
    """Both ends open it."""
    return lambda side: Sample({"number": side.referral.number}, side.at(side.township, side.hospital), data)


def _notice(side: Side) -> Sample:
    made = PatientNotice.objects.get_or_create(entry=side.referral.pk, defaults={"referral": side.referral, "step": "submitted", "text": "测试", "barred": "no_phone",
                                                                                "made_at": side.now, "not_before": side.now})[0]  # fmt: skip
    return Sample({"number": side.referral.number, "notice": made.pk}, side.at(side.township, side.hospital))


def _exam(**more: Any) -> Callable[[Side], Sample]:
    """Seen by the member that recorded it, and by the physicians of the centre, not by the hospital around them."""
    return lambda side: Sample({"number": side.exam.number, **more}, side.at(side.township), beside=("diagnosis.work", side.at(side.hospital)))


def _suspicion(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"number": side.statement.suspicion.number}, side.at(side.township), data)


def _package(**data: Any) -> Callable[[Side], Sample]:
    """Seen by whoever reaches a member of the consortium."""
    return lambda side: Sample({"number": side.package.number}, side.at(side.hospital, side.township), data)


def _claim(asks: str = "", **data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"number": side.claim.number}, side.at(side.hospital), data, asks=asks)


def _contract(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"number": side.contract.number}, side.at(side.township), data)


def _settlement(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"number": side.settled.settlement.number}, side.at(side.hospital, side.township), data)


def _statement(version: int | None = None) -> Callable[[Side], Sample]:
    more = {} if version is None else {"version": version}
    return lambda side: Sample({"number": side.settled.statement.number, **more}, side.at(side.township), {"line": "charged", "text": "测试"})


def _of_year(asks: str = "", **data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"code": side.consortium, "year": 2025}, side.at(side.hospital, side.township), data, asks=asks)


def _deposit(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"number": side.deposit.pk}, side.at(side.township), data)


def _folder(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"folder": side.deposit.folder_id}, side.at(side.township), data)


def _examined(at: str, **data: Any) -> Callable[[Side], Sample]:
    """A step of the member ("township") or of the centre ("hospital")."""
    return lambda side: Sample({"number": side.exam.number}, side.at(getattr(side, at)), data)


def _roster(**data: Any) -> Callable[[Side], Sample]:
    """Of the hospital that hosts the centre."""
    return lambda side: Sample({"institution": side.hospital.pk, "service": "ecg"}, side.at(side.hospital), data)


def _critical(*, member: bool = True, **data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"critical": side.exam.criticals.get().pk}, side.at(side.township if member else side.hospital), data)


def _by_sender(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"number": side.referral.number}, side.at(side.township), data)


def _by_receiver(**data: Any) -> Callable[[Side], Sample]:
    def sample(side: Side) -> Sample:
        given = {key: value(side) if callable(value) else value for key, value in data.items()}
        return Sample({"number": side.referral.number}, side.at(side.hospital), given)

    return sample


def _patient(**data: Any) -> Callable[[Side], Sample]:
    """Wherever the patient is kept or in care: the township that keeps them, the hospital that has the referral."""

    def sample(side: Side) -> Sample:
        _ = side.encounter
        return Sample({"number": side.resident.number}, side.at(side.township, side.hospital), data)

    return sample


def _suspected(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"suspicion": side.suspicion.pk}, side.at(side.township, side.hospital), data)


def _allergy(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"allergy": side.allergy.number}, side.at(side.township, side.hospital), data)


def _record(kind: str, number: str = "number") -> Callable[[Side], Sample]:
    """Filed at the hospital; the township, which keeps the patient, reads it by the consent given with the referral."""
    return lambda side: Sample({number: getattr(side, kind).number}, side.at(side.township, side.hospital))


def _account(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"account": side.account.pk}, side.at(side.township), data)


def _person(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"number": side.account.person.number}, side.at(side.township), data)


def _place(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"institution": side.township.pk}, side.at(side.township), data)


def _emergency(side: Side) -> Sample:
    return Sample({"number": side.emergency.number}, side.at(side.township), {"words": "测试"})


def _asked(side: Side) -> Sample:
    return Sample({"number": side.asked.number}, side.at(side.township), {"grounds": "测试", "answer": "当面"})


def _message(side: Side) -> Sample:
    return Sample({"number": side.message.pk}, side.at(side.hospital), {"note": "测试"})


def _unclaimed(side: Side) -> Sample:
    return Sample({"number": side.unclaimed.pk}, side.at(side.township), {"resident": side.resident.number, "note": "测试"})


def _device(side: Side) -> Sample:
    return Sample({"sender": side.device.pk}, side.at(side.hospital), {"active": "1"})


def _outgoing(side: Side) -> Sample:
    return Sample({"number": side.outgoing.pk}, side.at(side.hospital), {"reason": "测试"})


def _destination(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"destination": side.destination.pk}, side.at(side.hospital), data)


def _nobodys(make: Callable[[Side], Mapping[str, Any]], **data: Any) -> Callable[[Side], Sample]:
    """Of the platform as a whole: whoever has the permission opens it, there is no foreign one."""
    return lambda side: Sample(make(side), None, data)


def _later(side: Side) -> str:
    return timezone.localtime(side.now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")


def _today(side: Side) -> str:
    return timezone.localdate(side.now).isoformat()


def _tomorrow(side: Side) -> str:
    return (timezone.localdate(side.now) + timedelta(days=1)).isoformat()


def _moment(side: Side) -> str:
    return timezone.localtime(side.now).strftime("%Y-%m-%dT%H:%M")


def _brought(**data: Any) -> Callable[[Side], Sample]:
    return lambda side: Sample({"number": side.brought.pk}, side.at(side.township), data)


def _moment_now() -> str:
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")


def _governed(key: str, of: str, attribute: str = "number", **data: Any) -> Callable[[Side], Sample]:
    """Read by every member of the consortium, kept by the lead's office."""
    return lambda side: Sample({key: getattr(getattr(side, of), attribute)}, side.at(side.hospital, side.township), data)



SAMPLES: dict[str, Callable[[Side], Sample]] = {
    "diagnosis:detail": _exam(),
    "diagnosis:tracing": _exam(),
    "diagnosis:beats": _exam(),
    "diagnosis:original": _exam(),
    "diagnosis:report": _exam(version=1),
    "diagnosis:end_delegation": lambda side: Sample({"delegation": tracings.delegated(side.hospital, side.now).pk}, side.at(side.hospital)),
    "diagnosis:drop_template": lambda side: Sample({"template": tracings.template(side.hospital).pk}, side.at(side.hospital)),
    "diagnosis:signature": _exam(version=1),
    "diagnosis:standing": _exam(version=1),
    "diagnosis:signed": _exam(version=1),
    **{f"diagnosis:{verb}": _examined("township", because="测试", fee="10") for verb in ("send", "cancel", "charge")},
    **{f"diagnosis:{verb}": _examined("township", because="测试", fee="10", urgency="emergency") for verb in ("send", "cancel", "revise", "charge", "waive", "refund")},
    **{f"diagnosis:{verb}": _examined("hospital", because="测试", reason="artefact", opinion="测试", conclusion="窦性心律") for verb in
       ("claim", "release", "reject", "conclude", "refer_back", "issue", "convene", "opine", "decide", "amend", "read_again")},
    "groups:group": lambda side: Sample({"drg": side.stay.drg}, side.at(side.township)),
    **{f"contract:{name}": _contract() for name in ("detail", "print", "picture", "renew", "change", "send_code")},
    "contract:paper": lambda side: Sample({"number": side.paper_contract.number}, side.at(side.township)),
    "contract:confirm": _contract(way="code", signer="self", code="0", agreed="on"),
    "contract:refuse": _contract(because="测试"),
    "contract:end": _contract(reason="other", note="测试", stopped_on="2020-01-01"),
    "contract:fulfil": _contract(obligation="1", done_on="2020-01-01", evidence="测试"),
    "contract:correct": _contract(line="1", because="测试"),
    "contract:rate": _contract(score="content"),
    "contract:refund": _contract(voucher="测试"),
    **{f"contract:{name}": lambda side: Sample({"team": side.team.number}, side.at(side.township), {"name": "测试", "institution": side.township.pk}) for name in ("team", "change_team")},
    "contract:tag": lambda side: Sample({"resident": side.contract.resident.number}, side.at(side.township), {"tag": "disabled", "from_on": "2026-01-01", "evidence": "测试"}),
    "contract:untag": lambda side: Sample({"resident": side.contract.resident.number}, side.at(side.township), {"tag": "disabled", "until_on": "2026-01-01"}),
    "supervision:detail": _suspicion(),
    "supervision:print": _suspicion(),
    "supervision:attachment": lambda side: Sample({"number": side.statement.suspicion.number, "statement": side.statement.pk}, side.at(side.township)),
    **{f"supervision:{verb}": _suspicion(text="测试", amount="0.50") for verb in ("explain", "ask", "clear", "confirm", "recover", "withdraw", "reopen")},
    **{f"budget:{name}": _package() for name in ("package", "print", "leakage", "months", "ledger")},
    "budget:month": lambda side: Sample({"number": side.package.number, "month": "2026-01"}, side.at(side.hospital, side.township)),
    **{f"budget:{verb}": _package(resolution="测试", because="测试", document="测试", version="2", month="2026-02", amount="1", voucher="测试", paid_on="2026-01-09", payment="0", row="0", instalment="1", persons="1000", funding="10", risk="0", catastrophic="0")
       for verb in ("amend", "revise", "fix", "pay", "correct_payment", "set_aside", "withdraw_set_aside", "reckon_month")},
    **{f"claims:{name}": _claim() for name in ("bill", "print", "charges", "group", "beside", "unreferred")},
    "claims:correct": _claim("claims.file", version="1", total="5001", fully_own="0", over_limit="0", first_self="0", hospital="0", admitted_on="2026-01-02", discharged_on="2026-01-09", because="测试"),
    "claims:withdraw": _claim("claims.withdraw", because="测试"),
    **{f"distribution:{name}": _settlement() for name in ("settlement", "export", "cash", "remind")},
    "distribution:run": lambda side: Sample({"number": side.settled.settlement.number, "turn": 1}, side.at(side.township)),
    "distribution:statement_line": lambda side: Sample({"number": side.settled.statement.number, "version": 1, "key": "charged"}, side.at(side.township)),
    "distribution:statement_bills": lambda side: Sample({"number": side.settled.statement.number, "version": 1, "key": "charged"}, side.at(side.township)),
    "distribution:member": lambda side: Sample({"code": side.consortium, "year": 2025, "institution": side.township.pk}, side.at(side.township)),
    "distribution:take_back": lambda side: Sample({"fact": side.settled.fact.pk}, side.at(side.hospital, side.township), {"because": "测试"}),
    **{f"distribution:{verb}": _settlement(because="测试", resolution="测试", voucher="测试") for verb in ("reckon", "resume", "withdraw", "approve", "send_back", "post", "lock")},
    **{f"distribution:{name}": _statement() for name in ("statement", "statement_confirm", "statement_dispute", "statement_answer", "statement_accept")},
    **{f"distribution:statement_{name}": _statement(version=1) for name in ("version", "pdf", "export", "signed")},
    "distribution:statement_file": lambda side: Sample({"number": side.settled.statement.number, "remark": side.settled.remark.pk}, side.at(side.township)),
    **{f"distribution:{name}": lambda side: Sample({"number": side.settled.scenario.number}, side.at(side.hospital, side.township)) for name in ("scenario", "scenario_export", "scenario_archive")},
    "distribution:scenario_keep": _settlement(name="测试"),
    "distribution:told": _of_year(),
    "distribution:tell": _of_year("distribution.enter", name="score", value="90", document="测试"),
    "distribution:note": _of_year("distribution.enter", kind="service", count="1", done_on="2025-06-01", document="测试"),
    "distribution:correct": lambda side: Sample({"work": side.settled.work.pk}, side.at(side.hospital, side.township), {"because": "测试"}),
    "distribution:evidence": lambda side: Sample({"fact": side.settled.fact.pk}, side.at(side.township)),
    "ecg_devices:upload": _examined("township"),
    **{f"rosters:{verb}": _roster(days="1", on="1", duty="reader", starts="08:00", ends="17:30", person="1", week="2026-09-28") for verb in ("week", "plan", "unplan", "restore_day", "copy_week")},
    "rosters:order": lambda side: Sample({"institution": side.township.pk}, side.at(side.township)),
    "ecg_devices:file": _deposit(),
    "ecg_devices:claim": _deposit(number="XD0"),
    "ecg_devices:set_aside": _deposit(note="测试"),
    "ecg_devices:folder": _folder(),
    "ecg_devices:switch": _folder(active="1"),
    "diagnosis:acknowledge": _critical(read_back="心室扑动或颤动"),
    "diagnosis:resolve": _critical(outcome="测试"),
    "diagnosis:note_unreachable": _critical(member=False),
    "access:detail": _account(),
    "access:disable": _account(),
    "access:enable": _account(),
    "access:reset_password": _account(),
    "access:reset_factor": _account(),
    "access:end_logins": _account(),
    "access:end_login": lambda side: Sample({"login": side.login.pk}, side.at(side.township)),
    "access:grant": lambda side: Sample(
        {"account": side.account.pk}, side.at(side.township), {"post": side.post.pk, "role": "village_doctor", "institution": side.township.pk}
    ),
    "access:revoke": lambda side: Sample({"grant": side.grant.pk}, side.at(side.township)),
    "inbox:acknowledge": lambda side: Sample({"item": side.item.pk}, side.at(side.hospital)),
    "inbox:detail": lambda side: Sample({"item": side.item.pk}, side.at(side.hospital)),
    "inbox:see": lambda side: Sample({"item": side.item.pk}, side.at(side.hospital)),
    "inbox:reopen": lambda side: Sample({"item": side.item.pk}, side.at(side.hospital)),
    "inbox:claim": lambda side: Sample({"item": side.task.pk}, side.at(side.hospital)),
    "inbox:give_back": lambda side: Sample({"item": side.task.pk}, side.at(side.hospital)),
    "inbox:hand_over": lambda side: Sample({"item": side.task.pk}, side.at(side.hospital)),
    "inbox:finish": lambda side: Sample({"item": side.task.pk}, side.at(side.hospital)),
    "imports:bring": _nobodys(lambda side: {"kind": "residents"}),
    "imports:template": _nobodys(lambda side: {"kind": "residents"}),
    "imports:export": _nobodys(lambda side: {"kind": "services"}),
    **{f"imports:{name}": _brought() for name in ("detail", "progress", "columns", "apply", "discard", "undo", "errors", "passwords")},
    "residents:detail": _patient(),
    "residents:reveal": _patient(),
    "residents:choose_texts": _patient(refused="yes"),
    "residents:amend": _patient(name="改名", because="测试"),
    "residents:add_identifier": _patient(system="insurance", value="YB001"),
    "residents:unmerge": _patient(because="测试"),
    "residents:newborn": _patient(born_at=_moment_now(), sex="1", of_how_many="1", place_in_order="1"),
    "residents:identify": _patient(real="JM00000000-000000"),
    "residents:compare": _suspected(),
    "residents:merge": _suspected(),
    "residents:different": _suspected(),
    "residents:same": _suspected(),
    "access:of_resident": _patient(),
    "privacy:open_record": lambda side: Sample({"number": side.resident.number}, side.at(side.township, side.clinic, side.hospital), {"reason": "rescue", "words": "昏迷送来急需病史"}),
    "privacy:emergency": _emergency,
    # Only the opener ends it, who is none of those that try.
    "privacy:end_emergency": lambda side: Sample({"number": side.emergency.number}, frozenset()),
    "privacy:justify": _emergency,
    "privacy:question": _emergency,
    "privacy:receive": _patient(kind="correct", asker="resident", identity_seen="居民身份证原件"),
    "privacy:request": _asked,
    "privacy:grant_request": _asked,
    "privacy:refuse_request": _asked,
    "privacy:answer_request": _asked,
    "privacy:withdraw_request": _asked,
    "privacy:seals_of": lambda side: Sample({"source": "report", "number": side.seal.number}, None),
    "privacy:unseal": lambda side: Sample({"seal": side.seal.pk}, side.at(side.township), {"because": "测试"}),
    "record:copy": _asked,
    "consent:of": _patient(),
    "consent:record": _patient(purpose="record_sharing", basis="signed"),
    "consent:withdraw": _patient(purpose="referral", because="测试"),
    "record:overview": lambda side: Sample({"number": side.resident.number}, side.at(side.township, side.hospital), asks_reason=True),
    "record:reason": lambda side: Sample({"number": side.resident.number}, side.at(side.township, side.hospital), asks_reason=True),
    "record:summary": _patient(),
    "record:evidence": lambda side: Sample({"value": f"results:{side.report.number}"}, side.at(side.township, side.hospital)),
    "encounters:detail": _record("encounter"),
    "results:detail": _record("report"),
    "results:of_encounter": _record("encounter"),
    "documents:detail": _record("document"),
    "documents:attach": lambda side: Sample({"number": side.resident.number}, side.at(side.township, side.hospital)),
    "documents:file": lambda side: Sample({"number": side.attached.document.number}, side.at(side.township, side.hospital)),
    "documents:of_encounter": _record("encounter"),
    "schedules:of_resident": _patient(),
    "prescriptions:medicines": _patient(),
    "prescriptions:allergies": _patient(),
    "prescriptions:banner": _patient(),
    "prescriptions:record": _patient(kind="food", substance="花生", severity="mild"),
    "prescriptions:refute": _allergy(because="测试"),
    "prescriptions:withdraw": _allergy(because="测试"),
    "schedules:close_schedule": lambda side: Sample({"schedule": side.slot.schedule_id}, side.at(side.hospital), {"because": "停诊"}),
    "schedules:remove": lambda side: Sample({"number": side.in_line.number}, side.at(side.hospital), {"because": "测试"}),
    "schedules:release": lambda side: Sample({"number": side.reservation.number}, side.at(side.township, side.hospital)),
    "services:of_institution": _nobodys(lambda side: {"institution": side.hospital.pk}),
    "services:offer": lambda side: Sample({"institution": side.hospital.pk}, side.at(side.hospital), {"name": "胸痛门诊", "kinds": ["outpatient"]}),
    "services:note_capability": lambda side: Sample({"institution": side.hospital.pk}, side.at(side.hospital), {"kind": "technique", "code": "PCI", "name": "介入"}),
    "services:note_travel": _nobodys(lambda side: {"institution": side.hospital.pk}, to_institution=lambda side: side.township.pk, minutes=30),
    "services:end_capability": lambda side: Sample({"capability": side.capability.pk}, side.at(side.hospital)),
    "services:forget_travel": _nobodys(lambda side: {"travel": side.way.pk}),
    "services:detail": _nobodys(lambda side: {"service": side.service.pk}),
    "services:amend": lambda side: Sample({"service": side.service.pk}, side.at(side.hospital), {"name": "胸痛门诊", "kinds": ["outpatient"], "version": 1}),
    "services:withdraw": lambda side: Sample({"service": side.service.pk}, side.at(side.hospital), {"because": "停诊"}),
    "referral:detail": _referral(),
    "referral:print": _referral(),
    "referral:certify": _referral(),
    "referral:issue_certificate": _by_sender(),
    "referral:certificate": lambda side: Sample({"certificate": side.certificate.number}, side.at(side.township, side.hospital)),
    "referral:revoke_certificate": lambda side: Sample({"certificate": side.certificate.number}, side.at(side.township), {"because": "测试"}),
    "verify:certificate": _nobodys(lambda side: {"code": side.certificate.code}),
    "referral:edit": _by_sender(),
    "referral:withdraw": _by_sender(because="测试"),
    "referral:accept": _by_receiver(appointment_at=_later),
    "referral:send_back": _by_receiver(note="请补充心电图"),
    "referral:decline": _by_receiver(reason="no_bed", note="无床"),
    "referral:redirect": _by_receiver(to_institution=lambda side: side.township.pk, consent="家属电话同意"),
    "referral:propose_redirect": _by_receiver(to_institution=lambda side: side.township.pk, note="无床"),
    "referral:agree_redirect": _by_sender(consent="本人同意"),
    "referral:refuse_redirect": _by_sender(because="太远"),
    "referral:approve": _by_sender(),
    "referral:approve_out": _by_sender(),
    "referral:disapprove": _by_sender(note="先查心电图"),
    "referral:note_outcome": _by_sender(outcome="admitted", outcome_on="2026-01-02"),
    "referral:assign": _by_receiver(note="测试"),
    "referral:take": _by_receiver(appointment_at=_later),
    "referral:hand_back": _by_receiver(because="满床"),
    "referral:advise": _by_receiver(advice="加用氨氯地平，两周后复查。"),
    "referral:adopt": _by_sender(note="已调整"),
    "referral:convert": _by_sender(service="inpatient", because="加重"),
    "referral:recall": _by_receiver(),
    "referral:batch": lambda side: Sample({"number": side.batch.number}, side.at(side.township, side.hospital)),
    "referral:accept_batch": lambda side: Sample({"number": side.batch.number}, side.at(side.hospital), {"appointment_at": _later(side), "minutes_apart": 10}),
    "referral:say": _referral(text="测试", kind="question"),
    "referral:told": _referral(),
    "referral:resend_notice": _notice,
    "referral:tell_in_person": _notice,
    "referral:join_line": _referral(queue="slot"),
    "referral:leave_line": _referral(because="测试"),
    "referral:take_offer": _referral(),
    "referral:decline_offer": _referral(because="测试"),
    "referral:note_milestone": _referral(milestone="door", took_place_at=_moment),
    "referral:arrive": _by_receiver(arrived_at=_moment),
    "referral:undo_arrival": _by_receiver(because="测试"),
    "referral:discharge": _by_receiver(discharged_at=_moment),
    "referral:undo_discharge": _by_receiver(because="测试"),
    "referral:offer_home": _by_receiver(),
    "referral:judge": lambda side: Sample({"stay": side.encounter.number}, side.at(side.hospital)),
    "referral:bring_home": lambda side: Sample({"stay": side.encounter.number}, side.at(side.hospital)),
    "referral:follow_up": _by_receiver(followed_up_at=_moment, note="血压平稳"),
    "referral:conclude": _by_receiver(because="测试"),
    "referral:answer_arrival": lambda side: Sample({"encounter": side.arrival.encounter}, side.at(side.hospital)),
    "hl7v2:exam": _exam(),
    "hl7v2:resend": _examined("township"),
    "dicom:object": _unclaimed,
    "dicom:claim": _unclaimed,
    "dicom:set_aside": _unclaimed,
    "dicom:sender": _device,
    "dicom:switch": _device,
    "hl7v2:message": _message,
    "hl7v2:replay": _message,
    "hl7v2:set_aside": _message,
    "hl7v2:unmap_code": lambda side: Sample({"number": side.mapping.pk}, side.at(side.hospital)),
    "outbound:message": _outgoing,
    "outbound:replay": _outgoing,
    "outbound:give_up": _outgoing,
    "outbound:destination": _destination(),
    "outbound:switch": _destination(active="1"),
    "outbound:try_out": _destination(),
    "handovers:retry_job": _nobodys(lambda side: {"job": side.failed_job}),
    "handovers:waiting": _nobodys(lambda side: {"waiting": side.waiting.pk}),
    "handovers:retry": _nobodys(lambda side: {"waiting": side.waiting.pk}),
    "handovers:dismiss": _nobodys(lambda side: {"waiting": side.waiting.pk}, because="测试"),
    "help:chapter": _nobodys(lambda side: {"name": "auditor"}),
    "help:picture": _nobodys(lambda side: {"name": "login.png"}),
    "policies:policy": _nobodys(lambda side: {"code": "access.session"}),
    "policies:export_table": _nobodys(lambda side: {"code": "access.roles"}),
    "indicators:card": _nobodys(lambda side: {"code": "platform.referral_answer_time"}),
    "indicators:rows": _nobodys(lambda side: {"code": "platform.referral_answer_time"}),
    "indicators:export": _nobodys(lambda side: {"code": "platform.referral_answer_time"}),
    "people:detail": _person(),
    "people:amend": _person(name="改名"),
    "people:give_post": _person(),
    "people:add_licence": _person(),
    "people:move": lambda side: Sample({"post": side.post.pk}, side.at(side.township)),
    "people:leave": _person(on="2026-12-31", because="测试"),
    "people:stay": _person(),
    "people:come_back": _person(),
    "people:life": _person(),
    "people:end_post": lambda side: Sample({"post": side.post.pk}, side.at(side.township), {"until_on": _today(side)}),
    "governance:of": lambda side: Sample({"code": side.consortium}, side.at(side.hospital, side.township)),
    "governance:consortium": lambda side: Sample({"code": side.consortium}, side.at(side.hospital, side.township)),
    "governance:draft": lambda side: Sample({"code": side.consortium}, side.at(side.hospital)),
    "governance:found_council": lambda side: Sample({"code": side.consortium}, side.at(side.hospital), {"kind": "board", "name": "理事会", "founded_on": _today(side)}),
    "governance:evidence": lambda side: Sample({"code": side.consortium, "year": side.today.year}, side.at(side.hospital, side.township)),
    "governance:link_evidence": lambda side: Sample(
        {"code": side.consortium, "year": side.today.year}, side.at(side.hospital), {"criterion": "tight_unified_resources", "note": "会议室"}
    ),
    "governance:remove_evidence": _governed("evidence", "evidence", "pk"),
    **{f"governance:{name}": _governed("number", "paperwork", because="测试") for name in ("document", "revise", "amend", "circulate", "recall", "sign", "end", "discard", "attach", "issue_document")},
    "governance:attachment": _governed("attachment", "attachment", "pk"),
    "governance:council": _governed("council", "council", "pk"),
    "governance:seat": _governed("council", "council", "pk"),
    "governance:convene": _governed("council", "council", "pk", title="会议", held_at="2026-12-01T09:00"),
    "governance:unseat": lambda side: Sample({"seat": side.seat.pk}, side.at(side.hospital), {"until_on": _tomorrow(side)}),
    **{f"governance:{name}": _governed("number", "meeting", title="议题", because="测试", minutes="测试") for name in ("meeting", "open_meeting", "take_attendance", "add_item", "close_meeting", "cancel_meeting")},
    **{f"governance:{name}": _governed("number", "resolution", because="测试", choice="for") for name in ("resolution", "put_to_vote", "record_vote", "close_vote", "withdraw", "issue_resolution")},
    # Whoever works at a member, or below one, may hold a seat.
    "governance:propose": lambda side: Sample({"number": side.meeting.number}, side.at(side.hospital, side.township, side.clinic)),
    "governance:vote": lambda side: Sample({"number": side.resolution.number}, side.at(side.hospital, side.township, side.clinic), {"choice": "for"}),
    "governance:paper": _governed("code", "paper", "code"),
    "governance:verify": _nobodys(lambda side: {"code": side.paper.code}),
    "governance:stamp": lambda side: Sample({"institution": side.hospital.pk}, side.at(side.hospital)),
    "governance:stamp_image": lambda side: Sample({"institution": side.hospital.pk}, side.at(side.hospital)),
    # The directory of institutions is open to every signed-in post: who refers elsewhere must find whom to write to.
    "institutions:detail": _nobodys(lambda side: {"institution": side.township.pk}),
    "institutions:amend": _place(),
    "institutions:close": _place(because="测试"),
    "institutions:add_department": _place(code="X1", name="测试科"),
    "institutions:open_membership": lambda side: Sample(
        {"institution": side.clinic.pk}, side.at(side.clinic), {"consortium": side.consortium, "role": "station", "from_on": _today(side)}
    ),
    "institutions:name_facility": _place(value="X-1"),
    "institutions:confirm": _nobodys(lambda side: {"institution": side.provisional.pk}),
    "institutions:merge_into": _nobodys(lambda side: {"institution": side.provisional.pk}),
    "institutions:close_department": lambda side: Sample({"department": side.cardiology.pk}, side.at(side.hospital)),
    "institutions:consortium": _nobodys(lambda side: {"code": side.consortium}),
    "institutions:bind": lambda side: Sample({"code": side.consortium}, side.at(side.hospital), {"tightness": "tight", "from_on": _today(side)}),
    "institutions:open_centre": lambda side: Sample(
        {"code": side.consortium}, side.at(side.hospital), {"kind": "finance", "host_id": side.hospital.pk, "from_on": _today(side)}
    ),
    "institutions:close_centre": lambda side: Sample({"centre": side.centre.pk}, side.at(side.hospital), {"until_on": _tomorrow(side)}),
    "institutions:end_membership": lambda side: Sample(
        {"membership": Membership.objects.get(institution=side.township).pk}, side.at(side.township), {"until_on": _today(side)}
    ),
}

#: what lists and forms without an object are asked: once about one's own side, once about the other
QUERIES: dict[str, Callable[[Side], str]] = {
    "residents:search": lambda side: f"q={side.resident.name}",
    "access:directory": lambda side: f"text={side.tag}",
    "access:open": lambda side: f"number={side.account.person.number}",
    "access:looks": lambda side: f"resident={side.resident.number}",
    "access:journal": lambda side: f"resident={side.resident.number}",
    "people:directory": lambda side: f"text={side.tag}",
    "referral:worklist": lambda side: f"text={side.referral.number}",
    "referral:export": lambda side: f"text={side.referral.number}",
    "referral:export_excel": lambda side: f"text={side.referral.number}",
    "referral:new": lambda side: f"resident={side.resident.number}",
    "diagnosis:new": lambda side: f"resident={side.resident.number}",
    "diagnosis:worklist": lambda side: f"text={side.exam.number}",
    "claims:worklist": lambda side: f"text={side.claim.number}",
    "claims:export": lambda side: f"text={side.claim.number}",
    "claims:side_by_side": lambda side: f"left={side.claim.number}&right={side.claim.number}",
    "contract:worklist": lambda side: f"text={side.contract.number}",
    "contract:export": lambda side: f"text={side.contract.number}",
    "contract:new": lambda side: f"resident={side.contract.resident.number}",
    "contract:coverage": lambda side: f"institution={side.township.pk}",
    "referral:signed": lambda side: f"resident={side.resident.number}",
    "supervision:of_claim": lambda side: f"claim={side.statement.suspicion.claim}",
    "supervision:worklist": lambda side: f"text={side.statement.suspicion.number}",
    "supervision:points": lambda side: f"text={side.tag}",
    "referral:receiver": lambda side: f"to_institution={side.hospital.pk}",
    "inbox:worklist": lambda side: f"text={side.tag}",
    "outbound:messages": lambda side: f"destination={side.destination.pk}",
    "hl7v2:messages": lambda side: f"text={side.tag}",
    "policies:by_ref": lambda side: "ref=access.roles@2020-01-01%23national",
    "people:departments": lambda side: f"institution_id={side.hospital.pk}",
}
