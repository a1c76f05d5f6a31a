"""The bench's forms: each is answered with the parts of the page that it changes, as HTML.

`/bench/...` where nothing is kept, `/cases/{id}/...` over a kept case: the same forms, and the same parts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from service.actors import Actor, Permission, needs
from service.bench import signing, telling
from service.bench.carried import CarriedBench
from service.bench.kept import KeptBench
from service.bench.look import look, read_of
from service.bench.rendering import FOLLOWING, Renderer, Shown
from service.bench.sheet import Bench, Sheet
from service.bench.steps import changes, checked, step_of
from service.cases.desk import Desk
from service.cases.looks import keep_look
from service.endpoints.desks import at_desk
from service.endpoints.stored_cases import CaseId
from service.models import bench as b
from service.models.known import KnownInput
from service.pages import common, templates
from service.problems import Fault, invalid
from service.services import Services, Shared, Speaking
from service.translate import Translator

Assessing = Annotated[Actor, needs(Permission.ASSESS)]
Reader = Annotated[Desk, at_desk(Permission.READ_CASES)]
Writer = Annotated[Desk, at_desk(Permission.WRITE_CASES)]
Change = Callable[[Bench], Bench]


class Answering:
    """Answers a form: does what it asks at the bench, and renders what is seen then."""

    def __init__(self, request: Request, services: Shared, translator: Speaking) -> None:
        self.services = services
        self.translator = translator
        self.whole = "hx-request" not in request.headers
        looking, target = request.url.path.endswith("/look"), request.headers.get("hx-target", "").partition("#")[2]
        self.part = target if looking and target in FOLLOWING else None  # what alone looks otherwise now

    async def changed(self, bench: Bench, given: b.Form, change: Change) -> HTMLResponse:
        """Do `change`; a kept case waits for its disk, a carried one for nothing."""
        after = await self.services.storage.run(change, bench)
        return await self.seen(after, given)

    async def told(self, bench: Bench, given: b.Form, tell: Callable[[KnownInput], KnownInput]) -> HTMLResponse:
        """Change what is known beside the findings."""

        def change(bench: Bench) -> Bench:
            told = tell(bench.sheet().known).model_dump_json(exclude_defaults=True)
            return bench.about(b.AboutForm(known=told))

        return await self.changed(bench, given, change)

    async def stepped(self, bench: Bench, given: b.StepForm) -> HTMLResponse:
        """Do one step over the findings."""

        def work(bench: Bench) -> Bench:
            sheet = bench.sheet()
            terms = self.services.knowledge.terms
            step = checked(step_of(given, sheet.case.notes), terms)
            read = read_of(self.services, sheet)
            by = bench.actor.id
            return bench.said(step.verb, step.term, changes(step, sheet.said, lambda id: read.get(id, ()), by))

        after = await self.services.lane.run(work, bench)
        return await self.seen(after, given)

    async def signed(self, bench: KeptBench, given: b.SignForm) -> HTMLResponse:
        """Sign what is seen at the bench, where it is what the form was made for."""
        sheet = await self.services.storage.run(bench.sheet)
        seen = await self.services.lane.run(look, self.services, self.translator, sheet)
        await self.services.storage.run(signing.sign, bench.desk, bench.case_id, seen, given)
        return await self.seen(bench.as_it_is, given)

    async def on_paper(self, bench: KeptBench, given: b.SheetForm) -> Response:
        """Keep what is seen as a report, and lead to the sheet that is asked for."""
        sheet = await self.services.storage.run(bench.sheet)
        seen = await self.services.lane.run(look, self.services, self.translator, sheet)
        report = await self.services.storage.run(signing.freeze, bench.desk, bench.case_id, seen)
        assert seen.report is not None
        fast, tests = seen.report.biochemical, seen.report.tests[: given.count]
        codes = [test.code for test in fast] + [test.code for test in tests]
        query = f"?{urlencode([('tests', code) for code in codes])}" if given.kind == "order" else ""
        place = f"{bench.base}/reports/{report}/{'print' if given.kind == 'report' else 'order'}{query}"
        if self.whole:
            return RedirectResponse(place, 303)
        return HTMLResponse("", headers={"HX-Redirect": place})

    async def seen(self, bench: Bench, given: b.Form) -> HTMLResponse:
        """The parts of the page as they are now."""
        sheet = await self.services.storage.run(bench.sheet)
        content = await self.services.lane.run(self._rendered, bench, sheet, given)
        return HTMLResponse(content, headers={"Vary": "Accept-Language, HX-Request"})

    def _rendered(self, bench: Bench, sheet: Sheet, given: b.Form) -> str:
        shown = shown_of(bench, given)
        seen = look(self.services, self.translator, sheet, shown.aside)
        rendering = renderer(self.services, self.translator)
        if self.whole:  # a browser whose scripts have not loaded sends the form itself
            return rendering.page("bench.html", seen, shown)
        current = given.seen in (None, sheet.version)
        return rendering.parts(seen, shown, (self.part,) if self.part and current else FOLLOWING)


At = Annotated[Answering, Depends()]


def renderer(services: Services, translator: Translator) -> Renderer:
    """Renders in the language of `translator`."""
    return Renderer(templates(), common(services, translator))


def shown_of(bench: Bench, given: b.Form) -> Shown:
    """What the page says of itself in each form."""
    has = dict(each.split("=") for each in given.has)
    return Shown(bench, given.opened, given.compared, tuple(given.stood), given.put_aside, has)


carried = APIRouter(prefix="/bench", include_in_schema=False)
kept = APIRouter(prefix="/cases/{id}", include_in_schema=False)


def _carried(actor: Actor, at: Answering, given: b.Form) -> Bench:
    return CarriedBench.of(actor, at.services.knowing, given.state)


def _kept(desk: Desk, at: Answering, id: str, given: b.Form) -> Bench:
    return KeptBench.of(desk, at.services.knowing, id, given.seen)


@carried.post("/look")
async def look_again(given: Annotated[b.LookForm, Form()], actor: Assessing, at: At) -> HTMLResponse:
    """Show the page as it is, with other evidence open."""
    return await at.seen(_carried(actor, at, given), given)


@kept.post("/look")
async def look_again_at_case(id: CaseId, given: Annotated[b.LookForm, Form()], desk: Reader, at: At) -> HTMLResponse:
    """As `look_again`, at a kept case."""
    return await at.seen(_kept(desk, at, id, given), given)


@carried.post("/step")
async def step(given: Annotated[b.StepForm, Form()], actor: Assessing, at: At) -> HTMLResponse:
    """Accept, reject, negate, change, add a finding."""
    return await at.stepped(_carried(actor, at, given), given)


@kept.post("/step")
async def step_in_case(id: CaseId, given: Annotated[b.StepForm, Form()], desk: Writer, at: At) -> HTMLResponse:
    """As `step`, in a kept case."""
    return await at.stepped(_kept(desk, at, id, given), given)


@carried.post("/undo")
async def undo(given: Annotated[b.LookForm, Form()], actor: Assessing, at: At) -> HTMLResponse:
    """Take the last step back."""
    return await at.changed(_carried(actor, at, given), given, lambda bench: bench.undone())


@kept.post("/undo")
async def undo_in_case(id: CaseId, given: Annotated[b.LookForm, Form()], desk: Writer, at: At) -> HTMLResponse:
    """As `undo`, in a kept case."""
    return await at.changed(_kept(desk, at, id, given), given, lambda bench: bench.undone())


@carried.post("/note")
async def add_note(given: Annotated[b.NoteForm, Form()], actor: Assessing, at: At) -> HTMLResponse:
    """Read a note, or one in place of another; what the form says of the patient holds from now on."""
    return await at.changed(_carried(actor, at, given), given, lambda bench: bench.with_note(given))


@kept.post("/note")
async def add_note_to_case(id: CaseId, given: Annotated[b.NoteForm, Form()], desk: Writer, at: At) -> HTMLResponse:
    """As `add_note`, in a kept case: masked where the site does so, and sealed."""
    return await at.changed(_kept(desk, at, id, given), given, lambda bench: bench.with_note(given))


@carried.post("/note/remove")
async def remove_note(given: Annotated[b.RemoveNoteForm, Form()], actor: Assessing, at: At) -> HTMLResponse:
    """Take a note away."""
    return await at.changed(_carried(actor, at, given), given, lambda bench: bench.without_note(given.id))


@kept.post("/note/remove")
async def remove_note_from_case(
    id: CaseId, given: Annotated[b.RemoveNoteForm, Form()], desk: Writer, at: At
) -> HTMLResponse:
    """As `remove_note`, in a kept case."""
    return await at.changed(_kept(desk, at, id, given), given, lambda bench: bench.without_note(given.id))


@carried.post("/about")
async def about(given: Annotated[b.AboutForm, Form()], actor: Assessing, at: At) -> HTMLResponse:
    """Say the patient's sex and age, tests done, family."""
    return await at.changed(_carried(actor, at, given), given, lambda bench: bench.about(given))


