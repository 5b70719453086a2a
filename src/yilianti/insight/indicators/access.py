"""Whose figures one may see: the whole of one's consortium, and institutions within reach; and whose rows."""

from __future__ import annotations

from dataclasses import dataclass

from yilianti.insight.indicators.terms import By
from yilianti.kernel.actor import Actor

VIEW, WHOLE, DRILL = "insight.view", "insight.view_whole", "insight.drill"


@dataclass(frozen=True)
class Whose:
    """Whose figures: an institution by its id, with `sender` what that one sends to it, or the actor's consortium by its code."""

    by: By
    institution: int = 0
    consortium: str = ""
    sender: int = 0

    @property
    def key(self) -> str:
        """As addresses name it."""
        if self.by is By.PAIR:
            return f"{self.sender}-{self.institution}"
        return str(self.institution) if self.by is By.INSTITUTION else "whole"


def usual(actor: Actor) -> Whose | None:
    """The whole where one may see it, else the own institution."""
    return whole(actor) if may_see_whole(actor) else own(actor)


def named(actor: Actor, key: str) -> Whose | None:
    """What an address names, if the actor may see it; "" is the usual."""
    if key == "":
        return usual(actor)
    if key == "own":
        return own(actor)
    if key == "whole":
        return whole(actor) if may_see_whole(actor) else None
    first, dash, second = key.partition("-")
    if dash:
        return _pair(actor, _id(first), _id(second))
    institution = _id(key)
    return Whose(By.INSTITUTION, institution) if institution in actor.reaches(VIEW) else None


def _pair(actor: Actor, sender: int, receiver: int) -> Whose | None:
    """Both ends see what lies between them."""
    return Whose(By.PAIR, receiver, sender=sender) if sender and receiver and {sender, receiver} & set(actor.reaches(VIEW)) else None


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def own(actor: Actor) -> Whose | None:
    here = actor.institution
    return Whose(By.INSTITUTION, here) if here is not None and here in actor.reaches(VIEW) else None


def whole(actor: Actor) -> Whose:
    return Whose(By.CONSORTIUM, consortium=actor.consortium)


def may_see_whole(actor: Actor) -> bool:
    return bool(actor.consortium) and actor.may(WHOLE)
