"""Whom to ring about a referral, with a number that a telephone dials by itself."""

from __future__ import annotations

from typing import Any

from yilianti.care.referral.models import Referral


def dial(phone: str) -> str:
    """The address a telephone opens; "" where nothing can be dialled."""
    kept = "".join(character for character in phone if character in "+*#0123456789")
    return f"tel:{kept}" if any(map(str.isdigit, kept)) else ""


def sender(referral: Referral) -> dict[str, Any]:
    """Who answers questions about this patient: the doctor named, else whoever wrote it, by the switchboard of their house."""
    person = referral.contact or referral.drafted_by
    phone = referral.contact_phone or (referral.contact.phone if referral.contact else "") or referral.from_institution.phone
    return {"name": person.name if person else "", "place": referral.from_institution.short_name, "phone": phone, "url": dial(phone), "is_named": referral.contact is not None}


def receiver(referral: Referral) -> dict[str, Any]:
    """Who has accepted the patient, else the house."""
    person = referral.decided_by
    phone = (person.phone if person else "") or referral.to_institution.phone
    return {"name": person.name if person else "", "place": referral.to_institution.short_name, "phone": phone, "url": dial(phone)}
