"""Routes of signing in and out, of one's own account, and the sign-in page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from service.actors import Actor, needs, public
from service.audit.trail import Action, record
from service.endpoints.routing import StrictJsonRoute
from service.identity import signing_in
from service.identity.accounts import named_memberships
from service.identity.identity import Identity, Known
from service.identity.sessions import Opened, end_session
from service.identity.signing_in import Visitor
from service.models import identity as m
from service.problems import ProblemError, answers
from service.services import Shared, services_of

router = APIRouter(prefix="/api/v1", tags=["identity"], route_class=StrictJsonRoute)
_TAKING = answers(400, 401, 403, 413, 415, 422, 429, 503)
KnownActor = Annotated[Actor, needs(None)]


async def identity_of(request: Request) -> Identity:
    """Who knows those who ask; the routes that need it exist only where something is kept."""
    identity = services_of(request).identity
    assert identity is not None
    return identity


async def visitor_of(request: Request) -> Visitor:
    """Where an attempt comes from."""
    address = request.client.host if request.client else ""
    return Visitor(address, request.cookies.get((await identity_of(request)).cookie))


SharedIdentity = Annotated[Identity, Depends(identity_of)]
Trying = Annotated[Visitor, Depends(visitor_of)]


@router.post("/sessions", dependencies=[public], responses=_TAKING)
async def sign_in(
    given: m.SignInInput, visitor: Trying, identity: SharedIdentity, services: Shared, response: Response
) -> m.SessionAnswer:
    """Sign in with a name and a password."""
    work = signing_in.with_password
    opened = await services.door.run(work, identity, visitor, given.name, given.password)
    return _answered(identity, response, opened)


@router.post("/sessions:link", dependencies=[public], responses=_TAKING)
async def sign_in_by_link(
    given: m.LinkInput, visitor: Trying, identity: SharedIdentity, services: Shared, response: Response
) -> m.SessionAnswer:
    """Sign in with the one-time link of a demonstration."""
    opened = await services.door.run(signing_in.with_link, identity, visitor, given.secret)
    return _answered(identity, response, opened)


@router.post("/passwords", dependencies=[public], responses=_TAKING)
async def choose_password(
    given: m.ChoosePasswordInput, visitor: Trying, identity: SharedIdentity, services: Shared, response: Response
) -> m.SessionAnswer:
    """Choose a password with a one-time link, and sign in."""
    work = signing_in.choose_password
    opened = await services.door.run(work, identity, visitor, given.secret, given.password)
    return _answered(identity, response, opened)


@router.post("/me/password", responses=_TAKING)
async def change_password(
    given: m.ChangePasswordInput,
    request: Request,
    actor: KnownActor,
    visitor: Trying,
    identity: SharedIdentity,
    services: Shared,
    response: Response,
) -> m.SessionAnswer:
    """Change one's own password; every session ends, and this one goes on under a new token."""
    _in_session(identity, request)
    work = signing_in.change_password
    opened = await services.door.run(work, identity, visitor, actor.id, given.current, given.password)
    return _answered(identity, response, opened)


@router.delete("/sessions/current", responses=answers(401, 403, 503))
async def sign_out(
    request: Request, actor: KnownActor, identity: SharedIdentity, services: Shared, response: Response
) -> m.DoneAnswer:
    """Sign out: the session ends on the server too."""
    session = _in_session(identity, request).session
    assert session is not None
    id = session.id

    def work(connection: Connection) -> None:
        end_session(connection, id)
        record(connection, actor.id, Action.SIGN_OUT, "account", actor.id)

    await services.storage.run(identity.database.write, work)
    identity.clear_cookie(response)
    return m.DoneAnswer()


@router.get("/me", responses=answers(401, 403, 503))
async def me(request: Request, actor: KnownActor, identity: SharedIdentity, services: Shared) -> m.MeAnswer:
    """Say who asks, and what they may do where."""
    known = identity.known(request)
    assert known is not None
    held = await services.storage.run(
        identity.database.read, lambda connection: named_memberships(connection, actor.id)
    )
    return m.MeAnswer(
        account=actor.id,
        display_name=known.display_name,
        permissions=sorted(actor.permissions),
        memberships=[m.MembershipAnswer(**each) for each in held],
        csrf=known.session.csrf if known.session else None,
    )


def _in_session(identity: Identity, request: Request) -> Known:
    known = identity.known(request)
    if known is None or known.session is None:
        raise ProblemError(403, "This is for sessions: a key or a token has none.")
    return known


def _answered(identity: Identity, response: Response, opened: Opened) -> m.SessionAnswer:
    identity.set_cookie(response, opened)
    return m.SessionAnswer(account=opened.account, csrf=opened.csrf)
