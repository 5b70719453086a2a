"""Which applier takes which kind of message."""

from __future__ import annotations

from yilianti.gateways.hl7v2.applying import adt, mdm, orders, oru, rde, ref, siu
from yilianti.gateways.hl7v2.applying.context import Context

_APPLIERS = {"ADT": adt.apply, "ORU": oru.apply, "MDM": mdm.apply, "OMG": orders.apply, "ORM": orders.apply, "RDE": rde.apply, "REF": ref.apply, "SIU": siu.apply}


def apply(event: str, context: Context) -> None:
    """Applies one message; Unusable or Refused where it cannot be."""
    _APPLIERS[event](context)
