"""Computing what a step touched: each card of each month, by the edition that holds in each consortium."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from yilianti.insight.facts import api as facts
from yilianti.insight.indicators import cards, measures
from yilianti.insight.indicators.cards import Card, CardFault
from yilianti.insight.indicators.models import Figure
from yilianti.insight.indicators.terms import By, Computed, Total
from yilianti.kernel.actor import Scope
from yilianti.kernel.months import deciding_day
from yilianti.policybook import Edition
from yilianti.registry.institutions import api as institutions

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Standing:
    """The institutions in a month, and where each edition of a card holds: institution or consortium ids."""

    places: list[institutions.Place]
    editions: dict[Edition, dict[By, frozenset[int]]]

    def consortium_id(self, code: str) -> int:
        """The id of a consortium that has members then; 0 for none."""
        return next((place.consortium for place in self.places if place.consortium and place.consortium_code == code), 0)


def compute(engine: facts.Engine, step: facts.Step) -> list[Computed]:
    """Every figure that the step may have moved; nothing where it moved none."""
    # Files made anew have no folder for a month whose last row is gone; its figures are emptied all the same.
    counted = frozenset(Figure.objects.values_list("month", flat=True).distinct()) if step.is_whole else frozenset[date]()
    months = sorted(counted.union(*step.touched.values()), reverse=True)
    found: list[Computed] = []
    for month in months:
        shown = {name for name, touched in step.touched.items() if month in touched or month in counted}
        found.extend(_month(engine, month, shown, step))
    return found


def _month(engine: facts.Engine, month: date, touched: set[str], step: facts.Step) -> Iterator[Computed]:
    standing = stand(month, step.at)
    lay_out(engine, standing)
    for name in touched:
        engine.show(facts.TABLES[name], month, step.upto)
    for edition, where in standing.editions.items():
        try:
            card = cards.of(edition)
            chosen, given = resolve(card)
        except CardFault as fault:
            log.warning("%s", fault)
            continue
        if chosen.fact in touched:
            for by in card.by:
                yield Computed(card.code, edition.policy_ref, by, month, where[by], tuple(_totals(engine, chosen, given, by, where[by])))


def lay_out(engine: facts.Engine, standing: Standing) -> None:
    """Put the institutions where measures look for them."""
    engine.lay("places", measures.PLACES, [(p.institution, p.home, p.level, p.kind, p.consortium) for p in standing.places])


def resolve(card: Card) -> tuple[measures.Measure, measures.Parameters]:
    """The measure a card names, with its parameters; raises CardFault."""
    chosen = measures.MEASURES.get(card.measure)
    if chosen is None:
        raise CardFault(card.code, f"没有名为“{card.measure}”的算式；可用：{'、'.join(measures.MEASURES)}。")
    try:
        return chosen, measures.parameters(chosen, card.parameters)
    except KeyError as unknown:
        raise CardFault(card.code, f"算式 {chosen.name} 没有参数 {unknown}；可用：{'、'.join(chosen.defaults) or '无'}。") from None


def stand(month: date, at: datetime) -> Standing:
    """Institutions and cards as of the month's last day, or of today while it lasts."""
    day = deciding_day(month, timezone.localdate(at))
    places = institutions.places(day)
    scopes: defaultdict[Scope, list[institutions.Place]] = defaultdict(list)
    for place in places:
        scopes[Scope(place.consortium_code, place.region)].append(place)
    editions: defaultdict[Edition, dict[By, set[int]]] = defaultdict(lambda: {by: set() for by in By})
    for scope, members in scopes.items():
        for edition in cards.in_force(day, scope).values():
            for by in (By.INSTITUTION, By.PAIR):  # a pair is computed by what holds at the receiver
                editions[edition][by].update(place.institution for place in members)
    for consortium, scope in _consortium_scopes(places).items():
        for edition in cards.in_force(day, scope).values():
            editions[edition][By.CONSORTIUM].add(consortium)
    return Standing(places, {edition: {by: frozenset(ids) for by, ids in where.items()} for edition, where in editions.items()})


def _consortium_scopes(places: list[institutions.Place]) -> dict[int, Scope]:
    """For the whole of a consortium its own cards hold, and those of the area in which it lies as a body."""
    found: dict[int, Scope] = {}
    for place in places:
        if place.consortium is not None:
            found.setdefault(place.consortium, Scope(place.consortium_code, place.region))
    return found


def _totals(engine: facts.Engine, chosen: measures.Measure, given: measures.Parameters, by: By, where: frozenset[int]) -> Iterator[Total]:
    for place, sender, numerator, denominator, measured in engine.ask(measures.totals_sql(chosen.name, given, by, engine.dialect)):
        if place in where:
            exact = None if measured is None else Decimal(str(measured)).quantize(Decimal("0.1"))
            yield Total(place, int(numerator), int(denominator), exact, int(sender))
