"""DIP by imported tables: disease × treatment, main and auxiliary scores."""

from yilianti.settlement.claims.grouping.files import CasesRefused
from yilianti.settlement.claims.grouping.scheme import SchemeRefused
from yilianti.settlement.claims.weighing.dip.engine import Engine, Scored
from yilianti.settlement.claims.weighing.dip.explaining import alternatives, why
from yilianti.settlement.claims.weighing.dip.files import group_file, stay_of
from yilianti.settlement.claims.weighing.dip.scheme import Scheme, keep, opened, read_folder
from yilianti.settlement.claims.weighing.dip.stays import Stay
from yilianti.settlement.claims.weighing.dip.terms import Status

__all__ = ["CasesRefused", "Engine", "Scheme", "SchemeRefused", "Scored", "Status", "Stay", "alternatives", "group_file", "keep", "opened", "read_folder", "stay_of", "why"]
