"""The one table of steps of a referral, up, down or sideways."""

from yilianti.care.referral.terms import State, Verb
from yilianti.kernel.lifecycle import Lifecycle, row

REFERRAL = Lifecycle(
    "转诊单", "draft", State, Verb,
    row("submit",           "draft|returned",              "submitted",  "referring_doctor", "referral.submitted"),
    row("ask_approval",     "draft|returned",              "pending",    "referring_doctor", "referral.approval_asked"),
    row("approve",          "pending",                     "submitted",  "sending_office",   "referral.approved"),
    row("approve_out",      "pending",                     "sent_out",   "sending_office",   "referral.sent_out"),
    row("disapprove",       "pending",                     "returned",   "sending_office",   "referral.disapproved"),
    row("send_out",         "draft|returned",              "sent_out",   "referring_doctor", "referral.sent_out"),
    row("note_outcome",     "sent_out",                    "concluded",  "referring_doctor", "referral.outcome_noted"),
    row("send_back",        "submitted|assigned",          "returned",   "referral_office",  "referral.sent_back"),
    row("assign",           "submitted|assigned",          "assigned",   "referral_office",  "referral.assigned"),
    row("take",             "assigned",                    "accepted",   "receiving_doctor", "referral.accepted"),
    row("hand_back",        "assigned",                    "submitted",  "receiving_doctor", "referral.handed_back"),
    row("accept",           "submitted|assigned",          "accepted",   "referral_office",  "referral.accepted"),
    row("decline",          "submitted|assigned",          "declined",   "referral_office",  "referral.declined"),
    row("redirect",         "submitted|assigned",          "submitted",  "referral_office",  "referral.redirected"),
    row("propose_redirect", "submitted|assigned",          "rerouting",  "referral_office",  "referral.redirect_proposed"),
    row("agree_redirect",   "rerouting",                   "submitted",  "referring_doctor", "referral.redirected"),
    row("refuse_redirect",  "rerouting",                   "returned",   "referring_doctor", "referral.redirect_refused"),
    row("advise",           "submitted|assigned",          "advised",    "receiving_doctor", "referral.advised"),
    row("adopt",            "advised",                     "concluded",  "referring_doctor", "referral.adopted"),
    row("convert",          "advised",                     "submitted",  "referring_doctor", "referral.converted"),
    row("withdraw",         "draft|pending|submitted|assigned|rerouting|advised|returned|accepted|sent_out",
                                                           "withdrawn",  "referring_doctor", "referral.withdrawn"),
    row("arrive",           "submitted|assigned|accepted", "arrived",    "receiving_desk",   "referral.arrived"),
    row("undo_arrival",     "arrived",                     "accepted",   "receiving_desk",   "referral.arrival_undone"),
    row("lapse",            "accepted",                    "lapsed",     "system",           "referral.lapsed"),
    row("discharge",        "arrived",                     "discharged", "receiving_doctor", "referral.discharged"),
    row("undo_discharge",   "discharged",                  "arrived",    "receiving_desk",   "referral.discharge_undone"),
    row("offer_home",       "arrived|discharged",          "",           "receiving_doctor", "referral.offered_home"),
    row("follow_up",        "accepted|arrived",            "concluded",  "receiving_doctor", "referral.followed_up"),
    row("recall",           "accepted|arrived",            "recalled",   "receiving_doctor", "referral.recalled"),
    row("conclude",         "discharged",                  "concluded",  "receiving_doctor", "referral.concluded"),
)  # fmt: skip
