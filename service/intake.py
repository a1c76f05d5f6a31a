"""From the JSON of the service to a Case. Every fault of an input is collected, so that one answer mends them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from pydantic import ValidationError

from matching.case import Case, Note, Photo
from matching.circumstances import Circumstances
from ontology.features import Assertion, Mention, PatientSex, Statement
from ontology.terms import Terms, UnknownTerm
from service.actors import Actor
from service.age import days_of
from service.models.inputs import AssessInput, StatedFeature
from service.problems import Fault, invalid

ONSET = "HP:0003674"
SEVERITY = "HP:0012824"


class Stating(Protocol):
    """An input that states findings."""

    @property
    def features(self) -> Sequence[StatedFeature]:
        """The findings."""
        ...


class Described(Protocol):
    """An input that may tell the patient's sex and age."""

    @property
    def sex(self) -> PatientSex:
        """As Phenopackets has it."""
        ...

    @property
    def age(self) -> str | None:
        """An ISO 8601 duration."""
        ...


def stated(given: Stating, actor: Actor, terms: Terms) -> tuple[Mention, ...]:
    """The findings of an input, as its actor's word; raises a 422 problem with every fault."""
    _raise(list(faults_of_features(given.features, terms)))
    return _mentions(given.features, actor)


def whole_case(given: AssessInput, actor: Actor, terms: Terms) -> Case:
    """The case of notes, findings and photos; raises a 422 problem with every fault."""
    notes = _with_ids(given.notes, "note")
    photos = _with_ids(given.photos, "photo")
    faults = [
        *_empty(given),
        *_repeated("notes", [id for id, _ in notes]),
        *_repeated("photos", [id for id, _ in photos]),
        *faults_of_features(given.features, terms),
    ]
    _raise(faults)
    return Case(
        given.id or "case",
        tuple(Note(id, note.text, note.language, note.date) for id, note in notes),
        tuple(Photo(id, photo.content) for id, photo in photos),
        _mentions(given.features, actor),
        given.sex,
        days_of(given.age),
    )


def patient(given: Described) -> Circumstances:
    """What an input says of the patient beside findings."""
    return Circumstances(given.sex, days_of(given.age))


def faults_of_body(body: object, terms: Terms) -> list[Fault]:
    """Faults of meaning in a body that already failed in form: of the findings in it that can be read."""
    items = body.get("features") if isinstance(body, dict) else None
    if not isinstance(items, list):
        return []
    return list(_faults([(at, feature) for at, item in enumerate(items[:500]) if (feature := _readable(item))], terms))


def faults_of_features(features: Sequence[StatedFeature], terms: Terms) -> Iterator[Fault]:
    """What is wrong with findings that are well formed."""
    return _faults(list(enumerate(features)), terms)


def assertion_of(feature: StatedFeature) -> Assertion:
    """What a finding is stated as; observed where nothing is said."""
    if feature.assertion is not None:
        return feature.assertion
    return Assertion.EXCLUDED if feature.excluded else Assertion.OBSERVED


def _faults(features: Sequence[tuple[int, StatedFeature]], terms: Terms) -> Iterator[Fault]:
    said: dict[int, Assertion] = {}
    for at, feature in features:
        yield from _faults_of_words(f"features[{at}]", feature, terms)
        try:
            position = terms.position(feature.id)
        except UnknownTerm as error:
            yield Fault(field=f"features[{at}].id", what=error.what, mend=error.mend)
            continue
        if not terms.is_phenotype[position]:
            yield Fault(
                field=f"features[{at}].id",
                what=f"{feature.id} ({terms.label(position)}) is not a phenotypic abnormality.",
                mend="Send terms below HP:0000118; inheritance, onset and modifiers are none.",
            )
        assertion = assertion_of(feature)
        before = said.setdefault(position, assertion)
        if {before, assertion} == {Assertion.OBSERVED, Assertion.EXCLUDED}:
            yield Fault(
                field=f"features[{at}].id",
                what=f"{terms.id(position)} is stated both as observed and as excluded.",
                mend="Send it once; alternative ids of one term are one term.",
            )


def _faults_of_words(path: str, feature: StatedFeature, terms: Terms) -> Iterator[Fault]:
    said = feature.assertion, feature.excluded
    if None not in said and feature.excluded is not (feature.assertion is Assertion.EXCLUDED):
        mend = "Send one of the two, or let them agree."
        yield Fault(field=f"{path}.excluded", what="`excluded` and `assertion` disagree.", mend=mend)
    if feature.onset is not None and not _is_below(terms, feature.onset, ONSET):
        what = f"{feature.onset} is not an onset of this release."
        yield Fault(field=f"{path}.onset", what=what, mend=f"Send a term below Onset, {ONSET}.")
    if feature.severity is not None and not _is_below(terms, feature.severity, SEVERITY):
        what = f"{feature.severity} is not a severity of this release."
        yield Fault(field=f"{path}.severity", what=what, mend=f"Send a term below Severity, {SEVERITY}.")


def _is_below(terms: Terms, id: str, above: str) -> bool:
    try:
        return any(terms.id(int(each)) == above for each in terms.ancestors[terms.position(id)])
    except UnknownTerm:
        return False


def _mentions(features: Iterable[StatedFeature], actor: Actor) -> tuple[Mention, ...]:
    by = Statement(actor.id)
    return tuple(
        Mention(feature.id, assertion_of(feature), by, feature.onset, feature.severity) for feature in features
    )


def _readable(item: object) -> StatedFeature | None:
    try:
        return StatedFeature.model_validate(item)
    except ValidationError:
        return None


def _with_ids(items: Sequence[Any], kind: str) -> list[tuple[str, Any]]:
    return [(item.id or f"{kind}-{at}", item) for at, item in enumerate(items, 1)]


def _repeated(field: str, ids: Sequence[str]) -> Iterator[Fault]:
    for at, id in enumerate(ids):
        if id in ids[:at]:
            mend = "Give each an id of its own, or none at all."
            yield Fault(field=f"{field}[{at}].id", what="This id is used twice.", mend=mend)


def _empty(given: AssessInput) -> Iterator[Fault]:
    if not (given.notes or given.features or given.photos):
        what = "The case holds no note, no finding and no photo."
        yield Fault(field="", what=what, mend="Send at least one of them.")


def _raise(faults: Sequence[Fault]) -> None:
    if faults:
        raise invalid(faults)
