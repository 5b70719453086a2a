"""Hanging bed: a stay without traces of care. What an institution never tells proves nothing, so a sign counts only where it is told of most of its stays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yilianti.settlement.supervision.book import Book
from yilianti.settlement.supervision.ledger import DAY, KINDS, TRACES, Array, Ledger
from yilianti.settlement.supervision.rules.items import of_kind
from yilianti.settlement.supervision.rules.saying import of_stays
from yilianti.settlement.supervision.terms import Rule, Suspected, Trace


def empty_bed(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """Stays of some nights with neither orders nor results, with absent nights and no leave slip, or with days on which only bed and nursing were charged."""
    policy, claim = book["hanging_bed"], ledger.claim
    nights = ledger.nights()
    stays = np.flatnonzero((claim["kind"] == KINDS["inpatient"]) & claim["judged"] & (nights >= policy.least_nights))
    days = {kind: _days(ledger, kind) for kind in Trace}
    told = {kind: _tells(ledger, kind, days[kind], int(policy.told_percent)) for kind in (Trace.ORDER, Trace.RESULT, Trace.PRESENCE)}
    quiet = _quiet_days(ledger, book)
    for stay in stays:
        absent = int(nights[stay] - days[Trace.PRESENCE][stay] - days[Trace.LEAVE][stay])
        signs = []
        if known := [kind for kind in (Trace.ORDER, Trace.RESULT) if told[kind][stay] and not days[Trace.LEAVE][stay]]:
            signs += [] if any(days[kind][stay] for kind in known) else [f"没有{'、'.join(kind.zh for kind in known)}"]
        if told[Trace.PRESENCE][stay] and absent > policy.absent_nights:
            signs.append(f"{nights[stay]} 夜中有 {absent} 夜不在院，没有请假条")
        if quiet[stay] - days[Trace.LEAVE][stay] >= policy.quiet_days:
            signs.append(f"有 {quiet[stay]} 天只收床位和护理")
        if signs:
            yield of_stays(ledger, Rule.EMPTY_BED, "；".join(signs) + "。", policy.policy_ref, [int(stay)], int(claim["total"][stay]))


def _days(ledger: Ledger, kind: Trace) -> Array:
    """On how many days of each claim there was such a sign."""
    mine = ledger.sign["kind"] == TRACES[str(kind)]
    both = np.unique(np.stack([ledger.sign["claim"][mine], ledger.sign["day"][mine]]), axis=1)
    return np.bincount(both[0], minlength=len(ledger.number)) if both.size else np.zeros(len(ledger.number), np.int64)


def _tells(ledger: Ledger, kind: Trace, days: Array, percent: int) -> Array:
    """For each claim, whether its institution tells this sign of at least so many per cent of its stays."""
    claim = ledger.claim
    if ledger.told is not None:
        return np.array([ledger.told.get((int(place), str(kind)), 0) >= percent for place in claim["institution"]], bool)
    stays = (claim["kind"] == KINDS["inpatient"]) & (ledger.nights() > 0)
    places, at = np.unique(claim["institution"], return_inverse=True)
    all_of, told_of = (np.bincount(at[chosen], minlength=len(places)) for chosen in (stays, stays & (days > 0)))
    return ((all_of > 0) & (told_of * 100 >= all_of * percent))[at]


def _quiet_days(ledger: Ledger, book: Book) -> Array:
    """Days of each claim with a bed or nursing line and no other; 0 where everything was charged on one day, as some hospitals do."""
    line = ledger.line
    lying = of_kind(ledger, book, "bed", "nursing")
    on = line["minute"].astype(np.int64) // DAY
    keys, at = np.unique(line["claim"].astype(np.int64) * 4_000_000 + on, return_inverse=True)
    beds, others = np.bincount(at[lying], minlength=len(keys)), np.bincount(at[~lying], minlength=len(keys))
    of, size = keys // 4_000_000, len(ledger.number)
    quiet = np.bincount(of[(beds > 0) & (others == 0)], minlength=size)
    return np.where(np.bincount(of, minlength=size) > 1, quiet, 0)
