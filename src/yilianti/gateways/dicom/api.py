"""The door of DICOM: the waveforms in an object, and whose a recording is by what it says of its patient."""

from yilianti.gateways.dicom.numbering import numbers_of
from yilianti.gateways.dicom.placing import Place, is_other, place_of
from yilianti.gateways.dicom.portable import portable_files
from yilianti.gateways.dicom.queries import candidates, unclaimed
from yilianti.gateways.dicom.terms import Reason, Told
from yilianti.gateways.dicom.waveforms import looks_like, tracing_in, tracing_of

__all__ = ["Place", "Reason", "Told", "candidates", "is_other", "looks_like", "numbers_of", "place_of", "portable_files", "tracing_in", "tracing_of", "unclaimed"]
