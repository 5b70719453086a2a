"""Named measures: what of a fact row counts, and how much. Written once in Ibis, run by whichever engine holds the facts.

A measure turns the rows of a month into contributions (`key place source numerator denominator measured`), one per row that counts.
The total of a place and the rows behind it come from the same contributions. A card names the measure and gives its parameters.
Importing this costs a second: only what computes imports it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.types as ir

from yilianti.insight.indicators import exam_measures
from yilianti.insight.indicators.measuring import MEASURES, Measure, contributions, measure
from yilianti.insight.indicators.terms import By, Statistic
from yilianti.kernel.facts import FactTable, Holds

_TYPES = {
    Holds.TEXT: "string", Holds.WORD: "string", Holds.NUMBER: "int64", Holds.FLAG: "boolean", Holds.MOMENT: "timestamp('UTC')",
    Holds.PLACE: "int64", Holds.RESIDENT: "int64",
}  # fmt: skip
PLACES = {"institution": "BIGINT", "home": "BIGINT", "level": "VARCHAR", "kind": "VARCHAR", "consortium": "BIGINT"}
_COUNTED = ("key", "place", "source", "numerator", "denominator", "measured")
_PLACES = ibis.table({"institution": "int64", "home": "int64", "level": "string", "kind": "string", "consortium": "int64"}, name="places")

Parameters = tuple[tuple[str, tuple[str, ...]], ...]
#: Named by being imported.
ROOMS = (exam_measures,)


@measure("referral", Statistic.MEDIAN, urgency=("emergency", "urgent", "elective"))
def referral_answer_time(rows: ir.Table, places: ir.Table, urgency: tuple[str, ...]) -> ir.Table:
    """Seconds from submission to the receiver's answer; withdrawn before an answer does not count, still waiting only in the denominator."""
    return _answers(rows, urgency)


@measure("referral", Statistic.P90, urgency=("emergency", "urgent", "elective"))
def referral_answer_time_p90(rows: ir.Table, places: ir.Table, urgency: tuple[str, ...]) -> ir.Table:
    """The same seconds: nine of ten answers take no longer."""
    return _answers(rows, urgency)


@measure("referral", Statistic.SHARE, urgency=("emergency", "urgent", "elective"))
def referral_arrival_rate(rows: ir.Table, places: ir.Table, urgency: tuple[str, ...]) -> ir.Table:
    """Of the referrals accepted whose outcome is known, those whose patient arrived; the way home is not counted."""
    counting = rows.filter(rows.was_accepted & (rows.state != "accepted") & ~rows.is_home & rows.urgency.isin(urgency))
    return contributions(counting, counting.number, counting.receiver, counting.arrived_at.notnull(), source=counting.sender)


@measure("referral", Statistic.SHARE, urgency=("emergency", "urgent", "elective"))
def referral_declined_share(rows: ir.Table, places: ir.Table, urgency: tuple[str, ...]) -> ir.Table:
    """Of the referrals answered, those declined; sent back for completion is no answer yet."""
    counting = rows.filter(rows.decided_at.notnull() & (rows.state != "returned") & ~rows.is_outside & rows.urgency.isin(urgency))
    return contributions(counting, counting.number, counting.receiver, counting.was_declined, source=counting.sender)


@measure("referral", Statistic.SHARE)
def referral_overridden_share(rows: ir.Table, places: ir.Table) -> ir.Table:
    """Of all referrals submitted, those sent although a Finding spoke against it."""
    counting = rows.filter(~rows.is_outside & ~rows.is_home)
    return contributions(counting, counting.number, counting.receiver, counting.was_overridden, source=counting.sender)


@measure("referral", Statistic.SHARE)
def referral_leakage_share(rows: ir.Table, places: ir.Table) -> ir.Table:
    """Of the referrals a place sent and did not take back, those that left the network; counted where they left."""
    counting = rows.filter(~rows.is_home & (rows.service != "advice") & ~rows.state.isin(["withdrawn", "returned"]))
    return contributions(counting, counting.number, counting.sender, counting.is_outside)


@measure("referral", Statistic.SHARE)
def referral_closure_share(rows: ir.Table, places: ir.Table) -> ir.Table:
    """Of the patients who arrived, those whose referral was concluded; the way home is not counted beside it."""
    counting = rows.filter(rows.arrived_at.notnull() & ~rows.is_outside & ~rows.is_home)
    return contributions(counting, counting.number, counting.receiver, counting.is_concluded, source=counting.sender)


