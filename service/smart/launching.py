"""Launched from a patient's chart: we are the record system's app (SMART App Launch 2.2, "App Launch", EHR launch).

The record system sends a browser here with a handle of what is open there; it is asked who sits before it and which
patient's chart it is, by the authorisation code with PKCE (S256); its ID token says who.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit

from service.identity.oidc import (
    DISCOVERED_FOR,
    Begun,
    ProviderKeys,
    ProviderUnreachable,
    basic,
    challenge_of,
    fetched,
    id_claims,
    is_protected,
    with_query,
)
from service.settings import SettingsError
from service.settings_ehr import Ehr, SmartLaunch

LAUNCH_PATH, CALLBACK_PATH = "/smart/launch", "/smart/callback"
_LONGEST = 4096
_REQUIRED = ("openid", "launch")
_FHIR_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
#: "Scopes for requesting identity data" names these, and patients and relatives, who do not work here.
_FHIR_USER = re.compile(rf"(?:Practitioner|PractitionerRole|Person)/{_FHIR_ID.pattern}")


class LaunchUnknown(Exception):
    """The launch comes from no system of the settings."""


class LaunchRefused(Exception):
    """What came back does not prove who launched."""


@dataclass(frozen=True, slots=True)
class Launched:
    """Who launched, by the names that an account may be known by here, and the id of the patient in `system`."""

    system: str
    subjects: tuple[str, ...]
    patient: str | None


@dataclass(frozen=True, slots=True)
class _Server:
    """What a record system's discovery document tells."""

    authorization: str
    token: str
    issuer: str
    keys: ProviderKeys


class _System:
    """One record system that launches; its discovery document is read anew every hour."""

    def __init__(self, name: str, fhir: str, launch: SmartLaunch) -> None:
        missing = [scope for scope in _REQUIRED if scope not in launch.scopes]
        if missing:
            raise SettingsError(f"The launch of {name} lacks the scope {missing[0]}.", "Add it to launch.scopes.")
        if not is_protected(fhir) or not is_protected(launch.redirect):
            raise SettingsError(f"The launch of {name}: fhir and redirect are not https.", "Use https.")
        self.name, self._fhir, self._launch = name, fhir, launch
        self._lock = Lock()
        self._found: tuple[float, _Server] | None = None

    def begin(self, iss: str, launch: str) -> Begun:
        """Where to send the browser; `aud` is the address as the launch told it. Raises ProviderUnreachable."""
        server = self._server()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self._launch.client_id,
            "redirect_uri": self._launch.redirect,
            "launch": launch,
            "scope": " ".join(self._launch.scopes),
            "state": state,
            "aud": iss,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        return Begun(with_query(server.authorization, asked), f"{state}.{nonce}.{verifier}.{self.name}")

    def finish(self, nonce: str, verifier: str, code: str) -> Launched:
        """Whom the code stands for; raises LaunchRefused, ProviderUnreachable, ProviderRefused."""
        server = self._server()
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._launch.redirect,
            "code_verifier": verifier,
        }
        id, secret = self._launch.client_id, self._launch.client_secret
        if secret is None:
            given["client_id"] = id
        authorization = basic(id, secret.get_secret_value()) if secret else None
        answer = fetched(server.token, urlencode(given).encode(), authorization)
        claims = id_claims(str(answer.get("id_token", "")), server.keys, issuer=server.issuer, client_id=id)
        # OpenID Connect Core 1.0, section 3.1.3.7 (unverified): a nonce that was sent must come back
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise LaunchRefused
        patient = answer.get("patient")
        known = isinstance(patient, str) and _FHIR_ID.fullmatch(patient)
        return Launched(self.name, self._subjects(claims), patient if known else None)

    def _subjects(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """Issuer and subject; then the record system's address and its resource of the person (`fhirUser`)."""
        told = [f"{claims['iss']}|{claims['sub']}"]
        user = str(claims.get("fhirUser", "")).removeprefix(f"{self._fhir}/")
        if _FHIR_USER.fullmatch(user):
            told.append(f"{self._fhir}|{user}")
        return tuple(told)

    def _server(self) -> _Server:
        with self._lock:
            if self._found is None or time.monotonic() - self._found[0] > DISCOVERED_FOR:
                self._found = time.monotonic(), _discovered(self._fhir)
            return self._found[1]


class Launches:
    """The systems in the settings that launch; raises SettingsError where one lacks what that needs."""

    def __init__(self, systems: Iterable[Ehr]) -> None:
        by_name: dict[str, _System] = {}
        by_fhir: dict[str, _System] = {}
        for system in systems:
            if system.launch is None:
                continue
            if system.fhir is None:
                raise SettingsError(
                    f"{system.name} launches, and its `fhir` is not set.", "Set it to its FHIR address."
                )
            fhir = system.fhir.rstrip("/")
            if fhir in by_fhir:
                raise SettingsError("Two systems that launch have one FHIR address.", "Name each once.")
            by_name[system.name] = by_fhir[fhir] = _System(system.name, fhir, system.launch)
        self._by_name, self._by_fhir = MappingProxyType(by_name), MappingProxyType(by_fhir)

    def __bool__(self) -> bool:
        """Whether any system launches."""
        return bool(self._by_name)

    def begin(self, iss: str, launch: str) -> Begun:
        """Answer a launch; raises LaunchUnknown, ProviderUnreachable. Waits for the record system."""
        system = self._by_fhir.get(iss.rstrip("/"))
        if system is None or not launch or len(launch) > _LONGEST:
            raise LaunchUnknown
        return system.begin(iss, launch)

    def finish(self, kept: str, state: str, code: str) -> Launched:
        """Whom the code stands for that the browser brings back; raises as begin does, and LaunchRefused.

        `kept` is what the browser was given to keep: without it, or with another state, another browser launched.
        """
        parts = kept.split(".", 3)
        if len(parts) != 4 or not state or not code or len(code) > _LONGEST:
            raise LaunchRefused
        known, nonce, verifier, name = parts
        system = self._by_name.get(name)
        if system is None or not hmac.compare_digest(known.encode(), state.encode()):
            raise LaunchRefused
        return system.finish(nonce, verifier, code)


def _discovered(fhir: str) -> _Server:
    """What `.well-known/smart-configuration` tells; raises ProviderUnreachable where it does not tell enough."""
    document = fetched(f"{fhir}/.well-known/smart-configuration")
    methods = document.get("code_challenge_methods_supported", ["S256"])
    issuer = str(document.get("issuer", ""))
    authorization, token = (str(document.get(f"{name}_endpoint", "")) for name in ("authorization", "token"))
    if (
        not all(map(is_protected, (authorization, token, issuer)))
        or not isinstance(methods, list)
        or "S256" not in methods
    ):
        raise _unfit()
    return _Server(authorization, token, issuer, ProviderKeys(_keys_of(issuer, fhir, document)))


def _keys_of(issuer: str, fhir: str, document: Mapping[str, Any]) -> str:
    """Where the issuer's keys are, by its own word.

    A record system speaks for an issuer at its own host; for another, which may be the hospital's directory, that
    issuer's own document does (OpenID Connect Discovery 1.0, section 4, unverified).
    """
    address = str(document.get("jwks_uri", "")) if _origin(issuer) == _origin(fhir) else ""
    if not address:
        own = fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        address = str(own.get("jwks_uri", "")) if own.get("issuer") == issuer else ""
    if not is_protected(address):
        raise _unfit()
    return address


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.casefold()


def _unfit() -> ProviderUnreachable:
    return ProviderUnreachable("The record system does not say how it is signed in to.", "Try again later.")
