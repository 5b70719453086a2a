"""CHS-DRG by imported tables: plain arithmetic over arrays, no Django."""

from yilianti.settlement.claims.grouping.cases import Case
from yilianti.settlement.claims.grouping.engine import Engine, Grouped
from yilianti.settlement.claims.grouping.explaining import alternatives, why
from yilianti.settlement.claims.grouping.files import CasesRefused, case_of, group_file
from yilianti.settlement.claims.grouping.scheme import Scheme, SchemeRefused, keep, opened, read_folder
from yilianti.settlement.claims.grouping.terms import Status

__all__ = ["Case", "CasesRefused", "Engine", "Grouped", "Scheme", "SchemeRefused", "Status", "alternatives", "case_of", "group_file", "keep", "opened", "read_folder", "why"]
