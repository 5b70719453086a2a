"""What the policy book hands out: a policy (one file's head), its dated editions, their tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from yilianti.kernel.terms import Term
from yilianti.policybook.values import Values


class Status(Term):
    PUBLIC_SOURCE = "public_source", "有公开依据", "public source"
    LOCAL_PARAMETER = "local_parameter", "本地参数", "local parameter"
    PLATFORM_DEFINITION = "platform_definition", "平台定义", "platform definition"


@dataclass(frozen=True)
class Source:
    """The document and the clause that fix the values; `note` says what is still to be confirmed."""

    document: str = ""
    clause: str = ""
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.document and self.clause)

    def __str__(self) -> str:
        return f"《{self.document.strip('《》')}》{self.clause}" if self.document else ""


@dataclass(frozen=True)
class Authority:
    """The resolution of a council that put an edition in force: its number, its title, the day it was adopted."""

    number: str
    title: str
    adopted_on: date

    def __str__(self) -> str:
        return f"{self.number}《{self.title.strip('《》')}》"


@dataclass(frozen=True)
class Table:
    """A CSV table beside the TOML head: column names and rows of strings."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def dicts(self) -> Iterator[dict[str, str]]:
        """Row by row, as column → cell."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Head:
    """What one policy file says about itself, whichever edition is in force.

    `labels` are Chinese words for value names; `limits` say between what numbers a value may be set: `{ minutes = { least = 5, most = 10080 } }`.
    """

    path: Path
    code: str
    place: str
    title: str
    why: str
    status: Status
    unit: str
    authored_by: str
    checked_by: str
    next_review: date
    labels: Values
    extra: Values
    limits: Values = Values({})  # noqa: RUF009 - frozen


@dataclass(frozen=True)
class Edition(Mapping[str, Any]):
    """Values in force from `effective_from` up to, not including, `effective_until` (None: until the next edition).

    Values by key or attribute: `edition["low"]`, `edition.low`. A repealed edition gives none: from its day the place is silent.
    """

    head: Head
    effective_from: date
    effective_until: date | None
    source: Source
    given: Values
    table: Table | None = None
    corrects: str = ""
    repealed: bool = False
    fingerprint: str = field(default="", compare=False)
    authorised_by: Authority | None = None

    @property
    def code(self) -> str:
        return self.head.code

    @property
    def place(self) -> str:
        """The folder it stands in: national, provinces/<area code>, local/<consortium>."""
        return self.head.place

    @property
    def title(self) -> str:
        return self.head.title

    @property
    def status(self) -> Status:
        return self.head.status

    @property
    def is_public(self) -> bool:
        """True when a public document gives it: everything else is our own or the county's, and is shown so."""
        return self.head.status is Status.PUBLIC_SOURCE

    @property
    def is_local_parameter(self) -> bool:
        return self.head.status is Status.LOCAL_PARAMETER

    @property
    def policy_ref(self) -> str:
        """What a stored result cites: `clinical.referral.answer_limit@2026-01-01#national`."""
        return f"{self.code}@{self.effective_from.isoformat()}#{self.place}"

    def covers(self, day: date) -> bool:
        """True when this edition's own dates include the day."""
        return self.effective_from <= day and (self.effective_until is None or day < self.effective_until)

    def __getitem__(self, key: str) -> Any:
        return self.given[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "given":
            raise AttributeError(name)
        try:
            return self.given[name]
        except KeyError:
            raise AttributeError(f"政策 {self.policy_ref} 没有名为“{name}”的值") from None

    def __bool__(self) -> bool:
        # An edition that is all table has no values, and is an edition nevertheless.
        return True

    def __hash__(self) -> int:
        return hash(self.policy_ref)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Edition) and (self.policy_ref, self.fingerprint) == (
            other.policy_ref,
            other.fingerprint,
        )


# Names an [[edition]] block may not use for a value, because the edition itself answers to them.
RESERVED = frozenset(dir(Edition)) | {
    "head",
    "effective_from",
    "effective_until",
    "source",
    "given",
    "table",
    "fingerprint",
    "authorised_by",
}
