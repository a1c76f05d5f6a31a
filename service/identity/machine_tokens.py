"""Machine clients that sign: a JWT of their own as the Bearer token of one request (RFC 7519, RFC 7523 section 3).

The site registers each client's public key and its one algorithm; a token names no algorithm for itself, holds for
five minutes at most, for this service alone, and once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from service.settings import Machine, SettingsError

LONGEST_SECONDS = 300
#: Clocks of two machines differ by so much.
LEEWAY_SECONDS = 10
_SHORTEST_RSA = 2048


@dataclass(frozen=True, slots=True)
class Claim:
    """A token that is sound: the account it speaks for, and what must not come twice."""

    account_name: str
    id: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class _Client:
    account_name: str
    algorithm: str
    key: EllipticCurvePublicKey | RSAPublicKey


class MachineTokens:
    """Verifies tokens of the machines in the settings; raises SettingsError where a key cannot be read."""

    def __init__(self, machines: Sequence[Machine], audience: str | None) -> None:
        if machines and not audience:
            raise SettingsError("Machines are registered and `audience` is not set.", "Set it to this service's URL.")
        self._audience = audience or ""
        self._clients = {machine.client_id: _client(machine) for machine in machines}

    def verify(self, token: str) -> Claim | None:
        """The claim of a token, or None where anything at all is wrong with it."""
        try:
            named = jwt.decode(token, options={"verify_signature": False})
            client = self._clients[named["iss"]]
            claims: dict[str, Any] = jwt.decode(
                token,
                client.key,
                algorithms=[client.algorithm],
                audience=self._audience,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "jti"]},
            )
            lasts = claims["exp"] - datetime.now(UTC).timestamp()
            id = claims["jti"]
            sound = claims["sub"] == claims["iss"] and isinstance(id, str) and 0 < len(id) <= 200 and id.isprintable()
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, OverflowError):
            return None
        if not sound or lasts > LONGEST_SECONDS + LEEWAY_SECONDS:
            return None
        expires = datetime.fromtimestamp(claims["exp"] + LEEWAY_SECONDS, UTC)
        return Claim(client.account_name, f"{claims['iss']} {id}", expires)


def _client(machine: Machine) -> _Client:
    """The client and the algorithm of its kind of key: ES384 and RS384 are what SMART Backend Services asks for."""
    try:
        key = load_pem_public_key(machine.public_key.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise _unfit(machine) from None
    if isinstance(key, EllipticCurvePublicKey) and key.curve.name == "secp384r1":
        return _Client(machine.account, "ES384", key)
    if isinstance(key, RSAPublicKey) and key.key_size >= _SHORTEST_RSA:
        return _Client(machine.account, "RS384", key)
    raise _unfit(machine)


def _unfit(machine: Machine) -> SettingsError:
    what = f"The public key of the machine {machine.client_id} is neither P-384 nor RSA of 2048 bits or more, in PEM."
    return SettingsError(what, "Paste the text of its public key, from BEGIN PUBLIC KEY on.")
