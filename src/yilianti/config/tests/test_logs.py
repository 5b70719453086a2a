"""A request with a name and an identity number in its address, its body and its error leaves neither in the log, but its number."""

from __future__ import annotations

import io
import logging
import re
from urllib.parse import quote

import pytest
from django.db import IntegrityError, connection
from django.test import Client, override_settings
from django.urls import path

from yilianti.config import logs
from yilianti.config.urls import handler403, handler404, handler500
from yilianti.config.urls import urlpatterns as shipped
from yilianti.handovers import machine
from yilianti.kernel import slow
from yilianti.kernel.pages import PUBLIC, page

NAME, NUMBER, PHONE = "欧阳春梅", "341181199003071228", "13955501234"


@page(PUBLIC, methods=("POST",))
def stumble(request):
    """Everything that tends to be quoted: the query, the body, a unique value in the database's own words."""
    logging.getLogger("yilianti.test").warning("looking for %s (%s)", request.GET["name"], request.POST["number"])
    logging.getLogger("yilianti.test").warning("asked %s", request.get_full_path())
    raise IntegrityError(f"duplicate key\nDETAIL: Key (name, number)=({NAME}, {NUMBER}, {PHONE}) already exists.")


urlpatterns = [path("stumble", stumble), *shipped]
__all__ = ["handler403", "handler404", "handler500"]


@pytest.fixture
def written():
    """What the one format writes."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(logs.Line())
    root = logging.getLogger()
    root.addHandler(handler)
    yield kept
    root.removeHandler(handler)


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_no_log_names_anybody_and_every_line_has_the_number(written):
    client = Client(raise_request_exception=False)
    answer = client.post(f"/stumble?name={quote(NAME)}&number={NUMBER}", {"number": NUMBER, "name": NAME, "phone": PHONE})
    said = written.getvalue()
    number = answer["X-Request-ID"]
    assert answer.status_code == 500
    assert number in answer.content.decode(), "the page tells the number to the person"
    assert "IntegrityError" in said
    assert "stumble" in said, "the place of the failure stays"
    assert all(f"[{number}]" in line for line in said.splitlines() if re.match(r"\d{4}-\d\d-\d\d ", line))
    for secret in (NAME, NUMBER, PHONE, quote(NAME), "春梅"):
        assert secret not in said, secret


@pytest.mark.django_db
def test_a_slow_statement_is_logged_without_its_values(written, settings, tmp_path):
    settings.SLOW_MILLISECONDS = 0
    slow.watch(connection)
    slow.watch(connection)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s, 'literal', 42 WHERE 1 IN (%s, %s)", [NAME, 1, 2])
    finally:
        connection.execute_wrappers.clear()
    said = written.getvalue()
    assert said.count("slow statement") == 1
    assert "SELECT %s, ?, ? WHERE ? IN (?)" in said
    assert NAME not in said
    settings.HOME = tmp_path
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/web.log").write_text(re.sub(r"slow statement \d+", "slow statement 700", said) * 2)
    (row,) = machine.slow_statements()
    assert (row.count, row.longest, row.total) == (2, 700, 1400)


def test_counts_stay_numbers(written):
    logging.getLogger("yilianti.test").warning("%d of %s took %.1f s", 3, 12, 1.5)
    assert "3 of 12 took 1.5 s" in written.getvalue()
