"""The language model against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from matching.lm.background import Background, Lattice
from matching.lm.postings import Postings
from matching.lm.profile import Masses, StatedRows, masses
from matching.lm.score import nats
from matching.lm.settings import Settings
from ontology.annotations import Relation

# Four terms: R is Phenotypic abnormality; A and C lie below R, B below A.
R, A, B, C = range(4)
LATTICE = Lattice(np.array([0, 1, 3, 6, 8]), np.array([R, R, A, R, A, B, R, C], np.int32))
EVEN = Settings(
    uniform_share=0.0, reach=0.0, exact=0.5, subtree=0.25, damping=1.0, floor=0.1, specificity_power=1.0,
    specificity_scale=1.0,
)  # fmt: skip
# Disease 0 has B in every patient, disease 1 has C in half of them.
MASS = np.array([1.0, 0.5])
TWO = Masses(np.array([0, 1], np.int32), np.array([B, C], np.int32), MASS, MASS)


@pytest.fixture
def background() -> Background:
    return Background.of(TWO, LATTICE, np.ones(4, np.bool_), EVEN)


def test_background_is_share_of_all_weight(background):
    # All weight is 1.5: 2/3 on B, 1/3 on C; at or below A as much as on B; at or below R all of it.
    assert background.exact == pytest.approx([0, 0, 2 / 3, 1 / 3])
    assert background.general == pytest.approx([1, 2 / 3, 2 / 3, 1 / 3])


def test_weight_of_a_finding_is_its_information(background):
    assert background.query_weights(EVEN) == pytest.approx([0, np.log(1.5), np.log(1.5), np.log(3)])


def test_nearer_superterms_get_more_where_reach_is_not_zero():
    spread = Background.of(TWO, LATTICE, np.ones(4, np.bool_), Settings(uniform_share=0.0, reach=1.0)).spread
    # C keeps 1 and gives its superterm R exp(-ln 3) = 1/3, so 3/4 and 1/4.
    assert spread[-2:] == pytest.approx([1 / 4, 3 / 4])


def test_likelihood_ratios(background):
    postings = Postings.of(TWO, LATTICE, background, EVEN)
    # Shares: disease 0: 1 / (1 + 1) = 1/2; disease 1: .5 / (.5 + 1) = 1/3. Spread is .25 of each, even over superterms.
    # LR(B | 0) = .25 * 1/2 * (1/3 / 1 + 1/3 / (2/3) + 1/3 / (2/3)) + .5 * 1/2 / (2/3) + .25 * 1/2 / (2/3) = .729167
    # LR(A | 0) = .25 * 1/2 * (1/3 + 1/2) + .25 * 1/2 / (2/3)                                              = .291667
    # LR(C | 0) = .25 * 1/2 * 1/3                                                                          = .041667
    # LR(B | 1) = .25 * 1/3 * 1/2                                                                          = .041667
    # LR(C | 1) = .25 * 1/3 * (1/2 + 1/2 / (1/3)) + .5 * 1/3 / (1/3) + .25 * 1/3 / (1/3)                   = .916667
    expected = {(B, 0): 0.729167, (A, 0): 0.291667, (C, 0): 0.041667, (B, 1): 0.041667, (C, 1): 0.916667}
    for (finding, disease), ratio in expected.items():
        assert _ratio(postings, finding, disease) == pytest.approx(ratio, abs=1e-6)
    # ln(.1 + .9 * .729167) = -.279383; nothing at all costs ln .1.
    assert nats(np.array([0.729167, 0.0], np.float32), 0.1) == pytest.approx([-0.279383, -2.302585], abs=1e-5)


def test_highest_frequency_at_or_below(background):
    postings = Postings.of(TWO, LATTICE, background, EVEN)
    assert postings.highest_at(A, 0) == 1
    assert postings.highest_at(R, 1) == 0.5
    assert postings.highest_at(A, 1) == 0


def test_mass_of_counts_fractions_and_silence():
    rows = _rows(
        # B of disease 0: 3/4 and 1/2, pooled 4/6 with a prior of 2 patients at .75: (4 + 1.5) / (6 + 2) = .6875
        (0, B, 3, 4, 0.75, Relation.OWN, False),
        (0, B, 1, 2, 0.5, Relation.OWN, False),
        # C of disease 0: one fraction and no counts: itself
        (0, C, -1, -1, 0.17, Relation.OWN, False),
        # A of disease 0: nothing said: .15
        (0, A, -1, -1, np.nan, Relation.OWN, False),
        # B of disease 1: 1/1 pooled, beside a fraction of .5: mean .75, then (.75 * 1 + 1.5) / (1 + 2) = .75
        (1, B, 1, 1, 1.0, Relation.OWN, False),
        (1, B, -1, -1, 0.5, Relation.EXACT, False),
        # C of disease 1: lent by a broader entry, at .15 of .5
        (1, C, -1, -1, 0.5, Relation.BROADER, False),
        # A of disease 1: looked for in five, seen in none; and B of disease 2 said to be lacking: no mass
        (1, A, 0, 5, 0.0, Relation.OWN, False),
        (2, B, -1, -1, np.nan, Relation.OWN, True),
    )
    found = masses(rows, 4, Settings())
    weighed = dict(zip(zip(found.owners.tolist(), found.terms.tolist(), strict=True), found.mass, strict=True))
    expected = {(0, A): 0.15, (0, B): 0.6875, (0, C): 0.17, (1, B): 0.75, (1, C): 0.075}
    assert weighed.keys() == expected.keys()
    assert all(weighed[key] == pytest.approx(value) for key, value in expected.items())


def test_no_rows_weigh_nothing():
    assert len(masses(_rows((0, B, 0, 3, 0.0, Relation.OWN, False)), 4, Settings()).mass) == 0


def _ratio(postings: Postings, finding: int, disease: int) -> float:
    total = 0.0
    for superterm in LATTICE.row(finding).tolist():
        row = postings.row(superterm)
        at = postings.diseases[row] == disease
        total += float(postings.spread[row][at].sum())
        if superterm == finding:
            total += float(postings.own[row][at].sum())
    return total


def _rows(*rows: tuple[int, int, int, int, float, Relation, bool]) -> StatedRows:
    owners, terms, affected, examined, frequency, relations, excluded = zip(*rows, strict=True)
    return StatedRows(
        np.arange(len(rows)),
        np.array(owners, np.int32),
        np.array(terms, np.int32),
        np.array(affected, np.int32),
        np.array(examined, np.int32),
        np.array(frequency, np.float32),
        np.array(relations, np.int8),
        np.array(excluded, np.bool_),
    )
