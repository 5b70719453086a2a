"""Questions about access: who is the actor of this request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yilianti.kernel.actor import Actor


def actor_of(request: Any, at: datetime) -> Actor | None:
    """The signed-in person in the post they chose, or None."""
    return None
