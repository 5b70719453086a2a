"""The book: every edition that was read, and the questions asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from yilianti.policybook import places
from yilianti.policybook.edition import Edition
from yilianti.policybook.errors import NoPolicyInForce, PolicyError


@dataclass(frozen=True)
class Standing:
    """One policy as a place sees it on a day: the edition in force, and the wider ones it overrides."""

    code: str
    in_force: Edition | None
    overridden: tuple[Edition, ...]
    history: tuple[Edition, ...]


class Book:
    """An immutable set of editions by code and place."""

    def __init__(self, editions: Iterable[Edition]) -> None:
        shelves: dict[str, dict[str, list[Edition]]] = {}
        self._by_ref: dict[str, Edition] = {}
        for edition in editions:
            _refuse_duplicate(self._by_ref.setdefault(edition.policy_ref, edition), edition)
            shelves.setdefault(edition.code, {}).setdefault(edition.place, []).append(edition)
        self._shelves: Mapping[str, Mapping[str, tuple[Edition, ...]]] = {
            code: {place: _in_order(found) for place, found in by_place.items()}
            for code, by_place in sorted(shelves.items())
        }
        for edition in self._by_ref.values():
            self._check_correction(edition)

    def __iter__(self) -> Iterator[Edition]:
        return iter(self._by_ref.values())

    def __len__(self) -> int:
        return len(self._by_ref)

    def codes(self) -> tuple[str, ...]:
        return tuple(self._shelves)

    def in_force(self, code: str, day: date, scope: places.HasScope) -> Edition:
        """The narrowest edition in force on the day; raises NoPolicyInForce."""
        by_place = self._shelves.get(code, {})
        for place in places.narrowest_first(scope):
            edition = _on(by_place.get(place, ()), day)
            if edition is not None:
                return edition
        raise NoPolicyInForce(code, day, scope.consortium, scope.region)

    def by_ref(self, ref: str) -> Edition:
        """The edition a stored result cites; raises KeyError with a Chinese sentence."""
        try:
            return self._by_ref[ref]
        except KeyError:
            raise KeyError(f"没有这个政策版本：{ref}；它可能属于另一个医共体的政策目录。") from None

    def corrected_by(self, edition: Edition) -> Edition | None:
        """The later edition that names this one as wrong."""
        return next((other for other in self._by_ref.values() if other.corrects == edition.policy_ref), None)

    def standing(self, code: str, day: date, scope: places.HasScope) -> Standing:
        """How one policy stands here on a day, with every edition that concerns this scope (narrowest place first)."""
        by_place = self._shelves.get(code, {})
        here = [place for place in places.narrowest_first(scope) if place in by_place]
        holding = [edition for place in here if (edition := _on(by_place[place], day)) is not None]
        history = tuple(edition for place in here for edition in reversed(by_place[place]))
        return Standing(code, holding[0] if holding else None, tuple(holding[1:]), history)

    def survey(self, day: date, scope: places.HasScope) -> tuple[Standing, ...]:
        """Every policy that has ever concerned this scope, in the order of its code."""
        found = (self.standing(code, day, scope) for code in self._shelves)
        return tuple(standing for standing in found if standing.history)

    def _check_correction(self, edition: Edition) -> None:
        if not edition.corrects:
            return
        wrong = self._by_ref.get(edition.corrects)
        if wrong is None or (wrong.code, wrong.place) != (edition.code, edition.place):
            raise PolicyError(
                edition.head.path, "corrects", f"同一政策里没有版本“{edition.corrects}”；请核对所更正的版本。"
            )
        if wrong.effective_from >= edition.effective_from:
            raise PolicyError(
                edition.head.path, "corrects", f"所更正的“{edition.corrects}”并不早于本版本；更正须由较晚的版本作出。"
            )


def _on(editions: tuple[Edition, ...], day: date) -> Edition | None:
    """The last edition that has begun, unless it has ended or repeals."""
    for edition in reversed(editions):
        if edition.effective_from <= day:
            return edition if edition.covers(day) and not edition.repealed else None
    return None


def _in_order(editions: list[Edition]) -> tuple[Edition, ...]:
    ordered = sorted(editions, key=lambda edition: edition.effective_from)
    for earlier, later in pairwise(ordered):
        if earlier.effective_until is not None and earlier.effective_until > later.effective_from:
            raise PolicyError(
                earlier.head.path,
                f"{earlier.policy_ref} 的 effective_until",
                f"与 {later.effective_from.isoformat()} 起的版本重叠；请把失效日期改到那一天或更早。",
            )
    return tuple(ordered)


def _refuse_duplicate(first: Edition, second: Edition) -> None:
    if first is not second:
        raise PolicyError(
            second.head.path,
            "effective_from",
            f"{second.effective_from.isoformat()} 起的版本在 {first.head.path} 中已有；请另定生效日期或删去其一。",
        )
