"""One patient once the history is read: findings, the diseases they resemble, and how much they weigh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from facial.reading import PhotoReading
from matching.assess import Assessor
from matching.circumstances import Circumstances
from matching.likeness import NO_LIKENESS, FaceLikeness
from matching.lm.query import Query
from matching.lm.ranker import MOST_FINDINGS
from matching.prevalence import Prior
from matching.reconcile import Reconciled
from matching.report import PhenotypicFeature
from ontology.terms import PHENOTYPIC_ABNORMALITY
from screening.evidence import weight_of
from screening.history import History, over_time

#: Diseases named in a patient's row; a flagged one is told with more, and with reasons.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Screened:
    """A patient's row: `score` is None where the patient was not ranked, for the reason `why_not`."""

    row: dict[str, Any]
    score: float | None


@dataclass(frozen=True, slots=True)
class Screen:
    """Judges one patient after the other. Fewer present findings than `least` are too few to be ranked."""

    assessor: Assessor
    least: int

    def judged(self, pseudonym: str, history: History, seen: Sequence[PhotoReading]) -> Screened:
        """The patient's row."""
        reconciled = self.assessor.reconcile(
            (mention for note in history.notes for mention in note.mentions), history.case.notes
        )
        query = Query.of(reconciled.features, self.assessor.knowledge.terms)
        why_not = self._why_not(history, query)
        score, diseases = (None, []) if why_not else self._ranked(reconciled, history, seen)
        row = {
            "patient": pseudonym,
            "sex": history.case.sex.value,
            "age_days": history.case.age_days,
            "span_days": history.last_day,
            "notes": len(history.notes),
            "copied_notes": sum(note.reading is None for note in history.notes),
            "characters": sum(len(note.row.text) for note in history.notes),
            "copied_characters": sum(note.copied for note in history.notes),
            "set_aside": len(history.set_aside),
            "photos": len(history.photos),
            "languages": sorted({note.language for note in history.notes}),
            "findings": len(query.present),
            "excluded": len(query.excluded),
            "systems": self._systems(query),
            "score": score,
            "why_not": why_not,
            "diseases": diseases,
            "features": [self._feature(feature, history) for feature in reconciled.features],
        }
        return Screened(row, score)

    def _why_not(self, history: History, query: Query) -> str | None:
        if not history.notes:
            return "nothing_read"
        if len(query.present) + len(query.excluded) > MOST_FINDINGS:
            return "too_many_findings"
        return "too_few_findings" if len(query.present) < self.least else None

    def _ranked(
        self, reconciled: Reconciled, history: History, seen: Sequence[PhotoReading]
    ) -> tuple[float, list[dict[str, Any]]]:
        assessor = self.assessor
        scored = assessor.ranker.score(reconciled.features, limit=NAMED)
        patient = Circumstances(history.case.sex, history.case.age_days)
        face = FaceLikeness.of(assessor.knowledge, seen) if seen else NO_LIKENESS
        scored, _ = assessor.weighed(scored, Prior.NONE, patient, NAMED, face)
        belief = assessor.belief(scored)
        diseases = assessor.knowledge.diseases
        best = [
            {
                "id": diseases.id(standing.position),
                "name": diseases.name(standing.position),
                "probability": round(float(belief[standing.position]), 6),
            }
            for standing in assessor.ranker.standings(scored, NAMED)
        ]
        return round(weight_of(assessor.knowledge, scored, belief), 6), best

    def _systems(self, query: Query) -> list[str]:
        terms = self.assessor.knowledge.terms
        tops = set(terms.children[terms.position(PHENOTYPIC_ABNORMALITY)].tolist())
        held = {system for term in query.present for system in terms.ancestors[int(term)].tolist() if system in tops}
        return sorted(terms.id(system) for system in held)

    def _feature(self, feature: PhenotypicFeature, history: History) -> dict[str, Any]:
        when = over_time(feature, history)
        return {
            "id": feature.type,
            "label": feature.label,
            "assertion": feature.assertion.value,
            "first_day": when.first_day,
            "last_day": when.last_day,
            "age_days": when.age_days,
            "notes": when.notes,
        }
