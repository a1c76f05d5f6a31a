"""Who asks: the account behind a request's session, key or machine's token."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from ipaddress import ip_address

from fastapi import Request
from sqlalchemy import Connection, select
from starlette.responses import Response

from service.actors import Actor
from service.cds.clients import CdsClients
from service.fhir.outcome import is_fhir
from service.identity.accounts import has_accounts, memberships
from service.identity.api_keys import PREFIX, account_of_key
from service.identity.issuers import KeysAway, TokenRefused
from service.identity.lockout import Addresses
from service.identity.machine_tokens import MachineTokens
from service.identity.oidc import Provider
from service.identity.one_time import seen_before
from service.identity.passwords import Passwords
from service.identity.roles import DEMONSTRATION, Kind, actor_with
from service.identity.sessions import Opened, Session, find_session, touch
from service.problems import ProblemError
from service.settings import Settings
from service.smart import tokens
from service.smart.scopes import Scopes
from service.store.database import Database
from service.store.tables import account

CSRF_HEADER = "X-CSRF-Token"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_NOT_SIGNED_IN = "Sign in, or send a key or a token that holds."
#: Its scopes say which resources of FHIR it is for, and nothing else.
_OF_FHIR_ALONE = "An access token is for addresses under /fhir alone."


@dataclass(frozen=True, slots=True)
class Known:
    """Someone who is known: in a session, by a key or token, or as the visitor of a demonstration."""

    actor: Actor
    display_name: str
    session: Session | None = None
    account_name: str | None = None  # of a machine
    scopes: Scopes | None = None  # of an access token


class Identity:
    """Knows those who ask from the accounts in `database`. Its methods wait for the database: call them in threads."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.passwords = Passwords(settings.password_cost)
        self.addresses = Addresses()
        self.cookie = "__Host-phenomap" if settings.secure else "phenomap"
        self.provider = Provider(settings.oidc) if settings.oidc else None
        self._tokens = MachineTokens(settings.machines, settings.audience)
        self._cds = CdsClients(settings.ehr, settings.audience)
        self._peopled = False  # once there is an account, it is not asked for again

    def actor_of(self, request: Request) -> Actor:
        """The actor of a request; raises a 401 problem where it is nobody's, 403 where the page did not ask for it."""
        known = self.known(request)
        if known is None:
            if getattr(request.state, "elsewhere", False):
                raise ProblemError(403, _OF_FHIR_ALONE)
            refused: TokenRefused | None = getattr(request.state, "refused", None)
            if refused is not None:
                raise ProblemError(401, refused.what, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
            raise ProblemError(401, _NOT_SIGNED_IN, headers={"WWW-Authenticate": "Bearer"})
        if known.session and request.method not in _SAFE:
            given = request.headers.get(CSRF_HEADER, "")
            if not hmac.compare_digest(given.encode(), known.session.csrf.encode()):
                raise ProblemError(403, f"The header {CSRF_HEADER} is missing, or is not that of this session.")
        return known.actor

    def known(self, request: Request) -> Known | None:
        """Who asks, or None. An Authorization header is never passed over for a cookie; a token is used up by this."""
        if not hasattr(request.state, "known"):
            request.state.known = self._find(request)
        known: Known | None = request.state.known
        return known

    def set_cookie(self, response: Response, opened: Opened) -> None:
        """Hand a session to the browser, which shows it to no script and sends it with no other site's requests."""
        secure = self.settings.secure
        response.set_cookie(self.cookie, opened.token, path="/", httponly=True, secure=secure, samesite="strict")

    def clear_cookie(self, response: Response) -> None:
        """Take the session from the browser."""
        secure = self.settings.secure
        response.delete_cookie(self.cookie, path="/", httponly=True, secure=secure, samesite="strict")

    def _find(self, request: Request) -> Known | None:
        authorization = request.headers.get("authorization")
        if authorization is not None:
            scheme, _, credential = authorization.partition(" ")
            return self._bearer(request, credential.strip()) if scheme.casefold() == "bearer" else None
        token = request.cookies.get(self.cookie)
        found = self._in_session(token) if token else None
        return found or self._visitor(request)

    def _bearer(self, request: Request, credential: str) -> Known | None:
        if self._cds.calls(request.url.path):
            return self._cds_client(request, credential)
        if credential.startswith(PREFIX):
            return self.database.read(lambda connection: _machine(connection, account_of_key(connection, credential)))
        if credential.startswith(tokens.PREFIX):
            return self._bearer_of_scopes(request, credential)
        claim = self._tokens.verify(credential)
        if claim is None or self.database.write(lambda c: seen_before(c, claim.id, claim.expires)):
            return None
        return self._named(claim.account_name)

    def _bearer_of_scopes(self, request: Request, token: str) -> Known | None:
        """The machine whose access token this is, under /fhir: elsewhere nobody would look at its scopes."""

        def work(connection: Connection) -> Known | None:
            bearer = tokens.bearer_of(connection, token)
            known = _machine(connection, bearer.account) if bearer else None
            return replace(known, scopes=bearer.scopes) if known and bearer else None

        known = self.database.read(work)
        if known is None or is_fhir(request.url.path):
            return known
        request.state.elsewhere = True
        return None

    def _cds_client(self, request: Request, token: str) -> Known | None:
        """The machine whose CDS token this is; why it is refused is kept for the answer, which tells nothing of it."""
        try:
            found = self._cds.account_of(token, request.url.path)
            if found is None:
                raise TokenRefused("The token's issuer is not registered here.", "Sign with a registered key.")
            name, sound = found
            if self.database.write(lambda c: seen_before(c, sound.replay_id, sound.expires)):
                raise TokenRefused("The token was used before: `jti`.", "Sign a new one.")
        except KeysAway as away:
            raise ProblemError(503, away.what, headers={"Retry-After": "5"}) from away
        except TokenRefused as refused:
            request.state.refused = refused
            return None
        return self._named(name)

    def _named(self, name: str) -> Known | None:
        by_name = select(account.c.id).where(account.c.name == name)
        return self.database.read(lambda connection: _machine(connection, connection.execute(by_name).scalar()))

    def _in_session(self, token: str) -> Known | None:
        def work(connection: Connection) -> Known | None:
            session = find_session(connection, token, self.settings.idle)
            if session is None:
                return None
            actor = actor_with(session.account, memberships(connection, session.account))
            return Known(actor, session.display_name, session)

        known = self.database.read(work)
        if known and known.session and known.session.stale:
            id = known.session.id
            self.database.write(lambda connection: touch(connection, id))
        return known

    def _visitor(self, request: Request) -> Known | None:
        passed_on = "x-forwarded-for" in request.headers or "forwarded" in request.headers
        here = request.client is not None and is_loopback(request.client.host) and not passed_on
        if here and (self.settings.demonstration or self._nobody_yet()):
            return Known(Actor("demonstration", DEMONSTRATION), "")
        return None

    def _nobody_yet(self) -> bool:
        """Whether this is a fresh service for this machine alone: until the first account, its visitors may assess."""
        if not self._peopled:
            self._peopled = self.settings.secure or self.database.read(has_accounts)
        return not self._peopled


def _machine(connection: Connection, account_id: str | None) -> Known | None:
    """The active machine account of an id."""
    active_machine = (account.c.id == account_id) & account.c.active & (account.c.kind == Kind.MACHINE.value)
    columns = select(account.c.id, account.c.name, account.c.display_name)
    row = connection.execute(columns.where(active_machine)).first()
    if row is None:
        return None
    actor = actor_with(row.id, memberships(connection, row.id), person=False)
    return Known(actor, row.display_name, account_name=row.name)


def is_loopback(address: str) -> bool:
    """Whether an address is of this machine alone."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
