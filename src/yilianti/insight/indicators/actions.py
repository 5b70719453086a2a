"""Keeping what was computed, in place of what was computed before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from yilianti.insight.facts import api as facts
from yilianti.insight.indicators.terms import By, Computed
from yilianti.kernel.actor import Actor

_KEEP = """INSERT INTO indicators_figure (card, month, {place}_id, sender_id, numerator, denominator, measured, policy_ref, sealed_number, complete_until, computed_at)
SELECT %(card)s, %(month)s, place, nullif(sender, 0), numerator, denominator, measured, %(ref)s, %(seal)s, %(complete)s, %(at)s
FROM unnest(%(places)s::bigint[], %(senders)s::bigint[], %(numerators)s::bigint[], %(denominators)s::bigint[], %(measured)s::numeric[])
    AS told(place, sender, numerator, denominator, measured)
ON CONFLICT {unique} DO UPDATE SET numerator = EXCLUDED.numerator,
denominator = EXCLUDED.denominator, measured = EXCLUDED.measured, policy_ref = EXCLUDED.policy_ref, sealed_number = EXCLUDED.sealed_number,
complete_until = EXCLUDED.complete_until, computed_at = EXCLUDED.computed_at"""
# A place of which nothing counts any more: its last row was corrected away.
_EMPTY = """UPDATE indicators_figure SET numerator = 0, denominator = 0, measured = NULL, policy_ref = %(ref)s, sealed_number = %(seal)s,
complete_until = %(complete)s, computed_at = %(at)s
WHERE card = %(card)s AND month = %(month)s AND {place}_id = ANY(%(where)s) AND sender_id IS {paired} NULL
AND NOT ({place}_id, coalesce(sender_id, 0)) IN (SELECT * FROM unnest(%(places)s::bigint[], %(senders)s::bigint[]))"""
_BY: dict[By, dict[str, str]] = {
    By.INSTITUTION: {"place": "institution", "paired": "", "unique": "(card, month, institution_id) WHERE institution_id IS NOT NULL AND sender_id IS NULL"},
    By.PAIR: {"place": "institution", "paired": "NOT", "unique": "(card, month, institution_id, sender_id) WHERE sender_id IS NOT NULL"},
    By.CONSORTIUM: {"place": "consortium", "paired": "", "unique": "(card, month, consortium_id) WHERE consortium_id IS NOT NULL"},
}


@transaction.atomic
def keep(*, actor: Actor, computed: Iterable[Computed], step: facts.Step) -> int:
    """Write the figures of a step; returns how many. They follow from journal entries, so they write none themselves."""
    kept = 0
    with connection.cursor() as cursor:
        for one in computed:
            told: dict[str, Any] = {
                "card": one.card, "month": one.month, "ref": one.policy_ref, "seal": step.upto, "complete": step.complete_until, "at": step.at,
                "where": list(one.where), "places": [total.place for total in one.totals],
                "senders": [total.sender for total in one.totals], "numerators": [total.numerator for total in one.totals],
                "denominators": [total.denominator for total in one.totals], "measured": [total.measured for total in one.totals],
            }  # fmt: skip
            cursor.execute(_KEEP.format(**_BY[one.by]), told)
            cursor.execute(_EMPTY.format(**_BY[one.by]), told)
            kept += len(one.totals)
    return kept
