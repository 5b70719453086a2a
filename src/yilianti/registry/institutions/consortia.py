"""Questions about consortia: the tree, the centres and the closeness of any day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def consortia_with(institutions: Iterable[int]) -> frozenset[int]:
    """Ids of the consortia of which one of these institutions, or one above it, is or was a member."""
    reached = list(institutions)
    if not reached:
        return frozenset()
    paths = Institution.objects.filter(id__in=reached).values_list("path", flat=True)
    above = {int(step) for path in paths for step in path.split("/") if step}
    return frozenset(Membership.objects.filter(institution__in=above).values_list("consortium_id", flat=True))


@dataclass(frozen=True)
class Span:
    """From when, and before when, an institution counts as a member, itself or by one above it."""

    institution: int
    from_on: date
    until_on: date | None


def spans_of(union: Consortium) -> list[Span]:
    """When which institution belonged, everything below members and whatever was merged into them included; no two spans of one institution overlap."""
    held = list(Membership.objects.filter(consortium=union).select_related("institution").order_by("from_on"))
    inside = Q(pk__in=[])
    for membership in held:
        inside |= Q(path__startswith=membership.institution.path) | Q(merged_into__path__startswith=membership.institution.path)
    found = []
    for pk, path, merged in Institution.objects.filter(inside).order_by("id").values_list("id", "path", "merged_into__path"):
        above = f"{path}{merged or ''}"
        found += _joined(pk, [(one.from_on, one.until_on) for one in held if f"/{one.institution_id}/" in above])
    return found


def _joined(institution: int, spans: list[tuple[date, date | None]]) -> list[Span]:
    """Spans in the order of their begin, those that touch made one."""
    found: list[Span] = []
    for begin, end in spans:
        last = found[-1] if found else None
        if last is None or (last.until_on is not None and last.until_on < begin):
            found.append(Span(institution, begin, end))
        elif last.until_on is not None and (end is None or end > last.until_on):
            found[-1] = Span(institution, last.from_on, end)
    return found


def in_region(prefix: str) -> list[int]:
    """Ids of the institutions whose area code, or that of the nearest above them that has one, begins so."""
    rows = {pk: (region, path) for pk, region, path in Institution.objects.values_list("id", "region", "path")}
    found = []
    for pk, (_, path) in rows.items():
        codes = (rows[int(step)][0] for step in reversed(path.split("/")) if step and int(step) in rows)
        if next((code for code in codes if code), "").startswith(prefix):
            found.append(pk)
    return sorted(found)
