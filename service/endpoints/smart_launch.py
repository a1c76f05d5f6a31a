"""Launched from a record system: out to it, and back with its answer. The browser alone comes here.

The cookie that ties the two is Lax, for the record system sends the browser back from another site; the session's is
Strict, so that the page given back leads on by itself, as in directory.py.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from service.actors import public
from service.endpoints.sign_in import SharedIdentity, Trying
from service.identity.identity import Identity
from service.identity.oidc import ProviderRefused, ProviderUnreachable
from service.pages import templates
from service.problems import ProblemError
from service.services import Shared, Speaking
from service.settings import Settings
from service.smart.entering import Entered, Entrance, NoAccount
from service.smart.launching import CALLBACK_PATH, LAUNCH_PATH, Launches, LaunchRefused, LaunchUnknown
from service.translate import Translator

_LASTS_SECONDS = 600


def launch_router(settings: Settings) -> APIRouter:
    """The routes over the systems in `settings` that launch: none where none does. Raises SettingsError."""
    router = APIRouter(dependencies=[public], include_in_schema=False)
    launches = Launches(settings.ehr)
    if not launches:
        return router

    @router.get(LAUNCH_PATH)
    async def begin(
        identity: SharedIdentity, services: Shared, speaking: Speaking, iss: str = "", launch: str = ""
    ) -> Response:
        """Send the browser to the record system that it comes from."""
        try:
            begun = await services.door.run(launches.begin, iss, launch)
        except LaunchUnknown:
            return _page(speaking, "unknown", 400)
        except (ProviderUnreachable, ProviderRefused):
            return _page(speaking, "unreachable", 503)
        except ProblemError as error:
            return _page(speaking, "unreachable", error.status)
        response = RedirectResponse(begun.url, 303)
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

    @router.get(CALLBACK_PATH)
    async def finish(
        request: Request,
        visitor: Trying,
        identity: SharedIdentity,
        services: Shared,
        speaking: Speaking,
        state: str = "",
        code: str = "",
    ) -> Response:
        """Take the record system's answer, and lead on to the patient's case, or to the list of cases."""
        kept = request.cookies.get(_cookie(identity), "")
        entrance = Entrance(identity, services.kept, services.settings.cases, launches)
        try:
            entered = await services.door.run(entrance.enter, visitor, kept, state, code)
        except (LaunchRefused, ProviderRefused):
            response = _page(speaking, "refused", 403)
        except NoAccount:
            response = _page(speaking, "account", 403)
        except ProviderUnreachable:
            response = _page(speaking, "unreachable", 503)
        except ProblemError as error:
            response = _page(speaking, "hurry" if error.status == 429 else "unreachable", error.status)
        else:
            response = _entered(speaking, entered)
            identity.set_cookie(response, entered.opened)
        secure = identity.settings.secure
        response.delete_cookie(_cookie(identity), path="/", httponly=True, secure=secure, samesite="lax")
        return response

    return router


def _entered(speaking: Translator, entered: Entered) -> HTMLResponse:
    if entered.patient and entered.case is None:
        return _page(speaking, "no_case", 200, "/cases")
    return _page(speaking, "enter", 200, f"/cases/{entered.case}" if entered.case else "/cases")


def _page(speaking: Translator, why: str, status: int, following: str | None = None) -> HTMLResponse:
    wording = speaking.wording
    content = (
        templates()
        .get_template("launch.html")
        .render(language=wording.language, words=wording.words, why=why, following=following)
    )
    return HTMLResponse(content, status, headers={"Vary": "Accept-Language"})


def _cookie(identity: Identity) -> str:
    return f"{identity.cookie}-launch"
