"""Samples for whoever examines our encryption with OpenSSL alone."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from yilianti.cli.home import Trouble
from yilianti.kernel.crypto import aead, encryption, keyring, rotation

_CTR = {aead.SM4: "sm4-ctr", aead.AES: "aes-256-ctr"}
_DIGESTS = {keyring.HMAC_SM3: "SM3", keyring.HMAC_SHA256: "SHA256"}


def throwaway(text: str) -> Iterator[str]:
    """A text under keys made for this once, with the algorithms of this installation."""
    ring = encryption.ring()
    cipher, digest = ring.current(keyring.DATA).algorithm, ring.current(keyring.INDEX).algorithm
    key, index = secrets.token_bytes(aead.KEY_BYTES[cipher]), secrets.token_bytes(32)
    purpose = "sample.text"
    yield f"明文：{text}（密钥为本次临时生成）"
    yield from _decrypting(cipher, key, aead.seal(cipher, key, text.encode(), purpose.encode()))
    yield from _hashing(digest, index, f"{purpose}\n{text}")


def stored() -> Iterator[str]:
    """The first encrypted value in the database with the real keys; for demonstration only."""
    for column in rotation.hashed():
        with rotation.connection.cursor() as cursor:
            cursor.execute(f"SELECT {column.name} FROM {column.table} WHERE {column.name} <> '' ORDER BY {column.key} LIMIT 1")  # noqa: S608 - our own names
            row = cursor.fetchone()
        if row:
            sealed, purpose = bytes(row[0]), column.field.purpose
            key = encryption.ring().find(keyring.DATA, int.from_bytes(sealed[2 : encryption.HEAD], "big"))
            assert key is not None
            index, value = encryption.ring().current(keyring.INDEX), encryption.decrypt(purpose, sealed).decode()
            yield f"{purpose} 的第一项：前 {encryption.HEAD} 字节为格式、算法、密钥号 {sealed[: encryption.HEAD].hex()}"
            yield from _decrypting(key.algorithm, key.secret, sealed[encryption.HEAD :])
            yield from _hashing(index.algorithm, index.secret, f"{purpose}\n{value}")
            return
    raise Trouble("数据库里还没有加密的内容。")


def _decrypting(cipher: str, key: bytes, sealed: bytes) -> Iterator[str]:
    nonce, body, tag = sealed[: aead.NONCE], sealed[aead.NONCE : -aead.TAG], sealed[-aead.TAG :]
    yield f"算法 {cipher}　IV（nonce）{nonce.hex()}　密文 {body.hex()}　校验标签 {tag.hex()}"
    yield "解密（96 位 IV 的 GCM 即从计数 2 开始的 CTR）："
    yield f"  printf '{_escaped(body)}' | openssl enc -d -{_CTR[cipher]} -K {key.hex()} -iv {nonce.hex()}00000002; echo"


def _hashing(digest: str, key: bytes, text: str) -> Iterator[str]:
    yield f"带密钥散列（{digest}，对“用途、换行、值”）：{keyring.digest(digest, key, text.encode()).hex()}"
    yield "核对："
    yield f"  printf '{_escaped(text.encode())}' | openssl mac -digest {_DIGESTS[digest]} -macopt hexkey:{key.hex()} HMAC"


def _escaped(content: bytes) -> str:
    """For printf of every shell: octal."""
    return "".join(f"\\{byte:03o}" for byte in content)
