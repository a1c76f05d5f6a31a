"""The gallery in answers: names of diseases, reasons in words, and what likeness is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from facial.likeness.head import LEAST_PERSONS
from ontology.diseases import UnknownDisease
from ontology.features import PatientSex
from ontology.knowledge import Knowledge
from service.gallery.rows import Row
from service.gallery.showing import OfDisease, Summary
from service.models import gallery as m
from service.naming import Naming
from service.wording import Wording


def gallery_answer(knowledge: Knowledge, wording: Wording, found: Summary) -> m.GalleryAnswer:
    """The whole gallery by counts."""
    evaluation = found.evaluation
    return m.GalleryAnswer(
        digest=found.digest,
        model=found.model,
        synthetic=found.synthetic,
        faces=found.faces,
        persons=found.persons,
        diseases=[_of_disease(knowledge, wording, found, each) for each in found.diseases],
        evaluation=None if evaluation is None else _evaluation(evaluation),
        notice=wording.words["face.gallery.notice"],
    )


def faces_answer(knowledge: Knowledge, wording: Wording, found: Sequence[Row]) -> m.FacesAnswer:
    """Faces as they are listed."""
    return m.FacesAnswer(
        faces=[
            m.FaceAnswer(
                id=row.id,
                case=row.case,
                disease=row.disease,
                name=name_of(knowledge, wording.naming, row.disease),
                age_band=row.age_band,
                sex=PatientSex(row.sex),
                ancestry=row.ancestry,
                consent=row.consent,
                model=row.model,
                by=row.created_by,
                created=row.created,
            )
            for row in found
        ]
    )


def name_of(knowledge: Knowledge, naming: Naming, disease: str) -> str | None:
    """The name of a disease in the reader's language; None where this release has not the disease."""
    try:
        return naming.disease(disease, knowledge.diseases.name(knowledge.diseases.position(disease)))
    except UnknownDisease:
        return None


def _of_disease(knowledge: Knowledge, wording: Wording, whole: Summary, given: OfDisease) -> m.OfDiseaseAnswer:
    found: Mapping[str, Any] = given.found or {}
    why_not = found.get("why_not") if given.found else _without(whole, given)
    return m.OfDiseaseAnswer(
        disease=given.disease,
        name=name_of(knowledge, wording.naming, given.disease),
        faces=given.faces,
        persons=given.persons,
        imported=given.imported,
        weighs=why_not is None,
        why_not=why_not,
        why_not_words=None if why_not is None else wording.words[f"face.likeness.why_not.{why_not}"],
        **{name: found.get(name) for name in ("gain", "gain_at_least", "top1", "top5")},
    )


def _without(whole: Summary, given: OfDisease) -> str:
    """Why likeness to a disease of a gallery that was not evaluated is shown alone."""
    if whole.synthetic:
        return "synthetic"
    return "few_cases" if given.persons < LEAST_PERSONS else "not_evaluated"


def _evaluation(given: Mapping[str, Any]) -> m.EvaluationAnswer:
    names = ("persons", "top1", "top5", "cosine_top1", "cosine_top5", "chance_top1", "chance_top5")
    figures = {name: given["found"][name] for name in (*names, "log_loss", "calibration_error")}
    return m.EvaluationAnswer(created=given["created"], **figures)
