"""How many referrals went which way, how far they came and why: counts of what the actor sees, a statement each; shares are cards of insight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from yilianti.care.referral.rules.situation import Against
from yilianti.care.referral.terms import DeclineReason, Side
from yilianti.kernel import prepared
from yilianti.kernel.actor import Actor
from yilianti.kernel.months import span

#: what a table of reasons or diseases shows before 「其余」
MOST = 15


@dataclass(frozen=True)
class Scope:
    """Referrals submitted in these months at one institution or all in reach, seen from one end or from both."""

    first: date
    last: date
    institution: int | None = None
    side: str = ""


class Flow(NamedTuple):
    """So many from one end to the other; `is_home` on the way back."""

    sender: str
    receiver: str
    from_level: str
    to_level: str
    is_outside: bool
    is_home: bool
    cases: int


class Reason(NamedTuple):
    label: str
    cases: int


class Leak(NamedTuple):
    """Outside the network: who sent, where to, with what."""

    disease: str
    sender: str
    receiver: str
    cases: int


# Drafts have no submission. The receiver sees nothing of what its sender has not yet let go.
_SEEN = """r.submitted_at >= %(begin)s AND r.submitted_at < %(end)s AND (
 (r.from_institution_id = ANY(%(senders)s)) OR (r.to_institution_id = ANY(%(receivers)s) AND r.state NOT IN ('draft', 'pending')))"""
_FUNNEL = f"""SELECT count(*), count(r.appointment_at), count(r.arrived_at), count(r.discharged_at), count(h.home), count(*) FILTER (WHERE h.followed)
FROM referral_referral r LEFT JOIN LATERAL (SELECT true AS home, bool_or(b.followed_up_at IS NOT NULL) AS followed FROM referral_referral b
 WHERE b.origin_id = r.id AND b.submitted_at IS NOT NULL HAVING count(*) > 0) h ON true
WHERE {_SEEN} AND NOT r.goes_home AND r.service <> 'advice' AND NOT r.is_outside"""  # noqa: S608 - constants only
_FLOWS = f"""SELECT s.short_name, t.short_name, r.from_level, r.to_level, r.is_outside, r.goes_home, count(*)
FROM referral_referral r JOIN institutions_institution s ON s.id = r.from_institution_id JOIN institutions_institution t ON t.id = r.to_institution_id
WHERE {_SEEN} AND r.service <> 'advice' GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 7 DESC, 1, 2"""  # noqa: S608 - constants only
_REASONS = f"""SELECT kind, label, count(*) FROM referral_referral r,
LATERAL (SELECT 'asked', r.reason_name UNION ALL SELECT 'declined', r.decline_reason WHERE r.state = 'declined'
 UNION ALL SELECT 'overridden', unnest(r.overridden)) AS said(kind, label)
WHERE {_SEEN} AND r.service <> 'advice' AND label <> '' GROUP BY 1, 2 ORDER BY 3 DESC, 2"""  # noqa: S608 - constants only
_LEAKS = f"""SELECT left(r.diagnosis_code, 3) || ' ' || min(r.diagnosis_name), s.short_name, t.name, count(*)
FROM referral_referral r JOIN institutions_institution s ON s.id = r.from_institution_id JOIN institutions_institution t ON t.id = r.to_institution_id
WHERE {_SEEN} AND r.is_outside GROUP BY left(r.diagnosis_code, 3), 2, 3 ORDER BY 4 DESC, 1"""  # noqa: S608 - constants only

STEPS = ("提交", "接收", "到院", "出院", "下转回程", "首次随访")


def funnel(actor: Actor, scope: Scope) -> list[int]:
    """How many came how far, as `STEPS`: of those sent up or sideways within the network; each step holds the next."""
    found = [int(count) for count in _ask(_FUNNEL, actor, scope)[0]]
    for place in range(len(found) - 2, -1, -1):  # who was taken to hospital without an appointment has passed that step
        found[place] = max(found[place], found[place + 1])
    return found


def flows(actor: Actor, scope: Scope) -> list[Flow]:
    """From whom to whom, the most frequent first."""
    return [Flow(*row) for row in _ask(_FLOWS, actor, scope)]


_IN_WORDS: dict[str, Callable[[str], str]] = {"asked": str, "declined": DeclineReason.label, "overridden": Against.label}


def reasons(actor: Actor, scope: Scope) -> dict[str, list[Reason]]:
    """Why they were sent (`asked`), declined, and sent though something spoke against it (`overridden`)."""
    found: dict[str, list[Reason]] = {"asked": [], "declined": [], "overridden": []}
    for kind, label, count in _ask(_REASONS, actor, scope):
        found[kind].append(Reason(_IN_WORDS[kind](label), int(count)))
    return {kind: _most(listed) for kind, listed in found.items()}


def leaks(actor: Actor, scope: Scope) -> list[Leak]:
    """What left the network."""
    return [Leak(*row) for row in _ask(_LEAKS, actor, scope)]


def together(rows: Sequence[Leak], by: str) -> list[Reason]:
    """Leaks added up by `disease`, `sender` or `receiver`."""
    summed: dict[str, int] = {}
    for row in rows:
        summed[getattr(row, by)] = summed.get(getattr(row, by), 0) + row.cases
    return _most([Reason(label, count) for label, count in sorted(summed.items(), key=lambda pair: (-pair[1], pair[0]))])


def _most(listed: list[Reason]) -> list[Reason]:
    rest = sum(row.cases for row in listed[MOST:])
    return [*listed[:MOST], *([Reason("其余", rest)] if rest else [])]


def _ask(statement: str, actor: Actor, scope: Scope) -> list[tuple[Any, ...]]:
    reach = actor.reaches("referral.view")
    chosen = list(reach if scope.institution is None else reach & {scope.institution})
    values: dict[str, Any] = {"begin": _begin(scope.first), "end": span(scope.last)[1], "senders": chosen if scope.side != Side.RECEIVER else [],
              "receivers": chosen if scope.side != Side.SENDER else []}  # fmt: skip
    with prepared.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _begin(month: date) -> datetime:
    return span(month)[0]
