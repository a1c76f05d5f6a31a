"""Access tokens for machines (SMART Backend Services): where they are given, and what is told of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from service.actors import public
from service.endpoints.routing import require_media_type
from service.endpoints.sign_in import SharedIdentity
from service.fhir.names import ROOT
from service.problems import ProblemError, answers
from service.services import Shared
from service.settings import Settings
from service.smart.clients import TOKEN_PATH, SmartClients, token_url
from service.smart.configuration import smart_configuration
from service.smart.granting import OAuthRefused, asked_of, grant

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS, _LARGEST = 20, 40_000
_JSON: dict[str, Any] = {"content": {"application/json": {"schema": {"type": "object"}}}}
_BODY: dict[str, Any] = {"required": True, "content": {_FORM: {"schema": {"type": "object"}}}}


def smart_router(settings: Settings) -> APIRouter:
    """The routes over the clients in `settings`: none where none is registered. Raises SettingsError."""
    router = APIRouter(dependencies=[public], tags=["SMART"], responses=answers(403, 503))
    url = token_url(settings)
    if url is None:
        return router
    clients = SmartClients(settings.ehr, url)
    configuration = smart_configuration(url, clients.scopes())

    @router.get(f"{ROOT}/.well-known/smart-configuration", include_in_schema=False)
    async def well_known() -> Response:
        """Where tokens are given and which scopes there are. It is the same for everyone."""
        return JSONResponse(configuration)

    @router.post(
        TOKEN_PATH,
        openapi_extra={"requestBody": _BODY},
        responses={
            200: {"description": "An access token for 300 seconds.", **_JSON},
            400: {"description": "Refused, as OAuth 2.0 says it: `error` and `error_description`.", **_JSON},
            429: {"description": "Too many attempts. Retry-After says when to come again.", **_JSON},
        },
    )
    async def token(request: Request, identity: SharedIdentity, services: Shared) -> Response:
        """Give an access token to a client that signs its request: the client credentials grant."""
        address = request.client.host if request.client else ""
        try:
            asked = asked_of(await _form(request))
            granted = await services.door.run(grant, identity, clients, address, asked)
        except OAuthRefused as refused:
            return _refusal(refused)
        return JSONResponse(granted.told(), headers={"Pragma": "no-cache"})

    return router


async def _form(request: Request) -> list[tuple[str, str]]:
    """The fields of a form; raises OAuthRefused."""
    try:
        require_media_type(request, _FORM)
        body = await request.body()
        if len(body) > _LARGEST:
            raise OAuthRefused("invalid_request", "The form is too large.")
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ProblemError:
        raise OAuthRefused("invalid_request", f"The Content-Type is not {_FORM}.") from None
    except ValueError:
        raise OAuthRefused("invalid_request", "The form cannot be read.") from None


def _refusal(refused: OAuthRefused) -> Response:
    headers = {"Pragma": "no-cache"} | ({"Retry-After": str(int(refused.wait) + 1)} if refused.wait else {})
    told = {"error": refused.error, "error_description": refused.description}
    return JSONResponse(told, refused.status, headers)
