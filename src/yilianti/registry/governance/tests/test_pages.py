"""Pages of governance: who sees what, the form made from the edition in force, a refusal at its field, constant numbers of statements."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yilianti.registry.governance import actions
from yilianti.registry.governance.models import Evidence, Resolution
from yilianti.registry.governance.tests import factories as make
from yilianti.registry.governance.tests.test_documents import in_force
from yilianti.registry.institutions.tests.browsing import text, visit
from yilianti.registry.institutions.tests.factories import AT, SYSTEM
from yilianti.registry.institutions.tests.factories import actor as somebody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make.shelf(tmp_path, monkeypatch)


def propose_url(here: make.House) -> str:
    return f"/governance/meetings/{make.meeting(here).number}/propose"


def form(**changed: object) -> dict[str, object]:
    return {"title": "调整时限", "text": "改为六小时。", "matter": "policy", "ballot": "open", "policy": make.LIMIT, "effective_from": "2099-01-01",
            "cell:minutes.emergency": "30", "cell:minutes.urgent": "120", "cell:minutes.elective": "360", **changed}  # fmt: skip


def test_the_form_is_made_from_the_edition_in_force() -> None:
    here = make.house()
    shown = text(visit(here.office, f"{propose_url(here)}?policy={make.LIMIT}&effective_from=2099-01-01"))
    for words in ("答复时限 · 择期", "480 分钟", "5 至 20160", "现行版本有误"):
        assert words in shown


def test_a_wrong_value_is_refused_at_its_field_and_nothing_is_kept() -> None:
    here = make.house()
    url = propose_url(here)
    for value, said in (("2", "不能小于 5 分钟"), ("很快", "写法不对"), ("", "请填写")):
        response = visit(here.office, url, form(**{"cell:minutes.elective": value}))
        assert response.status_code == 422 and said in text(response)
    assert not Resolution.objects.exists()
    assert visit(here.office, url, form()).status_code == 302
    assert Resolution.objects.get().values["minutes"]["elective"] == 360


def test_a_table_of_codes_is_no_matter_for_the_form() -> None:
    here = make.house()
    response = visit(here.office, propose_url(here), form(policy="access.roles"))
    assert response.status_code in (302, 422) and not Resolution.objects.exclude(policy_code="").exists()


def test_members_move_and_vote_and_others_do_not() -> None:
    here, stranger = make.house(), make.house("other")
    url = propose_url(here)
    assert visit(here.members[4], url).status_code == 200
    assert visit(stranger.members[4], url).status_code == 404
    resolution = make.voting(here)
    page = f"/governance/resolutions/{resolution.number}/"
    assert "您的表决" in text(visit(here.members[0], page)) and "您的表决" not in text(visit(here.office, page))
    assert visit(here.members[0], f"{page}vote", {"choice": "for"}).status_code == 302
    assert "您已表决" in text(visit(here.members[0], page))
    assert visit(here.members[0], f"{page}vote", {"choice": "for"}).status_code == 409
    assert visit(stranger.office, page).status_code == visit(stranger.office, f"{page}close_vote", {}).status_code == 404


def test_while_a_secret_ballot_is_open_nobody_reads_it() -> None:
    here = make.house()
    resolution = make.voting(here, ballot="secret")
    make.all_vote(here, resolution, "fa")
    shown = text(visit(here.office, f"/governance/resolutions/{resolution.number}/"))
    assert shown.count("已投票") == 2 and "赞成</span>" not in shown and "反对</span>" not in shown


def test_what_is_there_and_what_is_missing() -> None:
    here = make.house()
    in_force(here, kind="charter", title="医共体章程")
    resolution = make.adopted(here, carried=make.edition(360))
    url = f"/governance/yunxi/evidence/{make.TODAY.year}/"
    shown = text(visit(here.office, url))
    for words in ("《医共体章程》", "有表决权 5 席，其中基层 3 席（60%），村级 1 席", "2026 年通过 1 项，其中定本地参数 1 项", "没有设立"):
        assert words in shown
    assert visit(here.office, f"{url}link", {"criterion": "tight_democratic_decision", "subject": resolution.number, "note": ""}).status_code == 302
    assert "云医共体决〔2026〕1号 关于调整" in text(visit(here.members[0], url))
    assert visit(here.office, f"{url}link", {"criterion": "tight_democratic_decision", "subject": resolution.number, "note": ""}).status_code == 422
    assert visit(here.office, f"/governance/evidence/{Evidence.objects.get().pk}/remove", {}).status_code == 302
    assert "关于调整" not in text(visit(here.members[0], url))


def test_the_fragment_leads_on_only_who_may_go_there() -> None:
    here, stranger = make.house(), make.house("other")
    assert "/governance/yunxi/" in visit(here.office, "/governance/of/yunxi/").content.decode()
    assert visit(stranger.office, "/governance/of/yunxi/").status_code == 404


def test_the_members_are_linked_only_for_whoever_may_open_them() -> None:
    here = make.house()
    opens = somebody(here.county.hospital, "governance.view", "institutions.view")
    for page in ("/governance/", f"/governance/yunxi/evidence/{make.TODAY.year}/"):
        assert "/institutions/consortia/" not in visit(here.members[0], page).content.decode()
    assert "/institutions/consortia/yunxi/" in visit(opens, "/governance/").content.decode()


def test_a_paper_unknown_is_said_to_be_false() -> None:
    response = visit(make.house().office, "/governance/verify/0000/")
    assert response.status_code == 404


def test_lists_ask_as_much_for_ten_as_for_one() -> None:
    here = make.house()
    pages = ("/governance/", "/governance/yunxi/", "/governance/of/yunxi/", f"/governance/councils/{here.council.id}/", f"/governance/yunxi/evidence/{make.TODAY.year}/")

    def asked() -> list[int]:
        found = []
        for path in pages:
            with CaptureQueriesContext(connection, ) as captured:
                assert visit(here.office, path).status_code == 200
            found.append(len(captured))
        return found

    def more() -> None:
        in_force(here, title="又一份协议")
        resolution = make.adopted(here, title="又一件")
        actions.link_evidence(actor=SYSTEM, consortium="yunxi", year=make.TODAY.year, criterion="tight_unified_resources", subject=resolution.number, note="", at=AT)
        make.meeting(here, opened=False)

    more()
    once = asked()
    for _ in range(3):
        more()
    assert asked() == once and max(once) < 30
