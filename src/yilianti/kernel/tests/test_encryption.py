"""Encryption at rest: what opens, what does not, and that OpenSSL reads it too."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from django.db import models
from django.test.utils import isolate_apps

from yilianti.kernel.crypto import aead, encryption, keyring, keys_in_hand
from yilianti.kernel.crypto.encryption import (
    EncryptedBytesField,
    EncryptedJSONField,
    EncryptedTextField,
    KeyedHashField,
    Unreadable,
)
from yilianti.kernel.crypto.keyring import Folder, KeysMissing

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="no openssl binary on this machine")
CARD = "349921195503120021"


@pytest.fixture(params=[("sm4-gcm", "hmac-sm3"), ("aes-256-gcm", "hmac-sha256")], ids=["guomi", "aes"])
def home(request, tmp_path, settings):
    """An installation's folder of keys with either set of algorithms."""
    settings.KEYS_DIR, (settings.CIPHER, settings.KEYED_HASH) = tmp_path / "keys", request.param
    encryption.folder().ensure(*request.param)
    encryption.refresh()
    yield encryption.folder()
    settings.KEYS_DIR = tmp_path / "none"
    encryption.refresh()


def test_what_is_encrypted_opens_and_differs_each_time(home):
    one, other = (encryption.encrypt("t.c", CARD.encode()) for _ in range(2))
    assert one != other
    assert encryption.decrypt("t.c", one) == encryption.decrypt("t.c", other) == CARD.encode()
    assert CARD.encode() not in one
    assert len(one) == len(CARD) + encryption.HEAD + aead.NONCE + aead.TAG
    assert encryption.decrypt("t.c", encryption.encrypt("t.c", b"")) == b""


def test_every_flipped_byte_and_another_column_are_refused(home):
    sealed = encryption.encrypt("t.c", b"138 1234 5678")
    for place in range(len(sealed)):
        with pytest.raises(Unreadable):
            encryption.decrypt("t.c", sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :])
    with pytest.raises(Unreadable, match=r"t\.d"):
        encryption.decrypt("t.d", sealed)
    with pytest.raises(Unreadable):
        encryption.decrypt("t.c", sealed[:-1])
    with pytest.raises(Unreadable):
        encryption.decrypt("t.c", CARD.encode())


def test_keyed_hashes_are_equal_for_equal_values_of_one_purpose_only(home):
    assert encryption.keyed_hash("a", CARD) == encryption.keyed_hash("a", CARD)
    assert encryption.keyed_hash("a", CARD) != encryption.keyed_hash("b", CARD)
    assert encryption.keyed_hash("a", CARD) != encryption.keyed_hash("a", CARD[:-1] + "X")
    assert encryption.keyed_hashes("a", CARD) == (encryption.keyed_hash("a", CARD), None)
    assert encryption.looked_up() == "odd"


def test_a_mac_holds_for_its_purpose_and_text_only(home):
    proof = encryption.mac("access_grant", "7|doctor")
    assert encryption.mac_holds("access_grant", "7|doctor", proof)
    for purpose, text, told in (("other", "7|doctor", proof), ("access_grant", "7|admin", proof), ("access_grant", "7|doctor", proof[:-1] + "z"),
                                ("access_grant", "7|doctor", ""), ("access_grant", "7|doctor", "9:00"), ("access_grant", "7|doctor", "密")):
        assert not encryption.mac_holds(purpose, text, told)


def test_the_files_are_private_and_hold_no_key_in_the_clear(home):
    assert home.path.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (home.ring, home.own_root)} == {0o600}
    text = home.ring.read_text()
    assert not [key for key in home.load().keys if key.secret.hex() in text]
    assert "secret" not in repr(home.load())


def test_another_process_sees_a_new_key_when_it_meets_it(home):
    before = encryption.ring()
    with home.changing() as rings:  # as another process does
        current = rings[0].current(keyring.DATA)
        rings.append(rings[0].with_state(current, keyring.OLD).with_new(keyring.DATA, current.algorithm, keyring.CURRENT))
    key = home.load().current(keyring.DATA)
    head = bytes((1, {"sm4-gcm": 1, "aes-256-gcm": 2}[key.algorithm])) + (2).to_bytes(4, "big")
    sealed = head + aead.seal(key.algorithm, key.secret, b"new", head + b"t.c")
    assert encryption.ring() is before  # within the second
    assert encryption.decrypt("t.c", sealed) == b"new"


def test_a_destroyed_key_leaves_its_ciphertext_unreadable(home):
    sealed = encryption.encrypt("t.c", b"gone")
    with encryption.changing() as rings:
        first = rings[0].current(keyring.DATA)
        rings.append(rings[0].with_new(keyring.DATA, first.algorithm, keyring.CURRENT).with_state(first, keyring.DESTROYED))
    with pytest.raises(Unreadable, match="1 号密钥保护，密钥已销毁"):
        encryption.decrypt("t.c", sealed)
    assert '"wrapped": ""' in home.ring.read_text()


def test_another_root_key_opens_nothing_and_is_named(home):
    stranger = Folder(home.path, root_given="ab" * 32)
    with pytest.raises(KeysMissing, match="不相配"):
        stranger.load()
    with pytest.raises(KeysMissing, match="64 位十六进制数"):
        Folder(home.path, root_given="secret").load()
    with pytest.raises(KeysMissing, match="读不到根密钥"):
        Folder(home.path, root_file=str(home.path / "unmounted")).load()


