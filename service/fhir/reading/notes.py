"""DocumentReference, DiagnosticReport and Composition: notes."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator
from datetime import date
from typing import Any

from ontology.features import Assertion
from service.fhir.issues import Issue, notice
from service.fhir.reading.attachments import PREFERRED, document, media_type
from service.fhir.reading.concepts import codes_of, terms_of
from service.fhir.reading.context import Context
from service.fhir.reading.dates import day_of, moment_of, not_yet
from service.fhir.reading.genetic_tests import read_test
from service.fhir.reading.items import Attached, Finding, Item, Json, Text, Withdrawn
from service.fhir.telling import own
from service.models.inputs import LONGEST_TEXT
from service.problems import Fault

_GONE = frozenset({"entered-in-error", "superseded", "cancelled"})
_HTML = "text/html"


def read_document(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """A DocumentReference: one note, of the format that loses least; its narrative where it holds no document."""
    if resource.get("status") in _GONE or resource.get("docStatus") in _GONE:
        yield Withdrawn(path)
        return
    yield from not_yet(resource.get("date"), f"{path}.date", context.today)
    written = resource.get("context") or {}
    kept = _as_kept(resource)
    if kept is not None:
        text, language = kept
        yield Text(text, f"{path}.content[0].attachment.data", day_of(moment_of(written, "period")), language)
        return
    day = day_of(moment_of(written, "period")) or day_of(resource.get("date"))
    offered = [
        (each["attachment"], f"{path}.content[{at}].attachment")
        for at, each in enumerate(resource.get("content") or ())
    ]
    yield from _best(offered, resource, path, context, day)


def _as_kept(resource: Json) -> tuple[str, str | None] | None:
    """The text of a note as this software tells it, to the letter, and its language; None where it is another's.

    Words of the note that findings quote are found by their place, so no sign may be another.
    """
    if not {own.NOTE, own.MASKED_NOTE}.intersection(codes_of(resource.get("type"), own.DOCUMENT)):
        return None
    contents = list(resource.get("content") or ())
    attachment = contents[0]["attachment"] if len(contents) == 1 else {}
    if media_type(attachment) != "text/plain" or len(str(attachment.get("data") or "")) > 4 * LONGEST_TEXT * 4 // 3 + 4:
        return None
    try:
        text = base64.b64decode(str(attachment.get("data") or ""), validate=True).decode("utf-8")
    except ValueError:
        return None
    language = str(attachment.get("language") or "").casefold()[:2]
    if not text.strip() or len(text) > LONGEST_TEXT:
        return None
    return text, language if language in ("en", "zh") else None


def read_report(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """A DiagnosticReport: its text, its conclusion, findings by code, and the genetic test that it tells of."""
    if resource.get("status") in _GONE:
        yield Withdrawn(path)
        return
    if resource.get("status") == "registered":
        what = "An observation without a result is not read."
        yield notice(Fault(field=f"{path}.status", what=what, mend="Send it again when it is done."), "not-supported")
        return
    yield from not_yet(resource.get("effectiveDateTime"), f"{path}.effectiveDateTime", context.today)
    day = day_of(moment_of(resource, "effectiveDateTime", "effectivePeriod", "issued"))
    for at, code in enumerate(resource.get("conclusionCode") or ()):
        for term in terms_of(code, f"{path}.conclusionCode[{at}]", context.terms):
            moment = day.isoformat() if day else ""
            yield term if isinstance(term, Issue) else Finding(term[0], Assertion.OBSERVED, term[1], None, None, moment)
    yield from read_test(resource, path, day, context)
    if own.TEST_DONE in codes_of(resource.get("code"), own.DOCUMENT):
        return
    if "conclusion" in resource:
        yield Text(str(resource["conclusion"]), f"{path}.conclusion", day)
    offered = [(each, f"{path}.presentedForm[{at}]") for at, each in enumerate(resource.get("presentedForm") or ())]
    if offered or "conclusion" not in resource:
        yield from _best(offered, resource, path, context, day, needed=not resource.get("result"))


def read_composition(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """A Composition: its sections under their headings, as one note; what they list is read by itself."""
    if resource.get("status") in _GONE:
        yield Withdrawn(path)
        return
    yield from not_yet(resource.get("date"), f"{path}.date", context.today)
    day = day_of(resource.get("date"))
    sections = list(_sections(resource.get("section") or ()))
    if sections:
        yield _page("".join(sections), f"{path}.section", day)
    else:
        yield from _narrative(resource, path, day, needed=False)


def _sections(sections: Any) -> Iterator[str]:  # noqa: ANN401 - lists of JSON objects, judged before
    for section in sections:
        title = str(section.get("title") or "").strip()
        div = (section.get("text") or {}).get("div")
        if title and (div or section.get("section")):
            yield f"<p>{html.escape(title)}:</p>"
        if isinstance(div, str):
            yield div
        yield from _sections(section.get("section") or ())


def _best(
    offered: list[tuple[Json, str]],
    resource: Json,
    path: str,
    context: Context,
    day: date | None,
    needed: bool = True,
) -> Iterator[Item]:
    """The one of several formats of a document that is read; of those before it that cannot be, why."""
    ranked = sorted(offered, key=lambda each: _rank(media_type(each[0])))
    taken = False
    told: list[Issue] = []
    for attachment, at in ranked:
        if taken:
            what = "This is another format of the same document, and not read."
            yield notice(Fault(field=at, what=what, mend="Nothing is to be done."), "informational")
            continue
        for item in document(attachment, at, context, day):
            if isinstance(item, Attached):
                taken = True
                yield item
            else:
                told.append(item)
    yield from told
    if not taken and not any(each.is_error for each in told):
        yield from _narrative(resource, path, day, needed)


def _narrative(resource: Json, path: str, day: date | None, needed: bool) -> Iterator[Item]:
    """The narrative of a resource that holds no other words."""
    div = (resource.get("text") or {}).get("div")
    if isinstance(div, str) and div.strip():
        yield _page(div, f"{path}.text.div", day)
    elif needed:
        what = "This holds no words to be read."
        yield notice(
            Fault(field=path, what=what, mend="Send the note in an attachment, or as a narrative."), "not-supported"
        )


def _page(body: str, path: str, day: date | None) -> Attached:
    return Attached(f"<html><body>{body}</body></html>".encode(), path, _HTML, day)


def _rank(named: str) -> int:
    return PREFERRED.index(named) if named in PREFERRED else len(PREFERRED)
