"""Filing reports. Nothing is edited: a correction is a new report that supersedes the old one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from yilianti.kernel import batching, journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused
from yilianti.record.results import access, rules
from yilianti.record.results.models import Observation, Report
from yilianti.record.results.terms import Filed, GivenObservation, Status
from yilianti.registry.privacy import api as privacy
from yilianti.registry.residents import api as residents

_ANY_KIN = "SELECT 1 FROM results_report WHERE institution_id = %s AND filler_number = %s AND code = %s LIMIT 1"


def file_report(
    *, actor: Actor, resident_id: int, institution_id: int, encounter_id: int | None, filler_number: str, category: str, code: str,
    name: str, status: str, issued_at: datetime, observed_at: datetime | None, reporter: str, conclusion: str,
    observations: Sequence[GivenObservation], source: str, at: datetime,
) -> Filed:
    """File a report (ORU^R01). The same (institution, filler number, code) of this resident again: identical content
    gives the report already there, other content supersedes it, older content is kept as history. Parallel filings
    of one report wait for each other. Without a filler number only an identical report counts as the same."""
    if not access.may_file(actor):
        raise Refused("not_permitted", "检查检验报告由医院信息系统通过接口写入，不能手工登记。", "reports are filed by hospital systems")
    report = Report(
        resident_id=resident_id, institution_id=institution_id, encounter_id=encounter_id, filler_number=filler_number.strip()[:96],
        category=category, code=code.strip()[:64], name=(name.strip() or code.strip() or "未命名项目")[:160], status=status,
        issued_at=issued_at, observed_at=observed_at, reporter=reporter.strip()[:64], conclusion=conclusion.strip(),
        source=source[:64], filed_at=at,
        abnormal_count=sum(rules.is_abnormal(given.flag) for given in observations),
        critical_count=sum(rules.is_critical(given.flag) for given in observations),
    )
    report.fingerprint = _fingerprint(report, observations)
    with transaction.atomic():
        kin, findings = _kin(report)
        same = next((old for old in kin if old.fingerprint == report.fingerprint), None)
        if same is not None:
            return Filed(same.id, same.number, is_new=False)
        return _save(actor, report, observations, _place_in_chain(report, kin, findings), findings)


def _fingerprint(report: Report, observations: Sequence[GivenObservation]) -> str:
    seen = (report.category, report.code, report.name, report.status, report.issued_at, report.observed_at or "", report.reporter, report.conclusion)
    return rules.fingerprint(seen, observations)


def _kin(report: Report) -> tuple[list[Report], list[Finding]]:
    """Reports of this person under the same key, oldest first, and a finding when another person's are there too;
    the key stays locked to the end of the transaction."""
    key = f"results:{report.institution_id}:{report.filler_number or report.fingerprint}:{report.code}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        # Most reports have no kin, which plain SQL says in a fifth of the time.
        cursor.execute(_ANY_KIN, [report.institution_id, report.filler_number, report.code])
        if cursor.fetchone() is None:
            return [], []
    found = Report.objects.filter(institution=report.institution_id, filler_number=report.filler_number, code=report.code)
    if not report.filler_number:
        found = found.filter(resident=report.resident_id, fingerprint=report.fingerprint)
    kin = list(found.order_by("id"))
    if all(old.resident_id == report.resident_id for old in kin):
        return kin, []
    group = residents.all_ids(report.resident_id)
    own = [old for old in kin if old.resident_id in group]
    return own, [rules.number_elsewhere(report.filler_number)] if len(own) < len(kin) else []


def _place_in_chain(report: Report, kin: Sequence[Report], findings: list[Finding]) -> Report | None:
    """Set what the report supersedes or is overtaken by, adding to `findings`; the superseded one."""
    gone = {old.supersedes_id for old in kin}
    current = next((old for old in kin if old.id not in gone and old.overtaken_by_id is None), None)
    if current is None:
        if report.status == Status.CANCELLED:
            findings.append(rules.cancels_nothing())
        return None
    if report.issued_at < current.issued_at:
        report.overtaken_by = current
        findings.append(rules.overtaken(current.number))
        return None
    report.supersedes = current
    return current


def _save(
    actor: Actor, report: Report, observations: Sequence[GivenObservation], superseded: Report | None, findings: Sequence[Finding],
) -> Filed:
    report.number = numbers.next_number("BG", report.filed_at)
    batching.insert_now(report)
    batching.insert(_observation(report, place, given) for place, given in enumerate(observations, 1))
    facts = {"number": report.number, "category": report.category, "code": report.code, "status": report.status,
             "institution": report.institution_id, "abnormal": report.abnormal_count, "critical": report.critical_count}
    if superseded is not None:
        facts["supersedes"] = superseded.number
    if findings:
        facts["findings"] = [finding.code for finding in findings]
    journal.write("results.corrected" if superseded else "results.filed", actor=actor, at=report.filed_at,
                  subject=f"results:{report.number}", resident=report.resident_id, facts=facts)
    if report.encounter_id is None:  # an encounter has noted the relation already
        residents.note_relation(report.resident_id, report.institution_id, report.filed_at)
    seal(actor, report, [given.name for given in observations], report.filed_at)
    return Filed(report.id, report.number, True, superseded.number if superseded else "", tuple(findings))


def seal(actor: Actor, report: Report, items: Iterable[str], at: datetime) -> None:
    """Seal the report where its name, its items or its conclusion name a sensitive category; codes of laboratories are not ICD-10."""
    privacy.seal(
        actor=actor, source=privacy.Source.REPORT, item=report.id, number=report.number, resident_id=report.resident_id,
        institution_id=report.institution_id, codes=(), texts=[report.name, report.conclusion, *items], at=at,
    )  # fmt: skip


def _observation(report: Report, place: int, given: GivenObservation) -> Observation:
    return Observation(
        report=report, position=place, code=given.code.strip()[:64], system=given.system.strip()[:32], name=given.name.strip()[:160],
        value=given.value, value_number=rules.number_of(given.value), unit=given.unit.strip()[:64],
        reference_range=given.reference_range.strip()[:96], flag=given.flag.strip().upper()[:16],
    )


def reseal(*, at: datetime) -> int:
    """Seal what the policy in force today calls sensitive among reports filed before; returns how many were looked at."""
    rows = Report.objects.prefetch_related("observations").order_by("id")
    return privacy.reseal(rows.iterator(500), lambda actor, row, moment: seal(actor, row, [line.name for line in row.observations.all()], moment), at)
