"""Signatures: OpenSSL and gmssl agree with us, and one changed byte fails everywhere."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from yilianti.kernel.crypto import encryption, keyring, signers, signing

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="no openssl binary on this machine")
CONTENT = '{"number":"ZZ2026","state":"concluded","词":"转诊"}'.encode()


@pytest.fixture(params=["sm2", "rsa"])
def home(request, tmp_path, settings):
    settings.KEYS_DIR, settings.SIGNATURE = tmp_path / "keys", request.param
    encryption.folder().ensure("sm4-gcm", "hmac-sm3")
    encryption.refresh()
    yield encryption.folder()
    settings.KEYS_DIR = tmp_path / "none"
    encryption.refresh()


def openssl(line: str, folder) -> subprocess.CompletedProcess[str]:
    return subprocess.run(line.split(), cwd=folder, capture_output=True, text=True)


def test_a_signature_holds_for_exactly_its_bytes(home):
    made = signing.sign(CONTENT, as_="documents")
    assert signing.verify(CONTENT, made.signature, made.certificate)
    assert not signing.verify(CONTENT + b" ", made.signature, made.certificate)
    assert not signing.verify(CONTENT.replace(b"ZZ2026", b"ZZ2027"), made.signature, made.certificate)
    for place in range(0, len(made.signature), 7):
        changed = made.signature[:place] + bytes([made.signature[place] ^ 1]) + made.signature[place + 1 :]
        assert not signing.verify(CONTENT, changed, made.certificate)
    assert not signing.verify(CONTENT, b"", made.certificate)
    other = signing.sign(CONTENT, as_="anchors")
    assert not signing.verify(CONTENT, made.signature, other.certificate)


def test_the_key_is_made_once_and_kept_wrapped(home):
    one, other = (signing.sign(CONTENT, as_="documents") for _ in range(2))
    assert one.certificate == other.certificate
    assert one.signature != other.signature or one.algorithm == "rsa"
    (key,) = home.load().of("sign.documents")
    assert key.certificate == one.certificate
    assert key.secret.hex() not in home.ring.read_text()
    assert home.load().current(keyring.DATA)


@needs_openssl
def test_openssl_verifies_with_the_documented_command(home, tmp_path):
    made = signing.sign(CONTENT, as_="documents")
    for name, content in (("c.json", CONTENT), ("c.sig", made.signature), ("c.pem", made.certificate.encode())):
        (tmp_path / name).write_bytes(content)
    line = signing.command(made.algorithm, content="c.json", signature="c.sig", certificate="c.pem")
    told = openssl(line, tmp_path)
    assert told.returncode == 0 and "Verified Successfully" in told.stdout, told.stderr
    (tmp_path / "c.json").write_bytes(CONTENT[:-1] + b" ")
    assert openssl(line, tmp_path).returncode != 0


@needs_openssl
def test_openssl_reads_the_certificate_and_its_own_signature(home, tmp_path):
    made = signing.sign(CONTENT, as_="documents")
    (tmp_path / "c.pem").write_text(made.certificate)
    said = openssl("openssl x509 -in c.pem -noout -text", tmp_path).stdout
    assert ("SM2-with-SM3" if made.algorithm == "sm2" else "sha256WithRSAEncryption") in said
    assert "Non Repudiation" in said
    held = signing._certificate(made.certificate)  # `openssl verify` gives its copy of the issuer no distid, hence part by part
    (tmp_path / "body").write_bytes(held["tbs_certificate"].dump())
    (tmp_path / "body.sig").write_bytes(held["signature_value"].native)
    told = openssl(signing.command(made.algorithm, content="body", signature="body.sig", certificate="c.pem"), tmp_path)
    assert told.returncode == 0, told.stderr


def test_gmssl_agrees_also_where_r_or_s_are_short(settings):
    """A second opinion on many signatures: those whose r or s begin with zeros are where DER readers go wrong."""
    from asn1crypto.core import Sequence
    from gmssl import sm2

    secret = (0xB9AB0B828FF68872F21A837FC303668428DEA11DCD1B24429D0C99E24EED83D5).to_bytes(32, "big")
    point = signing._public(secret)
    # the pair that gmssl publishes in its README
    assert point == "b9c9a6e04e9c91f7ba880429273747d7ef5ddeb0bb2ff6317eb00bef331a83081a6994b8993f3f5d6eadddb81872266c87c018fb4162f5af347b483e24620207"
    foreign = sm2.CryptSM2(private_key=secret.hex(), public_key=point)
    for number in range(12):
        content = f"line {number}".encode()
        made = signing._sign_sm2(secret, content)
        r, s = (Sequence.load(made)[place].native for place in (0, 1))
        assert foreign.verify_with_sm3(f"{r:064x}{s:064x}", content)
        assert signing._holds_sm2(point, content, made)
    theirs = foreign.sign_with_sm3(b"from gmssl")
    der = signing._Pair({"r": int(theirs[:64], 16), "s": int(theirs[64:], 16)}).dump()
    assert signing._holds_sm2(point, b"from gmssl", der)
    assert not signing._holds_sm2(point, b"from gmssI", der)


def test_a_public_key_that_begins_with_04_keeps_its_digits():
    secret = next(n.to_bytes(32, "big") for n in range(1, 2000) if signing._public.__wrapped__(n.to_bytes(32, "big")).startswith(("04", "00", "40")))
    made = signing._sign_sm2(secret, CONTENT)
    assert signing._holds_sm2(signing._public(secret), CONTENT, made)


def test_a_persons_key_is_named_vouched_for_and_retired(home, tmp_path):
    who = signing.Subject("方青", "YX-0412", "云溪县人民医院")
    made = signers.authority().sign(CONTENT, "physician-7", who)
    assert signing.verify(CONTENT, made.signature, made.certificate) and signing.is_ours(made.certificate)
    assert signers.authority().retire("physician-7") and not signers.authority().retire("physician-7")
    encryption.refresh()
    (gone,) = home.load().of("sign.physician-7")
    assert gone.secret == b"" and signing.verify(CONTENT, made.signature, made.certificate), "what was signed still verifies"
    again = signers.authority().sign(CONTENT, "physician-7", who)
    assert signing.serial_of(again.certificate) != signing.serial_of(made.certificate), "a key that is gone does not come back"
    assert not signing.is_ours(signing.certificate_of("documents")), "a certificate that is only its own witness"


@needs_openssl
def test_openssl_follows_a_person_to_the_authority(home, tmp_path):
    made = signers.authority().sign(CONTENT, "physician-7", signing.Subject("方青", "YX-0412", "云溪县人民医院"))
    (tmp_path / "p.pem").write_text(made.certificate)
    (tmp_path / "ca.pem").write_text(signing.authority_chain())
    told = openssl("openssl verify -CAfile ca.pem" + (" -vfyopt distid:1234567812345678" if made.algorithm == "sm2" else "") + " p.pem", tmp_path)
    assert "p.pem: OK" in told.stdout, told.stderr
    shown = openssl("openssl x509 -in p.pem -noout -serial -nameopt utf8 -subject", tmp_path).stdout
    assert f"serial={signing.serial_of(made.certificate)}" in shown.replace("serial=0", "serial=") and "方青" in shown and "YX-0412" in shown
