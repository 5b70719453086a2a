"""Many threads through one gate, each with its own connection."""

from __future__ import annotations

import threading

from django.db import connection


def together(jobs: list) -> list[BaseException]:
    """Start every job at one moment; answers what went wrong."""
    gate, troubles = threading.Barrier(len(jobs)), []

    def run(job: object) -> None:
        try:
            gate.wait()
            job()  # type: ignore[operator]
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return troubles
