"""Programmes are files: forms agree with each other, every value is used, a county adds or changes one without a line of Python."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.house import ROOT, SOURCE
from tests.followup.asked import CALM, DAY, ask, before, held, rows, visit
from yilianti import policybook
from yilianti.care.followup import conditions, course, flow, grading, parts, programme
from yilianti.care.followup.history import months_after, whole_months
from yilianti.care.followup.terms import Answer, Enrolment, Refer, Visit
from yilianti.policybook.places import Place
from yilianti.policybook.shelf import SHIPPED

FOLDER = SHIPPED / "national/clinical/followup"
HERE = Place("somewhere")


@pytest.fixture(autouse=True)
def shipped() -> Iterator[None]:
    policybook.open_at(None)
    yield
    policybook.open_at(None)


def edition(name: str, day: date = DAY, consortium: str = "") -> policybook.Edition:
    return policybook.in_force(f"clinical.followup.{name}", day, Place(consortium))


def test_the_programmes_of_a_day() -> None:
    assert programme.codes(DAY, Place()) == ["copd", "diabetes", "elderly", "hypertension"]
    assert programme.codes(date(2017, 3, 1), Place()) == ["diabetes", "hypertension"]
    assert programme.codes(date(2017, 2, 27), Place()) == []
    assert [code for code in CALM if held(code).is_sample] == ["copd"] and held("copd").says and held("copd").zh.endswith("（样例）")


@pytest.mark.parametrize("code", CALM)
def test_every_condition_asks_for_something_the_form_or_the_flow_knows(code: str) -> None:
    own = held(code)
    known = {*own.form.fields, course.CLASS, course.IN_DANGER, course.RUNNING_TIMES, course.RUNNING_MONTHS, parts.OTHERWISE}
    every = [*own.signs, *own.classes, *own.steps, *own.prompts, *own.scores, *(own.screening.marks if own.screening else ()), *(own.risk.layers if own.risk else ())]
    asked = {fact for rule in every for fact in rule.condition.facts} | {fact for sign in own.signs if sign.asks for fact in sign.asks.facts}
    assert asked <= known
    members = {clause.member for rule in every for way in rule.condition.ways for clause in way if clause.fact == course.CLASS}
    assert members <= {one.code for one in own.classes} and own.counted in ("", *members)
    for rule in every:
        for clause in (clause for way in rule.condition.ways for clause in way if clause.member and clause.fact in own.form.fields):
            assert clause.member in {option.code for option in own.form.fields[clause.fact].options}, (rule.code, clause)


def test_a_field_means_the_same_in_every_programme() -> None:
    seen: dict[str, tuple[Any, ...]] = {}
    for code in CALM:
        for one in held(code).form.fields.values():
            told = (one.kind, one.zh, one.en, one.unit, one.least, one.most, one.devices)
            if one.code not in ("adherence",):
                assert seen.setdefault(one.code, told) == told, (code, one.code)


@pytest.mark.parametrize("code", CALM)
def test_the_form_as_data(code: str) -> None:
    own = held(code).form
    sections = own.as_data()
    fields = [one for section in sections for one in section["fields"]]
    assert {one["code"] for one in fields} == set(own.fields) and all(section["zh"] and section["en"] for section in sections)
    for one in fields:
        assert one["zh"] and one["en"] and one["tag"] in set("SGMHCK-") and one["source"]
        assert (one["kind"] in ("choice", "choices")) == bool(one["options"]), one
        assert one["goal_of"] in ("", *own.fields)
        assert one["kind"] not in ("number", "count") or (one["least"] and one["most"]), one
    assert {one["code"] for one in own.as_data("visit")[0]["fields"]} < set(own.fields)


def test_the_form_of_clinical_5_3_is_whole() -> None:
    """Each field of §5.3 of the fact sheet, with its options."""
    form = held("hypertension").form
    assert [option.code for option in form.fields["way"].options] == ["1", "2", "3", "4", "5", "6", "9"]
    assert [option.zh for option in form.fields["symptoms"].options] == ["无", "头痛头晕", "恶心呕吐", "眼花耳鸣", "呼吸困难", "心悸胸闷", "鼻衄", "四肢发麻", "下肢水肿", "其他"]
    assert [option.zh for option in form.fields["ended_because"].options] == ["死亡", "迁出", "失访", "拒绝"]
    assert [option.zh for option in form.fields["adherence"].options] == ["规律", "间断", "不服药"]
    assert [option.zh for option in form.fields["adherence_reason"].options] == ["经济", "忘记", "不良反应", "配药不便", "其他"]
    goals = {one.goal_of for one in form.fields.values()} - {""}
    assert goals == {"weight", "bmi", "smoking", "alcohol", "exercise_times", "exercise_minutes"}
    more = set(held("diabetes").form.fields) - set(form.fields)
    assert {"dorsalis_pedis", "staple_food", "staple_food_goal", "fasting_glucose", "postprandial_glucose", "random_glucose", "glucose_sample", "hba1c", "hba1c_on", "ldl", "hypoglycaemia"} <= more
    assert "8480-6" in form.fields["sbp"].devices and "14771-0" in held("diabetes").form.fields["fasting_glucose"].devices


def test_goals_agreed_last_time_are_laid_beside_today() -> None:
    earlier = before("2026-08-01:satisfied|2026-05-01:satisfied")
    goals = [earlier[0].__class__(earlier[0].on, earlier[0].classes, {"weight_goal": 65}), earlier[1].__class__(earlier[1].on, earlier[1].classes, {"weight_goal": 60})]
    told = flow.ask(held("hypertension"), Visit(DAY, {**visit("hypertension"), "weight": 70}), goals)
    assert "目标体重 65 kg；这次体重 70 kg" in "".join(prompt.sentence for prompt in told.prompts)


def test_prompts_say_what_a_source_gives_and_nothing_of_doses_or_statins() -> None:
    codes = {prompt.code for prompt in ask("hypertension", "sbp=150;adherence=2", "2026-10-15:unsatisfied|2026-08-01:unsatisfied").prompts}
    assert {"prompt.education", "prompt.adherence", "prompt.adherence_poor", "prompt.three_months"} <= codes
    two_months = {prompt.code for prompt in ask("hypertension", "sbp=150", "2026-08-02:unsatisfied").prompts}
    assert "prompt.three_months" not in two_months
    assert "prompt.three_months" in {prompt.code for prompt in ask("diabetes", "fasting_glucose=7", "2026-08-01:unsatisfied").prompts}
    assert not [path for path in FOLDER.glob("prompts_*.csv") if re.search(r"他汀|mg", path.read_text(encoding="utf-8"))]
    for code in ("hypertension", "diabetes"):
        assert "他汀" in held(code).says and "他汀" in edition(f"prompts_{code}").says


@pytest.mark.parametrize(("last", "is_due"), [(None, True), (date(2025, 11, 1), True), (date(2025, 11, 2), False)])
def test_the_yearly_check(last: date | None, is_due: bool) -> None:
    told = ask("hypertension", **({"last_check_on": last} if last else {}))
    assert ("prompt.check_due" in {prompt.code for prompt in told.prompts}) is is_due


@pytest.mark.parametrize(("code", "age", "is_asked"), [("hypertension", 34, True), ("hypertension", 35, False), ("elderly", 64, True), ("elderly", 65, False), ("diabetes", 20, False)])
def test_whom_a_programme_is_for(code: str, age: int, is_asked: bool) -> None:
    assert ("question.age" in {finding.code for finding in ask(code, f"age={age}").findings}) is is_asked


def test_a_visit_outside_the_enrolment_is_asked_about() -> None:
    early = flow.ask(held("hypertension"), Visit(DAY, visit("hypertension")), (), Enrolment(on=date(2026, 11, 2)))
    late = flow.ask(held("hypertension"), Visit(DAY, visit("hypertension")), (), Enrolment(on=date(2026, 1, 1), ended_on=DAY))
    assert "question.before_enrolment" in {one.code for one in early.findings} and "question.after_end" in {one.code for one in late.findings}


def test_age_is_worked_out_on_the_day() -> None:
    day_before = flow.ask(held("hypertension"), Visit(DAY, visit("hypertension", "-age;sbp=149")), (), Enrolment(born_on=date(1961, 11, 2)))
    birthday = flow.ask(held("hypertension"), Visit(DAY, visit("hypertension", "-age;sbp=149")), (), Enrolment(born_on=date(1961, 11, 1)))
    assert (day_before.class_, birthday.class_) == ("unsatisfied", "satisfied")


def test_a_county_chooses_the_pace_of_the_guideline() -> None:
    """§1.2 C: at target every three months, not at target or just adjusted monthly; the norm's two weeks stay where they are earlier."""
    own = "sample-guideline-2025"
    assert edition("cadence_hypertension", consortium=own).months["adjusted"] == 1
    assert ask("hypertension", "medicine_changed=yes", consortium=own).next_on == months_after(DAY, 1)
    assert ask("hypertension", "medicine_changed=yes").next_on == months_after(DAY, 3)
    assert ask("hypertension", consortium=own).next_on == months_after(DAY, 3)
    assert ask("hypertension", "sbp=150", consortium=own).next_on == date(2026, 11, 15)


