"""What is done in governance: documents, councils, meetings, resolutions and their votes, papers, evidence."""

from yilianti.registry.governance.actions.collecting import link_evidence, remove_evidence
from yilianti.registry.governance.actions.councils import found_council, seat, unseat
from yilianti.registry.governance.actions.documents import (
    amend,
    attach,
    circulate,
    discard,
    draft,
    end,
    recall,
    remind_expiring,
    revise,
    sign,
)
from yilianti.registry.governance.actions.meetings import (
    add_item,
    cancel_meeting,
    close_meeting,
    convene,
    open_meeting,
    take_attendance,
)
from yilianti.registry.governance.actions.papers import issue_document, issue_resolution, stamp
from yilianti.registry.governance.actions.resolving import propose, put_to_vote, withdraw
from yilianti.registry.governance.actions.voting import close_vote, enact, record_vote, vote

__all__ = [
    "add_item", "amend", "attach", "cancel_meeting", "circulate", "close_meeting", "close_vote", "convene", "discard", "draft", "enact", "end",
    "found_council", "issue_document", "issue_resolution", "link_evidence", "open_meeting", "propose", "put_to_vote", "recall", "record_vote",
    "remind_expiring", "remove_evidence", "revise", "seat", "sign", "stamp", "take_attendance", "unseat", "vote", "withdraw",
]  # fmt: skip
