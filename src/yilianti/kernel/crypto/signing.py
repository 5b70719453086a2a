"""Signatures that others verify: SM2 with SM3 (GB/T 32918, GB/T 35276) or RSA with SHA-256, detached, with a certificate of our own.

A signature stands as DER beside the bytes it covers; `command` is the line with which OpenSSL verifies it. The certificate of an
installation is self-signed, that of a person given by our own authority: that it is ours, and that the key sits in a hardware module,
is for the deployment to arrange.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from asn1crypto import algos, core, keys, pem, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_pem_x509_certificate
from django.conf import settings

from yilianti.kernel.crypto import encryption, keyring
from yilianti.kernel.crypto.keyring import RSA, SM2, Key, Ring

#: 默认用户标识（GB/T 35276-2017 10）。
DISTINGUISHER = b"1234567812345678"
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_A = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"
_B = "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
_G = "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
_CURVE, _SM2_WITH_SM3 = "1.2.156.10197.1.301", "1.2.156.10197.1.501"
_YEARS = 20
_HEX = 64
keys.NamedCurve.register("sm2p256v1", _CURVE, 32)


class _Pair(core.Sequence):
    _fields = [("r", core.Integer), ("s", core.Integer)]


@dataclass(frozen=True)
class Signed:
    """A detached signature (DER), the certificate (PEM) it verifies with, and "sm2" or "rsa"."""

    signature: bytes
    certificate: str
    algorithm: str


@dataclass(frozen=True)
class Subject:
    """Whom a certificate names: a person with their staff number and institution."""

    name: str
    number: str
    place: str


#: The key that vouches for those of persons.
AUTHORITY = "authority"


def sign(content: bytes, *, as_: str, subject: Subject | None = None) -> Signed:
    """Sign with the installation's key for `as_` (such as "documents"), made with its certificate at the first use; with a subject the
    certificate names that person and is given by our own authority."""
    key = _key_of(as_, subject)
    made = _sign_sm2(key.secret, content) if key.algorithm == SM2 else _private(key.secret).sign(content, padding.PKCS1v15(), hashes.SHA256())
    return Signed(made, key.certificate, key.algorithm)


def key_number(as_: str) -> int:
    """Which of the installation's keys signs for `as_` now."""
    return _key_of(as_).number


def certificate_of(as_: str, subject: Subject | None = None) -> str:
    """The certificate with which `as_` signs now."""
    return _key_of(as_, subject).certificate


def retire(as_: str) -> bool:
    """Nobody signs as this any more: the secret is gone, what it signed still verifies. False where there was no key. A later signature makes a new key."""
    purpose = f"sign.{as_}"
    with encryption.changing() as rings:
        for held in rings[0].of(purpose, keyring.CURRENT):
            rings.append(rings[-1].with_state(held, keyring.DESTROYED))
        return len(rings) > 1


def serial_of(certificate: str) -> str:
    """The serial number of a certificate, in hex as OpenSSL prints it."""
    return f"{_certificate(certificate).serial_number:X}"


def is_ours(certificate: str) -> bool:
    """Whether our own authority gave this certificate: one that somebody made for themselves is none."""
    held = _certificate(certificate)
    covered, value = held["tbs_certificate"].dump(), bytes(held["signature_value"].native)
    return any(key.certificate and verify(covered, value, key.certificate) for key in encryption.ring().of(f"sign.{AUTHORITY}"))


def authority_chain() -> str:
    """The certificates of our own authority, as PEM."""
    return "".join(key.certificate for key in encryption.ring().of(f"sign.{AUTHORITY}"))


def verify(content: bytes, signature: bytes, certificate: str) -> bool:
    """Whether the holder of the certificate's key signed exactly these bytes."""
    held = _certificate(certificate)
    if held["tbs_certificate"]["subject_public_key_info"]["algorithm"]["algorithm"].native != "ec":
        public = load_pem_x509_certificate(certificate.encode()).public_key()
        try:
            public.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr,call-arg,arg-type]
        except InvalidSignature:
            return False
        return True
    return _holds_sm2(_point(held), content, signature)


def command(algorithm: str, *, content: str, signature: str, certificate: str) -> str:
    """The one line by which OpenSSL 3 verifies a signature, for files of these names."""
    files = f"-in {content} -certin -inkey {certificate} -sigfile {signature}"
    if algorithm == SM2:
        return f"openssl pkeyutl -verify -rawin -digest sm3 {files} -pkeyopt distid:{DISTINGUISHER.decode()}"
    return f"openssl pkeyutl -verify -rawin -digest sha256 {files}"


# -- the key


def _key_of(whose: str, subject: Subject | None = None) -> Key:
    purpose = f"sign.{whose}"
    if held := encryption.ring().of(purpose, keyring.CURRENT):
        return held[0]
    by = _key_of(AUTHORITY) if subject else None
    with encryption.changing() as rings:
        if not rings[0].of(purpose, keyring.CURRENT):  # another process may have been first
            rings.append(rings[0].with_key(_made(rings[0], purpose, whose, subject, by)))
    return encryption.ring().of(purpose, keyring.CURRENT)[0]