def test_cadence_as_the_norm_has_it() -> None:
    for code in ("hypertension", "diabetes"):
        own = held(code).cadence
        assert (own.visits_a_year, own.checks_a_year, own.months["otherwise"]) == (4, 1, 3) and "5" not in own.face_to_face
    assert held("elderly").cadence.visits_a_year == 1


@pytest.mark.parametrize(("values", "grade", "layer"), [
    ("sbp=139;dbp=89;risk_factors=0", None, None), ("sbp=140;risk_factors=0", "1", "low"), ("sbp=159;risk_factors=0", "1", "low"), ("sbp=160;risk_factors=0", "2", "middle"),
    ("dbp=99;risk_factors=0", "1", "low"), ("dbp=100;risk_factors=0", "2", "middle"), ("sbp=179;risk_factors=0", "2", "middle"), ("sbp=180;risk_factors=0", "3", "high"), ("dbp=109;risk_factors=0", "2", "middle"), ("dbp=110;risk_factors=0", "3", "high"),
    ("sbp=140;risk_factors=1", "1", "middle"), ("sbp=160;risk_factors=2", "2", "middle"), ("sbp=180;risk_factors=2", "3", "very_high"),
    ("sbp=140;risk_factors=3", "1", "high"), ("sbp=160;risk_factors=3", "2", "high"), ("sbp=180;risk_factors=3", "3", "very_high"), ("sbp=140;risk_factors=0;organ_damage=yes", "1", "high"),
    ("sbp=140;risk_factors=0;diabetes=yes", "1", "very_high"), ("sbp=160;risk_factors=0;clinical_disease=yes", "2", "very_high"), ("sbp=180;risk_factors=0;diabetes=yes", "3", "very_high"),
])  # fmt: skip
def test_grades_and_layers(values: str, grade: str | None, layer: str | None) -> None:
    """§1.2 grades and risk layers, C."""
    calm = "organ_damage=no;clinical_disease=no;diabetes=no"
    facts, _ = held("hypertension").form.read(visit("hypertension", f"{calm};{values}"))
    told = grading.graded(held("hypertension"), facts)
    assert (told.grade, told.layer) == (grade, layer)
    assert not layer or told.zh == edition("risk_hypertension")["layers"][layer]["zh"]


