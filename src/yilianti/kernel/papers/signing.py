"""Signatures inside PDF files (PAdES) that other readers verify, with the certificate of the institution that issues them.

`<keys>/papers-<whose>.key.pem` and `.crt.pem` are made when first needed, the certificate self-signed; a certificate of an authority
replaces both files. The key never leaves the folder.
"""

from __future__ import annotations

import fcntl
import io
import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from yilianti.kernel.finding import Refused

_BITS, _YEARS = 3072, 10


def sign(pdf: bytes, *, keys: Path, whose: str, name: str, reason: str, at: datetime) -> tuple[bytes, str]:
    """The PDF with a signature that any change breaks, and the name in its certificate; raises Refused where key and certificate do not fit."""
    key, certificate = _pair(keys, whose, name, at)
    signer = signers.SimpleSigner.load(str(key), str(certificate))
    if signer is None:
        raise Refused("certificate_unfit", f"{certificate.name} 与私钥不能使用；请换成一对配套的 PEM 文件，或移走两个文件由平台重新生成。", "key and certificate do not fit")
    meta = signers.PdfSignatureMetadata(
        field_name="Signature1", reason=reason, name=name, subfilter=SigSeedSubFilter.PADES, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES, md_algorithm="sha256"
    )
    out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=signer)
    return out.getvalue(), str(signer.signing_cert.subject.human_friendly)


def _pair(keys: Path, whose: str, name: str, at: datetime) -> tuple[Path, Path]:
    """Key and certificate, made once however many ask."""
    key, certificate = keys / f"papers-{whose}.key.pem", keys / f"papers-{whose}.crt.pem"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (keys / ".papers").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if not (key.exists() and certificate.exists()):
            _make(key, certificate, name, at)
    return key, certificate


def _make(key: Path, certificate: Path, name: str, at: datetime) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
                         x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])  # fmt: skip
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(private.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1)).not_valid_after(at + timedelta(days=365 * _YEARS)).add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True).sign(private, hashes.SHA256())
    )  # fmt: skip
    plain = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write(key, plain)
    _write(certificate, made.public_bytes(serialization.Encoding.PEM))


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def sealed_by(pdf: bytes) -> str:
    """The name in the certificate of a signature that covers the whole file and holds; "" where there is none, or a byte is another."""
    try:
        inside = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if not inside:
            return ""
        status = validate_pdf_signature(inside[-1], ValidationContext(trust_roots=[inside[-1].signer_cert]))
    except Exception:  # a file cut or changed anywhere fails in any of its readers' ways
        return ""
    whole = status.bottom_line and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return str(inside[-1].signer_cert.subject.human_friendly) if whole else ""
