"""What a clinician does to findings: one verb about one term, and what it changes of the words said before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from matching.case import Note
from ontology.features import Assertion, ImageRegion, Mention, Statement, TextSpan
from ontology.terms import Terms
from service.bench.verbs import Verb
from service.cases.mentions import Said
from service.intake import faults_of_features
from service.models.bench import StepForm
from service.models.inputs import StatedFeature
from service.problems import Fault, invalid

#: What a verb asserts of its term.
_ASSERTS: Mapping[Verb, Assertion] = {
    Verb.NEGATE: Assertion.EXCLUDED,
    Verb.AFFIRM: Assertion.OBSERVED,
    Verb.FAMILY: Assertion.FAMILY,
    Verb.UNCERTAIN: Assertion.UNCERTAIN,
    Verb.HISTORICAL: Assertion.HISTORICAL,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One verb about one term. `assertion` is what the page shows of it; `to` the term meant instead, for CHANGE.

    `onset` and `severity` are HPO ids, None to leave them open; `span` are words of a note that it was chosen for,
    `region` is the part of a photo that suggested it.
    """

    verb: Verb
    term: str
    assertion: Assertion = Assertion.OBSERVED
    to: str | None = None
    onset: str | None = None
    severity: str | None = None
    span: TextSpan | None = None
    region: ImageRegion | None = None


#: The word about each term named, as it is to be; None where none stands.
Changes = Mapping[str, Said | None]
#: Mentions of a term in notes and photos.
Read = Callable[[str], Sequence[Mention]]


def changes(step: Step, said: Mapping[str, Said], read: Read, by: str) -> Changes:
    """What `step`, done by the account `by`, changes of the words `said` about terms (by their current ids)."""
    before = said.get(step.term)
    match step.verb:
        case Verb.RESTORE:
            return {step.term: None}
        case Verb.REJECT:
            return {step.term: Said(step.term, None, struck=True) if read(step.term) else None}
        case Verb.CHANGE:
            assert step.to is not None
            span = step.span or _words_of(before, read(step.term))
            meant = Mention(step.to, step.assertion, Statement(by, span), *_qualities(before))
            gone = Said(step.term, None, struck=True) if read(step.term) else None
            return {step.term: gone, step.to: Said(step.to, meant)}
    assertion = _ASSERTS.get(step.verb, step.assertion)
    onset, severity = (step.onset, step.severity) if step.verb is Verb.QUALIFY else _qualities(before)
    # a reading of the patient would beat what is said of a relative, so that it is struck out; its words stay
    struck = assertion is Assertion.FAMILY and bool(read(step.term))
    span = step.span or _words_of(before, read(step.term) if struck else ())
    region = step.region or _region_of(before)
    word = Mention(step.term, assertion, Statement(by, span, region), onset, severity)
    return {step.term: Said(step.term, word, struck=struck)}


def step_of(given: StepForm, notes: Sequence[Note]) -> Step:
    """The step that a form asks for; raises a 422 problem where the words it points to are not in their note."""
    span, region = _span_of(given, notes), _region(given)
    return Step(given.verb, given.term, given.assertion, given.to, given.onset, given.severity, span, region)


def _span_of(given: StepForm, notes: Sequence[Note]) -> TextSpan | None:
    if given.note is None or given.start is None or given.end is None:
        return None
    return span_in(notes, given.note, given.start, given.end)


def _region(given: StepForm) -> ImageRegion | None:
    if given.photo is None or given.box is None:
        return None
    left, top, right, bottom = map(int, given.box.split(","))
    return ImageRegion(given.photo, (left, top, right, bottom))


def span_in(notes: Sequence[Note], note: str, start: int, end: int) -> TextSpan:
    """Words of one of the notes; raises a 422 problem where there are no such words."""
    text = next((each.text for each in notes if each.id == note), None)
    if text is None or not start < end <= len(text):
        what = "There are no such words in the case's notes."
        raise invalid((Fault(field="start", what=what, mend="Select the words again."),))
    return TextSpan(note, start, end, text[start:end])


def checked(step: Step, terms: Terms) -> Step:
    """The step with current ids; raises a 422 problem with every fault."""
    told = [{"id": step.term, "onset": step.onset, "severity": step.severity}]
    if step.to is not None:
        told.append({"id": step.to})
    stated = [StatedFeature.model_validate(each) for each in told]
    faults = list(faults_of_features(stated, terms))
    if step.verb is Verb.CHANGE and step.to is None:
        faults.append(Fault(field="to", what="The term meant is missing.", mend="Choose it from the list."))
    if faults:
        raise invalid(faults)
    to = None if step.to is None else terms.id(terms.position(step.to))
    term = terms.id(terms.position(step.term))
    if step.verb is Verb.CHANGE and to == term:
        raise invalid((Fault(field="to", what="This is the term itself.", mend="Choose another one."),))
    return replace(step, term=term, to=to)


def _qualities(before: Said | None) -> tuple[str | None, str | None]:
    mention = before.mention if before else None
    return (mention.onset, mention.severity) if mention else (None, None)


def _words_of(before: Said | None, read: Sequence[Mention]) -> TextSpan | None:
    """Words of a note that a term was said or read for."""
    if before and before.mention and isinstance(before.mention.evidence, Statement) and before.mention.evidence.span:
        return before.mention.evidence.span
    return next((mention.evidence for mention in read if isinstance(mention.evidence, TextSpan)), None)


def _region_of(before: Said | None) -> ImageRegion | None:
    """The part of a photo that a term was said for."""
    evidence = before.mention.evidence if before and before.mention else None
    return evidence.region if isinstance(evidence, Statement) else None
