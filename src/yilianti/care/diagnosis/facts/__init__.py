"""What the diagnosis room tells those who count: exams, their recordings, readings and reports, and critical values. All of them follow
the journal lines of the exam; statements are told by their codes, never in words."""

from yilianti.care.diagnosis.facts.criticals import FACTS as CRITICALS
from yilianti.care.diagnosis.facts.exams import FACTS as EXAMS
from yilianti.care.diagnosis.facts.readings import FACTS as READINGS
from yilianti.care.diagnosis.facts.recordings import FACTS as RECORDINGS
from yilianti.care.diagnosis.facts.reports import FACTS as REPORTS

FACTS = (EXAMS, RECORDINGS, READINGS, REPORTS, CRITICALS)

__all__ = ["FACTS"]
