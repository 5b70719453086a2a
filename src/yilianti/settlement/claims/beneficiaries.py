"""People held while their claims are filed, priced or charged: two at once would each miss what the other writes, or wait for each other's rows."""

from __future__ import annotations

from collections.abc import Iterable

from yilianti.registry.residents import api as residents
from yilianti.settlement.claims.models import Beneficiary


def hold(asked: Iterable[int]) -> None:
    """Lock these residents and whoever is merged with them, in one order, to the end of the transaction.

    A year could not be held alone: a stay in January may follow one of December, and whoever was told of a referral does not know yet which years there will be.
    """
    wanted, held = set(asked), set[int]()
    # Asked again under the lock: a merge in between brings more members.
    while more := {member for members in residents.groups(wanted).values() for member in members} - held:
        Beneficiary.objects.bulk_create([Beneficiary(resident_id=one) for one in sorted(more)], ignore_conflicts=True)
        list(Beneficiary.objects.select_for_update().filter(pk__in=more).order_by("pk").values_list("pk"))
        held |= more
