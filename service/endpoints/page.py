"""The page, its scripts and styles, and the list of operations; nothing is fetched from anywhere else."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from service.actors import public
from service.asking import LANGUAGE_COOKIE
from service.bench.carried import CarriedBench
from service.bench.look import look
from service.bench.rendering import Renderer, Shown
from service.identity.identity import Known
from service.models.bench import CarriedState
from service.models.inputs import Language
from service.openapi import models, operations
from service.pages import common, for_scripts, templates
from service.problems import KINDS, ProblemError
from service.services import Shared, Speaking
from service.static_files import static_files, takes_gzip
from service.vendor.fetch import refuse_missing


def looking(request: Request, services: Shared) -> Known | None:
    """Who looks at the page; waits for the database, so that it runs in a thread."""
    return services.identity.known(request) if services.identity else None


Looking = Annotated[Known | None, Depends(looking)]


class LanguageForm(BaseModel):
    """The language of the pages from now on, and the page to go back to."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    language: Language
    back: Annotated[str, Field(pattern=r"^/(cases(/[0-9a-f]{32})?|oversight|sign-in)?$")] = "/"


def page_router() -> APIRouter:
    """The page's routes over the files as they are at start."""
    router = APIRouter(dependencies=[public], include_in_schema=False)
    refuse_missing()
    files = static_files()
    made = templates()

    @router.get("/", response_model=None)
    async def page(request: Request, known: Looking, services: Shared, speaking: Speaking) -> Response:
        if services.identity and not known:
            return RedirectResponse("/sign-in", 303)
        bench = CarriedBench(known.actor if known else services.actor_of(request), services.knowing, CarriedState())
        rendering = Renderer(made, common(services, speaking, known))
        seen = look(services, speaking, bench.sheet())
        content = rendering.page("bench.html", seen, Shown(bench))
        return HTMLResponse(content, headers={"Vary": "Accept-Language"})

    @router.get("/sign-in")
    async def sign_in(services: Shared, speaking: Speaking) -> HTMLResponse:
        if services.identity is None:
            raise ProblemError(404, "Nobody signs in here: nothing is kept.")
        words = speaking.wording.words
        content = made.get_template("sign_in.html").render(
            language=speaking.wording.language,
            words=words,
            words_json=for_scripts(words, "sign_in.", "page."),
            directory=services.identity.provider is not None,
        )
        return HTMLResponse(content)

    @router.post("/language")
    async def language(given: Annotated[LanguageForm, Form()], services: Shared) -> RedirectResponse:
        answer = RedirectResponse(given.back, 303)
        secure = services.settings.secure
        answer.set_cookie(
            LANGUAGE_COOKIE,
            given.language,
            max_age=31_536_000,
            path="/",
            httponly=True,
            secure=secure,
            samesite="strict",
        )
        return answer

    @router.get("/docs")
    async def docs(request: Request) -> HTMLResponse:
        schema = request.app.openapi()
        content = made.get_template("docs.html").render(
            schema=schema, operations=operations(schema), models=models(schema), kinds=KINDS
        )
        return HTMLResponse(content)

    @router.get("/static/{name:path}")
    async def static(name: str, request: Request) -> Response:
        file = files.get(name)
        if file is None:
            raise ProblemError(404, "There is no such file.")
        packed = takes_gzip(request.headers.get("accept-encoding", ""))
        headers = {
            "ETag": file.tag(packed),
            "Cache-Control": file.keeping(request.query_params.get("v")),
            "Vary": "Accept-Encoding",
        }
        if file.is_had(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        if packed:
            headers["Content-Encoding"] = "gzip"
        return Response(file.packed if packed else file.content, media_type=file.media_type, headers=headers)

    return router
