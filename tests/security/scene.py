"""Staff with real accounts, a resident whom only the township knows, and a record at the hospital."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yilianti.kernel.actor import Actor
from yilianti.registry.access.queries import actor_for
from yilianti.registry.access.tests import factories as access
from yilianti.registry.institutions.models import Institution
from yilianti.registry.residents.tests.factories import resident


@dataclass
class Scene:
    """`who` is kept by the township; `ward` works in the hospital, `doctor` in the township, `auditor` reviews."""

    county: access.County
    who: Any
    at: datetime

    def account(self, place: Institution, role: str) -> Any:
        return access.staff(place, role)

    def actor(self, account: Any, at: datetime | None = None) -> Actor:
        found = actor_for(account.pk, at or self.at)
        assert found is not None
        return found


def scene(at: datetime) -> Scene:
    county = access.county()
    return Scene(county, resident(home=county.township), at)
