"""The steps of an emergency access, and of what a resident asks for."""

from yilianti.kernel.lifecycle import Lifecycle, row
from yilianti.registry.privacy.terms import EmergencyState, EmergencyVerb, RequestState, RequestVerb

EMERGENCY = Lifecycle(
    "紧急调阅", "opened", EmergencyState, EmergencyVerb,
    row("end_emergency", "opened", "ended",      "opener",   "privacy.emergency_ended"),
    row("expire",        "opened", "ended",      "system",   "privacy.emergency_expired"),
    row("justify",       "ended",  "justified",  "reviewer", "privacy.emergency_justified"),
    row("question",      "ended",  "questioned", "reviewer", "privacy.emergency_questioned"),
)  # fmt: skip

REQUEST = Lifecycle(
    "个人信息请求", "received", RequestState, RequestVerb,
    row("grant_request",    "received",         "granted",   "handler",  "privacy.request_granted"),
    row("refuse_request",   "received",         "refused",   "handler",  "privacy.request_refused"),
    row("answer_request",   "granted|refused",  "answered",  "handler",  "privacy.request_answered"),
    row("withdraw_request", "received|granted", "withdrawn", "receiver", "privacy.request_withdrawn"),
)  # fmt: skip