def test_a_layer_is_not_guessed() -> None:
    facts, _ = held("hypertension").form.read(visit("hypertension", "sbp=150;risk_factors=1"))
    told = grading.graded(held("hypertension"), facts)
    assert told.grade == "1" and told.layer is None and set(told.missing) == {"clinical_disease", "diabetes"}
    assert grading.graded(held("hypertension"), conditions.Facts()).missing
    assert grading.graded(held("copd"), facts).grade is None


def local(home: Path, name: str, text: str) -> None:
    path = home / "policies/local/somewhere/clinical/followup" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def head(name: str, values: str) -> str:
    return (f'title = "{name}"\ncode = "clinical.followup.{name}"\nwhy = "试"\nstatus = "local_parameter"\nauthored_by = "甲"\nchecked_by = "乙"\nnext_review = 2027-06-30\n'
            f"[[edition]]\neffective_from = 2026-01-01\n{values}\n")  # fmt: skip


GOUT = {
    "programme_gout.toml": 'zh = "痛风"\nen = "gout"\nprefixes = ["M10"]\nfrom_age = 18\ncounted = "high"\nparts = ["form", "danger", "classes", "steps", "cadence"]\nis_sample = false\nsays = "试"',
    "form_gout.toml": 'table = "form_gout.csv"\nsections = [{ code = "tests", zh = "检查", en = "tests", at = "visit" }]',
    "danger_gout.toml": 'table = "danger_gout.csv"', "classes_gout.toml": 'table = "classes_gout.csv"', "steps_gout.toml": 'table = "steps_gout.csv"',
    "cadence_gout.toml": 'visits_a_year = 2\nchecks_a_year = 0\nmonths = { otherwise = 6 }\nface_to_face = ["1"]',
}
GOUT_TABLES = {
    "form_gout.csv": "code,section,kind,zh,en,unit,least,most,options,devices,required,goal_of,tag,source\nurate,tests,number,血尿酸,urate,μmol/L,50,2000,,,yes,,-,试\ndanger,tests,choices,危急情况,danger,,,,@signs,,yes,,-,试\n",
    "danger_gout.csv": "code,effect,when,asks,zh,en,tag,source,row\nstone,danger,sign,,肾绞痛,colic,-,试,试\n",
    "classes_gout.csv": "code,form_code,when,zh,en,tag,source,row\nlow,1,otherwise,达标,low,-,试,试\nhigh,2,urate>=360,未达标,high,-,试,试\n",
    "steps_gout.csv": "code,when,refer,check_days,next_days,adjust,zh,en,tag,source,row\ndanger,in_danger,urgent,3,3,,转诊,refer,-,试,试\nhigh,class=high,,,30,yes,调整,adjust,-,试,试\nlow,class=low,,,,,约下次,next,-,试,试\n",
}


