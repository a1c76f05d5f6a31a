"""A token request judged and granted: the client credentials grant, as SMART Backend Services has it.

Refusals are those of OAuth 2.0 (RFC 6749, section 5.2, unverified): a word for the program, a sentence for whoever
wrote it, in ASCII.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from service.audit.trail import Action, record
from service.identity.identity import Identity
from service.identity.issuers import KeysAway, TokenRefused
from service.identity.one_time import seen_before
from service.identity.roles import Kind
from service.identity.signing_in import UNKNOWN
from service.smart.clients import Client, SmartClients
from service.smart.scopes import Scopes, read_scopes
from service.smart.tokens import BY, LASTS, issue_token
from service.store.tables import account

GRANT = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_PARAMETERS = ("grant_type", "client_assertion_type", "client_assertion", "scope", "client_id")
_LONGEST_SCOPE = 2000


class OAuthRefused(Exception):
    """No token is given: OAuth's word for why, a sentence, and for how many seconds not to ask again."""

    def __init__(self, error: str, description: str, status: int = 400, wait: float = 0.0) -> None:
        super().__init__(error)
        self.error, self.description, self.status, self.wait = error, description, status, wait


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for."""

    assertion: str
    scope: str
    client_id: str | None


@dataclass(frozen=True, slots=True)
class Granted:
    """A token, and the scopes that it holds."""

    token: str
    scope: str

    def told(self) -> dict[str, object]:
        """The token response."""
        seconds = int(LASTS.total_seconds())
        return {"access_token": self.token, "token_type": "bearer", "expires_in": seconds, "scope": self.scope}


def asked_of(form: Sequence[tuple[str, str]]) -> Asked:
    """What the parameters of a form ask for; raises OAuthRefused."""
    given: dict[str, str] = {}
    for name, value in form:
        if name in _PARAMETERS and name in given:
            raise OAuthRefused("invalid_request", f"The parameter {name} comes twice.")
        given[name] = value
    if "grant_type" not in given:
        raise OAuthRefused("invalid_request", "The parameter grant_type is missing.")
    if given["grant_type"] != GRANT:
        raise OAuthRefused("unsupported_grant_type", f"The only grant_type here is {GRANT}.")
    if given.get("client_assertion_type") != ASSERTION_TYPE or not given.get("client_assertion"):
        what = f"The client is known by client_assertion alone, with client_assertion_type {ASSERTION_TYPE}."
        raise OAuthRefused("invalid_client", what)
    scope = given.get("scope", "")
    if not scope.split() or len(scope) > _LONGEST_SCOPE:
        raise OAuthRefused("invalid_scope", "The parameter scope is missing, or too long.")
    return Asked(given["client_assertion"], scope, given.get("client_id"))


def grant(identity: Identity, clients: SmartClients, address: str, asked: Asked) -> Granted:
    """A token for whoever signed the assertion; raises OAuthRefused. Waits for the database, perhaps the network.

    Refused assertions count against `address` as wrong passwords do; keys that are away are nobody's fault.
    """
    wait = identity.addresses.wait(address)
    if wait:
        raise OAuthRefused("temporarily_unavailable", "Too many attempts from this address.", 429, wait)
    try:
        client, signed = clients.client_of(asked.assertion)
        if asked.client_id not in (None, client.id):
            raise TokenRefused("`client_id` is another client than `iss`.", "Sign a new one.")
        if identity.database.write(lambda c: seen_before(c, signed.replay_id, signed.expires)):
            raise TokenRefused("The token was used before: `jti`.", "Sign a new one.")
    except KeysAway as away:
        raise OAuthRefused("invalid_client", away.what) from None
    except TokenRefused as refused:
        identity.addresses.failed(address)
        identity.database.write(_note_refusal)
        raise OAuthRefused("invalid_client", refused.what) from None
    wanted, strange = read_scopes(asked.scope.split())
    scopes = wanted.within(client.most)
    if not scopes.by_type:
        raise OAuthRefused("invalid_scope", "None of these scopes is given to this client.")
    token = identity.database.write(lambda connection: _issued(connection, client, scopes))
    if token is None:
        raise OAuthRefused("unauthorized_client", "The account of this client is closed, or was never made.")
    return Granted(token, _told(scopes, wanted, asked.scope, strange))


def _issued(connection: Connection, client: Client, scopes: Scopes) -> str | None:
    active = (account.c.name == client.account) & account.c.active & (account.c.kind == Kind.MACHINE.value)
    id = connection.execute(select(account.c.id).where(active)).scalar()
    return None if id is None else issue_token(connection, id, scopes)


def _note_refusal(connection: Connection) -> None:
    record(connection, UNKNOWN, Action.SIGN_IN_FAILED, "account", UNKNOWN, detail={"by": BY})


def _told(scopes: Scopes, wanted: Scopes, words: str, strange: Sequence[str]) -> str:
    """The scopes as they were asked for where all are given, in either version's form, else in that of 2.0.

    "Scopes for requesting FHIR Resources": a server should return scopes of 1.0 where such were asked for and granted.
    """
    whole: Mapping[str, frozenset[str]] = wanted.by_type
    return " ".join(words.split()) if not strange and scopes.by_type == whole else str(scopes)
