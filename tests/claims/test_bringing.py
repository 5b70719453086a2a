"""./yilianti bring: a hospital's nightly export without a browser."""

from __future__ import annotations

import pytest

from yilianti.cli.commands import bring
from yilianti.registry.access.models import Account
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.tests import factories
from yilianti.settlement.claims.tests.test_tables import CARD, NOW, SETTLEMENT

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(monkeypatch) -> str:
    scene = factories.scene(NOW)
    residents.add_identifier(actor=scene.people.township, resident_id=scene.resident, given=residents.IdentifierGiven(residents.IdentifierSystem.ID_CARD, CARD), at=NOW)
    monkeypatch.setattr(bring, "django_ready", lambda: None)
    return str(Account.objects.get(pk=scene.office.account).username)


def written(folder, *rows: dict[str, str]) -> str:
    path = folder / "nightly.csv"
    path.write_text("\n".join(",".join(row) for row in [list(rows[0]), *(list(row.values()) for row in rows)]), encoding="utf-8")
    return str(path)


def test_looked_at_then_written(office, tmp_path, capsys) -> None:
    path = written(tmp_path, SETTLEMENT)
    assert bring.main(["settlements", path, "--as", office]) == 0 and not Claim.objects.exists()
    assert bring.main(["settlements", path, "--as", office, "--write", "whole"]) == 0
    assert Claim.objects.get().fund == 630_000 and "已写入：新增 1" in capsys.readouterr().out
    assert bring.main(["settlements", path, "--as", office, "--write", "good"]) == 0 and Claim.objects.count() == 1


def test_rows_at_fault_are_named_and_keep_the_whole_file_out(office, tmp_path, capsys) -> None:
    path = written(tmp_path, SETTLEMENT, SETTLEMENT | {"结算编号": "JS2", "总费用": "-1"})
    assert bring.main(["settlements", path, "--as", office, "--write", "whole"]) == 1 and not Claim.objects.exists()
    assert "第 3 行：总费用“-1”：“-1”是负数" in capsys.readouterr().err
    assert bring.main(["settlements", path, "--as", office, "--write", "good"]) == 1 and Claim.objects.count() == 1


@pytest.mark.parametrize(("kind", "account", "sentence"), [("settlements", "nobody", "没有账号"), ("unicorns", None, "这种表"), ("grants", None, "")])
def test_what_is_refused_as_a_whole(office, tmp_path, capsys, kind, account, sentence) -> None:
    assert bring.main([kind, written(tmp_path, SETTLEMENT), "--as", account or office]) == 2
    assert sentence in capsys.readouterr().err
    assert bring.main([kind, str(tmp_path / "absent.csv"), "--as", office]) == 2
