"""Bills under other benefits: reckoned in memory, nothing written, a path that is not there refused with its neighbours."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yilianti.kernel.finding import Refused
from yilianti.policybook.places import Place
from yilianti.settlement.claims import actions, supposing
from yilianti.settlement.claims.models import ClaimPrice
from yilianti.settlement.claims.tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
HERE, DAY = Place("yunxi", "349901"), date(2026, 12, 31)
#: The line of level-2 hospitals, the fourth row of yunxi's ladder.
LINE = "settlement.benefit.inpatient.rows.3.deductible"


def test_a_lower_line_is_the_insurers_to_pay() -> None:
    scene = factories.scene(NOW)
    first, second = factories.filed(scene, NOW, factories.told(scene), factories.told(scene, "S2", admitted_on=date(2026, 6, 1), discharged_on=date(2026, 6, 9)))
    kept = ClaimPrice.objects.count()
    with CaptureQueriesContext(connection) as asked:
        found = {one.claim: one for one in supposing.supposed([scene.resident], 2026, {LINE: "300"}, HERE, NOW)}
    # 500 − 300 more above the line, at 70 % for who was not referred
    assert [(found[one.pk].was["basic"], found[one.pk].would["basic"]) for one in (first, second)] == [(630_000, 644_000)] * 2
    assert all(one.priced for one in found.values()) and ClaimPrice.objects.count() == kept
    assert not any((query["sql"] or "").startswith(("INSERT", "UPDATE", "DELETE")) for query in asked)
    first.refresh_from_db()
    assert first.basic == 630_000


def test_the_policies_themselves_stay_as_they_are() -> None:
    scene = factories.scene(NOW)
    (claim,) = factories.filed(scene, NOW, factories.told(scene))
    list(supposing.supposed([scene.resident], 2026, {LINE: "300"}, HERE, NOW))
    assert supposing.values(HERE, DAY)[LINE] == "500"
    assert actions.reprice(actor=factories.Actor.system("测试"), year=2026, at=NOW) == 0


def test_how_the_deductible_goes_on_after_a_referral() -> None:
    changes = {"settlement.benefit.inpatient.deductible.on_referral": "separate"}
    assert supposing.check(changes, HERE, DAY) == {"settlement.benefit.inpatient.deductible.on_referral": "continuous"}


def test_a_bill_below_the_line_comes_in_when_the_line_falls() -> None:
    scene = factories.scene(NOW)
    (claim,) = factories.filed(scene, NOW, factories.told(scene, total=45_000, first_self=0))
    (found,) = supposing.supposed([scene.resident], 2026, {LINE: "300"}, HERE, NOW)
    assert claim.basic == 0 and found.would["basic"] == 10_500


@pytest.mark.parametrize(("path", "value", "way"), [
    ("settlement.benefit.inpatient.row.3.deductible", "300", LINE), ("settlement.benefit.inpatient.rows.30.deductible", "300", "rows.3"), (LINE, "three hundred", "改动后"),
    ("settlement.benefit.inpatient.deductible.on_referral", "gone", "改动后"), ("settlement.benefit.catastrophic.poor_uncapped", "perhaps", "true"),
])  # fmt: skip
def test_refused(path: str, value: str, way: str) -> None:
    with pytest.raises(Refused) as refusal:
        supposing.check({path: value}, HERE, DAY)
    assert refusal.value.field and way in refusal.value.zh
