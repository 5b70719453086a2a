"""The policies shipped with the product: dated, cited, not overlapping, unchanged in the past."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from yilianti import policybook
from yilianti.kernel.actor import Scope
from yilianti.policybook import Edition, Status, access, fingerprints, initials
from yilianti.policybook.shelf import SHIPPED, Shelf

FOLDERS = {"access", "calendar", "capacity", "exchange", "inbox", "operations", "privacy", "catalogues", "clinical", "contracts", "governance", "settlement", "indicators"}
EVERY = list(Shelf().book())
#: A mirror's address is no citation (design: cite by title, number and clause).
ADDRESS = re.compile(r"https?://|www\.")


def files() -> Iterator[Path]:
    return (path for path in SHIPPED.rglob("*") if path.is_file())


def test_there_are_policies() -> None:
    assert len(EVERY) >= 12


@pytest.mark.parametrize("edition", EVERY, ids=lambda edition: edition.policy_ref)
def test_edition_is_dated_cited_and_to_be_reviewed(edition: Edition) -> None:
    head = edition.head
    assert edition.effective_from < head.next_review, "next_review 应晚于生效日期"
    assert head.why and head.authored_by and head.checked_by
    if edition.status is Status.PUBLIC_SOURCE:
        assert edition.source.document and edition.source.clause
    assert not ADDRESS.search(f"{edition.source} {edition.source.note} {head.why}")
    assert edition.code.partition(".")[0] in FOLDERS


@pytest.mark.parametrize("edition", EVERY, ids=lambda edition: edition.policy_ref)
def test_code_is_the_path(edition: Edition) -> None:
    place = edition.head.path.relative_to(SHIPPED).with_suffix("").parts
    depth = 1 if place[0] == "national" else 2
    assert edition.code == ".".join(place[depth:])


def test_files_are_toml_and_csv_only_and_every_table_is_used() -> None:
    allowed = {".toml", ".csv"}
    assert [
        path for path in files() if path.suffix not in allowed and path.name not in ("README.md", fingerprints.LOCK)
    ] == []
    used = {edition.table.path for edition in EVERY if edition.table}
    assert {path for path in files() if path.suffix == ".csv"} == used


def test_policy_files_stay_short() -> None:
    long = {
        path.name: n
        for path in files()
        if path.suffix == ".toml" and (n := len(path.read_text(encoding="utf-8").splitlines())) > 40
    }
    assert long == {}


def test_the_past_is_locked_and_unchanged() -> None:
    lock = fingerprints.read(SHIPPED / fingerprints.LOCK)
    fingerprints.verify(lock, EVERY)
    begun = date(2026, 11, 22)  # a fixed day: this test must not fail because time passed
    assert [e.policy_ref for e in fingerprints.missing(lock, EVERY, begun)] == [], "请运行 ./yilianti policies lock"


def test_local_demo_county_is_no_real_place() -> None:
    areas = Path("../shared/data/cn_admin_divisions/areas.csv")
    if not areas.exists():
        pytest.skip("没有 ../shared/data/cn_admin_divisions/areas.csv")
    codes = {line.split(",")[0].strip('"') for line in areas.read_text(encoding="utf-8").splitlines()[1:]}
    assert "349901" not in codes and not any(code.startswith("3499") for code in codes)


def test_values_the_walk_asks_for() -> None:
    policybook.open_at(None)
    day, here = date(2026, 11, 22), Scope("yunxi", "349901")
    asked = {
        "clinical.referral.answer_limit": "minutes",
        "clinical.referral.arrival_window": "late_days",
        "clinical.referral.escalation": "manager_after",
        "clinical.referral.follow_up": "days",
        "clinical.referral.follow_up_other": "days",
        "clinical.referral.consent_validity": "days",
        "clinical.referral.certificate": "days",
        "clinical.referral.open_figures": "least",
        "clinical.referral.payment_estimate": "levels",
        "clinical.referral.payment_benefit": "up",
        "clinical.referral.continuous_deductible": "is_on",
        "clinical.referral.criteria_up": "criteria",
        "clinical.referral.criteria_down": "criteria",
        "access.session": "idle_minutes",
    }
    for code, value in asked.items():
        assert value in policybook.in_force(code, day, here), code
    assert set(policybook.in_force("clinical.referral.answer_limit", day, here).minutes) == {
        "emergency",
        "urgent",
        "elective",
    }


def test_values_without_a_public_source_say_so() -> None:
    national = {edition.code for edition in EVERY if edition.status is Status.PUBLIC_SOURCE}
    assert national == {*(f"settlement.benefit.{name}" for name in ("inpatient", "elsewhere", "chronic", "catastrophic", "catastrophic_limit", "aid")), "settlement.supervision.penalties", "clinical.diagnosis.limits", "clinical.referral.follow_up", "privacy.requests", "privacy.kept_by_law", "catalogues.diagnoses", "calendar.holidays", "operations.network_logs", "governance.evidence", "indicators.nhc2020_12.primary_outpatient_share", "contracts.cycle"}


ROLES = {
    "village_doctor",
    "township_doctor",
    "referral_office",
    "county_department",
    "consortium_manager",
    "administrator",
    "security_administrator",
    "auditor",
    "centre_reader",
    "centre_auditor",
    "centre_head",
    "insurance_office",
    "insurance_bureau",
    "finance_office",
}
CLINICAL = ("residents.", "record.", "encounters.", "results.", "documents.", "consent.", "referral.")


def granted() -> dict[str, dict[str, str]]:
    policybook.open_at(None)
    held = access.permissions(date(2026, 11, 22), Scope("yunxi"))
    return {role: {permission: str(reach) for permission, reach in of.items()} for role, of in held.items()}


def test_roles_follow_least_privilege() -> None:
    held = granted()
    assert set(held) == ROLES
    for role in ("administrator", "security_administrator"):
        assert not [p for p in held[role] if p.startswith(CLINICAL)], "系统管理员和安全管理员不看病历"
    assert {p.partition(".")[0] for p in held["auditor"]} <= {"journal", "access", "inbox", "policies", "privacy", "governance", "insight"}
    assert not [r for r in ROLES - {"auditor"} if "journal.view" in held[r]], "只有审计员看业务日志"
    assert [r for r in ROLES if "access.grant" in held[r]] == ["security_administrator"], "只有安全管理员授权"
    assert not [r for r in ROLES - {"administrator"} if held[r].keys() & {"people.manage", "institutions.manage"}]
    everywhere = {
        (role, p) for role, of in held.items() for p, reach in of.items() if reach == "all" and p.startswith(CLINICAL)
    }
    assert everywhere == {
        ("referral_office", "residents.link"), ("referral_office", "residents.list"), ("referral_office", "residents.cover"),
        ("consortium_manager", "referral.view"), ("consortium_manager", "referral.certify"),
    }  # fmt: skip


def test_every_permission_is_held_and_named() -> None:
    held = granted()
    table = policybook.in_force(access.CODE, date(2026, 11, 22), Scope()).table
    assert table is not None
    for permission, name, *cells in table.rows:
        assert re.fullmatch(r"[a-z0-9_]+\.[a-z_]+", permission) and name, permission
        assert any(cells), f"没有岗位持有 {permission}"
        assert any(permission in of for of in held.values())


def test_diagnoses_are_well_formed_and_found() -> None:
    policybook.open_at(None)
    catalogue = policybook.catalogue("catalogues.diagnoses", date(2026, 11, 22), Scope())
    assert 500 <= len(catalogue) <= 800
    codes = [row.code for row in catalogue]
    assert len(set(codes)) == len(codes)
    for row in catalogue:
        assert row.initials.split("、") == list(dict.fromkeys(initials.of(name) for name in row.names())), row
    for asked, code in {
        "高血压": "I10.x00x002",
        "gxy": "I10.x00x002",
        "慢阻肺": "J44.900",
        "guxinbing": "",
        "gxb": "I25.103",
        "E11.9": "E11.900",
    }.items():
        first = [row.code for row in catalogue.search(asked, 5)]
        assert (code in first) if code else first == [], (asked, first)


def test_diagnoses_agree_with_the_insurance_edition() -> None:
    whole = Path("../shared/data/terminology_drg/icd10_yibao.csv")
    if not whole.exists():
        pytest.skip("没有 ../shared/data/terminology_drg/icd10_yibao.csv")
    from yilianti.policybook import importing

    names = dict(importing.read_table(whole).pairs)
    catalogue = policybook.catalogue("catalogues.diagnoses", date(2026, 11, 22), Scope())
    assert [row.code for row in catalogue if names.get(row.code) != row.name] == []
