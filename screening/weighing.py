"""Patients' rows with a score and the diseases they resemble, once it is known what the archive's patients have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matching.assess import Assessor
from matching.circumstances import Circumstances
from matching.lm.query import Query
from matching.prevalence import Prior
from ontology.features import Assertion, PatientSex
from screening.evidence import OF_BEST, Evidence, Weighed

#: Diseases named in a patient's row; a flagged one is told with more, and with reasons.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Weigher:
    """Scores one row after the other."""

    assessor: Assessor
    evidence: Evidence
    of_best: float = OF_BEST

    def weighed(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row with `score` (nats, None where the patient is not ranked), `diseases`, and `nats` of each finding."""
        found = weighed_of(self.evidence, row)
        nats = {id: round(each.nats, 4) for id, each in found.items()}
        features = [feature | {"nats": nats.get(feature["id"])} for feature in row["features"]]
        if row["why_not"] is not None:
            return {**row, "features": features, "score": None, "diseases": []}
        best, diseases = self._ranked(row, found)
        return {
            **row,
            "features": features,
            "score": round(sum(nats.values()) + self.of_best * best, 4),
            "diseases": diseases,
        }

    def _ranked(self, row: Mapping[str, Any], found: Mapping[str, Weighed]) -> tuple[float, list[dict[str, Any]]]:
        assessor, terms = self.assessor, self.assessor.knowledge.terms
        weights = {f["id"]: f["weight"] for f in row["features"]}
        present = {terms.position(id): each.share * weights[id] for id, each in found.items()}
        excluded = [terms.position(f["id"]) for f in row["features"] if f["assertion"] == Assertion.EXCLUDED]
        query = Query.at(present, [term for term in excluded if terms.is_phenotype[term]], terms)
        patient = Circumstances(PatientSex(row["sex"]), row["age_days"])
        scored, _ = assessor.weighed(assessor.ranker.score_query(query, NAMED), Prior.NONE, patient, NAMED)
        belief, diseases = assessor.belief(scored), assessor.knowledge.diseases
        best = assessor.ranker.standings(scored, NAMED)
        named = [
            {
                "id": diseases.id(each.position),
                "name": diseases.name(each.position),
                "probability": round(float(belief[each.position]), 6),
            }
            for each in best
        ]
        return best[0].score, named


def weighed_of(evidence: Evidence, row: Mapping[str, Any]) -> dict[str, Weighed]:
    """Each present finding of a row that counts, weighed; by HPO id."""
    return {each["id"]: evidence.weighed(each["id"], each["weight"]) for each in row["features"] if each["weight"] > 0}
