"""pynetdicom's associations within bounds: what they read is counted before it is read, and what we hold is sent as it was received.

The library builds its socket and its association itself and offers no other place to put ours, so both change their class when they are made.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections import Counter, deque
from io import BytesIO
from threading import Lock
from typing import Any, cast

from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.transport import AssociationSocket, RequestHandler, ThreadedAssociationServer

from yilianti.gateways.dicom.files import as_file
from yilianti.gateways.dicom.limits import Budget
from yilianti.gateways.dicom.senders import Caller

log = logging.getLogger(__name__)
_PIECE = 65_536
#: Requests that a peer may have waiting here; reading pauses at more.
_WAITING = 2


class Kept(Dataset):
    """A data set that is sent byte for byte as it was received, in its transfer syntax."""

    encoded: bytes = b""
    syntax: str = ""

    def decoded(self) -> Dataset:
        """The data set read, for another transfer syntax."""
        return dcmread(BytesIO(as_file(self.SOPClassUID, self.SOPInstanceUID, self.syntax, self.encoded)))


class BoundedSocket(AssociationSocket):
    """A socket that never reads more of one message than the limits allow; the line of whoever sends more is cut."""

    budget: Budget
    held: int
    waiting: deque[int]
    peer: str

    @property
    def ready(self) -> bool:
        return self._assoc.dimse.msg_queue.qsize() < _WAITING and super().ready

    def recv(self, nr_bytes: int) -> bytearray:
        limits = self.budget.limits
        if nr_bytes > limits.longest_pdu or self.held + nr_bytes > limits.object + limits.longest_pdu:
            log.warning("dicom: %s sends more than is taken at once, its line is cut", self.peer)
            raise OSError("more than is taken at once")
        if not self.budget.take(nr_bytes):
            log.warning("dicom: no memory for %s, its line is cut", self.peer)
            raise OSError("no memory for more")
        self.held += nr_bytes
        return self._filled(nr_bytes)

    def _filled(self, size: int) -> bytearray:
        """So many bytes within the time a unit may take: whoever has not yet said who they are gets less of it."""
        limits, data, place = self.budget.limits, bytearray(size), 0
        view, end = memoryview(data), time.monotonic() + (limits.acse if cast(Line, self._assoc).caller is None else limits.dimse)
        assert self.socket is not None
        while place < size:
            self.socket.settimeout(max(end - time.monotonic(), 0.001))
            read = self.socket.recv_into(view[place : place + _PIECE])
            if not read:
                break
            place += read
        self.socket.settimeout(limits.network)
        view.release()
        del data[place:]
        return data

    def complete(self, *, waits: bool) -> None:
        """A message is complete: one that waits to be kept still costs its memory, any other does not."""
        if waits:
            self.waiting.append(self.held)
        else:
            self.budget.give_back(self.held)
        self.held = 0

    def served(self) -> None:
        """The oldest of those that waited has been kept or refused."""
        with contextlib.suppress(IndexError):
            self.budget.give_back(self.waiting.popleft())

    def over(self) -> None:
        """Nothing more will be read, whoever ended the line."""
        self.complete(waits=False)
        while self.waiting:
            self.served()


class Line(Association):
    """An association that knows its caller and sends what we hold unchanged."""

    caller: Caller | None
    stranger: str

    def introduced(self) -> None:
        """They have said who they are, or left: no longer one of the strangers of their address."""
        if self.stranger:
            cast(Door, self._server).fewer_strangers(self.stranger)
        self.stranger = ""

    def kill(self) -> None:
        super().kill()
        self.introduced()
        if isinstance(self.dul.socket, BoundedSocket):
            self.dul.socket.over()

    def send_c_store(self, dataset: Any, *args: Any, **kwargs: Any) -> Dataset:
        if not isinstance(dataset, Kept):
            return super().send_c_store(dataset, *args, **kwargs)
        try:
            context = self._get_valid_context(dataset.SOPClassUID, dataset.syntax, "scu", allow_conversion=False)
        except ValueError:  # the caller takes it in another encoding only
            return super().send_c_store(dataset.decoded(), *args, **kwargs)
        request = C_STORE()
        request.MessageID = kwargs.get("msg_id", 1)
        request.Priority = kwargs.get("priority", 2)
        request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = dataset.SOPClassUID, dataset.SOPInstanceUID
        request.DataSet = BytesIO(dataset.encoded)
        self._reactor_checkpoint.clear()
        while not self._is_paused:
            time.sleep(0.0001)
        self.dimse.send_msg(request, cast(int, context.context_id))
        _, answer = self.dimse.get_msg(block=True)
        self._reactor_checkpoint.set()
        if answer is None:
            self._handle_no_response()
            return Dataset()
        return self._check_received_status(answer)


class Door(ThreadedAssociationServer):
    """The server, with the budget that its lines share."""

    budget: Budget
    strangers: Counter[str]
    counting: Lock
    request_queue_size = 128

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """One address may hold half of the lines without having said who it is; more are closed at once. Counted here, where one comes after the other."""
        with self.counting:
            if self.strangers[str(client_address[0])] >= max(2, self.budget.limits.associations // 2):
                return False
            self.strangers[str(client_address[0])] += 1
            return True

    def fewer_strangers(self, peer: str) -> None:
        with self.counting:
            self.strangers[peer] -= 1
            if self.strangers[peer] <= 0:
                del self.strangers[peer]


class Handler(RequestHandler):
    """Makes each new association one of ours."""

    server: Door

    def _create_association(self) -> Association:
        made = super()._create_association()
        made.__class__ = Line
        cast(Line, made).caller, cast(Line, made).stranger = None, str(self.client_address[0])
        socket: Any = made.dul.socket
        socket.__class__ = BoundedSocket
        socket.budget, socket.held, socket.waiting, socket.peer = self.server.budget, 0, deque(), str(self.client_address[0])
        return made
