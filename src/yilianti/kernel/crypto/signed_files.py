"""A document with its signature, to be handed to somebody who need not trust us: one zip, verified by one command."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from yilianti.kernel.crypto import signing
from yilianti.kernel.sealing import digest

_README = """{title}

本压缩包内：
  {name}.json　　文件正文（规范 JSON：键排序、UTF-8、无多余空格）
  {name}.sig　　 对正文全部字节的签名（{algorithm}，DER 编码，分离式）
  certificate.pem　签名证书
  README.txt　　 本说明

核验：在解压后的目录中，用 OpenSSL 3（Linux、macOS、Windows 均有）执行

  {command}

显示 “Signature Verified Successfully” 即表示正文自签名后一个字节也没有改动。
正文的 SM3 摘要：{sm3}（同一摘要记在平台的日志中；可用 openssl dgst -sm3 {name}.json 核对）

证书由平台自签。它是否确属出具单位，请向该单位索取证书副本或指纹比对；
需要具有《电子签名法》所称第三方认证效力的，由部署单位改用依法设立的电子认证服务机构颁发的证书。
"""


@dataclass(frozen=True)
class SignedFile:
    """The zip to hand out, and what the journal keeps of it."""

    content: bytes
    sm3: str
    algorithm: str
    key: int


def made(name: str, title: str, document: str) -> SignedFile:
    """Sign a document (canonical JSON) and pack it; `name` is of ASCII letters, digits and dashes."""
    body = document.encode()
    signed = signing.sign(body, as_="documents")
    return SignedFile(packed(name, title, body, signed), digest("sm3", document), signed.algorithm, signing.key_number("documents"))


def packed(name: str, title: str, body: bytes, signed: signing.Signed) -> bytes:
    """What was signed, its signature and certificate, and how OpenSSL verifies them, as zip."""
    command = signing.command(signed.algorithm, content=f"{name}.json", signature=f"{name}.sig", certificate="certificate.pem")
    how = "SM2 与 SM3" if signed.algorithm == "sm2" else "RSA 与 SHA-256"
    readme = _README.format(title=title, name=name, algorithm=how, command=command, sm3=digest("sm3", body.decode()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in ((f"{name}.json", body), (f"{name}.sig", signed.signature), ("certificate.pem", signed.certificate.encode()), ("README.txt", readme.encode())):
            archive.writestr(file, content)
    return out.getvalue()
