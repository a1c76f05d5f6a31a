"""Sign-offs for paper: who decided what, why, and whether the report is still the one that was signed."""

from __future__ import annotations

from collections.abc import Iterator

from ontology.diseases import UnknownDisease
from ontology.knowledge import Knowledge
from service.models.stored import CaseStatus, Decision, SignOffAnswer
from service.printing.content import Signature
from service.printing.kept import KeptReport
from service.printing.voice import Voice


def signature_of(voice: Voice, knowledge: Knowledge, kept: KeptReport, given: SignOffAnswer) -> Signature:
    """A sign-off as it is printed."""
    return Signature(
        title=voice.say(f"reader.{given.reader}"),
        decision=voice.say(f"decision.{given.decision.value}"),
        disease=signed_for(voice, knowledge, kept, given),
        reason=given.reason,
        by=kept.person(given.by),
        when=voice.moment(given.created),
        digest=given.digest,
        intact=voice.say("intact") if given.intact else "",
        warning="" if given.intact else voice.say("not_intact"),
    )


def signed_for(voice: Voice, knowledge: Knowledge, kept: KeptReport, given: SignOffAnswer) -> str:
    """The disease by the name that was shown; by that of the release in use where another was meant."""
    id = given.disease
    if id is None:
        return ""
    for each in kept.shown.diseases:
        if id in (each.id, *each.also):
            return f"{each.name} ({id})"
    try:
        name = knowledge.diseases.name(knowledge.diseases.position(id))
    except UnknownDisease:
        return f"{id} ({voice.say('unknown_disease')})" if given.decision is Decision.OTHER else id
    return f"{voice.wording.naming.disease(id, name)} ({id})"


def conclusions_of(voice: Voice, knowledge: Knowledge, kept: KeptReport) -> Iterator[str]:
    """Each decision in one sentence, for the head of the sheet."""
    for given in kept.signatures:
        told = signature_of(voice, knowledge, kept, given)
        decided = (
            voice.say("concluded", decision=told.decision, disease=told.disease) if told.disease else told.decision
        )
        yield voice.say("concluded_by", decided=decided, by=voice.say("by", name=told.by, when=told.when))


def state_of(kept: KeptReport) -> str:
    """How far the report has come: `draft`, `waiting` for a second reader, `disagreed`, `signed`, or `broken`."""
    signed = kept.signatures
    if not signed:
        return "draft"
    if not all(each.intact for each in signed):
        return "broken"
    if len({(each.decision, each.disease) for each in signed}) > 1:
        return "disagreed"
    waits = kept.status is CaseStatus.WAITING and len(signed) == 1
    return "waiting" if waits else "signed"
