"""Who joined, moved or came back needs roles and an account: a task of the security administrator. Who left leaves open work to a successor."""

from __future__ import annotations

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people

_WANTED = {"people.joined": "{name}（{number}）入职，请授权并开通账号", "people.moved": "{name}（{number}）调动，请为新岗位授权", "people.returned": "{name}（{number}）复职，请恢复账号并授权"}
WORDS = (*_WANTED, "people.left")


def hand_over(entry: JournalEntry) -> None:
    person = people.get(entry.facts["person"])
    if person is None:
        return
    if entry.word == "people.left":
        inbox.pass_on(actor=acting.on_behalf_of(entry), person=person.id, to=entry.facts.get("successor"), at=entry.at)
        return
    place = institutions.led_by(entry.to_institution or entry.actor_institution or 0, entry.at)
    inbox.ask(key=f"{entry.id}:roles", institution_id=place, role="security_administrator", subject=entry.subject, at=entry.at,
              title=_WANTED[entry.word].format(name=person.name, number=person.number), link=f"/access/?text={person.number}")  # fmt: skip
