"""Signatures of persons behind one interface: our own keys, or the service of an authority that a county chooses.

`YILIANTI_SIGNING_AUTHORITY` names a class with the three methods of `Authority`; the default keeps a key for each person in the key ring.
"""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from yilianti.kernel.crypto import signing
from yilianti.kernel.crypto.signing import Signed, Subject


class Authority(Protocol):
    """Who holds persons' keys and vouches for them. `key` names the person, such as "physician-12"."""

    def sign(self, content: bytes, key: str, subject: Subject) -> Signed:
        """A detached signature over exactly these bytes, in DER, with the person's certificate."""

    def retire(self, key: str) -> bool:
        """From now on nobody signs as this person; True where there was a key."""

    def vouches_for(self, certificate: str) -> bool:
        """Whether this certificate was given by this authority."""


class LocalKeys:
    """A key for each person, wrapped in the key ring, with a certificate of the installation's own authority."""

    def sign(self, content: bytes, key: str, subject: Subject) -> Signed:
        return signing.sign(content, as_=key, subject=subject)

    def retire(self, key: str) -> bool:
        return signing.retire(key)

    def vouches_for(self, certificate: str) -> bool:
        return signing.is_ours(certificate)


def authority() -> Authority:
    """The one that the deployment chose."""
    chosen: Authority = import_string(settings.SIGNING_AUTHORITY)()
    return chosen
