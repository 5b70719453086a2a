"""Catalogues: code tables that people search by Chinese, by code and by pinyin initials."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest

from yilianti.policybook import initials
from yilianti.policybook.edition import Edition
from yilianti.policybook.errors import PolicyError

LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One row: code and name are facts of the classification; `initials` and `also` (everyday names) serve the search, 、 between."""

    code: str
    name: str
    initials: str
    also: str = ""

    def names(self) -> tuple[str, ...]:
        """The name, then the everyday ones."""
        return (self.name, *self.also.split("、")) if self.also else (self.name,)


class _Column:
    """Texts with their row numbers, ready for prefix and substring questions; answers are row numbers."""

    def __init__(self, pairs: Iterable[tuple[str, int]]) -> None:
        by_row = sorted(pairs, key=lambda pair: pair[1])
        by_text = sorted(by_row)
        self._sorted = [text for text, _ in by_text]
        self._rows = [row for _, row in by_text]
        self._in_order = [row for _, row in by_row]
        texts = [text for text, _ in by_row]
        self._joined = "\n" + "\n".join(texts) + "\n"
        self._starts = [0]
        for text in texts:
            self._starts.append(self._starts[-1] + len(text) + 1)

    def equal(self, text: str) -> list[int]:
        return self._rows[bisect_left(self._sorted, text) : bisect_right(self._sorted, text)]

    def beginning(self, text: str, limit: int) -> list[int]:
        """The first `limit` rows that begin with the text, in row order."""
        found = self._rows[bisect_left(self._sorted, text) : bisect_right(self._sorted, text + LAST)]
        return nsmallest(limit, found)

    def containing(self, text: str, limit: int) -> Iterator[int]:
        """Rows that hold the text, in row order, at most `limit`."""
        at = self._joined.find(text)
        while at >= 0 and limit:
            place = bisect_right(self._starts, at - 1) - 1
            yield self._in_order[place]
            limit -= 1
            at = self._joined.find(text, self._starts[place + 1])


class Catalogue:
    """A searchable code table of one edition; built once, never changed."""

    def __init__(self, rows: Sequence[Diagnosis], policy_ref: str = "") -> None:
        # Row order is rank order: short names first, so that the plain disease stands before its variants.
        self._rows = tuple(sorted(rows, key=lambda row: (len(row.name), row.code)))
        self.policy_ref = policy_ref
        self._by_code = {row.code.upper(): row for row in self._rows}
        self._codes = _Column((found.code.upper(), row) for row, found in enumerate(self._rows))
        self._names = _Column(
            (initials.folded(name), row) for row, found in enumerate(self._rows) for name in found.names()
        )
        self._initials = _Column(
            (some, row) for row, found in enumerate(self._rows) for some in found.initials.split("、")
        )

    @classmethod
    def of(cls, edition: Edition) -> Catalogue:
        """The catalogue of an edition whose table has the columns code, name, initials."""
        return _built(edition)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Diagnosis]:
        return iter(self._rows)

    def get(self, code: str) -> Diagnosis | None:
        """The row of a code, upper or lower case; None where the table does not hold it."""
        return self._by_code.get(code.strip().upper())

    def search(self, text: str, limit: int = 20) -> list[Diagnosis]:
        """Best first: exact code or name, code prefix, name prefix, exact initials, initials prefix, then any part of name or initials."""
        name = initials.folded(text)
        if not name or limit < 1:
            return []
        found: dict[int, None] = {}
        for rows in self._ranks(name, limit):
            for row in rows:
                found.setdefault(row)
                if len(found) == limit:
                    return [self._rows[row] for row in found]
        return [self._rows[row] for row in found]

    def _ranks(self, text: str, limit: int) -> Iterator[Iterable[int]]:
        code = text.upper()
        # Fewer than `limit` rows are known when a rank is asked, so twice as many always bring enough new ones.
        enough = 2 * limit
        yield self._codes.equal(code)
        yield self._names.equal(text)
        yield self._codes.beginning(code, enough)
        yield self._names.beginning(text, enough)
        yield self._initials.equal(text)
        yield self._initials.beginning(text, enough)
        yield self._names.containing(text, enough)
        yield self._initials.containing(text, enough)


@lru_cache(maxsize=8)
def _built(edition: Edition) -> Catalogue:
    table = edition.table
    if table is None or not {"code", "name", "initials"} <= set(table.columns):
        raise PolicyError(edition.head.path, "table", "目录表应有 code、name、initials 三列，可加 also。")
    where = [table.columns.index(column) for column in ("code", "name", "initials", "also") if column in table.columns]
    return Catalogue([Diagnosis(*(row[at] for at in where)) for row in table.rows], edition.policy_ref)
