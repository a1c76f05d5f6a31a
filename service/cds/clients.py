"""Whose call it is: tokens of record systems, as CDS Hooks 2.0 has them ("Trusting CDS Clients").

A token is signed with a key of the issuer that the settings name, is meant for the address that is called (for feedback
that of its service will do), and holds once; for five minutes at most, which is a rule of ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from service.cds.hooks import ROOT
from service.identity.issuers import IssuerKeys, SignedToken, TokenRefused, issuer_of, verified
from service.settings import SettingsError
from service.settings_ehr import Ehr

LONGEST_SECONDS = 300
_REQUIRED = ("iss", "aud", "exp", "iat", "jti")


@dataclass(frozen=True, slots=True)
class _Client:
    account: str
    keys: IssuerKeys
    tenant: str | None


class CdsClients:
    """The clients in the settings; raises SettingsError where two have one issuer, or no address to be meant for."""

    def __init__(self, systems: Iterable[Ehr], audience: str | None) -> None:
        clients: dict[str, _Client] = {}
        for system in systems:
            if system.cds is None:
                continue
            if system.cds.issuer in clients:
                raise SettingsError("Two record systems have one issuer of CDS tokens.", "Name each issuer once.")
            clients[system.cds.issuer] = _Client(system.account, IssuerKeys(system.cds.keys), system.cds.tenant)
        if clients and not audience:
            what = "CDS clients are registered and `audience` is not set."
            raise SettingsError(what, "Set it to this service's URL.")
        self._audience = (audience or "").rstrip("/")
        self._clients = MappingProxyType(clients)

    def calls(self, path: str) -> bool:
        """Whether a request to `path` is one that these tokens are for."""
        return path.startswith(f"{ROOT}/")

    def account_of(self, token: str, path: str) -> tuple[str, SignedToken] | None:
        """Name of the account behind a token that is sound for `path`, and the token; None where it is no client's.

        Raises TokenRefused where it is one's and does not hold. Waits for a disk or the network.
        """
        issuer = issuer_of(token)
        client = self._clients.get(issuer)
        if client is None:
            return None
        found = verified(
            token,
            client.keys,
            issuer=issuer,
            audiences=tuple({f"{self._audience}{path}", f"{self._audience}{path.removesuffix('/feedback')}"}),
            longest=LONGEST_SECONDS,
            required=_REQUIRED,
        )
        if client.tenant is not None and found.claims.get("tenant") != client.tenant:
            raise TokenRefused("The token is of another `tenant`.", "Sign for the hospital that is registered.")
        return client.account, found
