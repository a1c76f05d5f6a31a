"""How sealed bytes look: version, name of the cipher, what the cipher made; and what they are bound to."""

from __future__ import annotations

from collections.abc import Mapping

from service.vault.ciphers import Cipher
from service.vault.faults import KeyMissing, broken_seal

_VERSION = 1


def enclose(cipher: Cipher, key: bytes, content: bytes, *belongs_to: str) -> bytes:
    """Seal `content`, bound to the words of `belongs_to` (a case and a purpose) and to the header itself."""
    name = cipher.name.encode("ascii")
    header = bytes((_VERSION, len(name))) + name
    return header + cipher.seal(key, content, _associated(header, belongs_to))


def disclose(ciphers: Mapping[str, Cipher], key: bytes, sealed: bytes, *belongs_to: str) -> bytes:
    """The content; raises SealBroken, or KeyMissing where the cipher of the header is not among `ciphers`."""
    if len(sealed) < 2 or sealed[0] != _VERSION or len(sealed) < 2 + sealed[1]:
        raise broken_seal()
    header, rest = sealed[: 2 + sealed[1]], sealed[2 + sealed[1] :]
    cipher = ciphers.get(header[2:].decode("ascii", "replace"))
    if cipher is None:
        raise KeyMissing("A record was sealed with a cipher that is not opened here.", "Open the vault with it too.")
    return cipher.unseal(key, rest, _associated(header, belongs_to))


def _associated(header: bytes, belongs_to: tuple[str, ...]) -> bytes:
    """Each part behind its length: no two different lists of parts give the same bytes."""
    parts = [header, *(part.encode() for part in belongs_to)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
