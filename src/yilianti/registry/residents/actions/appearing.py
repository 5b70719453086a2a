"""People who come without a name or a number: newborns, and those nobody knows. Later they get both, and stay who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.kernel import batching
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import access, links, names, rules
from yilianti.registry.residents.actions.recording import locked, record
from yilianti.registry.residents.actions.registering import fresh
from yilianti.registry.residents.actions.relating import note_relation
from yilianti.registry.residents.models import Birth, Discovery, Kin, Resident
from yilianti.registry.residents.terms import Demographics, KinKind, Sex, Standing

_MOST_AT_ONCE = 9
_HEAVIEST_G = 8000
#: Years between a mother's birth and the child's; outside them the wrong person or the wrong year was chosen.
_YOUNGEST, _OLDEST = 9, 75
#: Years within which somebody unknown was found; an older date is a slip of the pen.
_LONGEST_AGO = 10


@dataclass(frozen=True)
class Delivery:
    """A birth: when, how heavy (grams), which of how many."""

    born_at: datetime
    sex: str = Sex.UNKNOWN.value
    weight_g: int | None = None
    place_in_order: int = 1
    of_how_many: int = 1
    name: str = ""


@transaction.atomic
def born(*, actor: Actor, mother_id: int, delivery: Delivery, at: datetime) -> Resident:
    """Enter a newborn under its mother, named 「某某之子」 until it has a name; the same birth twice is refused."""
    actor.require("residents.register")
    mother = locked(links.standing_for(mother_id).id)
    access.require_view(actor, mother.id, "residents.register")
    _require_plausible(mother, delivery, at)
    name = " ".join(delivery.name.split()) or rules.newborn_name(mother.name, delivery.sex, delivery.place_in_order, delivery.of_how_many)
    told = Demographics(name, delivery.sex, timezone.localdate(delivery.born_at), mother.phone, mother.address, mother.home_id, mother.household)
    child = fresh(told, at)
    child.standing = Standing.NEWBORN.value
    batching.insert_now(child)
    try:
        with transaction.atomic():
            Birth.objects.create(resident=child, mother=mother, born_at=delivery.born_at, weight_g=delivery.weight_g,
                                 place_in_order=delivery.place_in_order, of_how_many=delivery.of_how_many)  # fmt: skip
    except IntegrityError as clash:
        raise Refused("born_already", "这位母亲同一时刻、同一胎次的新生儿已经登记；多胞胎请分别填写第几个。", field="place_in_order") from clash
    Kin.objects.create(resident=child, kind=KinKind.MOTHER.value, other=mother, name=mother.name, phone=mother.phone, noted_at=at)
    _take_in(actor, child, at)
    record("residents.born", actor=actor, at=at, resident=child, facts={"mother": mother.number, "order": delivery.place_in_order, "of": delivery.of_how_many})
    return child


def _require_plausible(mother: Resident, delivery: Delivery, at: datetime) -> None:
    if mother.sex == Sex.MALE or mother.standing == Standing.NEWBORN:
        raise Refused("no_mother", "所选的人不能是母亲；请重新选择母亲。", field="mother")
    if delivery.born_at > at:
        raise Refused("born_later", "出生时间不能晚于现在；请核对。", field="born_at")
    if mother.born_on and not _YOUNGEST <= timezone.localdate(delivery.born_at).year - mother.born_on.year <= _OLDEST:
        raise Refused("mother_age", f"按母亲的出生日期（{mother.born_on}），出生时她不在 {_YOUNGEST} 到 {_OLDEST} 岁之间；请核对所选的母亲和出生时间。", field="born_at")
    if not 1 <= delivery.place_in_order <= delivery.of_how_many <= _MOST_AT_ONCE:
        raise Refused("order_wrong", "“第几个”须在 1 和胎数之间；请核对。", field="place_in_order")
    if delivery.weight_g is not None and not 200 <= delivery.weight_g <= _HEAVIEST_G:
        raise Refused("weight_wrong", f"出生体重以克计，应在 200 和 {_HEAVIEST_G} 之间；请核对。", field="weight_g")


@dataclass(frozen=True)
class Found:
    """Somebody nobody knows: when and where found, what they look like."""

    found_at: datetime
    found_where: str
    features: str
    brought_by: str = ""
    sex: str = Sex.UNKNOWN.value


@transaction.atomic
def discover(*, actor: Actor, found: Found, at: datetime) -> Resident:
    """Enter somebody who cannot say who they are, as 「无名氏」 with a number of its own."""
    actor.require("residents.register")
    if not found.features.strip() or not found.found_where.strip():
        raise Refused("features_missing", "请写明发现地点和体貌特征（大约年龄、身高、衣着、随身物品），日后才认得出。", field="features" if found.found_where.strip() else "found_where")
    if found.found_at > at:
        raise Refused("found_later", "发现时间不能晚于现在；请核对。", field="found_at")
    if at.year - found.found_at.year > _LONGEST_AGO:
        raise Refused("found_long_ago", "发现时间的年份不合理；请核对。", field="found_at")
    person = fresh(Demographics(sex=found.sex, home=actor.institution), at)
    person.name = rules.nameless(person.number)
    person.name_grams, person.name_key = names.grams(person.name), names.key(person.name)
    person.standing = Standing.UNIDENTIFIED.value
    batching.insert_now(person)
    Discovery.objects.create(resident=person, found_at=found.found_at, found_where=found.found_where.strip()[:160], brought_by=found.brought_by.strip()[:96],
                             features=found.features.strip()[:400])  # fmt: skip
    _take_in(actor, person, at)
    record("residents.found", actor=actor, at=at, resident=person, facts={})
    return person


def _take_in(actor: Actor, person: Resident, at: datetime) -> None:
    if actor.institution is not None:
        note_relation(person.id, actor.institution, at)
