"""The steps of a document, of a meeting and of a resolution."""

from yilianti.kernel.lifecycle import Lifecycle, row
from yilianti.registry.governance.terms import (
    DocumentState,
    DocumentVerb,
    MeetingState,
    MeetingVerb,
    ResolutionState,
    ResolutionVerb,
)

DOCUMENT = Lifecycle(
    "文件", "draft", DocumentState, DocumentVerb,
    row("circulate",        "draft",         "signing",    "office", "governance.circulated"),
    row("recall",           "signing",       "draft",      "office", "governance.recalled"),
    row("sign",             "signing",       "signing",    "office", "governance.signed"),
    row("bring_into_force", "signing",       "in_force",   "system", "governance.brought_into_force"),
    row("supersede",        "in_force",      "superseded", "system", "governance.superseded"),
    row("end",              "in_force",      "ended",      "office", "governance.ended"),
    row("discard",          "draft|signing", "discarded",  "office", "governance.discarded"),
)  # fmt: skip

MEETING = Lifecycle(
    "会议", "convened", MeetingState, MeetingVerb,
    row("open_meeting",   "convened", "opened",    "office", "governance.meeting_opened"),
    row("close_meeting",  "opened",   "closed",    "office", "governance.meeting_closed"),
    row("cancel_meeting", "convened", "cancelled", "office", "governance.meeting_cancelled"),
)  # fmt: skip

RESOLUTION = Lifecycle(
    "议案", "proposed", ResolutionState, ResolutionVerb,
    row("put_to_vote", "proposed",        "voting",    "office", "governance.put_to_vote"),
    row("adopt",       "voting",          "adopted",   "system", "governance.adopted"),
    row("reject",      "voting",          "rejected",  "system", "governance.rejected"),
    row("withdraw",    "proposed|voting", "withdrawn", "office", "governance.withdrawn"),
    row("revoke",      "adopted",         "revoked",   "system", "governance.revoked"),
)  # fmt: skip