@kept.post("/about")
async def about_case(id: CaseId, given: Annotated[b.AboutForm, Form()], desk: Writer, at: At) -> HTMLResponse:
    """As `about`, in a kept case."""
    return await at.changed(_kept(desk, at, id, given), given, lambda bench: bench.about(given))


@kept.post("/assign")
async def assign(id: CaseId, given: Annotated[b.AssignForm, Form()], desk: Writer, at: At) -> HTMLResponse:
    """Say who is to see to the case."""
    bench = KeptBench.of(desk, at.services.knowing, id, given.seen)
    return await at.changed(bench, given, lambda _: bench.assigned(given))


@kept.post("/sheet")
async def sheet(id: CaseId, given: Annotated[b.SheetForm, Form()], desk: Writer, at: At) -> Response:
    """Keep what is shown as a report, and go to its sheet."""
    return await at.on_paper(KeptBench.of(desk, at.services.knowing, id, given.seen), given)


@kept.post("/sign")
async def sign(id: CaseId, given: Annotated[b.SignForm, Form()], desk: Reader, at: At) -> HTMLResponse:
    """Sign what the page shows: it is frozen as a report, with the decision and its reason."""
    return await at.signed(KeptBench.of(desk, at.services.knowing, id, given.seen), given)


@carried.post("/done")
async def add_done(given: Annotated[b.DoneForm, Form()], actor: Assessing, at: At) -> HTMLResponse:
    """Add a test that the patient has had."""
    return await at.told(_carried(actor, at, given), given, lambda known: telling.with_done(known, given))


