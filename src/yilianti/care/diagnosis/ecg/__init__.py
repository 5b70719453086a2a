"""What a resting tracing says by itself: its quality while the patient still lies there, its measurements, a machine's first words. Plain arithmetic, no Django."""

from yilianti.care.diagnosis.ecg.examining import Examined, Superimposed, examine, superimpose
from yilianti.care.diagnosis.ecg.terms import MEASURES, Measure

__all__ = ["MEASURES", "Examined", "Measure", "Superimposed", "examine", "superimpose"]
