"""Authenticated ciphers behind one seam, so that a site may bring its own; AES-256-GCM is the one used unasked.

GCM with random nonces of 96 bits seals at most 2**32 records under one key (NIST SP 800-38D, section 8.3,
doi:10.6028/NIST.SP.800-38D). A case's key seals some hundreds, a master key one a case.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as Machine
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.vault.faults import broken_seal

#: Every key the vault makes or takes, in bytes.
KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16


class Cipher(Protocol):
    """Seals bytes under a key of KEY_BYTES, and notices any change of them, of the key or of what they belong to."""

    @property
    def name(self) -> str:
        """At most 20 ASCII letters, digits and dashes; kept with what was sealed, so never given to another cipher."""
        ...

    def seal(self, key: bytes, content: bytes, associated: bytes) -> bytes:
        """`content` unreadable and bound to `associated`; another result each time."""
        ...

    def unseal(self, key: bytes, sealed: bytes, associated: bytes) -> bytes:
        """The content; raises SealBroken where anything differs from when it was sealed."""
        ...


@dataclass(frozen=True, slots=True)
class AesGcm:
    """AES-256-GCM: nonce, content, tag."""

    name: str = "aes-256-gcm"

    def seal(self, key: bytes, content: bytes, associated: bytes) -> bytes:
        """As Cipher.seal."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(key).encrypt(nonce, content, associated)

    def unseal(self, key: bytes, sealed: bytes, associated: bytes) -> bytes:
        """As Cipher.unseal."""
        if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
            raise broken_seal()
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], associated)
        except InvalidTag:
            raise broken_seal() from None


@dataclass(frozen=True, slots=True)
class Sm4Gcm:
    """SM4-GCM (GB/T 32907, RFC 8998): nonce, content, tag. Its 16-byte key is derived from ours (HKDF-SHA-256).

    OpenSSL must have been built with SM4; the wheels of `cryptography` are.
    """

    name: str = "sm4-gcm"

    def seal(self, key: bytes, content: bytes, associated: bytes) -> bytes:
        """As Cipher.seal."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        machine = Machine(self._algorithm(key), modes.GCM(nonce)).encryptor()
        machine.authenticate_additional_data(associated)
        return nonce + machine.update(content) + machine.finalize() + machine.tag

    def unseal(self, key: bytes, sealed: bytes, associated: bytes) -> bytes:
        """As Cipher.unseal."""
        if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
            raise broken_seal()
        nonce, content, tag = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:-_TAG_BYTES], sealed[-_TAG_BYTES:]
        machine = Machine(self._algorithm(key), modes.GCM(nonce, tag)).decryptor()
        machine.authenticate_additional_data(associated)
        try:
            return machine.update(content) + machine.finalize()
        except InvalidTag:
            raise broken_seal() from None

    def _algorithm(self, key: bytes) -> algorithms.SM4:
        return algorithms.SM4(HKDF(SHA256(), 16, None, self.name.encode()).derive(key))
