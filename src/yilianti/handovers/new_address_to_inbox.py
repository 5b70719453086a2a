"""Somebody signed in from an address they had not used for long: they hear of it wherever they are signed in."""

from __future__ import annotations

from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox

WORD = "access.signed_in_anew"
TITLE = "您的账号刚在一处新的网络地址登录；不是本人请马上结束它并修改密码"


def hand_over(entry: JournalEntry) -> None:
    """One notice to the person, without saying from where: the page of logins does."""
    inbox.notify(
        key=f"{entry.id}:anew", institution_id=int(entry.actor_institution or 0), person_id=entry.actor_person, title=TITLE, link="/sessions/",
        subject=entry.subject, at=entry.at,
    )  # fmt: skip
