"""Criteria as data: every row of the table cites where it stands in the reference, with values at, below and above each threshold."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from yilianti import policybook
from yilianti.capacity.services import api as services
from yilianti.care.referral import actions
from yilianti.care.referral.actions import situating
from yilianti.care.referral.rules import criteria
from yilianti.care.referral.rules.situation import Entry, Situation
from yilianti.care.referral.tests import factories
from yilianti.kernel.actor import Scope
from yilianti.kernel.finding import Refused, Severity
from yilianti.policybook.shelf import SHIPPED

DAY, HERE = date(2026, 11, 26), Scope("nowhere", "")
CASES = list(csv.DictReader((Path(__file__).parent / "cases/criteria.csv").open(encoding="utf-8")))


@pytest.fixture(scope="module")
def known() -> list[criteria.Disease]:
    policybook.open_at(None)
    return situating.diseases(DAY, HERE)


def situation(row: dict[str, str]) -> Situation:
    values = {name: Decimal(value) for name, _, value in (pair.partition("=") for pair in row["values"].split())}
    here, there = row["way"].split(">")
    return Situation(tuple(row["codes"].split("|")), here, there, values, frozenset(row["signs"].split("|")), confirmed=frozenset(row["confirmed"].split("|")))


@pytest.mark.parametrize("row", CASES, ids=lambda row: f"{row['clinical_reference']} {row['values']}".strip())
def test_a_case_of_the_table(row: dict[str, str], known: list[criteria.Disease]) -> None:
    found = criteria.indications_to_go_up(situation(row), known)
    assert sorted(finding.code for finding in found) == sorted(code for code in row["indications"].split("|") if code)


def test_the_table_is_long_and_cites(known: list[criteria.Disease]) -> None:
    assert len(CASES) >= 80
    assert all(row["clinical_reference"].startswith(("1.", "5.")) and row["tag"] in "SGMHCK" for row in CASES)
    ups = {criterion.code for disease in known for criterion in disease.criteria if criterion.ways != ("down",) and not criterion.ways[0].startswith(("county>township", "township>village"))}
    assert ups - {code for row in CASES for code in row["indications"].split("|")} == set(), "every criterion of the way up has a case that meets it"


def test_a_finding_names_value_threshold_and_source(known: list[criteria.Disease]) -> None:
    labels = {"sbp": "收缩压"}
    found = criteria.indications_to_go_up(Situation(("I10",), "township", "county", {"sbp": Decimal("186")}, labels=labels), known)
    assert found[0].sentence == "血压≥180/110 mmHg：收缩压 186（≥180）"
    assert found[0].because.endswith("〔C〕") and found[0].policy_ref == "clinical.referral.criteria.hypertension@2022-01-26#national"


def test_unknown_values_decide_nothing(known: list[criteria.Disease]) -> None:
    assert criteria.indications_to_go_up(Situation(("I10", "E11", "N18", "J44", "I20", "I63"), "township", "county"), known) == []


def test_the_most_urgent_comes_first(known: list[criteria.Disease]) -> None:
    found = criteria.indications_to_go_up(
        Situation(("I10",), "township", "county", {"sbp": Decimal(200)}, frozenset({"hypertension.urine_findings", "hypertension.consciousness"})), known)
    assert [finding.code for finding in found] == ["hypertension.consciousness", "hypertension.bp_grade_3", "hypertension.urine_findings"]


class TestComingHome:
    SIGNS = ("hypertension.diagnosis_clear", "hypertension.plan_feasible", "hypertension.condition_stable")

    def ask(self, known: list[criteria.Disease], *signs: str, codes: tuple[str, ...] = ("I10",), way: str = "county>township", **values: int) -> list[Any]:
        here, there = way.split(">")
        return criteria.ready_to_come_home(Situation(codes, here, there, {k: Decimal(v) for k, v in values.items()}, frozenset(signs)), known)

    def test_needed_conditions_hold_together_and_the_missing_is_named(self, known: list[criteria.Disease]) -> None:
        assert self.ask(known, *self.SIGNS)[0].code == "ready"
        told = self.ask(known, *self.SIGNS[:2])
        assert [f.code for f in told if f.severity is Severity.WARNING] == ["hypertension.condition_stable"]
        assert "ready" not in {f.code for f in told}

    def test_one_of_the_others_is_enough(self, known: list[criteria.Disease]) -> None:
        assert self.ask(known, "hypertension.tcm_stable")[0].code == "ready"
        assert self.ask(known, "stroke.past_danger", codes=("I63.9",))[0].code == "ready"

    @pytest.mark.parametrize(("age", "sbp", "dbp", "ready"), [(64, 139, 89, True), (64, 140, 89, False), (64, 139, 90, False), (65, 149, 89, True), (65, 150, 89, False)])
    def test_the_village_takes_who_is_at_target(self, known: list[criteria.Disease], age: int, sbp: int, dbp: int, ready: bool) -> None:
        told = self.ask(known, "hypertension.long_term_plan", way="township>village", age=age, sbp=sbp, dbp=dbp)
        assert (told[0].code == "ready") is ready

    def test_where_no_source_gives_a_list_the_general_one_speaks_and_it_is_said(self, known: list[criteria.Disease]) -> None:
        assert self.ask(known, "generic.patient_asks", codes=("E11.9",))[0].code == "ready"
        for codes in (("E11.9",), ("J44.9",), ("I25.1",), ("I63.9",), ("N18.3",)):
            assert criteria.silent_lists(Situation(codes, "county", "township"), known), codes


class TestKeepingLocal:
    ENTRY = Entry("冠心病", "county_list", "本县目录", "catalogues.referral_diseases@x")

    def test_ours_and_no_indication_is_a_question(self, known: list[criteria.Disease]) -> None:
        told = criteria.reasons_to_keep_local(Situation(("I25",), "county", "city", own_entry=self.ENTRY), known)
        assert [f.code for f in told] == ["in_own_catalogue"] and "冠心病" in told[0].sentence
        met = Situation(("I25",), "county", "city", signs=frozenset({"chd_acs.suspected_or_unstable"}), own_entry=self.ENTRY)
        assert criteria.reasons_to_keep_local(met, known) == []

    def test_a_receiver_that_does_not_treat_it_is_a_question(self, known: list[criteria.Disease]) -> None:
        for treats, codes in ((False, ["receiver_lacks"]), (True, []), (None, [])):
            assert [f.code for f in criteria.reasons_to_keep_local(Situation(("I25",), "township", "county", receiver_treats=treats), known)] == codes

    def test_the_only_named_list_is_silent_until_it_was_checked(self) -> None:
        assert situating._entry(["I25.1"], "county", frozenset(), DAY, HERE) is None
        named = situating._entry(["I25.1"], "county", frozenset({"referral_diseases.shouxian_a"}), DAY, HERE)
        assert named is not None and named.name == "冠心病"
        edition = policybook.in_force("catalogues.referral_diseases", DAY, HERE)
        assert len(edition.table.rows) == 77 and "未见公布" in edition.says


def test_a_seventh_disease_is_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "policies/local/nowhere/clinical/referral/criteria"
    folder.mkdir(parents=True)
    head = (SHIPPED / "national/clinical/referral/criteria/ckd.toml").read_text(encoding="utf-8")
    (folder / "gout.toml").write_text(head.replace("criteria.ckd", "criteria.gout").replace("ckd.csv", "gout.csv").replace('["N18", "N03", "N04", "N05"]', '["M10"]'), encoding="utf-8")
    (folder / "gout.csv").write_text("id,ways,occasion,test,need,zh,en,urgency,tag,source,confirm\n"
                                     "uric_acid,up,,uric_acid>=540,any,血尿酸≥540,uric acid,elective,H,本县方案,\n", encoding="utf-8")  # fmt: skip
    policybook.open_at(tmp_path)
    try:
        found = criteria.indications_to_go_up(Situation(("M10.9",), "township", "county", {"uric_acid": Decimal(540)}), situating.diseases(DAY, HERE))
        assert [finding.code for finding in found] == ["gout.uric_acid"]
    finally:
        policybook.open_at(None)


def test_no_file_names_a_plan_from_which_no_row_comes() -> None:
    """clinical.md §1.5: the COPD rows are a teaching text, the stroke rows a template and Tianchang; no row cites the ACS plan."""
    cited = {name: policybook.in_force(f"clinical.referral.criteria.{name}", DAY, HERE).source.document for name in ("copd", "stroke", "chd_acs")}
    assert "34号" not in cited["copd"] + cited["stroke"] and "512号" not in cited["chd_acs"]


@pytest.mark.parametrize("test", ["sbp=180", "sbp>=a", "sign:", "sbp >= 180 or", "drop table"])
def test_a_test_that_cannot_be_read_names_its_row(test: str) -> None:
    row = dict.fromkeys(("ways", "occasion", "need", "zh", "en", "urgency", "tag", "source", "confirm"), "") | {"id": "x", "test": test}
    with pytest.raises(ValueError, match="gout.x"):
        criteria.read("gout", "", ("M10",), [row], "", "")


@pytest.mark.django_db
class TestAtTheForm:
    def test_what_speaks_against_is_answered_with_a_reason_and_counted(self, at: datetime) -> None:
        scene = factories.scene(at)
        services.offer(actor=scene.office, institution=scene.county.hospital.id, told=services.Told(name="骨科", kinds=("outpatient",), diagnosis_prefixes=("S",)), at=at)
        with pytest.raises(Refused, match="没有接诊这个诊断") as refusal:
            factories.submitted(scene, at)
        assert refusal.value.field == "override_reason"
        with pytest.raises(Refused):
            factories.submitted(scene, at, overridden=("receiver_lacks",))
        made = factories.submitted(scene, at, overridden=("receiver_lacks", "made_up"), override_reason="已与心内科电话联系")
        assert made.overridden == ["receiver_lacks"], "only what really spoke against it is counted"

    def test_what_was_measured_beside_the_form_counts_when_it_is_sent(self, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        from django.utils import timezone

        from yilianti.care.referral.tests.test_pages import form, signed_in

        monkeypatch.setattr(situating, "_entry", lambda *_: TestKeepingLocal.ENTRY)
        scene = factories.scene(timezone.now())
        client, address = signed_in(scene.township), f"/referrals/new?resident={scene.resident.number}"
        given = {"diagnosis_code": "I10", "diagnosis_code_words": "高血压", "reason": "complex"}
        page = client.post(address, form(scene, **given, fact_sbp="150"))
        assert page.status_code == 422 and "也没有符合的上转指征" in page.content.decode()
        assert '<input type="hidden" name="fact_sbp" value="150">' in page.content.decode(), "what was typed is not lost"
        assert client.post(address, form(scene, **given, fact_sbp="186")).status_code == 302
        assert client.post(address, form(scene, **given, sign="hypertension.organ_damage")).status_code == 302

    def test_nothing_made_up_is_counted_on_the_way_home(self, at: datetime) -> None:
        scene = factories.scene(at)
        up = factories.discharged(scene, at)
        home = replace(factories.home_application(scene, up), overridden=("made_up",), override_reason="家属要求")
        made = actions.offer_home(actor=scene.department, number=up.number, application=home, client_key=uuid4(), at=at + timedelta(days=5))
        assert made.overridden == []

    def test_who_cannot_wait_is_not_asked(self, at: datetime) -> None:
        scene = factories.scene(at)
        services.offer(actor=scene.office, institution=scene.county.hospital.id, told=services.Told(name="骨科", kinds=("outpatient",), diagnosis_prefixes=("S",)), at=at)
        assert factories.submitted(scene, at, urgency="emergency").state == "submitted"

    def test_the_fragment_answers_as_the_form_is_filled(self, at: datetime) -> None:
        from django.utils import timezone

        from yilianti.care.referral.tests.test_pages import signed_in

        scene = factories.scene(timezone.now())
        client = signed_in(scene.township)
        asked = {"resident": scene.resident.number, "to_institution": scene.county.hospital.id, "diagnosis_code": "I10", "fact_sbp": "186", "fact_dbp": "1e999"}
        page = client.get("/referrals/findings", asked).content.decode()
        assert "收缩压 186（≥180）" in page and "妊娠或哺乳期" in page
        assert "选好转入机构和诊断后" in client.get("/referrals/findings", {"resident": scene.resident.number}).content.decode()
        assert client.get("/referrals/findings", asked | {"sign": "hypertension.consciousness"}).content.decode().count("意识丧失或模糊") == 2


