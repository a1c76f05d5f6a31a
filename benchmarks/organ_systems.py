"""Figures by organ system.

The organ system of a disease is the branch right below Phenotypic abnormality that holds most of its annotated terms,
each term once. Most metabolic diseases are annotated with what they do to the brain, so they are told apart besides:
those of which two terms and a twelfth of all lie below Abnormality of metabolism/homeostasis.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.cases import Question
from benchmarks.evaluate import Outcome, figures
from matching.frequency import superterms
from matching.lm.profile import stated_rows
from ontology.arrays import Bools, Ints
from ontology.knowledge import Knowledge
from ontology.terms import PHENOTYPIC_ABNORMALITY

#: Abnormality of metabolism/homeostasis: laboratory values.
METABOLISM = "HP:0001939"
#: Chosen by looking: phenylketonuria (7 of 73 terms), Gaucher disease and the organic acidurias pass, lissencephaly (1
#: of 54) and Marfan syndrome do not; nor do Hurler syndrome and Tay-Sachs disease, annotated with the rest of the body.
_METABOLIC_TERMS, _METABOLIC_SHARE = 2, 1 / 12
METABOLIC = "metabolic diseases"


@dataclass(frozen=True, slots=True)
class OrganSystems:
    """The organ system of each disease, by the label of its branch; and which are metabolic.

    of_disease  int32 (diseases,)  index into `labels`, -1 where nothing is annotated
    metabolic   bool  (diseases,)
    """

    labels: tuple[str, ...]
    of_disease: Ints
    metabolic: Bools

    @classmethod
    def of(cls, knowledge: Knowledge) -> OrganSystems:
        """Count the annotated terms of every disease by branch; a term of two branches counts in both."""
        terms = knowledge.terms
        branches = terms.children[terms.position(PHENOTYPIC_ABNORMALITY)]
        rows = stated_rows(knowledge.annotations, terms.is_phenotype)
        rows = rows.take(rows.positive())
        owners, annotated = np.unique(np.stack([rows.owners, rows.terms]), axis=1)
        above, of = superterms(terms.ancestors, annotated)
        column = np.full(len(terms), -1, np.int64)
        column[branches] = np.arange(len(branches))
        within = column[above] >= 0
        counts = np.zeros((len(knowledge.diseases), len(branches)), np.int64)
        np.add.at(counts, (owners[of[within]], column[above[within]]), 1)
        held = np.bincount(owners, minlength=len(counts))
        systems = np.where(held > 0, counts.argmax(1), -1).astype(np.int32)
        names = [terms.id(branch) for branch in branches.tolist()]
        of_metabolism = counts[:, names.index(METABOLISM)] if METABOLISM in names else np.zeros(len(counts))
        metabolic = (of_metabolism >= _METABOLIC_TERMS) & (of_metabolism >= _METABOLIC_SHARE * held)
        return cls(tuple(terms.label(branch) for branch in branches.tolist()), systems, metabolic)

    def of_question(self, question: Question) -> tuple[str, ...]:
        """The system of its first true disease, and METABOLIC where that is."""
        disease = question.true[0]
        system = int(self.of_disease[disease])
        return tuple([self.labels[system]] * (system >= 0) + [METABOLIC] * bool(self.metabolic[disease]))


def by_system(
    knowledge: Knowledge, questions: Sequence[Question], outcomes: Sequence[Outcome]
) -> dict[str, dict[str, float | None]]:
    """Number of cases, MRR and top-10 of each organ system, the largest first, and of metabolic diseases besides."""
    systems = OrganSystems.of(knowledge)
    members: dict[str, list[Outcome]] = defaultdict(list)
    for question, outcome in zip(questions, outcomes, strict=True):
        for system in systems.of_question(question):
            members[system].append(outcome)
    named = sorted(members, key=lambda system: (system == METABOLIC, -len(members[system]), system))
    told = ("n", "mrr", "top10", "answerable_n", "answerable_mrr")
    return {system: {key: figures(members[system])[key] for key in told} for system in named}
