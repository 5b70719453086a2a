"""What speaks for going up, for staying, for coming home: criteria of policy files, answered for one situation.

A criterion's test is written in its file: `sbp>=180 or dbp>=110`, `potassium<3.5 and sign:no_diuretic`, or `sign` for what the doctor ticks.
A value that is not known decides nothing. A seventh disease is a file; nothing here names one.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yilianti.care.referral.rules import LADDER
from yilianti.care.referral.rules.situation import Against, Situation
from yilianti.kernel.finding import Finding, Severity

GENERIC = "generic"
_COMPARED: Mapping[str, Callable[[Decimal, Decimal], bool]] = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
_CLAUSE = re.compile(r"(?:sign(?::(?P<sign>\w+))?|(?P<fact>\w+)(?P<compared>>=|<=|>|<)(?P<threshold>\d+(?:\.\d+)?))\Z")


@dataclass(frozen=True)
class Clause:
    """One comparison with a threshold, or one sign that is ticked."""

    fact: str = ""
    compared: str = ""
    threshold: Decimal = Decimal()
    sign: str = ""

    def holds(self, situation: Situation) -> bool:
        if self.sign:
            return self.sign in situation.signs
        value = situation.values.get(self.fact)
        return value is not None and _COMPARED[self.compared](value, self.threshold)


@dataclass(frozen=True)
class Criterion:
    """One row of a criteria file; `tests` are alternatives, each a list of clauses that hold together."""

    code: str
    ways: tuple[str, ...]
    occasion: str
    tests: tuple[tuple[Clause, ...], ...]
    is_needed: bool
    zh: str
    en: str
    urgency: str
    tag: str
    source: str
    needs_confirmation: bool
    policy_ref: str

    def leads(self, from_level: str, to_level: str) -> bool:
        """Whether it speaks about this way: named by its two levels, or as up or down in general."""
        climb = LADDER.index(to_level) - LADDER.index(from_level)
        general = "up" if climb >= 0 else "down"
        return f"{from_level}>{to_level}" in self.ways or general in self.ways

    def met_by(self, situation: Situation) -> tuple[Clause, ...] | None:
        """The clauses that hold together, or None."""
        return next((clauses for clauses in self.tests if all(clause.holds(situation) for clause in clauses)), None)

    @property
    def facts(self) -> frozenset[str]:
        return frozenset(clause.fact for clauses in self.tests for clause in clauses if clause.fact)

    @property
    def signs(self) -> frozenset[str]:
        return frozenset(clause.sign for clauses in self.tests for clause in clauses if clause.sign)


@dataclass(frozen=True)
class Disease:
    """One criteria file in force: the diagnoses it applies to, its criteria, and what no source gives."""

    name: str
    title: str
    prefixes: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    says: str

    def applies(self, codes: Sequence[str]) -> bool:
        return self.name == GENERIC or any(code.startswith(self.prefixes) for code in codes)


def read(name: str, title: str, prefixes: Sequence[str], rows: Iterable[Mapping[str, str]], says: str, policy_ref: str) -> Disease:
    """A criteria file as a Disease; raises ValueError naming the row whose test cannot be read."""
    return Disease(name, title, tuple(prefixes), tuple(_criterion(name, row, policy_ref) for row in rows), says)


def _criterion(disease: str, row: Mapping[str, str], policy_ref: str) -> Criterion:
    tests = tuple(tuple(_clause(part, disease, row["id"]) for part in way.split(" and ")) for way in row["test"].split(" or "))
    return Criterion(f"{disease}.{row['id']}", tuple(row["ways"].split("|")), row["occasion"], tests, row["need"] == "all", row["zh"], row["en"],
                     row["urgency"], row["tag"], row["source"], bool(row["confirm"]), policy_ref)  # fmt: skip


def _clause(text: str, disease: str, own: str) -> Clause:
    found = _CLAUSE.match(text.strip())
    if found is None:
        raise ValueError(f"{disease}.{own}：条件“{text}”读不懂；写法如 sbp>=180、sign 或 sign:名称，用 and、or 连接。")
    if found["fact"]:
        return Clause(found["fact"], found["compared"], Decimal(found["threshold"]))
    return Clause(sign=f"{disease}.{found['sign'] or own}")


def asked(situation: Situation, diseases: Sequence[Disease]) -> list[Criterion]:
    """The criteria that speak about this patient's way: of the diseases named, and the general ones; unconfirmed ones stay silent."""
    chosen = [disease for disease in diseases if disease.applies(situation.codes)]
    return [criterion for disease in chosen for criterion in disease.criteria
            if criterion.leads(situation.from_level, situation.to_level) and not (criterion.needs_confirmation and criterion.code not in situation.confirmed)]  # fmt: skip


