"""What a referral still lacks while it is being written: what it is refused without, and what the receiver would be glad of."""

from __future__ import annotations

from yilianti.care.referral import rules
from yilianti.care.referral.terms import Application, Direction, Service
from yilianti.kernel.finding import Finding, Severity

_RESULTS = "没有附检查或文书；近期查过的请勾上，对方可以少查一次。"


def lacking(application: Application, direction: Direction, *, consented: bool) -> list[Finding]:
    """Everything in the order of the form: BLOCKING what it is refused without, INFO what may follow."""
    missing = rules.missing_papers(application)
    if not consented and not rules.cannot_wait(application.urgency, application.channel):
        missing.append(Finding("consent_basis", rules.CONSENT_MISSING, severity=Severity.BLOCKING, en="consent is missing"))
    told = {finding.code for finding in missing}
    return missing + [finding for finding in _later(application) + _welcome(application, direction) if finding.code not in told]


def _later(application: Application) -> list[Finding]:
    """What a green channel may bring after the ambulance."""
    if not rules.cannot_wait(application.urgency, application.channel):
        return []
    return [Finding(code, said, en=f"{code} may follow") for code, (given, said) in rules.asked_for(application).items() if not given]


def _welcome(application: Application, direction: Direction) -> list[Finding]:
    """By direction and service: nothing is refused for it."""
    goes_down = direction is Direction.DOWN
    asked = {
        "treatment": (goes_down or application.service == Service.ADVICE or bool(application.treatment.strip()), "没有写治疗经过：用过什么药、多大剂量、效果如何。"),
        "evidence": (bool(application.evidence), "没有附出院小结；已归档的请勾上，晚归档的会自动补到这张单上。" if goes_down else _RESULTS),
        "rehabilitation": (not goes_down or bool(application.rehabilitation.strip()), "没有写康复与治疗计划：用药到何时、复查什么、什么情况再来。"),
        "contact": (not goes_down or application.contact is not None, "没有写联系医生：基层有疑问时找谁。"),
    }
    return [Finding(code, said, en=f"{code} would be welcome") for code, (given, said) in asked.items() if not given]
