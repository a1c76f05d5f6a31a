"""What every request passes before a route sees it, as plain ASGI: headers, a catch-all, host and origin, body size."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problem_answers import problem_response
from service.problems import Fault

_LOG = logging.getLogger("phenomap.service")
_SAFE = {"GET", "HEAD", "OPTIONS"}

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """Puts the security headers on every answer; nothing is kept in a cache unless a route says otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class CatchAll:
    """Answers what nobody foresaw with an opaque id, and logs where it happened: no message, no body, no path.

    An exception's message may hold a patient's words, so it must not reach the server's own log either.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            instance = token_hex(8)
            _LOG.error("internal error %s: %s at %s", instance, type(error).__name__, _place(error))
            if not started:
                detail = "A fault of this service, not of the request. Its log holds the place under this instance."
                await problem_response(500, detail, instance=instance)(scope, receive, send)


class SameOrigin:
    """Refuses other names for this host (DNS rebinding) and changes asked for by other sites.

    `elsewhere` are origins that may ask all the same, by the path under which they may.
    """

    def __init__(
        self, app: ASGIApp, hosts: frozenset[str], elsewhere: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        self.app = app
        self.hosts = hosts
        self.elsewhere = elsewhere or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            await problem_response(403, refusal)(scope, receive, send)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _hostname(f"//{host}") not in self.hosts:
            return "The Host header names another host than the one served here."
        if scope["method"] in _SAFE:
            return None
        origin = headers.get("origin")
        if any(origin in these and scope["path"].startswith(path) for path, these in self.elsewhere.items()):
            return None
        if origin is not None and origin.casefold() != f"{scope['scheme']}://{host}".casefold():
            return "The Origin header names another site."
        if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return "The browser says that another site asks."
        return None


class BodyLimit:
    """Takes in at most `largest` bytes of body, with or without a Content-Length.

    `larger` names paths that take more, as the routes do: `{id}` stands for any one part between slashes.

    The body is held here as it arrives and passed on whole, so what is too large is refused before it is all read.
    """

    def __init__(self, app: ASGIApp, largest: int, larger: Mapping[str, int]) -> None:
        self.app = app
        self.largest = largest
        self.larger = {_path_pattern(path): limit for path, limit in larger.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body, or answer 413."""
        if scope["type"] != "http" or scope["method"] in _SAFE:
            await self.app(scope, receive, send)
            return
        limit = next((most for path, most in self.larger.items() if path.fullmatch(scope["path"])), self.largest)
        declared = Headers(scope=scope).get("content-length", "0")
        fits = declared.isdecimal() and len(declared) < 16 and int(declared) <= limit
        body = await _body_within(limit, receive) if fits else None
        if body is None:
            await _too_large(limit)(scope, receive, send)
            return
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replayed() -> Message:
            return waiting.pop() if waiting else await receive()

        await self.app(scope, replayed, send)


def _path_pattern(path: str) -> re.Pattern[str]:
    return re.compile("/".join("[^/]+" if part.startswith("{") else re.escape(part) for part in path.split("/")))


async def _body_within(limit: int, receive: Receive) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _too_large(limit: int) -> ASGIApp:
    what = f"The body is larger than {limit:,} bytes."
    fault = Fault(field="", what=what, mend="Send less at once: fewer notes, or smaller photos.")
    return problem_response(413, what, (fault,), {"Connection": "close"})


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "?"
    folder = str(Path(__file__).parent.parent)
    ours = [frame for frame in frames if frame.filename.startswith(folder) and "site-packages" not in frame.filename]
    frame = (ours or frames)[-1]
    return f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}:{frame.lineno} in {frame.name}"
