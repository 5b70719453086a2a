"""The waveform annotations of a DICOM object: what the device measured, says and marked."""

from __future__ import annotations

from pydicom.dataset import Dataset

from yilianti.gateways.dicom import channels
from yilianti.gateways.dicom.attributes import integers, readable, real, text
from yilianti.record.recordings import api as recordings

#: What code meanings are called elsewhere in the platform; "global" says only that no lead is meant.
_MEANT = {
    "rr interval": "RR", "pp interval": "PP", "heart rate": "HR", "ventricular heart rate": "HR", "ventricular rate": "HR", "atrial heart rate": "ATRIAL_RATE",
    "atrial rate": "ATRIAL_RATE", "pr interval": "PR", "pq interval": "PR", "qrs duration": "QRS", "qt interval": "QT", "p duration": "P_DUR", "qtc interval": "QTC", "p axis": "P_AXIS",
    "qrs axis": "QRS_AXIS", "t axis": "T_AXIS", "p onset": "P_onset", "p offset": "P_offset", "qrs onset": "QRS_onset", "qrs offset": "QRS_offset", "t offset": "T_offset",
    "t onset": "T_onset", "fiducial point": "QRS",
}  # fmt: skip


def given(dataset: Dataset, groups: list[Dataset]) -> tuple[recordings.Given, ...]:
    """Numeric annotations, the first of each kind and lead."""
    kept: dict[tuple[str, str], recordings.Given] = {}
    for one in readable(dataset, "WaveformAnnotationSequence"):
        value, called = real(one, "NumericValue"), _concept(one)
        if value is None or not called:
            continue
        unit = next(iter(readable(one, "MeasurementUnitsCodeSequence")), None)
        found = recordings.Given(called, value, text(unit, "CodeValue")[:20] if unit is not None else "", _lead(one, groups))
        kept.setdefault((found.code, found.lead), found)
    return tuple(kept.values())


def statements(dataset: Dataset) -> tuple[str, ...]:
    """Free text and coded statements, once each; then the interpretation of the report, where there is one."""
    found: dict[str, None] = {}
    for one in readable(dataset, "WaveformAnnotationSequence"):
        said = text(one, "UnformattedTextValue")
        if not said and real(one, "NumericValue") is None and not integers(one, "ReferencedSamplePositions"):
            coded = next(iter(readable(one, "ConceptCodeSequence")), None)
            said = text(coded, "CodeMeaning") if coded is not None else ""
        if said:
            found[said] = None
    return tuple(found)


def marks(dataset: Dataset, groups: list[Dataset], rhythm: Dataset) -> tuple[recordings.Mark, ...]:
    """Annotations with sample positions in the recording itself (those of the median beat are another axis): instants, or spans by twos."""
    found = []
    for one in readable(dataset, "WaveformAnnotationSequence"):
        places, called = integers(one, "ReferencedSamplePositions"), _concept(one)
        group = _group(one, groups)
        if not places or not called or group is not rhythm:
            continue
        rate, lead = channels.rate(group), _lead(one, groups)
        seconds = [round((place - 1) / rate, 6) for place in places if place > 0]  # PS3.3 C.10.10: the first sample is 1
        spans = text(one, "TemporalRangeType").upper() in ("SEGMENT", "MULTISEGMENT")
        pairs = zip(seconds[::2], seconds[1::2], strict=False) if spans else zip(seconds, seconds, strict=True)
        found += [recordings.Mark(called, start, end, lead) for start, end in pairs]
    return tuple(found)


def _concept(one: Dataset) -> str:
    item = next(iter(readable(one, "ConceptNameCodeSequence")), None)
    if item is None:
        return ""
    meaning = text(item, "CodeMeaning")
    plain = " ".join(word for word in meaning.lower().split() if word != "global")
    return (_MEANT.get(plain) or meaning or text(item, "CodeValue"))[:60]


def _group(one: Dataset, groups: list[Dataset]) -> Dataset | None:
    referenced = integers(one, "ReferencedWaveformChannels")
    place = referenced[0] if referenced else 1
    return groups[place - 1] if 0 < place <= len(groups) else None


def _lead(one: Dataset, groups: list[Dataset]) -> str:
    """The lead where exactly one channel is referred to; channel 0 means all."""
    referenced, group = integers(one, "ReferencedWaveformChannels"), _group(one, groups)
    definitions = readable(group, "ChannelDefinitionSequence") if group is not None else ()
    if len(referenced) != 2 or not 0 < referenced[1] <= len(definitions):
        return ""
    return channels.name(definitions[referenced[1] - 1], referenced[1] - 1)
