"""Questions about institutions. The directory is open to every signed-in post; nothing here is personal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.utils import timezone

from yilianti.kernel import prepared
from yilianti.kernel.actor import Scope
from yilianti.kernel.pages import Slice, keyset
from yilianti.registry.institutions.models import Consortium, Department, FacilityCode, Institution, Membership
from yilianti.registry.institutions.rules import LADDER
from yilianti.registry.institutions.terms import ConsortiumModel, MemberRole, Receiver, Standing

PAGE = 60

# The bodies that run a whole county or city come before alliances and networks; then the older one.
_CLOSEST = Case(
    When(consortium__model__in=[ConsortiumModel.COUNTY_COMMUNITY.value, ConsortiumModel.CITY_GROUP.value], then=Value(0)),
    default=Value(1), output_field=IntegerField(),
)  # fmt: skip

# Every application of a referral asks this: the query set takes longer to write it than the server to answer.
_FELLOWS = """SELECT i.id, i.name, i.code, i.level, here.level FROM institutions_institution here, institutions_institution i
WHERE here.id = %(here)s AND i.id <> here.id AND i.standing = 'active' AND EXISTS (
    SELECT 1 FROM institutions_membership mine JOIN institutions_membership theirs USING (consortium_id)
    WHERE mine.from_on <= %(day)s AND (mine.until_on IS NULL OR mine.until_on > %(day)s)
    AND theirs.from_on <= %(day)s AND (theirs.until_on IS NULL OR theirs.until_on > %(day)s) AND theirs.institution_id = i.id
    AND mine.institution_id = ANY(string_to_array(trim(both '/' from here.path), '/')::bigint[]))"""


def get(institution_id: int | None) -> Institution | None:
    """The institution; the one it was merged into, if it was."""
    return many([institution_id]).get(institution_id or 0)


def many(ids: Iterable[int | None]) -> dict[int, Institution]:
    """Id asked for → institution, or the one it was merged into; one statement unless any was."""
    found = Institution.objects.raw("SELECT * FROM institutions_institution WHERE id = ANY(%s)", [[i for i in ids if i]])
    return {one.id: one.merged_into if one.merged_into_id and one.merged_into else one for one in found}


def names(ids: Iterable[int | None]) -> dict[int, str]:
    """Id → short name, in one statement."""
    return dict(Institution.objects.filter(id__in={i for i in ids if i}).values_list("id", "short_name"))


def called(text: str) -> list[int]:
    """Ids of the institutions whose short name holds this text."""
    return list(Institution.objects.filter(short_name__icontains=text).values_list("id", flat=True)) if text else []


def by_facility_code(system: str, value: str) -> Institution | None:
    """Whom a machine door means; provisional institutions included, closed ones not. One indexed statement."""
    code = FacilityCode.objects.select_related("institution__merged_into").filter(system=system, value=value).first()
    if code is None:
        return None
    institution = code.institution.merged_into or code.institution
    return None if institution.standing == Standing.CLOSED else institution


def own_ids(institution_id: int) -> frozenset[int]:
    """The institution and those merged into it: what was filed under them is its own."""
    return frozenset(Institution.objects.filter(Q(id=institution_id) | Q(merged_into=institution_id)).values_list("id", flat=True))


def branch_ids(institution_id: int) -> frozenset[int]:
    """The institution, everything below it, and whatever was merged into one of these; empty when unknown."""
    root = Institution.objects.filter(id=institution_id).first()
    if root is None:
        return frozenset()
    inside = Q(path__startswith=root.path) | Q(merged_into__path__startswith=root.path)
    return frozenset(Institution.objects.filter(inside).values_list("id", flat=True))


def chain(institution_id: int) -> list[int]:
    """Ids from the institution up to the root."""
    path = Institution.objects.filter(id=institution_id).values_list("path", flat=True).first() or ""
    return [int(step) for step in reversed(path.split("/")) if step]


def consortium_of(institution_id: int, day: date) -> Consortium | None:
    """The consortium it belongs to on that day, itself or through the nearest institution above it."""
    return _closest_to(chain(institution_id), day)


def _closest_to(steps: list[int], day: date) -> Consortium | None:
    held = _in_force(day).filter(institution__in=steps).select_related("consortium").order_by(_CLOSEST, "consortium_id")
    closest = min(held, key=lambda membership: steps.index(membership.institution_id), default=None)
    return closest.consortium if closest else None


def scope_of(institution_id: int, at: datetime) -> Scope:
    """Which policies hold there at that moment: consortium code and area code."""
    steps = chain(institution_id)
    consortium = _closest_to(steps, timezone.localdate(at))
    regions = Institution.objects.filter(id__in=steps).exclude(region="").annotate(depth=Length("path"))
    region = regions.order_by("-depth").values_list("region", flat=True).first()
    return Scope(consortium.code if consortium else "", region or (consortium.region if consortium else ""))


def lead_of(consortium: str, day: date) -> Institution | None:
    """The lead hospital of a consortium (by its code) on that day."""
    held = _in_force(day).filter(consortium__code=consortium, role=MemberRole.LEAD.value)
    lead = held.select_related("institution").first()
    return lead.institution if lead else None


def led_by(institution_id: int, at: datetime) -> int:
    """The lead hospital of the consortium it belongs to at that moment; itself where nobody leads."""
    day = timezone.localdate(at)
    consortium = consortium_of(institution_id, day)
    lead = lead_of(consortium.code, day) if consortium else None
    return lead.id if lead else institution_id


def members(consortium: str, day: date) -> list[Institution]:
    """Institutions in use that belong to a consortium on that day; lead first, then by code."""
    held = _in_force(day).filter(consortium__code=consortium)
    return list(Institution.objects.active().filter(memberships__in=held).distinct().order_by(_from_above(), "code"))


def departments(institution_id: int | None) -> list[Department]:
    """Departments in use, by code."""
    return list(Department.objects.filter(institution=institution_id, is_active=True).order_by("code"))


def receivers_for(institution_id: int | None, day: date) -> list[Receiver]:
    """To whom one may refer: fellow members of its consortia that day, other levels first, the highest before the lower."""
    with prepared.cursor() as cursor:
        cursor.execute(_FELLOWS, {"here": institution_id, "day": day})
        fellows = [Receiver(*row) for row in cursor.fetchall()]
    return sorted(fellows, key=lambda i: (i.level == i.level_here, -_rank(i.level), i.code))


def outside_destinations() -> list[Institution]:
    """Places that do not work on the platform, by code: patients go there, nobody there answers."""
    return list(Institution.objects.active().filter(connected=False).order_by("code"))


def consortia() -> list[Consortium]:
    return list(Consortium.objects.order_by("id"))


def active(levels: Sequence[str] = ()) -> list[Institution]:
    """Institutions in use, parents before children, for a choice in a form."""
    found = Institution.objects.active().order_by("path")
    return list(found.filter(level__in=levels) if levels else found)


def _in_force(day: date) -> QuerySet[Membership]:
    return Membership.objects.filter(Q(from_on__lte=day), Q(until_on__isnull=True) | Q(until_on__gt=day))


def _rank(level: str) -> int:
    return [str(step.value) for step in LADDER].index(level)


def _from_above() -> Case:
    ranks = [When(level=step.value, then=Value(-place)) for place, step in enumerate(LADDER)]
    return Case(*ranks, default=Value(0), output_field=IntegerField())


@dataclass(frozen=True)
class Filters:
    """What the directory is narrowed to; without any it is the whole tree."""

    text: str = ""
    level: str = ""
    standing: str = Standing.ACTIVE.value


def directory(filters: Filters, day: date, *, after: str = "", size: int = PAGE) -> Slice:
    """One keyset page in tree order, with the consortium roles held that day; three statements whatever the length."""
    held = _in_force(day).select_related("consortium").order_by("consortium_id")
    rows = Institution.objects.filter(standing=filters.standing, path__gt=after).order_by("path").select_related("parent")
    if filters.level:
        rows = rows.filter(level=filters.level)
    if filters.text:
        rows = rows.filter(Q(name__icontains=filters.text) | Q(short_name__icontains=filters.text) | Q(code__istartswith=filters.text))
    loaded = rows.prefetch_related(Prefetch("memberships", held, to_attr="held"))
    return keyset(list(loaded[: size + 1]), size, key=lambda institution: institution.path)


def one(institution_id: int) -> Institution | None:
    """The institution itself (merged or closed too), with what its page shows."""
    loaded = Institution.objects.select_related("parent", "merged_into").prefetch_related("facility_codes", "departments", "memberships__consortium")
    return loaded.filter(id=institution_id).first()


def below(institution_id: int) -> list[Institution]:
    """Institutions in use directly under this one."""
    return list(Institution.objects.active().filter(parent=institution_id).order_by("code"))


def awaiting() -> list[Institution]:
    """Provisional institutions, oldest first."""
    return list(Institution.objects.filter(standing=Standing.PROVISIONAL.value).prefetch_related("facility_codes").order_by("id"))


def awaiting_count() -> int:
    return Institution.objects.filter(standing=Standing.PROVISIONAL.value).count()
