"""Who belongs to which group, which packages fit, when items fall due, what became of them, and what unused ones are worth back."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from yilianti.care.contract.terms import EVERYBODY, Covered, Item, Owed, Package, Proposed, Standing, Tag
from yilianti.kernel.money import Money


def months_after(day: date, months: int) -> date:
    """The same day some months on; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def age_on(born_on: date | None, day: date) -> int | None:
    """Whole years; None where the birth is unknown or still to come."""
    if born_on is None or born_on > day:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def belongs(tag: Tag, *, born_on: date | None, sex: str, day: date, noted: bool) -> str:
    """Why somebody belongs to a group on a day; "" when not. A record or a hand is believed only where age does not decide."""
    if tag.code == EVERYBODY:
        return "所有居民"
    if not tag.is_reckoned:
        return f"登记为{tag.name}" if noted else ""
    age = age_on(born_on, day)
    fits = age is not None and (tag.age_from is None or age >= tag.age_from) and (tag.age_until is None or age < tag.age_until) and tag.sex in ("", sex)
    return f"{age} 岁" if fits else ""


def tags_of(tags: Iterable[Tag], *, born_on: date | None, sex: str, day: date, noted: Iterable[str]) -> dict[str, str]:
    """Code → why, of every group somebody belongs to on a day."""
    known = set(noted)
    found = {tag.code: belongs(tag, born_on=born_on, sex=sex, day=day, noted=tag.code in known) for tag in tags}
    return {code: why for code, why in found.items() if why}


def proposals(packages: Iterable[Package], tags: Mapping[str, str], names: Mapping[str, str]) -> list[Proposed]:
    """Packages that fit, with the group that speaks for each; in the order of the edition."""
    found = []
    for package in packages:
        hits = [code for code in package.tags if code in tags]
        if hits:
            said = "、".join(names.get(code, code) if code == EVERYBODY else f"{names.get(code, code)}（{tags[code]}）" for code in hits)
            found.append(Proposed(package, f"适合：{said}"))
    return found


def windows(item: Item, begins_on: date, until_on: date) -> list[tuple[date, date]]:
    """From when to when each occurrence may be done, both days included; even parts of the cycle, or once in the first days."""
    if item.within_days is not None:
        return [(begins_on, min(begins_on + timedelta(days=item.within_days), until_on - timedelta(days=1)))] * item.times
    length = (until_on - begins_on).days
    count = max(1, (item.times * length * 2 + 365) // 730)
    edges = [begins_on + timedelta(days=length * part // count) for part in range(count + 1)]
    return [(edges[part], edges[part + 1] - timedelta(days=1)) for part in range(count)]


def standing(owed: Owed, done_on: date | None, day: date, stopped_on: date | None) -> Standing:
    """What became of an item, as seen on `day`; `done_on` is None unless it was done by then."""
    if done_on is not None:
        return Standing.LATE if done_on > owed.due_on else Standing.DONE
    stopped = stopped_on is not None and stopped_on <= day
    if stopped and stopped_on is not None and owed.due_on >= stopped_on:
        return Standing.DROPPED
    if owed.due_on < day:
        return Standing.OVERDUE
    return Standing.DUE if owed.opens_on <= day else Standing.UPCOMING


def fulfilment(standings: Iterable[tuple[Owed, Standing]], day: date) -> tuple[int, int]:
    """(done, due): items whose last day has passed, or that were done already; dropped ones are in neither."""
    counted = [how for owed, how in standings if how in (Standing.DONE, Standing.LATE, Standing.OVERDUE)]
    return sum(how is not Standing.OVERDUE for how in counted), len(counted)


def answered(owed: Sequence[Owed], open_ids: Iterable[int], done_on: date) -> list[Owed]:
    """Which promised items one service answers: of each item the earliest still open one whose window has begun."""
    still, first = set(open_ids), dict[tuple[str, str], Owed]()
    for one in sorted(owed, key=lambda each: (each.due_on, each.id)):
        if one.id in still and one.opens_on <= done_on:
            first.setdefault((one.package, one.item), one)
    return list(first.values())


def values_of(person: int | None, owed: Sequence[Owed]) -> dict[int, Money]:
    """What the person paid for a package, laid on its items by list price (evenly where none is priced); adds up to the fen."""
    if not owed or not person:
        return {}
    weights = [one.price or 0 for one in owed]
    shares = Money(person).shared(weights if any(weights) else [1] * len(owed))
    return {one.id: share for one, share in zip(owed, shares, strict=True)}


def coverage(people: Iterable[tuple[int, date | None, str]], tags: Sequence[Tag], noted: Mapping[str, frozenset[int]], signed: frozenset[int], day: date) -> list[Covered]:
    """Of each group how many there are and how many are signed; whoever belongs counts, signed or not."""
    counts = {tag.code: [0, 0] for tag in tags}
    for person, born_on, sex in people:
        for tag in tags:
            if belongs(tag, born_on=born_on, sex=sex, day=day, noted=person in noted.get(tag.code, ())):
                counts[tag.code][0] += 1
                counts[tag.code][1] += person in signed
    return [Covered(tag.code, tag.name, *counts[tag.code]) for tag in tags]
