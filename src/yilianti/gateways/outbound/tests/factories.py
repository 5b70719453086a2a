"""Destinations and messages for tests, and a carrier that answers as it is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from yilianti.gateways.outbound import actions
from yilianti.gateways.outbound.models import Destination, Outgoing
from yilianti.gateways.outbound.terms import Address, Carrier, Outcome, Result
from yilianti.kernel.actor import Actor

SYSTEM = Actor.system("测试")


def destination(institution: Any, *, name: str = "HIS", at: datetime, wants: tuple[str, ...] = ("referral_to_us",), port: int = 2575) -> Destination:
    told = actions.keeping.Particulars(institution=institution.pk, channel="hl7v2", name=name, host="127.0.0.1", port=port, wants=wants)
    return actions.keep_destination(actor=SYSTEM, particulars=told, at=at)


def queued(place: Destination, key: str, at: datetime, *, subject: str = "", **more: Any) -> Outgoing:
    return actions.enqueue(actor=SYSTEM, destination=place.pk, kind="REF^I12", key=key, subject=subject or key, payload=f"MSH|{key}".encode(), at=at, **more)


def parked(place: Destination, key: str, at: datetime, *, resident: int | None = None) -> Outgoing:
    row = queued(place, key, at, resident=resident)
    Outgoing.objects.filter(pk=row.pk).update(state="parked", parked_at=at, said="对方拒绝")
    return Outgoing.objects.get(pk=row.pk)


class Line:
    """A carrier whose next results are given; remembers what it was asked to send."""

    def __init__(self, *results: Result) -> None:
        self.results, self.sent = list(results), []

    def send(self, address: Address, payload: bytes, control_id: str) -> Outcome:
        self.sent.append((address.name, payload, control_id))
        return Outcome(self.results.pop(0) if self.results else Result.ACKNOWLEDGED, "AA", "对方的话")

    def echo(self, address: Address, control_id: str) -> bytes:
        return b"echo"

    @property
    def carriers(self) -> dict[str, Carrier]:
        return {"hl7v2": Carrier(self.send, self.echo)}


def later(at: datetime, **span: float) -> datetime:
    return at + timedelta(**span)
