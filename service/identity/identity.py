"""Who asks: the account behind a request's session, key or token."""

from __future__ import annotations

from fastapi import Request

from service.actors import Actor
from service.problems import ProblemError
from service.settings import Settings
from service.store.database import Database


class Identity:
    """Knows those who ask from the accounts in `database`."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings

    def actor_of(self, request: Request) -> Actor:
        """The actor of a request; raises a 401 problem where it is nobody's."""
        raise ProblemError(401, "Sign in first.")
