"""Who asks, and what they may do. Every route declares the permission it needs, or that it is public.

Where nothing is kept, one demonstration actor stands for everyone on this machine; where cases are kept,
service.identity says who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from service.problems import ProblemError


class Permission(StrEnum):
    """What an actor may be allowed."""

    READ_KNOWLEDGE = "read_knowledge"
    ASSESS = "assess"  # read notes and rank, keeping nothing
    READ_CASES = "read_cases"
    WRITE_CASES = "write_cases"
    SIGN = "sign"
    SECOND_SIGN = "second_sign"
    REANALYSE = "reanalyse"
    ERASE = "erase"
    BREAK_GLASS = "break_glass"
    SCREEN = "screen"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_AUDIT = "read_audit"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a system that asks."""

    id: str
    permissions: frozenset[Permission]
    grants: Mapping[Permission, frozenset[str]] = field(default_factory=dict)

    def departments(self, permission: Permission) -> frozenset[str]:
        """Where the actor holds `permission`: what one may do in one department says nothing of another."""
        return self.grants.get(permission, frozenset())


ActorOf = Callable[[Request], Actor]


def demonstration_actor(request: Request) -> Actor:
    """Everyone on this machine, with every permission: nothing is kept, and the service answers on loopback alone."""
    return Actor("demonstration", frozenset(Permission))


@dataclass(frozen=True, slots=True)
class Needs:
    """The dependency behind `needs`: the actor, once seen to hold `permission`; None asks only that they are known."""

    permission: Permission | None

    def __call__(self, request: Request) -> Actor:
        """The actor of `request`; raises a 401 problem where it is nobody's, 403 where the permission is not theirs."""
        actor_of: ActorOf = request.app.state.services.actor_of
        actor = actor_of(request)
        if self.permission is not None and self.permission not in actor.permissions:
            raise ProblemError(403, f"This needs the permission {self.permission.value}.")
        return actor


def needs(permission: Permission | None) -> Dependency:
    """Declare the permission of a route, in the annotation of its actor; None for any actor who is known."""
    declared: Dependency = Depends(Needs(permission))
    return declared


def anyone() -> None:
    """The dependency behind `public`."""


#: Declares a route open to all, signed in or not: `dependencies=[public]`.
public: Dependency = Depends(anyone)
