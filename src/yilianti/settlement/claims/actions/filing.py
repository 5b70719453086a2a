"""Settlements filed: new ones, the ones an ended visit waits for, and corrections, each a further version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from yilianti.kernel import batching, journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims import access, beneficiaries, coverage, grouping_kept, keeping, pricing_kept, rules
from yilianti.settlement.claims.models import Claim, ClaimVersion
from yilianti.settlement.claims.pricing.terms import Kind, Way
from yilianti.settlement.claims.terms import Change, Filed, State, Told

_WORDS = {Change.FILED: "claims.filed", Change.CORRECTED: "claims.corrected"}
Known = dict[tuple[int, str], Claim]


def file(*, actor: Actor, told: Sequence[Told], at: datetime, source: str = "", because: str = "") -> list[Filed | Refused]:
    """File settlements and price the years they belong to; one answer each, in order, the refused ones written nowhere.

    A settlement known exactly so changes nothing; known otherwise, it becomes a further version. Raises Refused where the actor may not file for an institution.
    """
    for place in institutions.many({one.institution for one in told}).values():
        access.require_file(actor, place)
    with transaction.atomic(), batching.together():
        return _filed(actor, told, at, source, because)


def _filed(actor: Actor, told: Sequence[Told], at: datetime, source: str, because: str) -> list[Filed | Refused]:
    people = {*(one.resident for one in told), *_of(told).values_list("resident", flat=True)}
    beneficiaries.hold(people)
    known, waiting = _known(told), _waiting(told)
    if not {claim.resident_id for claim in known.values()} <= people:
        raise Refused("changed_meanwhile", "这些费用刚被别人更正；请重试。", "changed meanwhile")
    # A correction may move a claim into another year: the one it leaves is priced anew as well.
    years = {*((one.resident, one.discharged_on.year) for one in told), *((claim.resident_id, claim.discharged_on.year) for claim in known.values())}
    spans = keeping.spans({one.resident for one in told})
    desk = _Desk(actor, told, at, source, because)
    answers: list[Filed | Refused] = []
    for one in told:
        wrong = rules.faults(one, spans.get(one.resident, ()), timezone.localdate(at))
        if wrong:
            answers.append(Refused("claim_wrong", wrong[0][1], field=wrong[0][0]))
            continue
        claim = known.get((one.institution, one.settlement_number)) or waiting.pop((one.institution, one.visit_number), None)
        answer = desk.put(one, claim)
        answers.append(answer)
        if one.kind == Kind.INPATIENT and not isinstance(answer, Refused):
            spans.setdefault(one.resident, []).append(rules.Span(one.institution, one.settlement_number, one.admitted_on, one.discharged_on))
    desk.write()
    if desk.changed:
        pricing_kept.price(years, at)
        grouping_kept.group([claim.pk for claim in desk.changed], at)
    return answers


def _of(told: Sequence[Told]) -> QuerySet[Claim]:
    return Claim.objects.filter(institution__in={one.institution for one in told}, settlement_number__in={one.settlement_number for one in told})


def _known(told: Sequence[Told]) -> Known:
    """The claims that have these settlement numbers, held."""
    asked = {(one.institution, one.settlement_number) for one in told}
    rows = _of(told).select_for_update(of=("self",)).order_by("id")
    return {key: row for row in rows if (key := (row.institution_id, row.settlement_number)) in asked}


def _waiting(told: Sequence[Told]) -> Known:
    """The claims of ended visits that wait for these settlements, held."""
    asked = {(one.institution, one.visit_number) for one in told if one.visit_number}
    if not asked:
        return {}
    rows = Claim.objects.select_for_update(of=("self",)).filter(state=State.AWAITING.value, institution__in={i for i, _ in asked}, visit_number__in={n for _, n in asked}).order_by("id")
    return {key: row for row in rows if (key := (row.institution_id, row.visit_number)) in asked}


class _Desk:
    """What is looked up once for all settlements of a batch, and the rows to write."""

    def __init__(self, actor: Actor, told: Sequence[Told], at: datetime, source: str, because: str) -> None:
        self.actor, self.at, self.source, self.because = actor, at, source, because
        self.people = residents.many({one.resident for one in told})
        self.same = residents.groups({one.resident for one in told})
        self.places = institutions.many({one.institution for one in told})
        self.insured = coverage.of({one.resident for one in told})
        # Whom an outside hospital treated is insured where the bureau sits that brings the bill, not where the hospital stands.
        self.regions = {key: ("" if place.connected else actor.scope.region) or institutions.scope_of(key, at).region for key, place in self.places.items()}
        self.fresh: list[Claim] = []
        self.changed: list[Claim] = []
        self.versions: list[ClaimVersion] = []
        numbers.reserve(len(told))

    def put(self, told: Told, claim: Claim | None) -> Filed | Refused:
        """The claim as told now; its row is written later, together with the others."""
        if claim is not None and claim.state == State.WITHDRAWN:
            return Refused("withdrawn", f"结算编号 {told.settlement_number} 已作废（{claim.number}）；重新结算的请用新的结算编号。", field="settlement_number")
        if claim is not None and claim.state == State.FILED and claim.resident_id not in self.same[told.resident]:
            return Refused("another_person", f"结算编号 {told.settlement_number} 已是另一位居民的费用（{claim.number}）；请先作废那一笔，再用新的结算编号。", field="id_card")
        if claim is not None and claim.resident_id not in self.same[told.resident]:
            return Refused("another_visitor", f"就诊号 {told.visit_number} 是另一位居民的就诊（{claim.number}）；请核对就诊号和身份证号。", field="visit_number")
        is_new, was = claim is None, keeping.content_of(claim) if claim is not None and claim.state == State.FILED else None
        claim = claim or Claim(number=numbers.next_number("FY", self.at), institution_id=told.institution, version=0)
        before = claim.version
        self._fill(claim, told)
        content = keeping.content_of(claim)
        if was == content:
            return Filed(claim.number, "")
        change = Change.CORRECTED if was is not None else Change.FILED
        keeping.forget_price(claim)
        claim.version, claim.changed_at = before + 1, self.at
        claim.filed_at = claim.filed_at or self.at
        (self.fresh if is_new else self.changed).append(claim)
        self._record(claim, change, content)
        return Filed(claim.number, change.value)

    def _fill(self, claim: Claim, told: Told) -> None:
        person, place = self.people[told.resident], self.places[told.institution]
        covered = coverage.on(self.insured.get(told.resident, ()), told.discharged_on)
        plain = {name: value for name, value in asdict(told).items() if name in keeping.PLAIN}
        for name, value in plain.items():
            setattr(claim, name, list(value) if isinstance(value, tuple) else value)
        # Of two residents found to be one, the claim stays with the one it was filed for.
        claim.resident_id, claim.state = claim.resident_id or told.resident, State.FILED.value
        claim.insurance = told.insurance or (covered.kind if covered else "resident")
        claim.region = told.region or (covered.region if covered else "") or self.regions[told.institution]
        claim.level = told.level or rules.USUAL_LEVEL[place.level].value
        claim.told_way, claim.told_follows = told.way, told.follows
        claim.way = claim.way or told.way or Way.DIRECT.value
        claim.insured = dict(told.settled)
        claim.insured_fund, claim.insured_person = told.settled.get("fund"), told.settled.get("person") if "fund" in told.settled else None
        claim.sex, claim.age, claim.age_days = person.sex, *_age(person.born_on, told.admitted_on)

    def _record(self, claim: Claim, change: Change, content: dict[str, object]) -> None:
        self.versions.append(ClaimVersion(claim=claim, version=claim.version, change=change.value, at=self.at, person=self.actor.person, person_name=self.actor.name,
                                          because=self.because[:200], source=self.source[:64], total=claim.total, content=content))  # fmt: skip
        journal.write(_WORDS[change], actor=self.actor, at=self.at, subject=f"claims:{claim.number}", resident=claim.resident_id, to_institution=claim.institution_id,
                      facts={"number": claim.number, "version": claim.version, "kind": claim.kind, "discharged_on": claim.discharged_on.isoformat(), "total": claim.total,
                             "because": self.because[:200]})  # fmt: skip

    def write(self) -> None:
        Claim.objects.bulk_create(self.fresh)
        batching.update_many(self.changed, keeping.WRITTEN)
        for version in self.versions:
            version.claim_id = version.claim.pk
        batching.insert(self.versions)
        self.changed = [*self.fresh, *self.changed]


def _age(born_on: date | None, day: date) -> tuple[int | None, int | None]:
    """Whole years, and days for those under one year."""
    if born_on is None or born_on > day:
        return None, None
    years_old = residents.age_on(born_on, day)
    return years_old, (day - born_on).days if years_old == 0 else None
