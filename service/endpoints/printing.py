"""Kept reports on paper: pages to print, PDFs, order sheets, and the findings of a case for the clipboard.

What is downloaded is named by ids alone. The language is that of `?language=`, else that of the other pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from service.actors import public
from service.cases.desk import Desk
from service.endpoints.page import Looking
from service.endpoints.stored_cases import CaseId, PartId, Reader
from service.pages import templates
from service.printing.content import OrderSheet, Report
from service.printing.hpo_list import hpo_list
from service.printing.kept import KeptReport, report_to_print
from service.printing.laying import page_of, pdf_of
from service.printing.ordering import suggested
from service.printing.press import Press, PressFailed, PressMissing, press_of
from service.printing.report import order_of, report_of
from service.printing.voice import Voice
from service.problems import Fault, ProblemError, answers
from service.services import Services, Shared, Speaking

router = APIRouter(tags=["kept cases"])
_READING = answers(401, 403, 404, 410, 422, 503)
_PDF = {**_READING, 200: {"content": {"application/pdf": {}}, "description": "PDF/A-2a, PDF/UA-1."}}
_LINES = {**_READING, 200: {"content": {"text/plain": {}}, "description": "Lines of id, label and assertion."}}
Tests = Annotated[
    list[Annotated[str, Query(max_length=300)]] | None,
    Query(max_length=50, description="Codes of the tests to order; all that the report suggests where left out."),
]
_VARY = "Accept-Language, Cookie"
_OTHER = {"en": ("zh", "中文"), "zh": ("en", "English")}


def voice_of(
    speaking: Speaking,
    language: Annotated[
        Literal["en", "zh"] | None, Query(description="Of the sheet's own words; what was shown stays as it was.")
    ] = None,
) -> Voice:
    """The words of the sheet."""
    return Voice((speaking.speaking(language) if language else speaking).wording)


Speaker = Annotated[Voice, Depends(voice_of)]


@router.get("/cases/{id}/reports/{part}/print", response_model=None, dependencies=[public], include_in_schema=False)
async def report_page(id: CaseId, part: PartId, known: Looking, services: Shared, voice: Speaker) -> Response:
    """A report as a page to print."""
    if known is None or known.session is None:
        return RedirectResponse("/sign-in", 303)
    desk = Desk(known.actor, services.kept, services.settings.cases)
    kept = await _kept(services, desk, id, part, "report")
    return await services.lane.run(_report_page, services, voice, kept)


@router.get("/cases/{id}/reports/{part}/order", response_model=None, dependencies=[public], include_in_schema=False)
async def order_page(
    id: CaseId, part: PartId, known: Looking, services: Shared, voice: Speaker, tests: Tests = None
) -> Response:
    """An order sheet as a page to print."""
    if known is None or known.session is None:
        return RedirectResponse("/sign-in", 303)
    desk = Desk(known.actor, services.kept, services.settings.cases)
    kept = await _kept(services, desk, id, part, "order")
    return await services.lane.run(_order_page, services, voice, kept, tests or ())


@router.get("/cases/{id}/reports/{part}/print.pdf", response_class=Response, responses=_PDF)
async def report_pdf(id: CaseId, part: PartId, desk: Reader, services: Shared, voice: Speaker) -> Response:
    """A report as it was shown, as a PDF for filing: with its sign-offs, and draft where there is none."""
    press = await services.lane.run(_press, services)
    kept = await _kept(services, desk, id, part, "report.pdf")
    return await services.lane.run(_report_pdf, services, press, voice, kept)


@router.get("/cases/{id}/reports/{part}/order.pdf", response_class=Response, responses=_PDF)
async def order_pdf(
    id: CaseId, part: PartId, desk: Reader, services: Shared, voice: Speaker, tests: Tests = None
) -> Response:
    """An order sheet for tests that the report suggests, as a PDF."""
    press = await services.lane.run(_press, services)
    kept = await _kept(services, desk, id, part, "order.pdf")
    return await services.lane.run(_order_pdf, services, press, voice, kept, tests or ())


@router.get("/api/v1/cases/{id}/hpo", response_class=PlainTextResponse, responses=_LINES)
async def findings_as_lines(id: CaseId, desk: Reader, services: Shared, speaking: Speaking) -> PlainTextResponse:
    """The findings of the latest report as lines for the clipboard: `HP:0001250`, label and assertion, tabs between."""
    return PlainTextResponse(await services.storage.run(hpo_list, desk, speaking.naming, id))


async def _kept(services: Services, desk: Desk, id: str, part: str, printed: str) -> KeptReport:
    release = services.knowledge.manifest.release
    return await services.storage.run(report_to_print, desk, release, id, part, printed)


def _report_page(services: Services, voice: Voice, kept: KeptReport) -> HTMLResponse:
    sheet = report_of(voice, services.knowledge, kept, _now())
    return _page("report", voice, kept, sheet, (), beside=f"order?language={voice.language}", pdf="print.pdf")


def _order_page(services: Services, voice: Voice, kept: KeptReport, tests: Sequence[str]) -> HTMLResponse:
    sheet = order_of(voice, services.knowledge, kept, tests, _now())
    every = suggested(kept.shown)
    offered = [{"code": test.code, "name": test.name, "chosen": not tests or test.code in tests} for test in every]
    beside = f"print?language={voice.language}"
    return _page("order", voice, kept, sheet, tests, beside=beside, pdf="order.pdf", offered=offered)


def _page(
    name: str, voice: Voice, kept: KeptReport, sheet: Report | OrderSheet, tests: Sequence[str], **more: object
) -> HTMLResponse:
    language, language_name = _OTHER[voice.language]
    chosen = [("tests", code) for code in tests]
    content = {
        **page_of(voice, sheet),
        **more,
        "case": kept.case,
        "query": urlencode([("language", voice.language), *chosen]),
        "other": {"language": language, "name": language_name, "query": urlencode([("language", language), *chosen])},
    }
    made = templates().get_template(f"print/{name}.html").render(content)
    return HTMLResponse(made, headers={"Vary": _VARY})


def _press(services: Services) -> Press:
    """Raises a 503 problem where no PDF can be made."""
    try:
        return press_of(services.settings.print_font, services.settings.print_family)
    except PressMissing as error:
        raise ProblemError(503, error.what, (Fault(field="", what=error.what, mend=error.mend),)) from error


def _report_pdf(services: Services, press: Press, voice: Voice, kept: KeptReport) -> Response:
    return _pdf("report", press, voice, kept, report_of(voice, services.knowledge, kept, _now()))


def _order_pdf(services: Services, press: Press, voice: Voice, kept: KeptReport, tests: Sequence[str]) -> Response:
    return _pdf("order", press, voice, kept, order_of(voice, services.knowledge, kept, tests, _now()))


def _pdf(name: str, press: Press, voice: Voice, kept: KeptReport, sheet: Report | OrderSheet) -> Response:
    try:
        content = pdf_of(press, voice, name, sheet)
    except PressFailed as error:
        raise ProblemError(500, error.what, (Fault(field="", what=error.what, mend=error.mend),)) from error
    file = f"phenomap-{name}-{kept.case[:8]}-{kept.report.id[:8]}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{file}"', "Vary": _VARY}
    return Response(content, media_type="application/pdf", headers=headers)


def _now() -> datetime:
    return datetime.now(UTC)
