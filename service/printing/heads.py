"""What every printed sheet begins with: draft or signed, what it was made with, and who the patient is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ontology.knowledge import Knowledge
from service.printing.content import Fact, Head
from service.printing.kept import KeptReport
from service.printing.signatures import conclusions_of, state_of
from service.printing.voice import Voice

#: Of an id, what stands on every page; the whole of it stands in the head.
_SHORT = 8


def head_of(voice: Voice, knowledge: Knowledge, kept: KeptReport, title: str, printed: datetime) -> Head:
    """The head of a sheet with this `title`; `printed` is now."""
    state = state_of(kept)
    status = voice.say(f"status.{state}")
    short = voice.say("short", case=kept.case[:_SHORT], report=kept.report.id[:_SHORT])
    who = " · ".join(part for part in (kept.patient.name, kept.patient.number) if part)
    return Head(
        title=title,
        status=status,
        signed=state == "signed",
        conclusion=tuple(conclusions_of(voice, knowledge, kept)),
        marks=tuple(marks_of(voice, kept)),
        facts=tuple(_made(voice, kept)),
        promise=voice.say("promise"),
        patient=tuple(_patient(voice, kept)),
        running=" · ".join(part for part in (who, status) if part),
        foot=f"{short} · {voice.say('printed', when=voice.moment(printed))}",
    )


def marks_of(voice: Voice, kept: KeptReport) -> Iterator[str]:
    """What a reader must know of a report that is no longer the last word."""
    if kept.report.stale:
        yield voice.say("stale")
    if kept.report.knowledge_stale:
        yield voice.say("knowledge_stale", old=kept.report.knowledge, new=kept.report.knowledge_in_use)
    if kept.shown.language != voice.language:
        yield voice.say("other_language", language=voice.say(f"language.{kept.shown.language}"))


def _made(voice: Voice, kept: KeptReport) -> Iterator[Fact]:
    report, shown = kept.report, kept.shown
    yield Fact(voice.say("case"), kept.case)
    yield Fact(voice.say("report"), report.id)
    yield Fact(voice.say("department"), kept.department)
    yield Fact(voice.say("made"), voice.say("by", name=kept.person(report.by), when=voice.moment(report.created)))
    yield Fact(voice.say("knowledge"), shown.knowledge.release)
    yield Fact(voice.say("software"), shown.software or voice.say("not_recorded"))
    yield Fact(voice.say("digest"), report.digest)


def _patient(voice: Voice, kept: KeptReport) -> Iterator[Fact]:
    unknown = voice.say("not_given")
    yield Fact(voice.say("name"), kept.patient.name or unknown)
    yield Fact(voice.say("number"), kept.patient.number or unknown)
    yield Fact(voice.say("page.sex"), voice.say(f"page.sex_{kept.sex.value}"))
    yield Fact(voice.say("page.age"), voice.age(kept.age_days))
