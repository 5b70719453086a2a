"""The DICOM process: an application entity for carts and systems. A second process files what it keeps (see `filer`)."""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from typing import cast

from django.conf import settings
from pynetdicom import AE, _config

from yilianti.gateways.dicom import limits as limiting
from yilianti.gateways.dicom import serving, terms
from yilianti.gateways.dicom.desk import Desk
from yilianti.gateways.dicom.limits import Budget, Limits
from yilianti.gateways.dicom.lines import Door, Handler
from yilianti.kernel import heartbeat
from yilianti.kernel.process import stopping, without_pool

log = logging.getLogger(__name__)
AE_TITLE = "YILIANTI"


class Listener:
    """The application entity; `start` listens, `stop` lets the objects in hand be finished."""

    def __init__(self, host: str, port: int, *, title: str = AE_TITLE, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.budget = Budget(self.limits)
        self.desk = Desk(self.limits.workers)
        self.service = serving.Service(self.desk, self.limits.matches)
        self._entity = _entity(title, self.limits)
        # The library would describe every message, with its attributes, and every line that breaks off; what matters `serving` and `lines` say.
        _config.LOG_HANDLER_LEVEL = "none"
        logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
        self._door = cast(Door, self._entity.make_server((host, port), ae_title=title, evt_handlers=self.service.handlers(), server_class=Door, request_handler=Handler))
        self._entity._servers.append(self._door)  # the library lists only the servers it starts itself, and asks its list when one ends
        self._door.budget, self._door.strangers, self._door.counting = self.budget, Counter(), threading.Lock()
        self._thread = threading.Thread(target=self._door.serve_forever, kwargs={"poll_interval": 0.1}, name="dicom-door", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, grace: float = 2.0) -> None:
        """No new association; those in the middle of an object have a moment to finish it."""
        self._door.shutdown()
        self._thread.join(grace)
        for line in self._door.active_associations:
            line.abort()
        self.desk.close()

    @property
    def port(self) -> int:
        return int(self._door.server_address[1])

    def detail(self) -> dict[str, int]:
        """What the heartbeat tells."""
        return {"port": self.port, "lines": len(self._door.active_associations), "stored": self.service.stored, "refused": self.service.refused}


def _entity(title: str, limits: Limits) -> AE:
    entity = AE(ae_title=title)
    entity.require_called_aet = True
    entity.implementation_class_uid, entity.implementation_version_name = terms.IMPLEMENTATION_UID, terms.IMPLEMENTATION_NAME
    entity.maximum_associations, entity.maximum_pdu_size = limits.associations, limits.pdu
    entity.acse_timeout, entity.dimse_timeout, entity.network_timeout = limits.acse, limits.dimse, limits.network
    serving.contexts(entity)
    return entity


def main() -> int:
    """Serves until SIGTERM; returns 1 where the port is taken."""
    over = stopping()
    without_pool()
    host = os.environ.get("YILIANTI_DICOM_HOST") or ("127.0.0.1" if settings.ON_THIS_MACHINE else "0.0.0.0")  # noqa: S104 the hospital's own network
    port, title = settings.DICOM_PORT, settings.DICOM_AE_TITLE
    try:
        listener = Listener(host, port, title=title, limits=limiting.from_environment())
    except OSError as fault:
        log.error("DICOM 端口 %s:%s 不能使用（%s）；请关闭占用它的程序，或用 YILIANTI_DICOM_PORT 换一个端口。", host, port, fault.strerror)
        return 1
    listener.start()
    log.info("dicom: %s listening on %s:%s", title, host, port)
    beats = heartbeat.keep_beating("dicom", over, listener.detail)
    over.wait()
    listener.stop()
    beats.join(timeout=heartbeat.BEAT_SECONDS)
    return 0