def test_a_programme_that_exists_only_in_a_county(tmp_path: Path) -> None:
    """Six files, no code: a fifth programme with its own field, class, sign and days."""
    for name, values in GOUT.items():
        local(tmp_path, name, head(name.removesuffix(".toml"), values))
    for name, text in GOUT_TABLES.items():
        local(tmp_path, name, text)
    policybook.open_at(tmp_path)
    own = programme.in_force("gout", DAY, HERE)

    def told(**values: Any) -> Answer:
        return flow.ask(own, Visit(DAY, values))

    assert "gout" in programme.codes(DAY, HERE) and "gout" not in programme.codes(DAY, Place("elsewhere"))
    assert told(urate=359, danger=[]).next_on == months_after(DAY, 6) and told(urate=360, danger=[]).next_on == date(2026, 12, 1)
    assert told(urate=100, danger=["stone"]).refer is Refer.URGENT and told(danger=[]).missing == ("urate",)


def test_a_programme_without_a_needed_part_says_which(tmp_path: Path) -> None:
    local(tmp_path, "programme_gout.toml", head("programme_gout", GOUT["programme_gout.toml"].replace('"form", "danger", "classes", "steps", "cadence"', '"cadence"')))
    local(tmp_path, "cadence_gout.toml", head("cadence_gout", GOUT["cadence_gout.toml"]))
    policybook.open_at(tmp_path)
    with pytest.raises(ValueError, match="form、classes、steps"):
        programme.in_force("gout", DAY, HERE)


def test_copd_moved_to_a_temp_folder_answers_alike(tmp_path: Path) -> None:
    """The sample is nothing but its files: renamed and put elsewhere, it is a programme of another name."""
    for path in FOLDER.glob("*_copd.*"):
        text = path.read_text(encoding="utf-8").replace("_copd", "_lungs")
        local(tmp_path, path.name.replace("_copd", "_lungs"), text)
    policybook.open_at(tmp_path)
    own = programme.in_force("lungs", DAY, HERE)
    for values in ("progress=1", "progress=2", "progress=3", "danger=cyanosis"):
        told, sample = flow.ask(own, Visit(DAY, visit("copd", values))), ask("copd", values)
        assert (told.class_, told.step, told.refer, told.next_on) == (sample.class_, sample.step, sample.refer, sample.next_on)


def test_a_county_replaces_one_part_alone(tmp_path: Path) -> None:
    """The guideline's older line of 80 years instead of 65."""
    shutil.copy(FOLDER / "classes_hypertension_2017_06.csv", tmp_path)
    text = (tmp_path / "classes_hypertension_2017_06.csv").read_text(encoding="utf-8").replace("age<65", "age<80")
    local(tmp_path, "classes_hypertension.toml", head("classes_hypertension", 'table = "lines.csv"'))
    local(tmp_path, "lines.csv", text)
    policybook.open_at(tmp_path)
    own = programme.in_force("hypertension", DAY, HERE)
    assert flow.ask(own, Visit(DAY, visit("hypertension", "age=70;sbp=145"))).class_ == "unsatisfied"
    assert flow.ask(own, Visit(DAY, visit("hypertension", "age=80;sbp=145"))).class_ == "satisfied"
    assert any(ref.startswith("clinical.followup.classes_hypertension@2026-01-01#local/somewhere") for ref in own.policy_refs)


