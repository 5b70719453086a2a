"""ADT A18 A34 A36 A39 A40 (merge), A24 (link), A37 (unlink), A47 (another number) → the register of residents.

Source: HL7 v2.5.1 chapter 3 (3.3.24, 3.3.37, 3.3.40, 3.3.47; 3.4.9 MRG).
"""

from __future__ import annotations

from typing import Final

from yilianti.gateways.hl7v2.applying import identity
from yilianti.gateways.hl7v2.applying.context import Context, Unusable
from yilianti.gateways.hl7v2.parsing import Segment
from yilianti.registry.residents import api as residents
from yilianti.registry.residents.api import IdentifierGiven

MERGES: Final = frozenset({"A18", "A34", "A36", "A39", "A40"})
TRIGGERS: Final = MERGES | {"A24", "A37", "A47"}


def apply(context: Context) -> None:
    """Merges, links, unlinks, or adds a number."""
    _APPLIERS.get(context.trigger, _merge)(context)


def _merge(context: Context) -> None:
    """Each PID with the MRG after it: what MRG-1 names is the same person as PID, who stands for both."""
    for patient, prior in _pairs(context):
        given = _prior(context, prior)
        former = [(number, residents.holder_of(number)) for number in given]
        unknown = [number for number, holder in former if holder is None]
        kept = identity.register(context, patient, *unknown)
        if unknown:
            context.note("prior_unknown", "MRG-1 的号码此前没有出现过，已登记为同一人的号码，以后按它归入此人。", en="The prior identifier was unknown.")
        for number, holder in former:
            if holder is not None:
                _link(context, kept, holder, _owns(context, [*identity.numbers(context, patient)]) and _owns(context, [number]))
        context.subjects.append(f"residents:{kept}")


def _link(context: Context, kept: int, gone: int, own_numbers: bool) -> None:
    told = residents.link_as_told(actor=context.actor, kept=kept, gone=gone, own_numbers=own_numbers, at=context.at)
    context.resident = told.resident
    if told.finding:
        context.findings.append(told.finding)


def _link_two(context: Context) -> None:
    """A24: the first PID stands for both."""
    first, second = _two(context)
    kept, other = identity.register(context, first), identity.register(context, second)
    _link(context, kept, other, _owns(context, identity.numbers(context, first)) and _owns(context, identity.numbers(context, second)))
    context.subjects.append(f"residents:{kept}")


def _unlink(context: Context) -> None:
    """A37: the two PIDs are two people after all; numbers that were never heard of have nothing to separate."""
    held = []
    for segment in _two(context):
        given = identity.numbers(context, segment)
        holder = next((found for number in _local_first(given) if (found := residents.holder_of(number)) is not None), None)
        if holder is None:
            raise Unusable("204", "PID-3 的号码没有登记过，无可拆分；请核对号码。", "The patient identifier is unknown.", "PID", 3, segment.sequence)
        held.append((holder, _owns(context, given)))
    (one, mine), (other, also_mine) = held
    context.has_written = True
    told = residents.unlink_as_told(actor=context.actor, one=one, other=other, own_numbers=mine and also_mine,
                                    because=f"{context.sender.name} 的 ADT^A37", at=context.at)  # fmt: skip
    context.resident = told.resident
    context.subjects.append(f"residents:{told.resident}")
    if told.finding:
        context.findings.append(told.finding)


def _renumber(context: Context) -> None:
    """A47: the person has another number from now on; the old one is kept, since events may still come under it."""
    for patient, prior in _pairs(context):
        given = _prior(context, prior)
        if not any(residents.holder_of(number) for number in given):
            context.note("prior_unknown", "MRG-1 的旧号此前没有出现过，已与新号一起登记。", en="The prior identifier was unknown.")
        context.subjects.append(f"residents:{identity.register(context, patient, *given)}")


_APPLIERS: Final = {"A24": _link_two, "A37": _unlink, "A47": _renumber}


def _pairs(context: Context) -> list[tuple[Segment, Segment]]:
    found: list[tuple[Segment, Segment]] = []
    patient: Segment | None = None
    for segment in context.message:
        if segment.name == "PID":
            patient = segment
        elif segment.name == "MRG":
            if patient is None:
                raise Unusable("100", "MRG 段之前没有 PID 段，不知道并入谁，请补上后重发。", "MRG stands before any PID.", "MRG", 0, segment.sequence)
            found.append((patient, segment))
    if patient is None:
        context.need("PID", "患者信息")
    if not found:
        raise Unusable("100", "缺少 MRG 段（原患者标识），请补上后重发。", "Segment MRG is required.", "MRG")
    return found


def _two(context: Context) -> tuple[Segment, Segment]:
    segments = context.message.all("PID")
    if len(segments) != 2:
        raise Unusable("100", f"{context.trigger} 应有两个 PID 段，收到 {len(segments)} 个，请核对后重发。", "Two PID segments are required.", "PID", 0, max(1, len(segments)))
    return segments[0], segments[1]


def _prior(context: Context, prior: Segment) -> list[IdentifierGiven]:
    given = [number for field in prior.repetitions(1) if (number := identity.identifier(context, field, "MRG-1")) is not None]
    if not given:
        raise Unusable("101", "MRG-1 原患者标识为空，请填写后重发。", "MRG-1 (prior patient identifier) is required.", "MRG", 1, prior.sequence)
    return given


def _local_first(given: list[IdentifierGiven]) -> list[IdentifierGiven]:
    """The sender's own number tells better than a shared one which of two records is meant."""
    return sorted(given, key=lambda number: number.system != "local")


def _owns(context: Context, given: list[IdentifierGiven]) -> bool:
    """Whether the sender has issued one of these numbers itself."""
    return any(number.system == "local" and number.issuer == context.sender.institution for number in given)
