"""Questions about what may stand in the inbox, who is asked next, and when a message may be sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from yilianti.kernel.finding import Finding, Severity
from yilianti.policybook.calendar import CHINA, Calendar
from yilianti.registry.inbox.terms import Kind

# Citizen identity numbers, of 18 characters (GB 11643) or the former 15 digits.
_IDENTITY = re.compile(r"(?<!\d)(\d{17}[\dXx]|\d{15})(?!\d)")
_PHONE = re.compile(r"1[3-9]\d{9}")
UNDO = timedelta(minutes=1)


@dataclass(frozen=True)
class Step:
    """One rung of a ladder, as the policy's table gives it; `after` in minutes, negative for before."""

    step: int
    after: int
    reckoned: str
    counted_from: str
    to: str
    to_role: str = ""
    place: str = ""


@dataclass(frozen=True)
class Clash:
    """An absence in the same time: of the person themselves, or one in which they stand in, or of the deputy."""

    is_own: bool
    stands_in: bool
    absent: str
    from_at: datetime
    until_at: datetime


def names_somebody(*texts: str) -> bool:
    """True when a text carries an identity number: the inbox speaks of residents by record number only."""
    return any(_IDENTITY.search(text) for text in texts)


def is_path(link: str) -> bool:
    """True for nothing, or for an address on the platform itself."""
    return not link or (link.startswith("/") and not link.startswith("//") and "\\" not in link)


def is_mobile(phone: str) -> bool:
    """True for a mobile number of the mainland: eleven digits that begin with 13 to 19."""
    return bool(_PHONE.fullmatch(phone))


def reads_back(given: str, expected: str) -> bool:
    """True when what was read back says the same: width, case, blanks and full stops do not matter, digits and signs do."""
    return _plain(given) == _plain(expected)


def climbs(kind: str, needs_acknowledgement: bool) -> bool:
    """True for what somebody has to answer: tasks, and notices that ask for an acknowledgement."""
    return kind == Kind.TASK or needs_acknowledgement


def ladder(rows: Iterable[Mapping[str, str]], urgency: str, role: str) -> tuple[Step, ...]:
    """The rungs for an urgency: those written for the role alone where there are any, else those for everybody."""
    fitting = [row for row in rows if row["urgency"] == urgency and row["role"] in ("", role)]
    own = [row for row in fitting if row["role"]] or fitting
    steps = (Step(int(r["step"]), int(r["after"]), r["reckoned"], r["counted_from"], r["to"], r["to_role"], r["place"]) for r in own)
    return tuple(sorted(steps, key=lambda step: step.step))


def falls_at(step: Step, sent_at: datetime, due_at: datetime | None, calendar: Calendar) -> datetime | None:
    """When a rung is reached; None where it counts from a limit and there is none."""
    start = sent_at if step.counted_from == "sent" else due_at
    if start is None:
        return None
    if step.reckoned == "working" and step.after >= 0:
        return calendar.add_working_time(start, step.after)
    return start + timedelta(minutes=step.after)


def reasons_not_to_stand_in(
    roles: set[tuple[str, int]], deputy_roles: set[tuple[str, int]], clashes: Iterable[Clash], deputy: str
) -> list[Finding]:
    """Why this deputy cannot stand in: no role in common in the same institution, or an absence that would make a chain."""
    found = [_clash(clash, deputy) for clash in clashes]
    if not roles & deputy_roles:
        sentence = f"{deputy}在同一机构没有与离岗人员相同的岗位角色，看到了也办不了；请另选代办人，或请管理员先授权。"
        found.append(Finding("deputy_without_role", sentence, severity=Severity.BLOCKING, en="deputy holds none of the roles"))
    return found


def _clash(clash: Clash, deputy: str) -> Finding:
    when = f"{clash.from_at:%m-%d %H:%M} 至 {clash.until_at:%m-%d %H:%M}"
    if clash.is_own:
        sentence = f"{when} 已登记过离岗；请先结束那一次，或改动时间。"
    elif clash.stands_in:
        sentence = f"{when} 正代{clash.absent}办理；请先为{clash.absent}改派代办人，再登记离岗。"
    else:
        sentence = f"{deputy}在 {when} 也离岗；请另选代办人。"
    return Finding("absence_clashes", sentence, severity=Severity.BLOCKING, en="another absence in that time")


def is_quiet(at: datetime, begins: time, ends: time) -> bool:
    """True within [begins, ends), also over midnight; equal times mean no quiet at all."""
    now = at.astimezone(CHINA).time()
    return begins <= now < ends if begins <= ends else now >= begins or now < ends


def quiet_until(at: datetime, begins: time, ends: time) -> datetime:
    """The moment from which a message may be sent: now, or the end of the quiet hours."""
    if not is_quiet(at, begins, ends):
        return at
    local = at.astimezone(CHINA)
    end = datetime.combine(local.date(), ends, CHINA)
    return end if end > local else end + timedelta(days=1)


def own_or(begins: time | None, ends: time | None, begins_here: str, ends_here: str) -> tuple[time, time]:
    """One's own quiet hours, or else the policy's."""
    if begins is not None and ends is not None:
        return begins, ends
    return time.fromisoformat(begins_here), time.fromisoformat(ends_here)


def within(begins: time, ends: time, earliest: time, latest: time) -> bool:
    """True when one's own quiet hours lie in the evening after `earliest` and end in the morning by `latest`."""
    starts_late = begins >= earliest or begins <= ends <= latest
    return starts_late and ends <= latest


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.split()).strip("。.,，;；")
