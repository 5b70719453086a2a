"""Tables of governance: documents and their parties; councils, meetings, resolutions and votes; papers and evidence."""

from yilianti.registry.governance.models.councils import Attendance, Council, Item, Meeting, Seat
from yilianti.registry.governance.models.documents import Attachment, Clause, Document, Party
from yilianti.registry.governance.models.papers import Evidence, Paper, Stamp
from yilianti.registry.governance.models.resolutions import Resolution, SecretBallot, Vote

__all__ = [
    "Attachment", "Attendance", "Clause", "Council", "Document", "Evidence", "Item", "Meeting", "Paper", "Party", "Resolution", "Seat",
    "SecretBallot", "Stamp", "Vote",
]  # fmt: skip