def indications_to_go_up(situation: Situation, diseases: Sequence[Disease]) -> list[Finding]:
    """Every criterion that is met, the most urgent first; each names the value, the threshold and its source."""
    return [finding for _, finding in met(situation, diseases)]


def met(situation: Situation, diseases: Sequence[Disease]) -> list[tuple[Criterion, Finding]]:
    """The same with the criterion of each."""
    order = ("emergency", "urgent", "elective", "")
    held = [(criterion, clauses) for criterion in asked(situation, diseases) if (clauses := criterion.met_by(situation)) is not None]
    held.sort(key=lambda pair: order.index(pair[0].urgency))
    return [(criterion, _met(criterion, clauses, situation)) for criterion, clauses in held]


def reasons_to_keep_local(situation: Situation, diseases: Sequence[Disease]) -> list[Finding]:
    """What speaks against the way up, each a question to the doctor: ours to treat, or not theirs."""
    found: list[Finding] = []
    climb = LADDER.index(situation.to_level) - LADDER.index(situation.from_level)
    if climb > 0 and situation.own_entry is not None and not indications_to_go_up(situation, diseases):
        entry = situation.own_entry
        found.append(Finding(Against.IN_OWN_CATALOGUE.value, f"“{entry.name}”在本级应诊治的病种目录内，也没有符合的上转指征；确需上转请写明理由。", entry.source,
                             entry.policy_ref, Severity.WARNING, "The disease is in the catalogue of this level and no indication is met."))  # fmt: skip
    if situation.receiver_treats is False:
        found.append(Finding(Against.RECEIVER_LACKS.value, "接收方登记的服务里没有接诊这个诊断的；请换一家，或写明理由。", "服务目录", "", Severity.WARNING,
                             "No service of the receiver treats this diagnosis."))  # fmt: skip
    return found


def ready_to_come_home(situation: Situation, diseases: Sequence[Disease]) -> list[Finding]:
    """Conditions of the way down: the satisfied (INFO) and the missing (WARNING); `ready` stands first where they suffice.

    Criteria marked as needed must hold together; any of the others is enough by itself. Without a list for the disease the general one speaks.
    """
    own = own_or_general(asked(situation, diseases))
    held = {criterion.code: criterion.met_by(situation) for criterion in own}
    needed = [criterion for criterion in own if criterion.is_needed]
    enough = (bool(needed) and all(held[c.code] is not None for c in needed)) or any(held[c.code] is not None for c in own if not c.is_needed)
    told = [_met(c, clauses, situation) if (clauses := held[c.code]) is not None else _missing(c) for c in own if c.is_needed or held[c.code] is not None]
    if enough:
        told.insert(0, Finding("ready", "符合下转条件。", severity=Severity.INFO, en="The conditions of the way down are met."))
    return told


def own_or_general(wanted: Sequence[Criterion]) -> list[Criterion]:
    """What the disease's own list asks for; the general one where it has none."""
    return [criterion for criterion in wanted if not criterion.code.startswith(f"{GENERIC}.")] or list(wanted)


def silent_lists(situation: Situation, diseases: Sequence[Disease]) -> list[Finding]:
    """What no source gives for the diseases at hand, said instead of an empty place."""
    return [Finding(f"{disease.name}.no_source", disease.says, severity=Severity.INFO, en="No source gives this list; the general one is used.")
            for disease in diseases if disease.says and disease.applies(situation.codes)]  # fmt: skip


def _met(criterion: Criterion, clauses: tuple[Clause, ...], situation: Situation) -> Finding:
    values = "，".join(f"{situation.label(c.fact)} {situation.values[c.fact].normalize():f}（{_SHOWN[c.compared]}{c.threshold.normalize():f}）" for c in clauses if c.fact)
    return Finding(criterion.code, f"{criterion.zh}{f'：{values}' if values else ''}", f"{criterion.source}〔{criterion.tag}〕", criterion.policy_ref, Severity.INFO, criterion.en)


def _missing(criterion: Criterion) -> Finding:
    return Finding(criterion.code, f"还缺：{criterion.zh}", f"{criterion.source}〔{criterion.tag}〕", criterion.policy_ref, Severity.WARNING, f"missing: {criterion.en}")


_SHOWN = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜"}
