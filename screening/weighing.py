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
from screening.evidence import OF_BEST, Evidence

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
        shares = shares_of(self.evidence, row)
        features = [
            feature | {"nats": round(self.evidence.weighed(feature["id"], feature["weight"]).nats, 4)}
            if feature["id"] in shares
            else feature | {"nats": None}
            for feature in row["features"]
        ]
        if row["why_not"] is not None:
            return {**row, "features": features, "score": None, "diseases": []}
        best, diseases = self._ranked(row, shares)
        score = sum(feature["nats"] or 0.0 for feature in features) + self.of_best * best
        return {**row, "features": features, "score": round(score, 4), "diseases": diseases}

    def _ranked(self, row: Mapping[str, Any], shares: Mapping[str, float]) -> tuple[float, list[dict[str, Any]]]:
        assessor, terms = self.assessor, self.assessor.knowledge.terms
        weights = {f["id"]: f["weight"] for f in row["features"]}
        present = {terms.position(id): max(LEAST_SHARE, share * weights[id]) for id, share in shares.items()}
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


#: The least share with which a finding takes part, however common it is here.
LEAST_SHARE = 0.02


def shares_of(evidence: Evidence, row: Mapping[str, Any]) -> dict[str, float]:
    """Of each present finding that counts, the share of belief that it is of a rare disease."""
    return {
        feature["id"]: evidence.weighed(feature["id"], 1.0).share
        for feature in row["features"]
        if feature["weight"] > 0
    }
