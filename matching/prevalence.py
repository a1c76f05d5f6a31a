"""An optional prior: common diseases a little before rare ones that fit as well. Off unless it is asked for.

The prior of a disease is ln(prevalence / median of the known), bounded, in nats of the score; a disease of unknown
prevalence counts as the median. It is added to the score and shown beside the findings' contributions.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import numpy as np

from matching.report import PriorAddend, Ranking
from ontology.arrays import Floats
from ontology.errors import InputError
from ontology.knowledge import Knowledge

#: The prior moves a score by at most this, up or down. A choice, not measured: published cases are not drawn by how
#: common a disease is, so they cannot set it. Two nats are less than one specific finding that meets its annotation,
#: so the prior decides among diseases that fit alike, and overrules nothing that was seen in the patient.
PRIOR_BOUND_NATS = 2.0


class Prior(StrEnum):
    """What is believed of a disease before any finding."""

    NONE = "none"  # all alike
    PREVALENCE = "prevalence"  # by how many people have it


def prior_nats(knowledge: Knowledge) -> Floats:
    """The prior of every disease, float32 (diseases,), nats from -PRIOR_BOUND_NATS to PRIOR_BOUND_NATS.

    Raises InputError where the release was compiled without prevalences.
    """
    people = knowledge.prevalences.people
    known = np.isfinite(people)
    if not known.any():
        raise InputError(
            "prior",
            "This release holds no prevalences.",
            "Put Orphadata's en_product9_prev.xml beside the downloaded wheels (or into the --source folder), "
            "run `phenomap knowledge build`, or ask for the prior `none`.",
        )
    nats = np.zeros(len(people), np.float32)
    nats[known] = np.log(people[known] / np.median(people[known]))
    return nats.clip(-PRIOR_BOUND_NATS, PRIOR_BOUND_NATS)


def shown(knowledge: Knowledge, ranking: Ranking, nats: Floats) -> Ranking:
    """The same ranking with each disease's prior named beside its contributions."""

    def addend(disease: int) -> PriorAddend:
        people = float(knowledge.prevalences.people[disease])
        known = people if np.isfinite(people) else None
        return PriorAddend(float(nats[disease]), known, knowledge.prevalences.stated[disease])

    return replace(ranking, diseases=tuple(replace(d, prior=addend(d.position)) for d in ranking.diseases))
