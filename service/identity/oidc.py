"""Signing in with the hospital's directory: OpenID Connect Core 1.0, the authorisation code with PKCE (RFC 7636).

What the provider is comes from its discovery document alone; its answer is believed once its signature, issuer,
audience, time and nonce are, and once the browser shows that it was the one that asked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt

from ontology.errors import PhenomapError
from service.guards import LOOPBACK_HOSTS
from service.settings import Oidc, SettingsError

#: Signatures alone: a shared secret (HMAC) and `none` prove nothing.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
DISCOVERED_FOR = 3600.0
LEEWAY_SECONDS = 30
_TIMEOUT = 5.0
_LARGEST = 1_000_000


class ProviderUnreachable(PhenomapError):
    """The provider does not answer, or not as one does."""


class ProviderRefused(PhenomapError):
    """What came back does not prove who signed in."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what it must keep meanwhile."""

    url: str
    kept: str


@dataclass(frozen=True, slots=True)
class Identified:
    """Whom the provider knows: issuer and subject, and what it says of them."""

    subject: str
    name: str
    display_name: str
    groups: frozenset[str]


class Provider:
    """One OpenID provider. Raises SettingsError for one that is reached without TLS."""

    def __init__(self, settings: Oidc) -> None:
        if not is_protected(settings.issuer) or not is_protected(settings.redirect):
            raise SettingsError("Setting oidc: issuer and redirect are not https.", "Use https.")
        self._settings = settings
        self._lock = Lock()
        self._found: tuple[float, Mapping[str, Any], ProviderKeys] | None = None

    def begin(self) -> Begun:
        """Start a sign-in; raises ProviderUnreachable."""
        document, _ = self._discovered()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._settings.redirect,
            "scope": " ".join(self._settings.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        return Begun(with_query(document["authorization_endpoint"], asked), f"{state}.{nonce}.{verifier}")

    def finish(self, kept: str, state: str, code: str) -> Identified:
        """Whom the code stands for; raises ProviderUnreachable or ProviderRefused. Waits for the provider."""
        parts = kept.split(".")
        if len(parts) != 3 or not state or not code or not hmac.compare_digest(parts[0].encode(), state.encode()):
            raise _refused("This answer belongs to no sign-in begun in this browser.")
        _, nonce, verifier = parts
        document, keys = self._discovered()
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.redirect,
            "code_verifier": verifier,
            "client_id": self._settings.client_id,
        }
        secret = self._settings.client_secret
        authorization = basic(self._settings.client_id, secret.get_secret_value()) if secret else None
        answer = fetched(document["token_endpoint"], urlencode(given).encode(), authorization)
        token, issuer = str(answer.get("id_token", "")), self._settings.issuer
        claims = id_claims(token, keys, issuer=issuer, client_id=self._settings.client_id)
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise _refused("The provider's answer is for another sign-in.")
        return self._identified(claims)

    def _identified(self, claims: Mapping[str, Any]) -> Identified:
        groups = claims.get(self._settings.groups_claim, [])
        name = str(claims.get("preferred_username") or claims["sub"])
        return Identified(
            f"{self._settings.issuer}|{claims['sub']}",
            name,
            str(claims.get("name") or name)[:100],
            frozenset(group for group in groups if isinstance(group, str)) if isinstance(groups, list) else frozenset(),
        )

    def _discovered(self) -> tuple[Mapping[str, Any], ProviderKeys]:
        with self._lock:
            if self._found is None or time.monotonic() - self._found[0] > DISCOVERED_FOR:
                document = fetched(self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
                named = ("authorization_endpoint", "token_endpoint", "jwks_uri")
                if document.get("issuer") != self._settings.issuer or not all(
                    is_protected(str(document.get(name, ""))) for name in named
                ):
                    raise _unreachable()
                keys = ProviderKeys(document["jwks_uri"])
                self._found = time.monotonic(), document, keys
            return self._found[1], self._found[2]


class ProviderKeys(jwt.PyJWKClient):
    """The keys at an address, fetched as everything here is: bounded, and from no other place."""

    def fetch_data(self) -> dict[str, Any]:
        """The JWK set as it is now."""
        try:
            found = fetched(self.uri)
        except PhenomapError as error:
            raise jwt.PyJWKClientConnectionError("the keys cannot be fetched") from error
        if self.jwk_set_cache is not None:
            self.jwk_set_cache.put(found)
        return found


def id_claims(token: str, keys: ProviderKeys, *, issuer: str, client_id: str) -> dict[str, Any]:
    """The claims of an ID token for this client, its nonce unseen; raises ProviderUnreachable or ProviderRefused."""
    try:
        key = keys.get_signing_key_from_jwt(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=list(ALGORITHMS),
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWKClientConnectionError as error:
        raise _unreachable() from error
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise _refused("The provider's token does not hold.") from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise _refused("The provider's token was made for another service.")
    return claims


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def with_query(endpoint: str, asked: Mapping[str, str]) -> str:
    """An address with parameters, which may have some of its own."""
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def basic(client_id: str, secret: str) -> str:
    """An Authorization header of a client that has a secret (RFC 6749, section 2.3.1)."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow none: the endpoints are where the discovery document says."""


def fetched(url: str, form: bytes | None = None, authorization: str | None = None) -> dict[str, Any]:
    """The JSON object at an address, to which a form may be posted; raises ProviderUnreachable or ProviderRefused."""
    headers = {"Accept": "application/json"} | ({"Authorization": authorization} if authorization else {})
    request = Request(url, form, headers)  # noqa: S310 https alone: see _protected
    try:
        with build_opener(_NoRedirect).open(request, timeout=_TIMEOUT) as answer:
            content = json.loads(answer.read(_LARGEST))
    except URLError as error:
        if getattr(error, "code", None) in {400, 401} and form is not None:
            raise _refused("The provider does not take the code.") from error
        raise _unreachable() from error
    except (OSError, ValueError) as error:
        raise _unreachable() from error
    if not isinstance(content, dict):
        raise _unreachable()
    return content


def is_protected(url: str) -> bool:
    """Whether an address is reached over TLS, or on this machine."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS)
    )


def _unreachable() -> ProviderUnreachable:
    return ProviderUnreachable("The directory's sign-in does not answer.", "Try again, or sign in with a password.")


def _refused(what: str) -> ProviderRefused:
    return ProviderRefused(what, "Begin again at the sign-in page.")
