"""The page of kept cases, for those who are signed in; its scripts fetch the cases themselves."""

from __future__ import annotations

import json
from pathlib import Path

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from service.actors import Permission, public
from service.endpoints.knowledge import state_of
from service.endpoints.page import Looking
from service.services import Shared, Speaking
from service.words_kept import KEPT


def kept_page_router() -> APIRouter:
    """The page's route, over its template as it is at start."""
    router = APIRouter(dependencies=[public], include_in_schema=False)
    folder = FileSystemLoader(Path(__file__).parent.parent / "templates")
    templates = Environment(loader=folder, autoescape=select_autoescape(), undefined=StrictUndefined)

    @router.get("/cases", response_model=None)
    async def cases(known: Looking, services: Shared, speaking: Speaking) -> Response:
        if known is None or known.session is None:
            return RedirectResponse("/sign-in", 303)
        language = speaking.wording.language
        words = {**speaking.wording.words, **KEPT[language]}
        for_scripts = {key: text for key, text in words.items() if key.startswith(("page.", "modality.", "kept."))}
        content = templates.get_template("cases.html").render(
            language=language,
            words=words,
            words_json=json.dumps(for_scripts, ensure_ascii=False),
            known=known,
            may=" ".join(sorted(known.actor.permissions & _ACTED_ON)),
            state=state_of(services, language),
        )
        return HTMLResponse(content, headers={"Vary": "Accept-Language"})

    return router


#: What the page offers a button for; the routes behind it ask again, for the department of the case.
_ACTED_ON = frozenset({Permission.WRITE_CASES, Permission.SIGN, Permission.SECOND_SIGN})
