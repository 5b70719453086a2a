"""What an association may ask for, and the answers: who may come in, C-ECHO, C-STORE."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from io import BytesIO
from typing import cast

from django.db import Error
from django.utils import timezone
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event

from yilianti.gateways.dicom import storing, terms
from yilianti.gateways.dicom.desk import Desk
from yilianti.gateways.dicom.lines import BoundedSocket, Line
from yilianti.gateways.dicom.senders import Caller, Senders

log = logging.getLogger(__name__)
VERIFICATION = "1.2.840.10008.1.1"
_REJECTED, _BY_USER, _UNKNOWN_CALLER = 0x01, 0x01, 0x03


def contexts(entity: AE) -> None:
    """What may be asked: an echo, storing, and (for C-GET) our sending of what we store."""
    entity.add_supported_context(VERIFICATION, list(terms.UNCOMPRESSED))
    for kind in terms.CLASSES:
        syntaxes = [*terms.UNCOMPRESSED, *(terms.COMPRESSED if kind == terms.SECONDARY_CAPTURE else ())]
        entity.add_supported_context(kind, syntaxes, scu_role=True, scp_role=True)


@dataclass
class Service:
    """The handlers of one listener, and what they have counted."""

    desk: Desk
    senders: Senders = field(default_factory=Senders)
    stored: int = 0
    refused: int = 0

    def handlers(self) -> list[tuple]:
        """(event, function) for the server."""
        return [
            (evt.EVT_REQUESTED, self.admit), (evt.EVT_DIMSE_RECV, self.heard), (evt.EVT_C_ECHO, self.echo), (evt.EVT_C_STORE, self.store),
        ]  # fmt: skip

    def admit(self, event: Event) -> None:
        """Only a registered sender comes in, and only from its address."""
        line: Line = event.assoc  # type: ignore[assignment]
        asked = line.requestor.primitive
        title, address = str(asked.calling_ae_title if asked else "").strip(), str(line.requestor.address)
        try:
            line.caller = self.desk.ask(lambda: self.senders.find(title, address))
        except Error:
            line.acse.send_reject(0x02, 0x03, 0x01)  # temporary congestion: come again
            line.kill()
            return
        if line.caller is None:
            self.refused += 1
            log.warning("dicom: refused %r from %s: no such sender is registered", title[:16], address)
            line.acse.send_reject(_REJECTED, _BY_USER, _UNKNOWN_CALLER)
            line.kill()

    def heard(self, event: Event) -> None:
        """A message is complete; only an object still costs its memory until it is kept."""
        if isinstance(event.assoc.dul.socket, BoundedSocket):
            event.assoc.dul.socket.complete(waits=isinstance(event.message, C_STORE_RQ))

    def echo(self, event: Event) -> int:
        return storing.SUCCESS

    def store(self, event: Event) -> Dataset | int:
        """Success means committed."""
        try:
            return self._stored(event)
        finally:
            if isinstance(event.assoc.dul.socket, BoundedSocket):
                event.assoc.dul.socket.served()

    def _stored(self, event: Event) -> Dataset | int:
        request, caller = cast(C_STORE, event.request), caller_of(event)
        content = request.DataSet.getvalue() if isinstance(request.DataSet, BytesIO) else b""
        arrived = storing.Arrived(str(request.AffectedSOPClassUID), str(request.AffectedSOPInstanceUID), str(event.context.transfer_syntax), content)
        request.DataSet = None
        at = timezone.now()
        try:
            self.desk.ask(lambda: storing.keep(caller=caller, arrived=arrived, at=at))
        except storing.NotKept as refusal:
            self.refused += 1
            log.warning("dicom: object %s of %s refused: %s", arrived.sop_uid, caller.ae_title, refusal.said)
            return _status(refusal.status, refusal.said)
        except Error as fault:
            log.error("dicom: object %s of %s not kept: %s", arrived.sop_uid, caller.ae_title, type(fault).__name__)
            return _status(storing.NO_ROOM, "not kept, send again")
        self.stored += 1
        return storing.SUCCESS


def caller_of(event: Event) -> Caller:
    """Who is on the line; `admit` has seen to it that there is somebody."""
    caller: Caller | None = event.assoc.caller  # type: ignore[attr-defined]
    assert caller is not None
    return caller


def _status(status: int, said: str) -> Dataset:
    answer = Dataset()
    answer.Status, answer.ErrorComment = status, said[:64]
    return answer
