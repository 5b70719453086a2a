"""The door of indicators."""

from yilianti.insight.indicators.publishing import publish_waiting

__all__ = ["publish_waiting"]
