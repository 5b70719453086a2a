"""GET /healthz: what each process does now; for the supervisor, monitoring and load balancers, so without login."""

from __future__ import annotations

import json
import os
import socket
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse

from yilianti.kernel.pages import PUBLIC, page

BEATING = ("runner", "worker", "hl7", "dicom", "filing", "folders", "insight")
#: processes that listen: their setting is the port
DOORS = {"hl7": "MLLP_PORT", "dicom": "DICOM_PORT"}
FRESH_SECONDS = 10.0
DATABASE_SECONDS = 2.0
SERVING, SILENT, DOWN = "serving", "silent", "down"


@page(PUBLIC, methods=("GET", "HEAD"))
def healthz(request: HttpRequest) -> JsonResponse:
    """{status, processes: {name: {state, detail…}}}; 200 only when every process serves, 503 otherwise."""
    processes: dict[str, dict[str, Any]] = {"web": {"state": SERVING}}
    try:
        beats = _beats()
    except (Error, psycopg.Error):
        processes["database"] = {"state": DOWN}
        processes |= {name: {"state": "unknown"} for name in BEATING}
    else:
        processes["database"] = {"state": SERVING}
        processes |= {name: _process(beats.get(name)) for name in BEATING}
        for name, port in DOORS.items():
            if processes[name]["state"] == SERVING and not _listens(getattr(settings, port)):
                processes[name]["state"] = DOWN
    well = all(process["state"] == SERVING for process in processes.values())
    answer = JsonResponse({"status": "ok" if well else "degraded", "processes": processes}, status=200 if well else 503)
    answer["Cache-Control"] = "no-store"
    answer._has_been_logged = True  # type: ignore[attr-defined]  # asked every few seconds: not an error of the web process
    return answer


def _beats() -> dict[str, tuple[float, Any]]:
    """Process → (seconds since its last beat by the database's clock, detail)."""
    statement = "SELECT process, extract(epoch FROM clock_timestamp() - at)::float8, detail FROM kernel_heartbeat"
    pool = getattr(connection, "pool", None)
    if pool is None or connection.connection is not None:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            rows = cursor.fetchall()
    else:  # pages may wait for a database that restarts, this answer may not
        pool.open()
        with pool.connection(timeout=DATABASE_SECONDS) as borrowed:
            rows = borrowed.execute(statement).fetchall()
    return {
        name: (seconds, json.loads(detail) if isinstance(detail, str) else detail) for name, seconds, detail in rows
    }


def _process(beat: tuple[float, Any] | None) -> dict[str, Any]:
    if beat is None:
        return {"state": SILENT, "seconds_ago": None}
    return {
        "state": SERVING if beat[0] <= FRESH_SECONDS else SILENT,
        "seconds_ago": round(beat[0], 1),
        **_counts(beat[1]),
    }


def _counts(detail: Any) -> dict[str, Any]:
    """Only numbers leave without login: no names, no texts, no addresses."""
    if not isinstance(detail, dict):
        return {}
    return {"detail": {key: value for key, value in detail.items() if isinstance(value, int | float)}}


def _listens(port: int) -> bool:
    """Whether a port takes a connection."""
    bind = os.environ.get("YILIANTI_BIND", "127.0.0.1")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
