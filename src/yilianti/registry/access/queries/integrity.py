"""Whether the grants in the database are those that were given: each against its seal, and all against the journal."""

from __future__ import annotations

from django.db import connection

from yilianti.registry.access import seals
from yilianti.registry.access.models import Grant

# The seal of an earlier state fits when that state is put back; what was revoked stays revoked in the chained journal.
_REVIVED = """SELECT g.id FROM access_grant g WHERE EXISTS (
    SELECT 1 FROM kernel_journalentry j WHERE j.word = 'access.revoked' AND (j.facts->>'grant')::bigint = g.id
    AND (g.until_on IS NULL OR g.until_on > GREATEST(g.from_on, (j.at AT TIME ZONE 'Asia/Shanghai')::date))) ORDER BY g.id"""


def faults_of_grants() -> list[str]:
    """One sentence per grant that was changed or added past the actions, or came back after it was revoked."""
    broken = [grant.pk for grant in Grant.objects.order_by("pk").iterator() if not seals.holds(grant)]
    with connection.cursor() as cursor:
        cursor.execute(_REVIVED)
        revived = [row[0] for row in cursor.fetchall()]
    found = [f"授权 {grant} 与其封签不符（被改动或绕过系统添加），不予承认" for grant in broken]
    return found + [f"授权 {grant} 已收回，却又生效；请立即停用该账号并核对数据库的访问" for grant in revived if grant not in broken]
