"""The page of kept cases, for those who are signed in; its scripts fetch the cases themselves."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from service.actors import Permission, public
from service.bench.kept import KeptBench
from service.bench.look import look
from service.bench.rendering import Renderer, Shown
from service.cases.desk import Desk
from service.cases.reading import show_case
from service.endpoints.knowledge import state_of
from service.endpoints.page import Looking
from service.endpoints.stored_cases import CaseId
from service.pages import common, for_scripts, templates
from service.services import Shared, Speaking
from service.words_kept import KEPT


def kept_page_router() -> APIRouter:
    """The page's route, over its template as it is at start."""
    router = APIRouter(dependencies=[public], include_in_schema=False)
    template = templates().get_template("cases.html")

    @router.get("/cases", response_model=None)
    async def cases(known: Looking, services: Shared, speaking: Speaking) -> Response:
        if known is None or known.session is None:
            return RedirectResponse("/sign-in", 303)
        language = speaking.wording.language
        words = {**speaking.wording.words, **KEPT[language]}
        content = template.render(
            language=language,
            words=words,
            words_json=for_scripts(words, "page.", "modality.", "kept."),
            known=known,
            may=" ".join(sorted(known.actor.permissions & _ACTED_ON)),
            state=state_of(services, language),
        )
        return HTMLResponse(content, headers={"Vary": "Accept-Language"})

    @router.get("/cases/{id}", response_model=None)
    async def one_case(id: CaseId, request: Request, known: Looking, services: Shared, speaking: Speaking) -> Response:
        if known is None or known.session is None:
            return RedirectResponse("/sign-in", 303)
        desk = Desk(known.actor, services.kept, services.settings.cases)
        naming, release = speaking.naming, services.knowledge.manifest.release
        kept = await services.storage.run(show_case, desk, naming, release, id)  # recorded as a view
        bench = KeptBench.of(desk, services.knowing, id, None)
        sheet = await services.storage.run(bench.sheet)
        rendering = Renderer(templates(), common(services, speaking, known))
        seen = await services.lane.run(look, services, speaking, sheet)
        content = rendering.page("bench.html", seen, Shown(bench), demo=None, kept=kept)
        return HTMLResponse(content, headers={"Vary": "Accept-Language"})

    return router


#: What the page offers a button for; the routes behind it ask again, for the department of the case.
_ACTED_ON = frozenset({Permission.WRITE_CASES, Permission.SIGN, Permission.SECOND_SIGN})
