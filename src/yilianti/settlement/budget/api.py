"""The door of the package: what is kept of a year. Its arithmetic is entered by `fund.api`."""

from yilianti.settlement.budget.actions import close, hold, reckon_due, reckon_month, release, remind_due
from yilianti.settlement.budget.models import Charged, Package
from yilianti.settlement.budget.terms import Fund, PlaceOfCare, State
from yilianti.settlement.budget.year import (
    bearing,
    charged_lines,
    held,
    instalments_paid,
    is_whole,
    package_for,
    persons,
    placed_claims,
    spending,
    spent_by_institution,
    unpriced,
    volumes,
    year_inputs,
)

__all__ = [
    "Charged", "Fund", "Package", "PlaceOfCare", "State", "bearing", "charged_lines", "close", "held", "hold", "instalments_paid", "is_whole", "package_for", "persons", "placed_claims", "reckon_due", "reckon_month", "release", "remind_due", "spending", "spent_by_institution", "unpriced", "volumes", "year_inputs",
]  # fmt: skip
