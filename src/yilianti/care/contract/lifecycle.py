"""The steps of a contract: nothing holds before the resident has confirmed it."""

from yilianti.care.contract.terms import State, Verb
from yilianti.kernel.lifecycle import Lifecycle, row

CONTRACT = Lifecycle(
    "签约", "proposed", State, Verb,
    row("confirm", "proposed",        "signed",  "doctor", "contract.signed"),
    row("refuse",  "proposed",        "refused", "doctor", "contract.refused"),
    row("lapse",   "proposed",        "lapsed",  "system", "contract.lapsed"),
    row("renew",   "signed|expired",  "renewed", "doctor", "contract.renewed"),
    row("change",  "signed",          "changed", "doctor", "contract.changed"),
    row("end",     "signed|renewed",  "ended",   "doctor", "contract.ended"),
    row("expire",  "signed",          "expired", "system", "contract.expired"),
)  # fmt: skip
