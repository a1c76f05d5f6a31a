"""The patient's age and sex in the ranking: they lower diseases that they contradict, a little, and raise none.

What is not known of the patient or of the disease changes nothing. Measured on the open published cases,
leave-publication-out (`python -m benchmarks.ranking ... --circumstances`); see matching/onset.py and matching/sex.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from matching.lm.query import Query
from matching.lm.told import Told
from matching.onset import Onsets
from matching.report import CircumstanceAddend, Ranking
from matching.sex import Spared
from ontology.arrays import Bools, Floats
from ontology.features import PatientSex
from ontology.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Age in days at assessment, None where it is not given, and sex."""

    sex: PatientSex = PatientSex.UNKNOWN
    age_days: int | None = None


#: Nothing is known of the patient but findings.
NOT_GIVEN = Circumstances()


@dataclass(frozen=True, slots=True)
class Contradictions:
    """What age and sex can contradict in one release."""

    knowledge: Knowledge
    onsets: Onsets
    spared: Mapping[PatientSex, Spared]

    @classmethod
    def of(cls, knowledge: Knowledge, told: Told, left_out: Bools | None = None) -> Contradictions:
        """Gather what is stated of every disease, tens of milliseconds; `left_out` bool (rows,) are rows to pass over.

        `told` is what words say of diseases, as the language model has it: a feature in words is of both sexes.
        """
        spared = {sex: Spared.of(knowledge, told, sex, left_out) for sex in (PatientSex.FEMALE, PatientSex.MALE)}
        return cls(knowledge, Onsets.of(knowledge, left_out), spared)

    def nats(self, patient: Circumstances, query: Query) -> Floats | None:
        """What age and sex take from each disease, float32 (diseases,), never above 0; None where nothing is given."""
        by_age, by_sex = self._by_age(patient), self._by_sex(patient, query)
        if by_age is None or by_sex is None:
            return by_sex if by_age is None else by_age
        return by_age + by_sex

    def addends(
        self, diseases: list[int], patient: Circumstances, query: Query
    ) -> list[tuple[CircumstanceAddend, ...]]:
        """For each of `diseases`, by position, what contradicts it; the nats sum to those of `nats`."""
        by_age, by_sex = self._by_age(patient), self._by_sex(patient, query)

        def of(disease: int) -> tuple[CircumstanceAddend, ...]:
            found = []
            if by_age is not None and by_age[disease] < 0 and patient.age_days is not None:
                found.append(self.onsets.addend(disease, float(by_age[disease]), patient.age_days))
            if by_sex is not None and by_sex[disease] < 0:
                spared = self.spared[patient.sex]
                found.append(spared.addend(self.knowledge, disease, float(by_sex[disease]), query, patient.sex))
            return tuple(found)

        return [of(disease) for disease in diseases]

    def shown(self, ranking: Ranking, patient: Circumstances, query: Query) -> Ranking:
        """The same ranking with what contradicts each disease named beside its contributions."""
        if not ranking.diseases or patient == NOT_GIVEN:
            return ranking
        addends = self.addends([disease.position for disease in ranking.diseases], patient, query)
        pairs = zip(ranking.diseases, addends, strict=True)
        return replace(ranking, diseases=tuple(replace(disease, circumstances=found) for disease, found in pairs))

    def _by_age(self, patient: Circumstances) -> Floats | None:
        return None if patient.age_days is None else self.onsets.nats(patient.age_days)

    def _by_sex(self, patient: Circumstances, query: Query) -> Floats | None:
        spared = self.spared.get(patient.sex)
        return None if spared is None else spared.nats(query, self.knowledge.terms)