def test_the_root_key_may_come_from_a_mount(tmp_path):
    mounted = tmp_path / "mounted"
    mounted.write_text("cd" * 32 + "\n")
    given = Folder(tmp_path / "keys", root_file=str(mounted))
    ring = given.ensure("sm4-gcm", "hmac-sm3")
    assert given.load() == ring == Folder(tmp_path / "keys", root_given="cd" * 32).load()
    assert not given.own_root.exists()


def test_rewrapping_keeps_the_keys_also_when_killed_in_the_middle(home, monkeypatch):
    before, root = home.load(), home.own_root.read_text()
    home.rewrap(os.urandom(32))
    assert home.load() == before
    assert home.own_root.read_text() != root
    waiting = home.own_root.with_suffix(".next")
    kept = home.own_root.read_text()
    home.rewrap(os.urandom(32))
    home.own_root.replace(waiting)  # the state between writing the ring and renaming the root
    home.own_root.write_text(kept)
    assert home.load() == before


def test_an_installation_without_its_keys_does_not_work_with_passing_ones(tmp_path, settings):
    settings.KEYS_DIR, settings.KEYS_EXPECTED = tmp_path, True
    keys_in_hand._in_hand.ring = None
    with pytest.raises(KeysMissing, match="请从备份恢复 keys 目录"):
        encryption.encrypt("t.c", b"x")
    settings.KEYS_EXPECTED = False
    assert encryption.decrypt("t.c", encryption.encrypt("t.c", b"x")) == b"x"


@pytest.fixture
def sample():
    """A model of its own with encrypted columns."""
    with isolate_apps("yilianti.kernel"):

        class Sample(models.Model):
            body = EncryptedBytesField()
            card = EncryptedTextField(max_length=64, blank=True)
            card_odd, card_even = KeyedHashField(of="card", slot="odd"), KeyedHashField(of="card", slot="even")
            past = EncryptedJSONField(default=dict)

            class Meta:
                app_label = "kernel"

        yield Sample


def test_fields_bind_to_their_column_and_cannot_be_looked_for(sample):
    from django.db import connection

    field = sample._meta.get_field("card")
    sealed = field.get_db_prep_save(CARD, connection).obj
    assert field.from_db_value(sealed, None, connection) == CARD
    assert encryption.decrypt("kernel_sample.card", sealed) == CARD.encode()
    with pytest.raises(Unreadable):
        sample._meta.get_field("body").from_db_value(sealed, None, connection)
    with pytest.raises(TypeError, match="keyed hash"):
        sample.objects.filter(card=CARD)
    assert sample().card == ""
    assert field.get_db_prep_save("", connection).obj == b""
    past = sample._meta.get_field("past")
    assert past.from_db_value(past.get_db_prep_save({"name": "苏映荷"}, connection).obj, None, connection) == {"name": "苏映荷"}


def test_hashes_follow_the_value_they_are_of(sample):
    row = sample(card=CARD, card_odd=b"forged")
    assert (row.card_odd, row.card_even) == encryption.keyed_hashes("kernel_sample.card", CARD)
    row.card = ""
    assert (row.card_odd, row.card_even) == (None, None)
    assert row.get_deferred_fields() == set()


@needs_openssl
def test_openssl_decrypts_what_we_encrypt_with_sm4():
    """One documented command, without a line of ours (GCM with a 96-bit nonce is CTR from counter 2)."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    sealed = aead.seal(aead.SM4, key, CARD.encode(), b"t.c")
    asked = [OPENSSL, "enc", "-d", "-sm4-ctr", "-K", key.hex(), "-iv", sealed[:12].hex() + "00000002"]
    assert subprocess.run(asked, input=sealed[12:-16], capture_output=True, check=True).stdout == CARD.encode()
    asked[3] = "-aes-256-ctr"
    asked[5] = (key * 2).hex()
    sealed = aead.seal(aead.AES, key * 2, CARD.encode(), b"t.c")
    asked[7] = sealed[:12].hex() + "00000002"
    assert subprocess.run(asked, input=sealed[12:-16], capture_output=True, check=True).stdout == CARD.encode()


@needs_openssl
@pytest.mark.parametrize(("algorithm", "name"), [("hmac-sm3", "SM3"), ("hmac-sha256", "SHA256")])
def test_openssl_makes_the_same_hmac(algorithm, name):
    asked = [OPENSSL, "mac", "-digest", name, "-macopt", f"hexkey:{'ab' * 32}", "HMAC"]
    told = subprocess.run(asked, input=b"t.c\n" + CARD.encode(), capture_output=True, check=True).stdout.decode().strip().lower()
    assert keyring.digest(algorithm, b"\xab" * 32, f"t.c\n{CARD}".encode()).hex() == told


def test_sm4_is_the_one_of_the_standard():
    # GB/T 32907-2016 附录A 示例1, seen through the counter blocks of GCM
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    block = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()  # noqa: S305
    assert block.update(key).hex() == "681edf34d206965e86b3e94f536e4246"
    sealed = aead.seal(aead.SM4, key, bytes(16), b"")
    assert sealed[12:28] == Cipher(algorithms.SM4(key), modes.ECB()).encryptor().update(sealed[:12] + b"\0\0\0\2")  # noqa: S305
