"""Signed tokens of other systems (CDS Hooks clients, SMART backend services), by the JWK sets of their issuers.

Both standards ask for ES384 or RS384, a `kid` in the header, and a `jti` that may not come twice: CDS Hooks 2.0,
"Trusting CDS Clients"; SMART App Launch 2, "Client Authentication: Asymmetric". The one who calls remembers the `jti`
(`one_time.seen_before`).
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from types import MappingProxyType
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from ontology.errors import PhenomapError
from service.guards import LOOPBACK_HOSTS
from service.settings import SettingsError
from service.settings_ehr import Keys

#: Clocks of two machines differ by so much.
LEEWAY_SECONDS = 10
_SHORTEST_RSA = 2048
_LARGEST_TOKEN, _LARGEST_SET = 20_000, 1_000_000
_TIMEOUT = 5.0
#: Keys at an address are fetched anew after an hour; for a key not among them, at most once a minute.
_KEPT_FOR, _ASKED_AGAIN = 3600.0, 60.0
#: While the address does not answer, the keys last seen there are believed for a day.
_BELIEVED_FOR = 86_400.0
_ANEW = "Sign a new one."
_AGAIN = "Try again later."


class TokenRefused(PhenomapError):
    """The token proves nothing; `what` says which rule it breaks and holds nothing of the token."""


class KeysAway(TokenRefused):
    """The issuer's keys cannot be had now: not the fault of the token."""


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A sound token: its claims, and what must not come twice until it `expires`."""

    claims: Mapping[str, Any]
    replay_id: str
    expires: datetime


class IssuerKeys:
    """The public keys of one issuer, read when a token first asks for them. Waits for a disk or the network."""

    def __init__(self, keys: Keys) -> None:
        if keys.file is None and keys.url is None:
            raise SettingsError("An issuer's keys are named neither by `file` nor by `url`.", "Name one.")
        address = urlsplit(keys.url or "")
        if address.scheme == "http" and address.hostname not in LOOPBACK_HOSTS:
            raise SettingsError("The address of an issuer's keys is not https.", "Use https, or a file.")
        self._keys = keys
        self._lock = Lock()
        self._read = self._asked = -math.inf  # seconds on this machine's clock
        self._away = False
        self._stamp: int | None = None
        self._found: Mapping[str, jwt.PyJWK] = MappingProxyType({})

    def key(self, kid: str, jku: str | None) -> jwt.PyJWK:
        """The key of that id; raises TokenRefused where there is none, or where `jku` is not the address we know."""
        if jku is not None and jku != self._keys.url:
            raise TokenRefused("`jku` is not the address registered for this issuer.", "Sign with a registered key.")
        with self._lock:
            self._refresh(kid)
            found = self._found.get(kid)
        if found is None and self._away:
            raise KeysAway("The issuer's keys cannot be fetched.", _AGAIN)
        if found is None:
            raise TokenRefused("`kid` names no key of this issuer.", "Sign with a registered key.")
        return found

    def _refresh(self, kid: str) -> None:
        if self._keys.file is not None:
            stamp = _stamp(self._keys)
            if stamp != self._stamp:
                self._found, self._stamp = _keys_in(self._keys.file.read_bytes()), stamp
            return
        moment = time.monotonic()
        fresh = kid in self._found and moment - self._read < _KEPT_FOR
        if fresh or moment - self._asked < _ASKED_AGAIN:
            return
        self._asked = moment
        try:
            self._found, self._read, self._away = _keys_in(_fetched(str(self._keys.url))), moment, False
        except KeysAway:
            self._away = True
            self._asked = moment - _ASKED_AGAIN + _TIMEOUT  # sooner, yet not with every request
            if moment - self._read > _BELIEVED_FOR:
                self._found = MappingProxyType({})


def verified(
    token: str,
    keys: IssuerKeys,
    *,
    issuer: str,
    audiences: Sequence[str],
    longest: int,
    required: Sequence[str] = ("iss", "aud", "exp", "jti"),
) -> SignedToken:
    """The token, once its signature, issuer, audience and times are sound; raises TokenRefused.

    `longest` is for how many seconds from now it may hold at most; `jti` is always required.
    """
    if len(token) > _LARGEST_TOKEN:
        raise TokenRefused("The token is too long.", _ANEW)
    try:
        header = jwt.get_unverified_header(token)
        if str(header.get("typ")).upper() != "JWT":
            raise TokenRefused("The token's header lacks `typ`, which is JWT.", _ANEW)
        key = keys.key(str(header.get("kid", "")), header.get("jku"))
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[_algorithm(key)],
            audience=list(audiences),
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": sorted({*required, "exp", "jti"})},
        )
        expires = datetime.fromtimestamp(claims["exp"] + LEEWAY_SECONDS, UTC)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, OSError) as error:
        raise _refusal(error) from None
    if (expires - datetime.now(UTC)).total_seconds() > longest + 2 * LEEWAY_SECONDS:
        raise TokenRefused(f"The token holds for longer than {longest} seconds.", _ANEW)
    id = claims["jti"]
    if not (isinstance(id, str) and 0 < len(id) <= 200 and id.isprintable()):
        raise TokenRefused("`jti` is not a text of 1 to 200 characters.", _ANEW)
    return SignedToken(MappingProxyType(claims), f"{issuer} {id}", expires)


def issuer_of(token: str) -> str:
    """Who the token says it is of, not yet believed; an empty text where it says nothing that can be read."""
    if len(token) > _LARGEST_TOKEN:
        return ""
    try:
        said = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except (jwt.PyJWTError, ValueError, TypeError):
        return ""
    return said if isinstance(said, str) else ""


def _algorithm(key: jwt.PyJWK) -> str:
    """The one algorithm of a kind of key: what the token says of itself is not asked."""
    public = key.key
    if isinstance(public, EllipticCurvePublicKey) and public.curve.name == "secp384r1":
        return "ES384"
    if isinstance(public, RSAPublicKey) and public.key_size >= _SHORTEST_RSA:
        return "RS384"
    raise TokenRefused("The key is neither P-384 nor RSA of 2048 bits or more.", "Sign with a registered key.")


def _refusal(error: Exception) -> TokenRefused:
    """In our own words: a library's may quote the token."""
    match error:
        case jwt.ExpiredSignatureError():
            return TokenRefused("The token has expired.", _ANEW)
        case jwt.ImmatureSignatureError():
            return TokenRefused("The token holds only later.", _ANEW)
        case jwt.InvalidAudienceError():
            return TokenRefused("The token is for another service: `aud`.", "Name the address that is called.")
        case jwt.InvalidIssuerError():
            return TokenRefused("The token is of another issuer: `iss`.", "Sign with a registered key.")
        case jwt.InvalidAlgorithmError():
            return TokenRefused("The token is signed with an algorithm that is not taken.", "Use ES384 or RS384.")
        case jwt.InvalidSignatureError():
            return TokenRefused("The signature is not that of the key named by `kid`.", "Sign with a registered key.")
        case jwt.MissingRequiredClaimError():
            return TokenRefused("The token lacks a claim: iss, aud, exp and jti are required.", _ANEW)
        case OSError():
            return KeysAway("The issuer's keys cannot be read.", _AGAIN)
    return TokenRefused("The token cannot be read.", _ANEW)


def _stamp(keys: Keys) -> int | None:
    try:
        return keys.file.stat().st_mtime_ns if keys.file else None
    except OSError:
        raise KeysAway("The issuer's keys cannot be read.", _AGAIN) from None


def _keys_in(content: bytes) -> Mapping[str, jwt.PyJWK]:
    try:
        found = jwt.PyJWKSet.from_dict(json.loads(content)).keys
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        raise KeysAway("The issuer's keys are not a JWK set.", _AGAIN) from None
    return MappingProxyType({one.key_id: one for one in found if one.key_id})


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow none: the keys are where the settings say."""


def _fetched(url: str) -> bytes:
    request = Request(url, headers={"Accept": "application/json"})  # noqa: S310 an address of the settings, no file:
    try:
        with build_opener(_NoRedirect).open(request, timeout=_TIMEOUT) as answer:
            content: bytes = answer.read(_LARGEST_SET)
    except (URLError, OSError, ValueError):
        raise KeysAway("The issuer's keys cannot be fetched.", _AGAIN) from None
    return content
