"""Keeping destinations: where an institution's system listens, what it wants to be told, and whether it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.x509 import load_pem_x509_certificates
from django.db import IntegrityError, transaction

from yilianti.gateways.outbound.actions import queueing
from yilianti.gateways.outbound.models import Destination, Outgoing
from yilianti.gateways.outbound.terms import ECHO, EVENTS
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

PERMISSION = "outbound.manage"


@dataclass(frozen=True)
class Particulars:
    """What the administrator writes down; `secret` "" leaves the one that is kept."""

    institution: int
    channel: str
    name: str
    host: str
    port: int
    tls: bool = False
    authority: str = ""
    secret: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    wants: Sequence[str] = ()


def keep_destination(*, actor: Actor, particulars: Particulars, at: datetime, destination: int | None = None) -> Destination:
    """Add a destination, or change one; what waits is sent to the new address."""
    actor.require(PERMISSION, particulars.institution)
    _check(particulars)
    try:
        with transaction.atomic():
            row = _held(actor, destination) or Destination()
            before = {"host": row.host, "port": row.port, "tls": row.tls, "wants": list(row.wants)} if row.pk else {}
            _written(row, particulars)
            row.changed_at, row.changed_by, row.retry_at = at, actor.person, None
            row.save()
            journal.write("outbound.destination_kept", actor=actor, at=at, subject=f"outbound_destination:{row.pk}", to_institution=row.institution_id,
                          facts={"host": row.host, "port": row.port, "tls": row.tls, "wants": list(row.wants), "before": before})  # fmt: skip
    except IntegrityError as clash:
        raise Refused("name_taken", "这家机构已有同名、同通道的目的地；请换一个名称。", "Name taken.", field="name") from clash
    return row


@transaction.atomic
def switch(*, actor: Actor, destination: int, active: bool, at: datetime) -> Destination:
    """Stop sending to a destination, or begin again; what is queued meanwhile waits."""
    row = _held(actor, destination)
    assert row is not None
    row.active, row.retry_at, row.changed_at, row.changed_by = active, None, at, actor.person
    row.save()
    journal.write("outbound.destination_switched", actor=actor, at=at, subject=f"outbound_destination:{row.pk}", to_institution=row.institution_id,
                  facts={"active": active})  # fmt: skip
    return row


@transaction.atomic
def try_out(*, actor: Actor, destination: int, at: datetime) -> Outgoing:
    """Queue a harmless message that passes the line's pause and goes first; it is tried once."""
    row = _held(actor, destination)
    assert row is not None
    if not row.active:
        raise Refused("destination_off", "这个目的地已停用；请先启用再测试。", "The destination is switched off.")
    name = f"echo:{row.pk}:{at.isoformat()}"
    return queueing.enqueue(actor=actor, destination=row.pk, kind=ECHO, key=name, subject=name, payload=b"", at=at)


def _held(actor: Actor, destination: int | None) -> Destination | None:
    if destination is None:
        return None
    row = Destination.objects.select_for_update().filter(id=destination).first()
    if row is None:
        raise Refused("unknown_destination", "没有这个目的地；请返回列表重新选择。", "No such destination.")
    actor.require(PERMISSION, row.institution_id)
    return row


def _written(row: Destination, said: Particulars) -> None:
    row.institution_id, row.channel, row.name, row.host, row.port = said.institution, said.channel, said.name.strip(), said.host.strip(), said.port
    row.tls, row.authority, row.settings, row.wants = said.tls, said.authority.strip(), dict(said.settings), list(said.wants)
    if said.secret:
        row.secret = said.secret


def _check(said: Particulars) -> None:
    if not said.name.strip():
        raise Refused("name_missing", "请填写目的地的名称，如“县医院 HIS”。", "A name is required.", field="name")
    if not said.host.strip() or any(c.isspace() for c in said.host.strip()):
        raise Refused("host_wrong", "请填写“主机”：IP 地址或域名，不带端口和空格。", "Host is missing or wrong.", field="host")
    if not 0 < said.port < 65536:
        raise Refused("port_wrong", "“端口”应在 1 到 65535 之间。", "Port is out of range.", field="port")
    if said.authority.strip() and not _is_pem(said.authority):
        raise Refused("authority_wrong", "“信任的 CA 证书”应是 PEM 文本，从“-----BEGIN CERTIFICATE-----”开始；请重新粘贴。", "Not a certificate in PEM.", field="authority")
    allowed = {str(event) for event in EVENTS.get(said.channel, ())}
    if strange := sorted(set(said.wants) - allowed):
        raise Refused("event_wrong", f"这个通道不发送：{'、'.join(strange)}；请只选列出的事件。", "Event not offered by the channel.", field="wants")


def _is_pem(text: str) -> bool:
    """Told now, at the field, rather than by every message that cannot be sent later."""
    try:
        return bool(load_pem_x509_certificates(text.strip().encode()))
    except ValueError:
        return False
