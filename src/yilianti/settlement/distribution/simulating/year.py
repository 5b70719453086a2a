"""A year as the simulator holds it: scheme, inputs as plain JSON in the engine's spelling, volumes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from yilianti.settlement.distribution import engine
from yilianti.settlement.distribution.engine import Result
from yilianti.settlement.distribution.inputs import Inputs
from yilianti.settlement.distribution.scheme import Scheme
from yilianti.settlement.distribution.simulating import volumes as counted
from yilianti.settlement.distribution.simulating.spent import Spent
from yilianti.settlement.distribution.simulating.volumes import Volumes


@dataclass(frozen=True)
class Year:
    """What decides a year's figures, and how many cases stand behind its spending (empty where nobody says)."""

    scheme: Scheme
    inputs: Mapping[str, Any]
    volumes: Volumes = field(default_factory=dict)

    @classmethod
    def of(cls, scheme: Scheme, held: Mapping[str, Any]) -> Year:
        """`held`: the inputs as JSON has them, with `volumes` beside; raises Refused naming the field."""
        rest = {name: one for name, one in held.items() if name != "volumes"}
        found = cls(scheme, Inputs.of_plain(rest).plain(), counted.read(held.get("volumes", {})))
        spent = Spent.of(found.inputs, found.volumes)
        counted.check(found.volumes, spent.spending, spent.charged)
        return found

    def result(self) -> Result:
        """Reckoned by the engine; raises Refused naming what cannot be."""
        return engine.evaluate(self.scheme, Inputs.of_plain(self.inputs))

    def given(self, inputs: Mapping[str, Any]) -> Year:
        """With other inputs, in the engine's spelling; raises Refused."""
        return replace(self, inputs=Inputs.of_plain(inputs).plain())

    def spent(self) -> Spent:
        """Its spending, to be moved about."""
        return Spent.of(self.inputs, self.volumes)

    def spending(self, spent: Spent) -> Year:
        """With that spending."""
        return replace(self.given(spent.put(self.inputs)), volumes=dict(spent.volumes))
