"""Machines that ask for access tokens, each known by a JWT that it signs (SMART App Launch 2.2).

"Client Authentication: Asymmetric": `iss` and `sub` are the client's id, `aud` the address of the token endpoint, `exp`
lies at most five minutes ahead, and a `jti` comes once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from service.identity.issuers import IssuerKeys, SignedToken, TokenRefused, issuer_of, verified
from service.settings import Settings, SettingsError
from service.settings_ehr import Ehr
from service.smart.scopes import Scopes, read_scopes

TOKEN_PATH = "/smart/token"  # noqa: S105 an address, not a secret
LONGEST_SECONDS = 300
_REQUIRED = ("iss", "sub", "aud", "exp", "jti")


@dataclass(frozen=True, slots=True)
class Client:
    """One client: the account that its tokens speak for, its keys, and the most that it is given."""

    id: str
    account: str
    keys: IssuerKeys
    most: Scopes


def token_url(settings: Settings) -> str | None:
    """The address of the token endpoint; None where no client is registered."""
    if not any(system.smart for system in settings.ehr):
        return None
    if not settings.audience:
        what = "SMART clients are registered and `audience` is not set."
        raise SettingsError(what, "Set it to this service's URL.")
    return settings.audience.rstrip("/") + TOKEN_PATH


class SmartClients:
    """The clients in the settings; raises SettingsError for an id that comes twice, or scopes that are none."""

    def __init__(self, systems: Iterable[Ehr], url: str) -> None:
        clients: dict[str, Client] = {}
        for system in systems:
            if system.smart is None:
                continue
            id = system.smart.client_id
            if id in clients:
                raise SettingsError(f"Two SMART clients have the id {id}.", "Name each once.")
            most, strange = read_scopes(system.smart.scopes)
            if strange or not most.by_type:
                what = f"The scopes of the SMART client {id} are not all system/TYPE.cruds."
                raise SettingsError(what, "Write them as system/Observation.rs.")
            clients[id] = Client(id, system.account, IssuerKeys(system.smart.keys), most)
        self._url = url
        self._clients = MappingProxyType(clients)

    def scopes(self) -> tuple[str, ...]:
        """Every scope that some client may be given."""
        return tuple(sorted({word for client in self._clients.values() for word in str(client.most).split()}))

    def client_of(self, assertion: str) -> tuple[Client, SignedToken]:
        """Who signed `assertion`, and the token; raises TokenRefused. Waits for a disk or the network."""
        id = issuer_of(assertion)
        client = self._clients.get(id)
        if client is None:
            raise TokenRefused("The token's issuer is not registered here.", "Sign with a registered key.")
        found = verified(
            assertion,
            client.keys,
            issuer=id,
            audiences=(self._url,),
            longest=LONGEST_SECONDS,
            required=_REQUIRED,
        )
        if found.claims["sub"] != id:
            raise TokenRefused("`sub` is another client than `iss`.", "Sign a new one.")
        return client, found