@kept.post("/done")
async def add_done_in_case(id: CaseId, given: Annotated[b.DoneForm, Form()], desk: Writer, at: At) -> HTMLResponse:
    """As `add_done`, in a kept case."""
    return await at.told(_kept(desk, at, id, given), given, lambda known: telling.with_done(known, given))


@carried.post("/done/remove")
async def remove_done(given: Annotated[b.DoneRemoveForm, Form()], actor: Assessing, at: At) -> HTMLResponse:
    """Take a test out of those done."""
    return await at.told(_carried(actor, at, given), given, lambda known: telling.without_done(known, given.at))


@kept.post("/done/remove")
async def remove_done_in_case(
    id: CaseId, given: Annotated[b.DoneRemoveForm, Form()], desk: Writer, at: At
) -> HTMLResponse:
    """As `remove_done`, in a kept case."""
    return await at.told(_kept(desk, at, id, given), given, lambda known: telling.without_done(known, given.at))


@carried.post("/family")
async def family(given: Annotated[b.FamilyForm, Form()], actor: Assessing, at: At) -> HTMLResponse:
    """Tell the family, and whether the patient is acutely ill."""
    return await at.told(_carried(actor, at, given), given, lambda known: telling.with_family(known, given))


@kept.post("/family")
async def family_in_case(id: CaseId, given: Annotated[b.FamilyForm, Form()], desk: Writer, at: At) -> HTMLResponse:
    """As `family`, in a kept case."""
    return await at.told(_kept(desk, at, id, given), given, lambda known: telling.with_family(known, given))


@carried.post("/ancestry")
async def ancestry(given: Annotated[b.AncestryForm, Form()], actor: Assessing, at: At) -> HTMLResponse:
    """Tell the ancestry, by which norms of the face are chosen."""
    return await at.told(_carried(actor, at, given), given, lambda known: telling.with_ancestry(known, given))


@kept.post("/ancestry")
async def ancestry_in_case(id: CaseId, given: Annotated[b.AncestryForm, Form()], desk: Writer, at: At) -> HTMLResponse:
    """As `ancestry`, in a kept case."""
    return await at.told(_kept(desk, at, id, given), given, lambda known: telling.with_ancestry(known, given))


@carried.post("/impression")
async def impression(given: Annotated[b.ImpressionForm, Form()], actor: Assessing, at: At) -> HTMLResponse:
    """Write a first impression, or pass it over."""
    _require_words(at, given)
    return await at.changed(_carried(actor, at, given), given, lambda bench: bench.with_impression(given))


@kept.post("/impression")
async def impression_of_case(
    id: CaseId, given: Annotated[b.ImpressionForm, Form()], desk: Writer, at: At
) -> HTMLResponse:
    """As `impression`, in a kept case."""
    _require_words(at, given)
    return await at.changed(_kept(desk, at, id, given), given, lambda bench: bench.with_impression(given))


@kept.post("/evidence-look", status_code=204)
async def evidence_look(
    id: CaseId, given: Annotated[b.EvidenceLookForm, Form()], desk: Reader, services: Shared
) -> Response:
    """Keep how long evidence was read; it changes nothing of the case."""
    await services.storage.run(keep_look, desk, id, given.rank, given.seconds)
    return Response(status_code=204)


def _require_words(at: Answering, given: b.ImpressionForm) -> None:
    """Raises a 422 problem where an impression is passed over that the site wants."""
    if given.text is None and at.services.settings.cases.first_impression == "required":
        what = "This site wants a first impression before it shows the list."
        raise invalid((Fault(field="text", what=what, mend="Write what you think, even that you do not know yet."),))