def _made(ring: Ring, purpose: str, whose: str, subject: Subject | None, by: Key | None) -> Key:
    number, at, algorithm = ring.following(purpose), datetime.now(UTC).replace(microsecond=0), settings.SIGNATURE
    if algorithm == SM2:
        secret = (secrets.randbelow(_N - 2) + 1).to_bytes(32, "big")
        public = keys.PublicKeyInfo({"algorithm": _ec(), "public_key": b"\x04" + bytes.fromhex(_public(secret))})
    elif algorithm == RSA:
        private = rsa.generate_private_key(65537, 3072)
        secret = private.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        public = keys.PublicKeyInfo.load(private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
    else:
        raise ValueError(f"YILIANTI_SIGNATURE 只能是 {SM2} 或 {RSA}，现在是“{algorithm}”。")
    named = {"organization_name": subject.place, "common_name": subject.name, "serial_number": subject.number} if subject else _installation(ring, whose, number)
    fresh = Key(purpose, number, algorithm, keyring.CURRENT, f"{at:%Y-%m-%dT%H:%M:%SZ}", secret)
    return replace(fresh, certificate=_certified(x509.Name.build(named), at, public, by or fresh, is_person=subject is not None))


def _installation(ring: Ring, whose: str, number: int) -> dict[str, str]:
    return {"organization_name": "Yilianti", "common_name": f"Yilianti {ring.name} {whose} {number}"}


def _ec() -> keys.PublicKeyAlgorithm:
    return keys.PublicKeyAlgorithm({"algorithm": "ec", "parameters": keys.ECDomainParameters(name="named", value="sm2p256v1")})


def _certified(who: x509.Name, at: datetime, public: keys.PublicKeyInfo, by: Key, *, is_person: bool) -> str:
    """A certificate of version 3 for signatures only, as PEM: a person's by our authority, an installation's by itself."""
    is_sm2 = by.algorithm == SM2
    how = algos.SignedDigestAlgorithm({"algorithm": _SM2_WITH_SM3 if is_sm2 else "sha256_rsa"})
    use = x509.Extension({"extn_id": "key_usage", "critical": True, "extn_value": x509.KeyUsage({"digital_signature", "non_repudiation"} | (set() if is_person else {"key_cert_sign"}))})
    ends = x509.Extension({"extn_id": "basic_constraints", "critical": True, "extn_value": x509.BasicConstraints({"ca": not is_person})})
    body = x509.TbsCertificate({
        "version": "v3", "serial_number": secrets.randbits(126), "signature": how, "issuer": _certificate(by.certificate).subject if by.certificate else who, "subject": who,
        "subject_public_key_info": public, "extensions": [ends, use],
        "validity": {"not_before": x509.Time({"utc_time": at}), "not_after": x509.Time({"utc_time": at + timedelta(days=365 * _YEARS)})},
    })  # fmt: skip
    covered = body.dump()
    value = _sign_sm2(by.secret, covered) if is_sm2 else _private(by.secret).sign(covered, padding.PKCS1v15(), hashes.SHA256())
    whole = x509.Certificate({"tbs_certificate": body, "signature_algorithm": how, "signature_value": value})
    return pem.armor("CERTIFICATE", whole.dump()).decode()


@lru_cache(maxsize=4)
def _private(secret: bytes) -> rsa.RSAPrivateKey:
    key = serialization.load_der_private_key(secret, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@lru_cache(maxsize=16)
def _certificate(text: str) -> x509.Certificate:
    return x509.Certificate.load(pem.unarmor(text.encode())[2])


def _point(certificate: x509.Certificate) -> str:
    """The public key's coordinates, 128 hex digits."""
    return bytes(certificate["tbs_certificate"]["subject_public_key_info"]["public_key"])[1:].hex()


# -- SM2 by gmssl, whose traps are: r and s must be padded, the nonce must be given, a public key may lose leading digits


def _sm2(private: str, public: str):
    from gmssl import sm2  # imported here: few processes sign

    pair = sm2.CryptSM2(private_key=private, public_key="")
    pair.public_key = public  # its constructor strips every leading 0 and 4
    return pair


@lru_cache(maxsize=4)
def _public(secret: bytes) -> str:
    return str(_sm2(secret.hex(), "")._kg(int.from_bytes(secret, "big"), _G))


def _sign_sm2(secret: bytes, content: bytes) -> bytes:
    pair = _sm2(secret.hex(), _public(secret))
    made = None
    while made is None:  # of 2^256 nonces a handful is unusable; gmssl's own are not from a secure source
        made = pair.sign(_message_digest(pair.public_key, content), f"{secrets.randbelow(_N - 1) + 1:0{_HEX}x}")
    return bytes(_Pair({"r": int(made[:_HEX], 16), "s": int(made[_HEX:], 16)}).dump())


def _holds_sm2(point: str, content: bytes, signature: bytes) -> bool:
    try:
        pair = _Pair.load(signature, strict=True)
        r, s = int(pair["r"].native), int(pair["s"].native)
    except (ValueError, TypeError):
        return False
    if not (0 < r < _N and 0 < s < _N and (r + s) % _N):
        return False
    return bool(_sm2("", point).verify(f"{r:0{_HEX}x}{s:0{_HEX}x}", _message_digest(point, content)))


def _message_digest(point: str, content: bytes) -> bytes:
    """SM3 over who signs and what (GB/T 32918.2-2016 5.5, 6.1)."""
    who = (8 * len(DISTINGUISHER)).to_bytes(2, "big") + DISTINGUISHER + bytes.fromhex(_A + _B + _G + point)
    return _sm3(_sm3(who) + content)


def _sm3(content: bytes) -> bytes:
    state = hashes.Hash(hashes.SM3())
    state.update(content)
    return state.finalize()
