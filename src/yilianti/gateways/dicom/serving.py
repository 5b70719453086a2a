"""What an association may ask for, and the answers: who may come in, C-ECHO, C-STORE, C-FIND, C-GET."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import Any, cast

from django.db import Error
from django.utils import timezone
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event

from yilianti.gateways.dicom import holdings, searching, storing, terms, waveforms, worklist
from yilianti.gateways.dicom.desk import Desk
from yilianti.gateways.dicom.lines import BoundedSocket, Line
from yilianti.gateways.dicom.senders import Caller, Senders

log = logging.getLogger(__name__)
VERIFICATION = "1.2.840.10008.1.1"
FINDING = (searching.PATIENT_ROOT_FIND, searching.STUDY_ROOT_FIND, worklist.WORKLIST)
GETTING = (searching.PATIENT_ROOT_GET, searching.STUDY_ROOT_GET)
PENDING, CANCELLED, NO_IDENTIFIER, UNABLE = 0xFF00, 0xFE00, 0xA900, 0xC001
_REJECTED, _BY_USER, _UNKNOWN_CALLER = 0x01, 0x01, 0x03


def contexts(entity: AE) -> None:
    """What may be asked: an echo, storing, and (for C-GET) our sending of what we store."""
    for kind in (VERIFICATION, *FINDING, *GETTING):
        entity.add_supported_context(kind, list(terms.UNCOMPRESSED))
    for kind in terms.CLASSES:
        syntaxes = [*terms.UNCOMPRESSED, *(terms.COMPRESSED if kind == terms.SECONDARY_CAPTURE else ())]
        entity.add_supported_context(kind, syntaxes, scu_role=True, scp_role=True)


@dataclass
class Service:
    """The handlers of one listener, and what they have counted."""

    desk: Desk
    matches: int = 2000
    senders: Senders = field(default_factory=Senders)
    stored: int = 0
    refused: int = 0

    def handlers(self) -> list[tuple]:
        """(event, function) for the server."""
        return [
            (evt.EVT_REQUESTED, self.admit), (evt.EVT_DIMSE_RECV, self.heard), (evt.EVT_C_ECHO, self.echo), (evt.EVT_C_STORE, self.store),
            (evt.EVT_C_FIND, self.find), (evt.EVT_C_GET, self.get),
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
        if line.caller is not None:
            line.introduced()
        else:
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


    def find(self, event: Event) -> Iterator[tuple[Dataset | int, Dataset | None]]:
        """The worklist, or what we hold."""
        caller = caller_of(event)
        asked = _identifier(event)
        if asked is None:
            yield _status(NO_IDENTIFIER, "the identifier cannot be read"), None
            return
        seek = worklist.lines if event.context.abstract_syntax == worklist.WORKLIST else searching.answers
        try:
            found = self.desk.ask(lambda: list(seek(caller, asked, self.matches)))
        except searching.NotAsked as fault:
            yield _status(NO_IDENTIFIER, str(fault)), None
            return
        except Error:
            yield _status(UNABLE, "unable now, ask again"), None
            return
        for answer in found:
            if event.is_cancelled:
                yield CANCELLED, None
                return
            yield PENDING, answer

    def get(self, event: Event) -> Iterator[Any]:
        """First how many, then each as it was received or is written now; the journal knows which before they leave."""
        caller, asked, at = caller_of(event), _identifier(event), timezone.now()
        try:
            if asked is None:
                raise searching.NotAsked("the identifier cannot be read")
            wanted = self.desk.ask(lambda: searching.wanted(caller, asked, self.matches))
            self.desk.ask(lambda: searching.tell(caller, wanted, at))
        except (searching.NotAsked, Error) as fault:
            yield 1
            yield _status(NO_IDENTIFIER if isinstance(fault, searching.NotAsked) else UNABLE, str(fault) if isinstance(fault, searching.NotAsked) else "unable now"), None
            return
        yield len(wanted)
        for one in wanted:
            if event.is_cancelled:
                yield CANCELLED, None
                return
            yield PENDING, self.desk.ask(partial(holdings.opened, one))


def _identifier(event: Event) -> Dataset | None:
    """What was asked, decoded; None where it cannot be."""
    try:
        asked = event.identifier
        waveforms.charset_settled(asked)
        asked.decode()
        return asked
    except Exception as fault:  # pydicom raises whatever its parts raise on damaged bytes
        log.warning("dicom: a query of %s cannot be read: %s", caller_of(event).ae_title, type(fault).__name__)
        return None


def caller_of(event: Event) -> Caller:
    """Who is on the line; `admit` has seen to it that there is somebody."""
    caller: Caller | None = event.assoc.caller  # type: ignore[attr-defined]
    assert caller is not None
    return caller


def _status(status: int, said: str) -> Dataset:
    answer = Dataset()
    answer.Status, answer.ErrorComment = status, said[:64]
    return answer
