"""One patient once the history is read: the row of findings over time, before the whole archive has been counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matching.assess import Assessor
from matching.lm.query import Query
from matching.lm.ranker import MOST_FINDINGS
from matching.reconcile import Reconciled
from matching.report import PhenotypicFeature
from ontology.terms import PHENOTYPIC_ABNORMALITY
from screening.history import History, over_time


@dataclass(frozen=True, slots=True)
class Finder:
    """Makes the rows. A patient with fewer present findings than `least` will not be ranked."""

    assessor: Assessor
    least: int

    def row(self, pseudonym: str, history: History) -> dict[str, Any]:
        """A patient's row; `why_not` tells why the patient is not to be ranked."""
        reconciled = reconciled_of(self.assessor, history)
        query = Query.of(reconciled.features, self.assessor.knowledge.terms)
        return {
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
            "why_not": self._why_not(history, query),
            "features": [_feature(feature, history) for feature in reconciled.features],
        }

    def _why_not(self, history: History, query: Query) -> str | None:
        if not history.notes:
            return "nothing_read"
        if len(query.present) + len(query.excluded) > MOST_FINDINGS:
            return "too_many_findings"
        return "too_few_findings" if len(query.present) < self.least else None

    def _systems(self, query: Query) -> list[str]:
        terms = self.assessor.knowledge.terms
        tops = set(terms.children[terms.position(PHENOTYPIC_ABNORMALITY)].tolist())
        held = {system for term in query.present for system in terms.ancestors[int(term)].tolist() if system in tops}
        return sorted(terms.id(system) for system in held)


def reconciled_of(assessor: Assessor, history: History) -> Reconciled:
    """What the notes of a history come to, copied words left out."""
    mentions = (mention for note in history.notes for mention in note.mentions)
    return assessor.reconcile(mentions, history.case.notes)


def _feature(feature: PhenotypicFeature, history: History) -> dict[str, Any]:
    when = over_time(feature, history)
    return {
        "id": feature.type,
        "label": feature.label,
        "assertion": feature.assertion.value,
        "weight": feature.weight,
        "first_day": when.first_day,
        "last_day": when.last_day,
        "age_days": when.age_days,
        "notes": when.notes,
    }
