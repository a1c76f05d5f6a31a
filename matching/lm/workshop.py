"""Build time: weigh the diseases, all together or one of them anew."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching.lm.background import Background, Lattice
from matching.lm.model import LanguageModel
from matching.lm.names import read_names
from matching.lm.postings import Postings
from matching.lm.profile import Masses, StatedRows, masses, stated_rows
from matching.lm.settings import SETTINGS, Settings
from ontology.annotations import Relation
from ontology.arrays import Floats, Ints
from ontology.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Workshop:
    """A model with what it was made from: enough to weigh one disease anew against the same background."""

    settings: Settings
    rows: StatedRows
    lattice: Lattice
    background: Background
    model: LanguageModel

    @classmethod
    def build(cls, knowledge: Knowledge, settings: Settings = SETTINGS) -> Workshop:
        """Weigh every disease of `knowledge`; seconds of work. The English lexicon must be compiled before."""
        terms = knowledge.terms
        rows = stated_rows(knowledge.annotations, terms.is_phenotype)
        named = read_names(knowledge)
        everyone = np.repeat(np.arange(len(named), dtype=np.int32), np.diff(named.pointers))
        profiles = masses(rows, len(terms), settings).plus(everyone, named.values, settings.named_mass)
        lattice = Lattice.of(terms)
        background = Background.of(profiles, lattice, terms.is_phenotype, settings)
        considered = np.zeros(len(knowledge.diseases), np.bool_)
        considered[rows.owners[rows.relations == Relation.OWN]] = True
        model = LanguageModel(
            Postings.of(profiles, lattice, background, settings),
            background.query_weights(settings),
            considered,
            named,
            settings.floor,
        )
        return cls(settings, rows, lattice, background, model)

    def profile(self, disease: int, rows: StatedRows) -> DiseaseProfile:
        """Weigh one disease as if, beside its name, only `rows` were known of it."""
        named = self.model.named[disease]
        alone = replace(rows, owners=np.zeros_like(rows.owners))
        weighed = masses(alone, len(self.background.exact), self.settings)
        weighed = weighed.plus(np.zeros_like(named), named, self.settings.named_mass)
        return DiseaseProfile.of(weighed, self)


@dataclass(frozen=True, slots=True)
class DiseaseProfile:
    """One disease, weighed by itself; `spread` and `own` as in Postings, float32 (terms,), 0 where it holds nothing."""

    lattice: Lattice
    spread: Floats
    own: Floats

    @classmethod
    def of(cls, weighed: Masses, workshop: Workshop) -> DiseaseProfile:
        """Spread the masses of the one disease in `weighed`."""
        spread, own = np.zeros_like(workshop.model.weights), np.zeros_like(workshop.model.weights)
        if len(weighed.mass):
            postings = Postings.of(weighed, workshop.lattice, workshop.background, workshop.settings)
            held = np.flatnonzero(np.diff(postings.pointers))
            spread[held], own[held] = postings.spread, postings.own
        return cls(workshop.lattice, spread, own)

    def likelihood_ratios(self, findings: Ints) -> Floats:
        """LR(q | disease) of each finding; float32 (findings,)."""
        inherited = [self.spread[self.lattice.row(int(q))].sum() for q in findings]
        ratios: Floats = np.array(inherited, np.float32) + self.own[findings]
        return ratios
