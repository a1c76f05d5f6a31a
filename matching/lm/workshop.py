"""Build time: weigh the diseases, all together or some of them anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from matching.lm.background import Background, Lattice
from matching.lm.family import Families, expected_of_kin
from matching.lm.model import LanguageModel
from matching.lm.postings import Postings
from matching.lm.profile import Doubles, Masses, StatedRows, masses, stated_rows
from matching.lm.settings import SETTINGS, Settings
from matching.lm.told import Told
from ontology.annotations import Relation
from ontology.arrays import Floats, Ints, Rows
from ontology.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Workshop:
    """A model with what it was made from: enough to weigh some diseases anew against the same background.

    `own` looks up what a disease's rows say, and `told` what words say of it: terms ascending, and their mass.
    """

    settings: Settings
    rows: StatedRows
    lattice: Lattice
    background: Background
    model: LanguageModel
    own: Callable[[int], tuple[Ints, Doubles]]
    told: Callable[[int], tuple[Ints, Doubles]]

    @classmethod
    def build(cls, knowledge: Knowledge, settings: Settings = SETTINGS, told: Told | None = None) -> Workshop:
        """Weigh every disease of `knowledge`; seconds of work, and half a minute where `told` must be read anew.

        The English lexicon must be compiled before.
        """
        width, height = len(knowledge.terms), len(knowledge.diseases)
        rows = stated_rows(knowledge.annotations, knowledge.terms.is_phenotype)
        considered = np.zeros(height, np.bool_)
        considered[rows.owners[rows.relations == Relation.OWN]] = True
        own = masses(rows, width, settings)
        told = Told.by(knowledge) if told is None else told
        families = Families.of(knowledge, considered)
        profiles = own.plus(*told.masses(settings), settings.unknown_frequency)
        lattice = Lattice.of(knowledge.terms, below_root=True)
        background = Background.of(profiles, lattice, knowledge.terms.is_phenotype, settings)
        look_up = own.by_disease(height)
        expected = _of_kin(np.flatnonzero(considered), families, look_up, settings)
        profiles = profiles.plus(*expected, 0.0)
        model = LanguageModel(
            Postings.of(profiles, lattice, background, settings),
            background.query_weights(settings),
            considered,
            told,
            families,
            _rows(expected[0], expected[1], height),
            settings.floor,
        )
        words = Masses(*told.masses(settings), np.zeros(0)).by_disease(height)
        return cls(settings, rows, lattice, background, model, look_up, words)

    def anew(self, changed: Mapping[int, StatedRows]) -> dict[int, DiseaseProfile]:
        """Diseases that are others where `changed` holds all the rows left to its keys: those, and their kin."""
        width = len(self.background.exact)
        weighed = {
            disease: masses(replace(rows, owners=np.zeros_like(rows.owners)), width, self.settings)
            for disease, rows in changed.items()
        }

        def own(disease: int) -> tuple[Ints, Doubles]:
            left = weighed.get(disease)
            return self.own(disease) if left is None else (left.terms, left.mass)

        families = self.model.families
        touched = set(changed).union(*(families.of_disease(disease).tolist() for disease in changed))
        return {disease: self._profile(disease, own) for disease in sorted(touched)}

    def _profile(self, disease: int, own: Callable[[int], tuple[Ints, Doubles]]) -> DiseaseProfile:
        parts = (own(disease), self.told(disease), expected_of_kin(disease, self.model.families, own, self.settings))
        terms = np.concatenate([terms for terms, _ in parts])
        mass = np.concatenate([mass for _, mass in parts])
        nothing = Masses(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0), np.zeros(0))
        return DiseaseProfile.of(nothing.plus(np.zeros_like(terms), terms, mass, 1.0), self)


@dataclass(frozen=True, slots=True)
class DiseaseProfile:
    """One disease, weighed by itself; `spread` and `own` as in Postings, float32 (terms,), 0 where it holds nothing.

    `empty` where nothing at all speaks of it.
    """

    lattice: Lattice
    spread: Floats
    own: Floats
    empty: bool

    @classmethod
    def of(cls, weighed: Masses, workshop: Workshop) -> DiseaseProfile:
        """Spread the masses of the one disease in `weighed`."""
        spread, own = np.zeros_like(workshop.model.weights), np.zeros_like(workshop.model.weights)
        if len(weighed.mass):
            postings = Postings.of(weighed, workshop.lattice, workshop.background, workshop.settings)
            held = np.flatnonzero(np.diff(postings.pointers))
            spread[held], own[held] = postings.spread, postings.own
        return cls(workshop.lattice, spread, own, not len(weighed.mass))

    def likelihood_ratios(self, findings: Ints) -> Floats:
        """LR(q | disease) of each finding; float32 (findings,)."""
        inherited = [self.spread[self.lattice.row(int(q))].sum() for q in findings]
        ratios: Floats = np.array(inherited, np.float32) + self.own[findings]
        return ratios


def _rows(owners: Ints, terms: Ints, height: int) -> Rows:
    """Terms by disease, of columns ascending by disease."""
    return Rows(np.searchsorted(owners, np.arange(height + 1)).astype(np.int64), terms)


def _of_kin(
    diseases: Iterable[int], families: Families, own: Callable[[int], tuple[Ints, Doubles]], settings: Settings
) -> tuple[Ints, Ints, Doubles]:
    """What kin let expect of each disease: owners, terms, mass."""
    expected = [(int(disease), *expected_of_kin(int(disease), families, own, settings)) for disease in diseases]
    owners = [np.full(len(terms), disease, np.int32) for disease, terms, _ in expected]
    return (
        np.concatenate(owners),
        np.concatenate([terms for _, terms, _ in expected]),
        np.concatenate([mass for _, _, mass in expected]),
    )
