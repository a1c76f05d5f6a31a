"""Routes for administrators: accounts, departments, roles, keys.

An administrator manages the accounts that hold roles in their own departments alone (or none yet), and gives roles in
those departments; an account that they may not manage is not found, whatever id they guess.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import Connection

from service.actors import Actor, Permission, needs
from service.endpoints.routing import StrictJsonRoute
from service.endpoints.sign_in import SharedIdentity
from service.identity import accounts, api_keys, managing, one_time
from service.identity.one_time import Purpose
from service.identity.roles import Kind, Role
from service.identity.sessions import Opened, rotate
from service.models import identity as m
from service.problems import answers
from service.services import Services, Shared

router = APIRouter(
    prefix="/api/v1",
    tags=["accounts"],
    route_class=StrictJsonRoute,
    responses=answers(400, 401, 403, 404, 413, 415, 422, 503),
)
bodiless = APIRouter()
Managing = Annotated[Actor, needs(Permission.MANAGE_ACCOUNTS)]
PathId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
T = TypeVar("T")


@router.get("/departments")
async def list_departments(actor: Managing, services: Shared) -> list[m.DepartmentAnswer]:
    """List the departments one administers."""
    rows = await _read(services, lambda c: managing.departments_of(c, actor))
    return [m.DepartmentAnswer(id=row.id, name=row.name) for row in rows]


@router.post("/departments")
async def create_department(
    given: m.DepartmentInput,
    request: Request,
    actor: Managing,
    identity: SharedIdentity,
    services: Shared,
    response: Response,
) -> m.DepartmentAnswer:
    """Make a department. Whoever makes it administers it: their session goes on under a new token."""
    known = identity.known(request)
    session = known.session if known else None

    def work(connection: Connection) -> tuple[str, Opened | None]:
        id = accounts.create_department(connection, given.name, by=actor.id)
        accounts.grant(connection, actor.id, id, Role.ADMINISTRATOR, by=actor.id)
        return id, rotate(connection, session) if session else None

    id, opened = await _write(services, work)
    if opened:
        identity.set_cookie(response, opened)
    return m.DepartmentAnswer(id=id, name=given.name.strip())


@router.get("/accounts")
async def list_accounts(actor: Managing, services: Shared) -> list[m.AccountAnswer]:
    """List the accounts one manages."""
    return await _read(services, lambda c: [m.AccountAnswer(**each) for each in managing.accounts_of(c, actor)])


@router.post("/accounts")
async def create_account(given: m.AccountInput, actor: Managing, services: Shared) -> m.NewAccountAnswer:
    """Make an account with no rights yet; a person chooses the password with the link's secret."""

    def work(connection: Connection) -> m.NewAccountAnswer:
        id = accounts.create_account(connection, given.name, given.display_name, given.kind, by=actor.id)
        is_person = given.kind is Kind.PERSON
        return m.NewAccountAnswer(id=id, secret=one_time.issue(connection, Purpose.PASSWORD, id) if is_person else None)

    return await _write(services, work)


@router.post("/accounts/{id}/active", responses=answers(409))
async def set_active(id: PathId, given: m.ActiveInput, actor: Managing, services: Shared) -> m.DoneAnswer:
    """Close an account, or open it again; when closed, its sessions and keys end. Never a last administrator's."""

    def work(connection: Connection) -> None:
        if not given.active:
            managing.require_another_administrator(connection, id)
        accounts.set_active(connection, id, given.active, by=actor.id)

    await _manage(services, actor, id, work)
    return m.DoneAnswer()


@router.post("/accounts/{id}/memberships")
async def grant(id: PathId, given: m.MembershipInput, actor: Managing, services: Shared) -> m.DoneAnswer:
    """Give an account a role in a department one administers; its sessions end."""
    managing.require_department(actor, given.department)
    await _manage(services, actor, id, lambda c: accounts.grant(c, id, given.department, given.role, by=actor.id))
    return m.DoneAnswer()


@router.delete("/accounts/{id}/memberships/{department}/{role}", responses=answers(409))
async def revoke(id: PathId, department: PathId, role: Role, actor: Managing, services: Shared) -> m.DoneAnswer:
    """Take a role away, but the last administrator's; the account's sessions end."""
    managing.require_department(actor, department)

    def work(connection: Connection) -> bool:
        if role is Role.ADMINISTRATOR:
            managing.require_another_administrator(connection, id, department)
        return accounts.revoke(connection, id, department, role, by=actor.id)

    if not await _manage(services, actor, id, work):
        raise managing.not_found()
    return m.DoneAnswer()


@bodiless.post("/accounts/{id}/password-links")
async def reset_password(id: PathId, actor: Managing, services: Shared) -> m.LinkAnswer:
    """Issue the secret of a one-time link with which a person chooses a new password."""
    return m.LinkAnswer(secret=await _manage(services, actor, id, lambda c: managing.link(c, id, by=actor.id)))


@router.get("/accounts/{id}/keys")
async def list_keys(id: PathId, actor: Managing, services: Shared) -> list[m.KeyAnswer]:
    """List the keys of a machine's account."""

    def work(connection: Connection) -> list[m.KeyAnswer]:
        managing.require(connection, actor, id)
        rows = api_keys.list_keys(connection, id)
        return [m.KeyAnswer(id=row.id, hint=row.hint, created=row.created, expires=row.expires) for row in rows]

    return await _read(services, work)


@router.post("/accounts/{id}/keys")
async def create_key(id: PathId, given: m.KeyInput, actor: Managing, services: Shared) -> m.NewKeyAnswer:
    """Make a key for a machine's account; it is shown this once."""
    new = await _manage(services, actor, id, lambda c: api_keys.create_key(c, id, given.days, by=actor.id))
    return m.NewKeyAnswer(id=new.id, key=new.key, expires=new.expires)


@router.delete("/accounts/{id}/keys/{key}")
async def revoke_key(id: PathId, key: PathId, actor: Managing, services: Shared) -> m.DoneAnswer:
    """End a key at once."""
    if not await _manage(services, actor, id, lambda c: api_keys.revoke_key(c, id, key, by=actor.id)):
        raise managing.not_found()
    return m.DoneAnswer()


router.include_router(bodiless)


async def _read(services: Services, work: Callable[[Connection], T]) -> T:
    return await services.storage.run(services.kept.database.read, work)


async def _write(services: Services, work: Callable[[Connection], T]) -> T:
    return await services.storage.run(services.kept.database.write, work)


async def _manage(services: Services, actor: Actor, id: str, work: Callable[[Connection], T]) -> T:
    """Do `work` on an account, in the same transaction as seeing that the actor may manage it."""

    def managed(connection: Connection) -> T:
        managing.require(connection, actor, id)
        return work(connection)

    return await _write(services, managed)