@measure("referral", Statistic.MEDIAN)
def referral_follow_up_time(rows: ir.Table, places: ir.Table) -> ir.Table:
    """Seconds from the way home's submission to the first follow-up; those not yet followed up only in the denominator."""
    counting = rows.filter(rows.is_home & (rows.followed_up_at.notnull() | rows.state.isin(["accepted", "arrived"])))
    return contributions(counting, counting.number, counting.receiver, counting.followed_up_at.notnull(), counting.follow_up_seconds, counting.sender)


@measure("encounter", Statistic.SHARE, kinds=("outpatient", "emergency"), levels=("village", "township"))
def visit_share(rows: ir.Table, places: ir.Table, kinds: tuple[str, ...], levels: tuple[str, ...]) -> ir.Table:
    """Of the visits of these kinds, those at institutions of these levels; cancelled registrations are not counted."""
    counting = rows.filter((rows.state != "cancelled") & rows.kind.isin(kinds))
    placed = counting.join(places, counting.institution == places.institution)
    return contributions(placed, placed.number, placed.home, placed.level.isin(levels))


def _answers(rows: ir.Table, urgency: tuple[str, ...]) -> ir.Table:
    counting = rows.filter((rows.decided_at.notnull() | rows.state.isin(["submitted", "assigned"])) & rows.urgency.isin(urgency))
    return contributions(counting, counting.number, counting.receiver, counting.decided_at.notnull(), counting.answer_seconds, counting.sender)


def parameters(chosen: Measure, given: Mapping[str, Any]) -> Parameters:
    """The card's parameters over the measure's own; raises KeyError naming one that the measure does not have."""
    for name in given:
        if name not in chosen.defaults:
            raise KeyError(name)
    return tuple((name, tuple(given.get(name, usual))) for name, usual in sorted(chosen.defaults.items()))


@lru_cache(maxsize=256)
def totals_sql(name: str, given: Parameters, by: By, dialect: str) -> str:
    """place, sender (0 but for pairs), numerator, denominator, measured of every institution (merged ones with their heir), consortium or pair."""
    joined = _placed(*_counted(name, given))
    place = joined.consortium if by is By.CONSORTIUM else joined.home
    sender = joined.source_home if by is By.PAIR else ibis.literal(0, "int64")
    measured = joined.measured.quantile(0.9) if MEASURES[name].statistic is Statistic.P90 else joined.measured.median()
    summed = joined.filter(place.notnull() & sender.notnull()).group_by(place=place, sender=sender).agg(
        numerator=joined.numerator.sum(), denominator=joined.denominator.sum(), measured=measured
    )  # fmt: skip
    return str(ibis.to_sql(summed, dialect=dialect))


def _placed(counted: ir.Table, places: ir.Table) -> ir.Table:
    """Contributions with the home and consortium of their place, and the home of the other end."""
    joined = counted.join(places, counted.place == places.institution).select(*_COUNTED, "home", "consortium")
    ends = _PLACES.view().select(end="institution", source_home="home")
    return joined.left_join(ends, [("source", "end")]).select(*_COUNTED, "home", "consortium", "source_home")


@lru_cache(maxsize=256)
def rows_sql(name: str, given: Parameters, dialect: str) -> str:
    """Every row that counts: the columns of its fact table (moments as whole seconds since 1970), then homes of both ends, consortium, numerator."""
    table, (counted, places) = MEASURES[name].table, _counted(name, given)
    rows = _unbound(table).rename({f"row_{column.name}": column.name for column in table.columns})
    placed = _placed(counted, places).drop("measured")
    joined = placed.join(rows, placed.key == rows[f"row_{table.key}"])
    shown = {column.name: _shown(joined[f"row_{column.name}"], column.holds) for column in table.columns}
    return str(ibis.to_sql(joined.select(**shown, home_=joined.home, source_home_=joined.source_home, consortium_=joined.consortium, numerator_=joined.numerator), dialect=dialect))


def _shown(value: Any, holds: Holds) -> Any:
    return value.epoch_seconds() if holds is Holds.MOMENT else value


def _counted(name: str, given: Parameters) -> tuple[ir.Table, ir.Table]:
    chosen = MEASURES[name]
    return chosen.build(_unbound(chosen.table), _PLACES, **dict(given)), _PLACES.view()


def _unbound(table: FactTable) -> ir.Table:
    return ibis.table({column.name: _TYPES[column.holds] for column in table.columns}, name=table.name)
