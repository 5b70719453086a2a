"""/healthz says 200 only when every process serves, without login and without telling secrets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from yilianti.config import health
from yilianti.kernel import heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def listener(settings: Any) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.MLLP_PORT = settings.DICOM_PORT = server.getsockname()[1]
        yield


@pytest.fixture
def all_beat(listener: None) -> None:
    for process in health.BEATING:
        heartbeat.beat(process, {"lag": 3, "told": "a name"})


def ask() -> tuple[int, Any]:
    answer = Client().get("/healthz")
    return answer.status_code, answer.json()


def test_all_serve(all_beat: None) -> None:
    code, said = ask()
    assert (code, said["status"]) == (200, "ok")
    assert set(said["processes"]) == {"web", "database", "runner", "worker", "hl7", "dicom", "filing", "folders", "insight"}


def test_only_numbers_leave_without_login(all_beat: None) -> None:
    assert ask()[1]["processes"]["runner"]["detail"] == {"lag": 3}


def test_a_process_never_heard_of_is_silent(listener: None) -> None:
    code, said = ask()
    assert code == 503
    assert said["processes"]["worker"] == {"state": "silent", "seconds_ago": None}


def test_an_old_beat_is_silence(all_beat: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_heartbeat SET at = at - interval '11 seconds' WHERE process = 'runner'")
    code, said = ask()
    assert code == 503
    assert said["processes"]["runner"]["state"] == "silent"
    assert said["processes"]["worker"]["state"] == "serving"


@pytest.mark.parametrize("name", ["hl7", "dicom"])
def test_a_listener_that_beats_but_takes_no_connection_is_down(all_beat: None, settings: Any, name: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        setattr(settings, health.DOORS[name], unused.getsockname()[1])
        code, said = ask()
    assert code == 503
    assert said["processes"][name]["state"] == "down"


def test_a_lost_database_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> None:
        raise OperationalError("postgresql://yilianti:secret@127.0.0.1")

    monkeypatch.setattr(health, "_beats", lost)
    code, said = ask()
    assert code == 503
    assert said["processes"]["database"] == {"state": "down"}
    assert "secret" not in str(said)
