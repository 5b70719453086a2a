"""What every tracing must satisfy, whoever read it: leads, a rate, sizes that fit the memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from yilianti.record.recordings.terms import Lead, Tracing, Unreadable

#: Larger files are no resting recording; they are refused before anything is read.
MAX_BYTES = 64 * 1024 * 1024
#: All leads together: twelve leads at 1000 Hz for five minutes.
MAX_SAMPLES = 4_000_000
MAX_LEADS = 64
MAX_RATE = 100_000.0
#: The device's words and numbers, so that a broken file cannot fill a page.
MAX_ITEMS = 5_000


def checked(tracing: Tracing) -> Tracing:
    """The tracing itself, or `Unreadable` with what is wrong with it."""
    if not tracing.leads:
        raise Unreadable("no_leads", "文件里没有一个心电导联。请确认导出时选了波形数据，再导出一次。", "The file holds no ECG lead; export it again with waveforms.")
    if not (math.isfinite(tracing.rate) and 0 < tracing.rate <= MAX_RATE):
        raise Unreadable("no_rate", f"采样率 {tracing.rate:g} Hz 不合理。请用设备重新导出。", f"The sampling rate {tracing.rate:g} Hz makes no sense; export again.")
    _series(tracing.leads, "波形", "waveform")
    if tracing.median:
        _series(tracing.median, "代表性心搏", "representative beat")
    within(sum(len(lead.samples) for lead in (*tracing.leads, *tracing.median)))
    return replace(tracing, given=tracing.given[:MAX_ITEMS], marks=tracing.marks[:MAX_ITEMS], statements=tracing.statements[:200])


def _series(leads: Sequence[Lead], zh: str, en: str) -> None:
    if len(leads) > MAX_LEADS:
        raise Unreadable("too_many_leads", f"{zh}有 {len(leads)} 个导联，多于 {MAX_LEADS} 个，不是静息心电图。", f"The {en} has {len(leads)} leads, more than {MAX_LEADS}.")
    lengths = {len(lead.samples) for lead in leads}
    if len(lengths) > 1 or 0 in lengths:
        raise Unreadable("lengths_differ", f"{zh}各导联的样本数不同或为零：文件不完整。请从设备重新导出。", f"The leads of the {en} differ in length or are empty; export again.")
    for lead in leads:
        if not (math.isfinite(lead.scale) and math.isfinite(lead.offset) and lead.scale != 0):
            raise Unreadable("no_scale", f"{zh}的 {lead.name} 导联没有可用的幅值单位。", f"Lead {lead.name} of the {en} has no usable amplitude unit.")


def within(samples: int) -> int:
    """`samples` again where so many fit; asked before they are unpacked."""
    if samples > MAX_SAMPLES:
        raise Unreadable(
            "too_long", f"文件声明 {samples:,} 个样本，多于静息心电图的上限 {MAX_SAMPLES:,}。动态心电图请截取需要的片段再导出。",
            f"The file declares {samples:,} samples, more than {MAX_SAMPLES:,}; cut out the part that is needed.",
        )  # fmt: skip
    return samples


def side_by_side(pieces: Sequence[tuple[Lead, int]]) -> tuple[tuple[Lead, ...], tuple[str, ...]]:
    """Leads that start at different samples on one time axis: what was not recorded is not a number; one note says so.
    Of two pieces with one name the later name gets a number. → (leads, notes)"""
    start = min((place for _, place in pieces), default=0)
    end = max((place + len(lead.samples) for lead, place in pieces), default=0)
    within((end - start) * len(pieces))
    leads, notes, seen = [], [], dict[str, int]()
    for lead, place in pieces:
        seen[lead.name] = seen.get(lead.name, 0) + 1
        name = lead.name if seen[lead.name] == 1 else f"{lead.name}#{seen[lead.name]}"
        samples = lead.samples
        if len(samples) != end - start:
            padded = np.full(end - start, np.nan)
            padded[place - start : place - start + len(samples)] = samples
            samples = padded
            notes = ["各导联不是同时记录的：没有记录的时段为空"]
        leads.append(replace(lead, name=name, samples=samples))
    return tuple(leads), tuple(notes)
