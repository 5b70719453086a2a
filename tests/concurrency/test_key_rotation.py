"""Both keys change, killed in the middle, while people register: one resident per number, all found by the new key alone."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from urllib.parse import quote

import pytest
from django.db import connection

from yilianti.kernel.crypto import encryption, keyring, rotation
from yilianti.registry.residents import matching, queries
from yilianti.registry.residents.models import Identifier, Resident
from yilianti.registry.residents.terms import Key
from yilianti.registry.residents.tests.factories import resident, valid_id

pytestmark = pytest.mark.django_db(transaction=True)
KILLS, PEOPLE = 3, 40


@pytest.fixture
def home(tmp_path, settings):
    """A home of its own, shared with the children; the tests' own home is not an installation."""
    settings.KEYS_DIR = tmp_path / "keys"
    encryption.folder().ensure("sm4-gcm", "hmac-sm3")
    encryption.refresh()
    yield tmp_path
    settings.KEYS_DIR = tmp_path / "none"
    encryption.refresh()
    drop_constraints()


def drop_constraints() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE conname ~ '_key_[0-9]+$' AND contype = 'c'")
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def child(home, *arguments: str) -> subprocess.Popen[str]:
    at = connection.settings_dict
    login = quote(at["USER"]) + (f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else "")
    host = f"?host={quote(at['HOST'], safe='')}" if at["HOST"].startswith("/") else ""
    url = f"postgresql://{login}@{'' if host else at['HOST']}:{at['PORT']}/{quote(at['NAME'])}{host}"
    environ = os.environ | {"DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path), "YILIANTI_HOME": str(home), "STOP": str(home / "stop")}
    return subprocess.Popen([sys.executable, "-m", "tests.concurrency.keyed_child", *arguments], env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_a_rotation_killed_and_resumed_under_registrations_leaves_every_resident_single(home) -> None:
    registering = [child(home, "register", str(first), str(PEOPLE)) for first in (0, 0, 20)]  # they overlap on purpose
    until(lambda: Resident.objects.count() >= 10)
    chance = random.Random(11)
    for _ in range(KILLS):
        rotating = child(home, "rotate")
        time.sleep(1.5 + chance.random() * 2.5)  # of which a second and a half are the start
        rotating.kill()
        rotating.wait(10)
    last = child(home, "rotate")
    assert last.wait(120) == 0, last.stdout.read()
    second = child(home, "rotate")  # and once more, whole, so that each slot is used twice
    assert second.wait(120) == 0, second.stdout.read()
    (home / "stop").touch()
    for process in registering:
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said[-3000:]
        assert len(said.splitlines()) > 2 * PEOPLE, "a registration stood still"
    encryption.refresh()
    everybody_is_single(60)


def everybody_is_single(people: int) -> None:
    ring = encryption.ring()
    assert not ring.rotating
    assert [key.state for key in ring.keys if key.purpose in ("data", "index")].count("current") == 2
    assert ring.current(keyring.INDEX).number > 2
    assert Resident.objects.count() == people
    held = Counter(row.value for row in Identifier.objects.all())
    assert set(held.values()) == {1} and len(held) == 2 * people
    for serial in range(people):
        key = Key("id_card", 0, valid_id(serial=serial))
        assert matching.owners([key])[key].resident == Identifier.objects.get(encryption.found_by(Identifier, "value", [f"YB{serial:08d}"])).resident_id
        assert queries._by_number(f"139{serial:08d}")
    for column in rotation.encrypted():
        assert set(rotation.used(column)) <= {ring.current(keyring.DATA).number}
    slot = encryption.looked_up()
    other = {"odd": "even", "even": "odd"}[slot]
    assert not Identifier.objects.exclude(**{f"value_{other}": None}).exists()


def until(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_rotation_by_another_setting_changes_the_algorithms(home, settings, monkeypatch) -> None:
    monkeypatch.setattr(rotation, "_GRACE_SECONDS", 0)
    known = resident("苏映荷", phone="13800000001", id_card=(card := valid_id(serial=3)))
    settings.CIPHER, settings.KEYED_HASH = "aes-256-gcm", "hmac-sha256"
    proof = encryption.mac("t", "x")
    for step in (rotation.rotate_data, rotation.rotate_index, rotation.rotate_mac):
        step(lambda said: None)
    assert [encryption.ring().current(purpose).algorithm for purpose in ("data", "index", "mac")] == ["aes-256-gcm", "hmac-sha256", "hmac-sha256"]
    assert queries._by_number(card) == queries._by_number("13800000001") == [known.id]
    assert resident("苏映荷", id_card=card).id == known.id
    assert encryption.mac_holds("t", "x", proof)


def test_a_writer_who_has_not_heard_of_the_new_key_is_stopped_and_tries_again(home, monkeypatch) -> None:
    """The phase in which it matters: hashes of the old key are gone, and a process still looks by it."""
    monkeypatch.setattr(rotation, "_GRACE_SECONDS", 0)
    known = resident("苏映荷", id_card=(card := valid_id(serial=4)))
    before = encryption.ring()
    rotation.rotate_index(lambda said: None)
    asked = []

    def stale() -> keyring.Ring:
        return before if not asked else encryption.keys_in_hand_ring()

    real = encryption.ring
    monkeypatch.setattr(encryption, "keys_in_hand_ring", real, raising=False)
    monkeypatch.setattr(encryption, "ring", stale)
    monkeypatch.setattr(encryption, "refresh", lambda: asked.append(True))
    assert resident("苏映荷", id_card=card).id == known.id
    assert asked and Resident.objects.count() == 1


def test_a_broken_value_does_not_stop_a_rotation_and_is_named(home, monkeypatch) -> None:
    monkeypatch.setattr(rotation, "_GRACE_SECONDS", 0)
    known, other = resident("苏映荷", phone="13800000001"), resident("江远", phone="13800000002")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE residents_resident SET phone = set_byte(phone, 25, get_byte(phone, 25) # 1) WHERE id = %s", [known.id])
    said: list[str] = []
    rotation.rotate_data(said.append)
    assert [line for line in said if line == "  residents_resident.phone：1 项；△ 1 项校验不符，未动，仍由旧密钥保护"]
    assert Resident.objects.get(id=other.id).phone == "13800000002"
    with pytest.raises(encryption.Unreadable, match=r"residents_resident\.phone 中的一项密文校验不符"):
        Resident.objects.get(id=known.id)
    with pytest.raises(ValueError, match="仍有 1 项内容由 1 号密钥保护"):
        rotation.destroy("data", 1)


def test_a_destroyed_key_makes_an_old_copy_unreadable(home, monkeypatch) -> None:
    monkeypatch.setattr(rotation, "_GRACE_SECONDS", 0)
    resident("苏映荷", phone="13800000001")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM residents_resident")
        in_a_backup = bytes(cursor.fetchone()[0])
    with pytest.raises(ValueError, match="正在使用"):
        rotation.destroy("data", 1)
    rotation.rotate_data(lambda said: None)
    assert encryption.decrypt("residents_resident.phone", in_a_backup) == b"13800000001"
    rotation.destroy("data", 1)
    with pytest.raises(encryption.Unreadable, match="密钥已销毁"):
        encryption.decrypt("residents_resident.phone", in_a_backup)
    assert Resident.objects.get().phone == "13800000001"
    with pytest.raises(ValueError, match="或已销毁"):
        rotation.destroy("data", 1)
