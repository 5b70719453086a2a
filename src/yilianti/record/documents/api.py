"""The door of documents: filing them, and what may be read of them."""

from yilianti.record.documents.actions import file_document, reseal
from yilianti.record.documents.queries import hidden_count, latest_documents, line, picture, portable, timeline
from yilianti.record.documents.terms import Filed, Kind

__all__ = ["Filed", "Kind", "file_document", "hidden_count", "latest_documents", "line", "picture", "portable", "reseal", "timeline"]
