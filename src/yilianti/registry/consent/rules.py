"""Whether a consent holds; facts in, answers out."""

from __future__ import annotations

from datetime import datetime


def holds(given_at: datetime, until_at: datetime | None, withdrawn_at: datetime | None, at: datetime) -> bool:
    """Given, not yet run out, not withdrawn: a withdrawal counts from its own moment on.

    依据：《个人信息保护法》第十五条（撤回同意）、第二十九条（敏感个人信息单独同意）
    """
    started = given_at <= at
    lasting = until_at is None or at < until_at
    standing = withdrawn_at is None or at < withdrawn_at
    return started and lasting and standing
