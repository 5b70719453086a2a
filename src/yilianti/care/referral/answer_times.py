"""How long answers took: what is published to those who choose where to send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# The receiver as a whole, each of its departments, and each sender to it, in one pass.
_TIMES = """SELECT to_institution_id, to_department_id, from_institution_id, count(*),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds)
FROM (SELECT to_institution_id, to_department_id, from_institution_id, floor(extract(epoch FROM decided_at - submitted_at)) AS seconds
    FROM referral_referral WHERE submitted_at >= %s AND submitted_at < %s AND decided_at IS NOT NULL AND NOT is_outside) answered
GROUP BY GROUPING SETS ((to_institution_id), (to_institution_id, to_department_id), (to_institution_id, from_institution_id))
HAVING GROUPING(to_department_id) = 1 OR to_department_id IS NOT NULL"""


@dataclass(frozen=True)
class AnswerTime:
    """Of a receiver's answers (to one sender, or of one department, where named): how many, and how long they took."""

    receiver: int
    department: int | None
    sender: int | None
    cases: int
    median: int
    p90: int


def answer_times(since: datetime, until: datetime) -> list[AnswerTime]:
    """Of the referrals submitted in that span; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TIMES, [since, until])
        return [AnswerTime(receiver, department, sender, cases, round(median), round(p90))
                for receiver, department, sender, cases, median, p90 in cursor.fetchall()]  # fmt: skip
