"""Years for the simulator's tests: the example of the how-to, with members' own spending and cases."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.architecture.house import ROOT
from yilianti.settlement.distribution import given
from yilianti.settlement.distribution.scheme import Scheme
from yilianti.settlement.distribution.simulating.year import Year

_HOW_TO = (ROOT / "docs/how-to/settle_evaluate.md").read_text(encoding="utf-8")
SCHEME: str = re.findall(r"```toml\n(.*?)```", _HOW_TO, re.S)[0]
EXAMPLE: dict[str, Any] = json.loads(re.findall(r"```json\n(.*?)```", _HOW_TO, re.S)[0])
VOLUMES: dict[str, Any] = json.loads(re.findall(r"```json\n(.*?)```", (ROOT / "docs/how-to/settle_simulate.md").read_text(encoding="utf-8"), re.S)[0])["volumes"]

#: Own spending of the members; together spending.members.
CHARGED = {"H01": "300000.01", "T01": "120000.49", "T02": "60000", "V01": "19999.50"}
#: The same in cases, member by member.
BY_MEMBER = {
    "members.H01.inpatient": {"count": 60, "amount": "250000.01"}, "members.H01.outpatient": {"count": 1000, "amount": "50000"}, "members.T01.inpatient": {"count": 40, "amount": "120000.49"},
    "members.T02.inpatient": {"count": 20, "amount": "60000"}, "members.V01.outpatient": {"count": 900, "amount": "19999.50"},
    "purchased.outpatient": {"count": 100, "amount": "20000"}, "outside.inpatient": {"count": 31, "amount": "310000"},
}  # fmt: skip


def year(held: dict[str, Any] | None = None, scheme: str = SCHEME) -> Year:
    """The example, or these inputs."""
    return Year.of(Scheme.of_text(scheme, "example"), given.parsed(json.dumps(held or with_volumes(), ensure_ascii=False)))


def with_volumes() -> dict[str, Any]:
    return {**EXAMPLE, "volumes": VOLUMES}


def by_member() -> dict[str, Any]:
    """Every member's own spending and cases."""
    return {**EXAMPLE, "members": {code: {**row, "charged": CHARGED[code]} for code, row in EXAMPLE["members"].items()}, "volumes": BY_MEMBER}
