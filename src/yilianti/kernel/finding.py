"""Finding: a rule's answer with its reason; Refused: an act that did not take place, and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from yilianti.kernel.terms import Term


class Severity(Term):
    INFO = "info", "提示", "information"
    WARNING = "warning", "注意", "warning"
    BLOCKING = "blocking", "不可继续", "blocking"


@dataclass(frozen=True)
class Finding:
    """What a rule found: shown on the page, kept in the journal."""

    code: str
    sentence: str
    because: str = ""
    policy_ref: str = ""
    severity: Severity = Severity.INFO
    en: str = ""

    def as_facts(self) -> dict[str, Any]:
        """Plain values for the journal."""
        return {key: str(value) for key, value in asdict(self).items() if value}

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.BLOCKING


class Refused(Exception):
    """An action was not carried out; `zh` says why and names the way out, `field` the input at fault."""

    def __init__(self, code: str, zh: str, en: str = "", *, field: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(zh)
        self.code = code
        self.zh = zh
        self.en = en or code
        self.field = field
        self.findings = tuple(findings)
