"""Signing in with the directory: out to the provider, and back with its answer. The browser alone comes here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from service.actors import public
from service.endpoints.sign_in import SharedIdentity, Trying
from service.identity import signing_in
from service.identity.identity import Identity
from service.identity.oidc import ProviderRefused, ProviderUnreachable
from service.problems import ProblemError
from service.services import Shared

router = APIRouter(dependencies=[public], include_in_schema=False)
_LASTS_SECONDS = 600
_ENTER = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=/">'
    '<title>Phenomap</title></head><body><p><a href="/">Phenomap</a></p></body></html>'
)
Part = Annotated[str, Query(max_length=4096)]


@router.get("/sign-in/directory")
async def begin(identity: SharedIdentity, services: Shared) -> Response:
    """Send the browser to the provider."""
    assert identity.provider is not None
    try:
        begun = await services.door.run(identity.provider.begin)
    except ProviderUnreachable:
        return RedirectResponse("/sign-in#directory=unreachable", 303)
    response = RedirectResponse(begun.url, 303)
    # Lax: the provider sends the browser back from another site, where a Strict cookie would stay behind.
    response.set_cookie(
        _cookie(identity),
        begun.kept,
        max_age=_LASTS_SECONDS,
        path="/",
        httponly=True,
        secure=identity.settings.secure,
        samesite="lax",
    )
    return response


@router.get("/sign-in/directory/callback")
async def finish(
    request: Request, visitor: Trying, identity: SharedIdentity, services: Shared, state: Part = "", code: Part = ""
) -> Response:
    """Take the provider's answer. The page given back leads on by itself: a redirect would count as another site's."""
    kept = request.cookies.get(_cookie(identity), "")
    response: Response
    try:
        opened = await services.door.run(signing_in.with_directory, identity, visitor, kept, state, code)
    except ProviderUnreachable:
        response = RedirectResponse("/sign-in#directory=unreachable", 303)
    except (ProviderRefused, ProblemError):
        response = RedirectResponse("/sign-in#directory=refused", 303)
    else:
        response = HTMLResponse(_ENTER)
        identity.set_cookie(response, opened)
    secure = identity.settings.secure
    response.delete_cookie(_cookie(identity), path="/", httponly=True, secure=secure, samesite="lax")
    return response


def _cookie(identity: Identity) -> str:
    return f"{identity.cookie}-directory"
