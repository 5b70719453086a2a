"""The background worker: procrastinate's tasks, with a heartbeat."""

from __future__ import annotations

import threading

from yilianti.cli import django_ready

SUMMARY: str = "运行后台任务（由 ./run 启动）"
BEAT_SECONDS = 2.0


def main(argv: list[str]) -> int:
    """Work until stopped; the heartbeat falls silent when the worker does."""
    django_ready()
    from procrastinate.contrib.django import app

    stopped = threading.Event()
    threading.Thread(target=_beat, args=[stopped], daemon=True).start()
    try:
        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
            app.run_worker(listen_notify=True, install_signal_handlers=True)
    finally:
        stopped.set()
    return 0


def _beat(stopped: threading.Event) -> None:
    from django.db import Error, connection

    from yilianti.kernel import heartbeat

    while not stopped.is_set():
        try:
            heartbeat.beat("worker")
        except Error:
            connection.close()  # the next beat takes a new connection
        stopped.wait(BEAT_SECONDS)
