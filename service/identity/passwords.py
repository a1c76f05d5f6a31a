"""Passwords: Argon2id, the rules for choosing one, and the same work for names that nobody has.

Hashing takes tens of milliseconds and 64 MiB: callers run it in a lane, never on the event loop or in a transaction.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata
from dataclasses import dataclass, replace

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from service.problems import Fault
from service.settings import PasswordCost

#: A person's own choice of 12 characters is above the 8 that NIST SP 800-63B asks for at least; it advises against
#: rules of composition, so there are none. The upper bound keeps the work bounded.
SHORTEST, LONGEST = 12, 256


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a password is right, and its new encoding where the cost has changed since it was set."""

    right: bool
    encoded_anew: str | None = None


class Passwords:
    """Encodes and verifies passwords at one cost."""

    def __init__(self, chosen: PasswordCost) -> None:
        cost = replace(
            RFC_9106_LOW_MEMORY,
            time_cost=chosen.passes,
            memory_cost=chosen.memory_kib,
            parallelism=chosen.lanes,
        )
        self._hasher = PasswordHasher.from_parameters(cost)
        self._nobodys = _unmatched(cost)

    def encode(self, password: str) -> str:
        """The encoded hash of `password`, with its own salt and the cost."""
        return self._hasher.hash(_normal(password))

    def verify(self, encoded: str | None, password: str) -> Verified:
        """Verify `password`; with no encoding to hold it against, the same work is done and it is wrong."""
        try:
            self._hasher.verify(encoded or self._nobodys, _normal(password))
        except (VerificationError, InvalidHashError):
            return Verified(False)
        if encoded is None:
            return Verified(False)
        return Verified(True, self.encode(password) if self._hasher.check_needs_rehash(encoded) else None)


def faults_of_password(password: str, name: str) -> list[Fault]:
    """What is wrong with a new password of the account `name`; empty where nothing is."""
    plain, of_name = _normal(password).casefold(), canonical_name(name)
    if not SHORTEST <= len(plain) <= LONGEST:
        what = f"The password has fewer than {SHORTEST} or more than {LONGEST} characters."
        return [Fault(field="password", what=what, mend="Choose a longer one; a few words with spaces are fine.")]
    if of_name in plain and len(plain.replace(of_name, "")) < SHORTEST // 2:
        return [Fault(field="password", what="The password is little but the name.", mend="Choose other words.")]
    if len(set(plain)) < 4:
        return [Fault(field="password", what="The password repeats a few characters.", mend="Choose other words.")]
    return []


def canonical_name(name: str) -> str:
    """A sign-in name as it is stored: NFKC, without case, without spaces around it."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)  # the same keys give the same password on every machine


def _unmatched(cost: Parameters) -> str:
    """An encoding of random bytes at `cost`, which no password matches."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (cost.salt_len, cost.hash_len)
    )
    head = f"$argon2id$v={cost.version}$m={cost.memory_cost},t={cost.time_cost},p={cost.parallelism}"
    return f"{head}${salt}${digest}"
