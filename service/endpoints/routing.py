"""The route class of the JSON endpoints: the right Content-Type and strict JSON, before anything else looks at it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from service import strict_json
from service.lane import Lane
from service.problems import Fault, ProblemError

_LARGE = 200_000  # bytes; json reads about 50 MB/s, so that less takes some four milliseconds
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictJsonRoute(APIRoute):
    """Hands the endpoint a body that `strict_json` has parsed; answers 415 or 400 otherwise."""

    def get_route_handler(self) -> Handler:
        """The handler that FastAPI makes, over a request whose body is parsed already."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            if request.method in {"POST", "PATCH"}:
                require_media_type(request, "application/json")
                request = _Parsed(request, await parsed(request))
            return await handle(request)

        return strictly


class OptionalJsonRoute(StrictJsonRoute):
    """As StrictJsonRoute, for endpoints whose body may be left out altogether."""

    def get_route_handler(self) -> Handler:
        """Strict where there is a body; FastAPI's own handler where there is none."""
        plain, strict = APIRoute.get_route_handler(self), super().get_route_handler()

        async def either(request: Request) -> Response:
            return await (strict if await request.body() else plain)(request)

        return either


async def parsed(request: Request) -> object:
    """The JSON of a request's body, parsed beside the event loop where it is large; raises as `strict_json` does."""
    body = await request.body()
    if len(body) < _LARGE:
        return strict_json.parse(body)
    lane: Lane = request.app.state.services.lane
    return await lane.run(strict_json.parse, body)


class _Parsed(Request):
    """A request whose JSON is known."""

    def __init__(self, request: Request, value: object) -> None:
        super().__init__(request.scope, request.receive)
        self._body = b"parsed"
        self._value = value

    async def json(self) -> object:
        """The parsed body."""
        return self._value


def require_media_type(request: Request, *taken: str) -> str:
    """The media type of a request's body; raises a 415 problem where it is not one of those taken."""
    given = request.headers.get("content-type", "")
    media_type, _, parameters = given.partition(";")
    charset = parameters.replace(" ", "").casefold()
    if media_type.strip().casefold() in taken and charset in {"", "charset=utf-8", 'charset="utf-8"'}:
        return media_type.strip().casefold()
    what = "The Content-Type is not one taken here."
    fault = Fault(field="Content-Type", what=what, mend=f"Send {' or '.join(taken)}, in UTF-8 where it is text.")
    raise ProblemError(415, what, (fault,))
