"""Questions about consortia: the tree, the centres and the closeness of any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from yilianti.registry.institutions.models import Binding, Centre, Consortium, Institution, Membership
from yilianti.registry.institutions.terms import CentreKind, MemberRole


@dataclass(frozen=True)
class Branch:
    """A member as the tree of a day shows it: how deep it hangs below another member, its role, since when, until when."""

    institution: Institution
    depth: int
    role: str
    from_on: date
    until_on: date | None


def on(day: date) -> Q:
    """Condition on anything with from_on and until_on: in force that day."""
    return Q(from_on__lte=day) & (Q(until_on__isnull=True) | Q(until_on__gt=day))


def consortium(code: str) -> Consortium | None:
    return Consortium.objects.filter(code=code).first()


def tree_of(union: Consortium, day: date) -> list[Branch]:
    """The members of a day, the lead first, each below the nearest member above it."""
    held = list(Membership.objects.filter(on(day), consortium=union).select_related("institution"))
    inside = {m.institution_id for m in held}
    lead = next((m.institution_id for m in held if m.role == MemberRole.LEAD), 0)

    def order(member: Membership) -> tuple[bool, str]:
        return f"/{lead}/" not in member.institution.path, member.institution.path

    def depth(member: Membership) -> int:
        return sum(int(step) in inside for step in member.institution.path.split("/") if step) - 1

    return [Branch(m.institution, depth(m), m.role, m.from_on, m.until_on) for m in sorted(held, key=order)]


def member_ids(union: Consortium, day: date) -> frozenset[int]:
    return frozenset(Membership.objects.filter(on(day), consortium=union).values_list("institution_id", flat=True))


def centres_of(union: Consortium, day: date) -> list[Centre]:
    """Centres of a day in the order of their kinds, the main one before its branches."""
    order = [str(kind.value) for kind in CentreKind]
    found = Centre.objects.filter(on(day), consortium=union).select_related("host")
    return sorted(found, key=lambda centre: (order.index(centre.kind), centre.main_id is not None, centre.host.code))


def binding_of(union: Consortium, day: date) -> Binding | None:
    return Binding.objects.filter(on(day), consortium=union).first()


def bindings_of(union: Consortium) -> list[Binding]:
    return list(Binding.objects.filter(consortium=union).order_by("-from_on"))


def overview(day: date) -> list[tuple[Consortium, str, Institution | None, int]]:
    """Every consortium with its closeness, its lead and how many members it has that day; three statements."""
    tightness = dict(Binding.objects.filter(on(day)).values_list("consortium_id", "tightness"))
    held: dict[int, list[Membership]] = {}
    for membership in Membership.objects.filter(on(day)).select_related("institution"):
        held.setdefault(membership.consortium_id, []).append(membership)
    rows = []
    for one in Consortium.objects.order_by("region", "id"):
        mine = held.get(one.id, [])
        rows.append((one, tightness.get(one.id, ""), next((m.institution for m in mine if m.role == MemberRole.LEAD), None), len(mine)))
    return rows


def consortia_of(institutions: Sequence[int] | frozenset[int], day: date) -> list[Consortium]:
    """Consortia to which at least one of these institutions belongs that day, county communities and city groups as they were founded."""
    held = Membership.objects.filter(on(day), institution__in=institutions)
    return list(Consortium.objects.filter(memberships__in=held).distinct().order_by("id"))
