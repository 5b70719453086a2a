"""The door of DICOM: the waveforms in an object."""

from yilianti.gateways.dicom.waveforms import looks_like, tracing_in, tracing_of

__all__ = ["looks_like", "tracing_in", "tracing_of"]
