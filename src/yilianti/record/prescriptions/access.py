"""Who may read medicines and allergies, and who may record an allergy."""

from __future__ import annotations

from django.db.models import QuerySet

from yilianti.kernel.actor import Actor
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.api import Sharing
from yilianti.record.prescriptions.models import Prescription
from yilianti.registry.privacy import api as privacy
from yilianti.registry.residents import api as residents

VIEW = "prescriptions.view"
SEE_ALLERGIES = "allergies.view"
RECORD = "allergies.record"
SEALED = privacy.sealed(privacy.Source.PRESCRIPTION, through_encounter=True)


def visible_to(actor: Actor, how_far: Sharing = Sharing.NO_CONSENT) -> QuerySet[Prescription]:
    """Prescriptions the actor may read, those of other institutions as `how_far` goes."""
    return encounters.readable(actor, Prescription.objects.all(), VIEW, how_far, SEALED)


def may_see_allergies(actor: Actor, resident: int) -> bool:
    """Whoever treats the person, or opened the record in an emergency: what they do not tolerate is not kept back for lack of consent."""
    return resident in actor.opened or residents.may_view(actor, resident, SEE_ALLERGIES)
