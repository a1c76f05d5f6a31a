"""How often a feature is seen, pooled over the rows of the hand-made release (tests/small_release/phenotype.hpoa)."""

from __future__ import annotations

import numpy as np
import pytest

from matching.frequency import MOST, UNKNOWN, Frequencies
from matching.report import Frequency

ARACHNODACTYLY, MYOPIA, PECTUS, SCOLIOSIS, DISABILITY = (
    "HP:0001166", "HP:0000545", "HP:0000767", "HP:0002650", "HP:0001249"
)  # fmt: skip
HEART, SEPTAL_DEFECT, FACE = "HP:0001627", "HP:0001631", "HP:0000271"


@pytest.fixture(scope="module")
def of(small_knowledge):
    def found(*ids):
        positions = np.array([small_knowledge.diseases.position(id) for id in ids], np.int32)
        pooled = Frequencies.of(small_knowledge, positions)
        return pooled, {
            (int(owner), small_knowledge.terms.id(int(term))): entry
            for entry, (owner, term) in enumerate(zip(pooled.owners, pooled.terms, strict=True))
        }

    return found


def test_counts_go_before_a_class_and_every_row_is_kept(of, small_knowledge):
    pooled, at = of("OMIM:900001")
    # OMIM counts 9/10, its joined ORPHA record says very frequent.
    entry = at[0, ARACHNODACTYLY]
    assert pooled.frequency(entry) == Frequency(0.9, 9, 10)
    references = {small_knowledge.annotations.row(row).references for row in pooled.rows(entry)}
    assert references == {("PMID:9000011",), ("ORPHA:900101",)}
    assert pooled.frequency(at[0, MYOPIA]).share == pytest.approx(0.545)
    assert pooled.frequency(at[0, PECTUS]) == Frequency(None)


def test_what_was_never_seen_is_no_feature(of):
    assert (0, DISABILITY) not in of("OMIM:900001")[1]  # 0/10
    assert (0, SCOLIOSIS) not in of("OMIM:900004")[1]  # NOT


def test_what_to_expect_of_the_next_patient(of):
    pooled, at = of("OMIM:900001", "OMIM:900002")
    # (9 + 1) / (10 + 2); the fraction as it is; nothing given; 5/5 is (5 + 1) / (5 + 2), not certainty
    assert pooled.expected[at[0, ARACHNODACTYLY]] == pytest.approx(10 / 12)
    assert pooled.expected[at[0, MYOPIA]] == pytest.approx(0.545)
    assert pooled.expected[at[0, PECTUS]] == UNKNOWN
    assert pooled.expected[at[1, "HP:0001250"]] == pytest.approx(6 / 7)
    assert pooled.expected.max() <= MOST


def test_lent_rows_speak_only_where_the_disease_has_none(of):
    pooled, at = of("OMIM:900004")
    # ORPHA:900104, the broader entry, lends heart and face; the septal defect below heart is the disease's own.
    assert pooled.frequency(at[0, FACE]).share == pytest.approx(0.895)
    assert pooled.frequency(at[0, SEPTAL_DEFECT]) == Frequency(0.75, 6, 8)


def test_rows_can_be_left_out(of, small_knowledge):
    annotations = small_knowledge.annotations
    cited = [i for i in range(len(annotations)) if "PMID:9000011" in annotations.row(i).references]
    left_out = np.zeros(len(annotations), np.bool_)
    left_out[cited] = True
    disease = np.array([small_knowledge.diseases.position("OMIM:900001")], np.int32)
    left = Frequencies.of(small_knowledge, disease, left_out)
    known = {small_knowledge.terms.id(int(term)): left.frequency(entry) for entry, term in enumerate(left.terms)}
    assert known[ARACHNODACTYLY].share == pytest.approx(0.895)  # Orphanet's word alone
    assert PECTUS not in known


def test_no_disease_has_no_features(small_knowledge):
    assert len(Frequencies.of(small_knowledge, np.zeros(0, np.int32))) == 0
