"""Authenticated encryption with SM4 (GB/T 32907) or AES in Galois/Counter mode (NIST SP 800-38D): nonce, ciphertext, tag.

With a nonce of 96 bits the mode is counter mode from counter 2, so that OpenSSL's `enc -d -sm4-ctr -iv <nonce>00000002`
reads what is written here; `./yilianti keys openssl-sample` prints the command.
"""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SM4, AES = "sm4-gcm", "aes-256-gcm"
KEY_BYTES = {SM4: 16, AES: 32}
NONCE, TAG = 12, 16


class NotAuthentic(Exception):
    """The bytes are not what was encrypted, or not under this key, or not for this purpose."""


def seal(cipher: str, key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """12 bytes of nonce, as many of ciphertext as of `plain`, 16 of tag; `bound_to` must be told again to open it."""
    nonce = os.urandom(NONCE)
    if cipher == AES:
        return nonce + _aes(key).encrypt(nonce, plain, bound_to)
    encryptor = Cipher(_sm4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound_to)
    return nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def opened(cipher: str, key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """What was sealed; raises NotAuthentic when one bit of it, of the key or of `bound_to` is another."""
    if len(sealed) < NONCE + TAG:
        raise NotAuthentic
    nonce, body, tag = sealed[:NONCE], sealed[NONCE:-TAG], sealed[-TAG:]
    try:
        if cipher == AES:
            return _aes(key).decrypt(nonce, body + tag, bound_to)
        decryptor = Cipher(_sm4(key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(bound_to)
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag as fault:
        raise NotAuthentic from fault


@lru_cache(maxsize=64)
def _aes(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(maxsize=64)
def _sm4(key: bytes) -> algorithms.SM4:
    return algorithms.SM4(key)
