"""Browsers of record systems that call the services themselves, from the origins in the settings alone."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from service.cds.hooks import ROOT


class HookOrigins:
    """Answers preflights of, and opens its answers to, `origins`; for CDS Hooks alone (CDS Hooks 2.0, "CORS")."""

    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        self.app = app
        self.opened = CORSMiddleware(
            app,
            allow_origins=sorted(origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Accept-Language"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        await (self.opened if is_hook(scope) else self.app)(scope, receive, send)


def is_hook(scope: Scope) -> bool:
    """Whether a request is one of CDS Hooks."""
    path: str = scope.get("path", "")
    return path == ROOT or path.startswith(f"{ROOT}/")
