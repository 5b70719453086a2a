"""The one table of steps of a referral, up, down or sideways."""

from yilianti.care.referral.terms import State, Verb
from yilianti.kernel.lifecycle import Lifecycle, row

REFERRAL = Lifecycle(
    "转诊单", "draft", State, Verb,
    row("submit",         "draft|returned",                    "submitted",  "referring_doctor", "referral.submitted"),
    row("send_back",      "submitted",                         "returned",   "referral_office",  "referral.sent_back"),
    row("accept",         "submitted",                         "accepted",   "referral_office",  "referral.accepted"),
    row("decline",        "submitted",                         "declined",   "referral_office",  "referral.declined"),
    row("redirect",       "submitted",                         "submitted",  "referral_office",  "referral.redirected"),
    row("withdraw",       "draft|submitted|returned|accepted", "withdrawn",  "referring_doctor", "referral.withdrawn"),
    row("arrive",         "accepted",                          "arrived",    "receiving_desk",   "referral.arrived"),
    row("undo_arrival",   "arrived",                           "accepted",   "receiving_desk",   "referral.arrival_undone"),
    row("lapse",          "accepted",                          "lapsed",     "system",           "referral.lapsed"),
    row("discharge",      "arrived",                           "discharged", "receiving_doctor", "referral.discharged"),
    row("undo_discharge", "discharged",                        "arrived",    "receiving_desk",   "referral.discharge_undone"),
    row("offer_home",     "discharged",                        "discharged", "receiving_doctor", "referral.offered_home"),
    row("follow_up",      "accepted|arrived",                  "concluded",  "receiving_doctor", "referral.followed_up"),
    row("conclude",       "discharged",                        "concluded",  "receiving_doctor", "referral.concluded"),
)  # fmt: skip
