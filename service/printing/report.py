"""A kept report, put into the order and words in which it is printed. What it says of the patient stays as shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from ontology.features import Assertion
from ontology.knowledge import Knowledge
from service.printing.content import Fact, Impression, OrderSheet, Report
from service.printing.diseases import diseases_of
from service.printing.findings import findings_of
from service.printing.heads import head_of, marks_of
from service.printing.kept import KeptReport
from service.printing.literature import Literature
from service.printing.ordering import chosen, consents_of, numbered, ordered, reported
from service.printing.signatures import signature_of, signed_for
from service.printing.voice import Voice

_PRESENT = (Assertion.OBSERVED, Assertion.HISTORICAL)


def report_of(voice: Voice, knowledge: Knowledge, kept: KeptReport, printed: datetime) -> Report:
    """A report for paper; `knowledge` names a disease that was signed for and is not listed."""
    shown, literature = kept.shown, Literature()
    diseases = tuple(diseases_of(voice, shown, literature))
    return Report(
        head=head_of(voice, knowledge, kept, voice.say("title"), printed),
        notices=tuple(_notices(kept)),
        impressions=tuple(_impressions(voice, kept)),
        findings=tuple(findings_of(voice, kept)),
        compared=_compared(voice, kept),
        diseases=diseases,
        tests_told=tuple(_told_of_tests(voice, kept)),
        first=tuple(reported(voice, test, "") for test in shown.biochemical),
        tests=tuple(reported(voice, test, at) for at, test in numbered(shown.tests)),
        signatures=tuple(signature_of(voice, knowledge, kept, each) for each in kept.signatures),
        state=tuple(marks_of(voice, kept)) or (voice.say("current"),),
        literature=tuple(Fact(str(at), each) for at, each in enumerate(literature.references, 1)),
        licences=tuple(f"{each.name}, {each.version}. {each.licence}" for each in shown.knowledge.sources),
    )


def order_of(
    voice: Voice, knowledge: Knowledge, kept: KeptReport, codes: Sequence[str], printed: datetime
) -> OrderSheet:
    """An order for the tests of `codes`, for all where there are none; raises a 422 problem for an unknown code."""
    tests = chosen(kept.shown, codes)
    return OrderSheet(
        head=head_of(voice, knowledge, kept, voice.say("order.title"), printed),
        department=kept.department,
        known=tuple(_told_to_laboratory(voice, knowledge, kept)),
        tests=tuple(ordered(voice, test, at) for at, test in numbered(tests)),
        consents=consents_of(tests),
        signatures=tuple(voice.say(f"order.{who}") for who in ("clinician", "consenting", "taken_by")),
    )


def _told_to_laboratory(voice: Voice, knowledge: Knowledge, kept: KeptReport) -> Iterator[Fact]:
    """What the patient has, and the diagnosis signed for; the first of the ranking where none is signed."""
    present = [each for each in kept.shown.features if each.assertion in _PRESENT]
    if present:
        yield Fact(voice.say("order.findings"), voice.list(f"{each.label} ({each.id})" for each in present))
    signed = list(dict.fromkeys(signed_for(voice, knowledge, kept, each) for each in kept.signatures))
    if any(signed):
        yield Fact(voice.say("order.diagnosis"), voice.list(signed))
    elif kept.shown.diseases:
        first = kept.shown.diseases[0]
        yield Fact(voice.say("order.suspected"), f"{first.name} ({first.id})")


def _notices(kept: KeptReport) -> Iterator[str]:
    yield from (notice.words for notice in kept.shown.notices)
    yield from (f"{each.reason} {each.mend}" for each in kept.shown.abstentions)


def _impressions(voice: Voice, kept: KeptReport) -> Iterator[Impression]:
    for each in kept.impressions:
        by = voice.say("by", name=kept.person(each.by), when=voice.moment(each.created))
        yield Impression(each.text or "", by)


def _compared(voice: Voice, kept: KeptReport) -> str:
    shown = kept.shown
    told = voice.say("page.diseases_of", considered=voice.count(shown.considered), findings=shown.findings)
    return voice.say("sentence", text=told)


def _told_of_tests(voice: Voice, kept: KeptReport) -> Iterator[str]:
    shown = kept.shown
    yield from (f"{each.name}: {each.words}" for each in shown.tests_done)
    yield from (each.words for each in shown.family)
    if shown.panel.genes:
        share = voice.percent(shown.panel.mass)
        yield f"{voice.say('page.panel', count=len(shown.panel.genes), percent=share)} {', '.join(shown.panel.genes)}"
    if shown.diseases and shown.without_gene:
        yield voice.say("page.without_gene", percent=voice.percent(shown.without_gene))
    if shown.catalogue:
        yield voice.say("page.catalogue", name=shown.catalogue)