def test_rows_of_general_knowledge_wait_for_a_county(tmp_path: Path) -> None:
    items = "-self_care;eating=3;grooming=2;dressing=1;toilet=4;moving=3;words_recalled=2"
    assert "class.moderate" not in {one.code for one in ask("elderly", items).findings}
    local(tmp_path, "confirmed.toml", head("confirmed", 'codes = ["elderly.self_care", "elderly.cognition"]'))
    policybook.open_at(tmp_path)
    own = programme.in_force("elderly", DAY, HERE)
    told = flow.ask(own, Visit(DAY, visit("elderly", items)))
    assert told.class_ == "dependent", "3 + 1 + 0 + 10 + 5 = 19"
    assert "notice.cognition" in {one.code for one in told.findings}
    other = flow.ask(own, Visit(DAY, {**visit("elderly", items), "self_care": 3}))
    assert "question.self_care" in {one.code for one in other.findings} and other.class_ == "independent"
    best = flow.ask(own, Visit(DAY, visit("elderly", "-self_care;eating=1;grooming=1;dressing=1;toilet=1;moving=1;words_recalled=3")))
    assert best.class_ == "independent" and "notice.cognition" not in {one.code for one in best.findings}


@pytest.mark.parametrize("text", ["sbp=>140", "140<=sbp", "sbp >= 140", "sbp>=", "", "sign:", "sbp>=1e9", "a b"])
def test_a_condition_that_cannot_be_read_names_its_row(text: str) -> None:
    with pytest.raises(ValueError, match="hypertension.row"):
        conditions.parse(text, "hypertension.row")


def test_no_source_line_of_the_room_names_a_disease() -> None:
    named = re.compile(r"hypertension|diabet|copd|elderly|\bsbp\b|\bdbp\b|glucose|高血压|糖尿病|慢阻肺|老年", re.I)
    files = [path for path in (SOURCE / "care/followup").rglob("*.py") if "tests" not in path.parts]
    found = [(path.name, line) for path in files for line in path.read_text(encoding="utf-8").splitlines() if named.search(re.sub(r"`[^`]*`|sbp>=180", "", line)) and "sbp>=" not in line]
    assert len(files) >= 8 and found == []


def test_every_value_of_the_policies_is_read() -> None:
    """Keys of editions and columns of tables, each named in the room's code or in the words of the policy book."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (SOURCE / "care/followup").glob("*.py"))
    for one in (one for one in policybook.current() if one.code.startswith("clinical.followup.")):
        for key in [*one, *(one.table.columns if one.table else ())]:
            assert re.search(rf"\b{re.sub(r'grade_[123]', 'grade_', key)}", code), (one.policy_ref, key)


def test_evidence_is_marked_and_no_row_cites_an_address() -> None:
    for path in FOLDER.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        assert "http" not in text and "www." not in text
    for code in CALM:
        own = held(code)
        for rule in (*own.signs, *own.classes, *own.steps, *own.prompts, *own.scores):
            assert rule.tag in set("SGMHCK-") and rule.source and rule.row and rule.zh and rule.en


@pytest.mark.parametrize(("since", "until", "months"), [(date(2026, 1, 31), date(2026, 2, 28), 0), (date(2026, 1, 31), date(2026, 3, 31), 2), (date(2025, 11, 1), date(2026, 11, 1), 12), (DAY, DAY, 0)])
def test_whole_months(since: date, until: date, months: int) -> None:
    assert whole_months(since, until) == months


def test_months_end_where_a_month_ends() -> None:
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28) and months_after(date(2026, 12, 31), 12) == date(2027, 12, 31)


def test_the_how_to_tells_the_parts() -> None:
    text = (ROOT / "docs/how-to/add_a_programme.md").read_text(encoding="utf-8")
    assert all(f"`{part}`" in text for part in ("form", "danger", "classes", "steps", "prompts", "scores", "screening", "risk", "cadence"))


def test_the_coverage_sheet_names_what_exists() -> None:
    """Each test and each case it names is there."""
    text = (ROOT / "docs/followup_coverage.md").read_text(encoding="utf-8")
    tests = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = re.findall(r"`(?:test_\w+\.)?(test_\w+)(?:…|_…|\.py)?`", text)
    assert named and [name for name in named if name not in tests and not (Path(__file__).parent / f"{name}.py").exists()] == []
    cases = {row["id"] for code in CALM for row in rows(code)}
    told = {name for line in text.splitlines() if line.startswith("|") for name in re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)`", line.rsplit("|", 2)[-2]) if not name.startswith("test_")}
    assert told <= cases, told - cases
