"""Leave-publication-out on the hand-made release."""

from __future__ import annotations

import pytest

from benchmarks.cases import PublishedCase
from benchmarks.leave_out import LeaveOut, PublicationCounts
from matching.lm.profile import stated_rows

LONG_LIMB, PAPER_1, PAPER_2 = "OMIM:900001", "PMID:9000011", "PMID:9000012"
ECTOPIA = "HP:0001083"  # 6/10, cites both papers


def case(observed=(), excluded=(), pmid=PAPER_1, disease=LONG_LIMB):
    return PublishedCase("c", (pmid,), tuple(observed), tuple(excluded), (disease,))


@pytest.fixture
def left(small_knowledge):
    """Rows left to each disease, as {disease id: {term id: (n, m)}}."""

    def leave(cases, *pmids):
        rows = stated_rows(small_knowledge.annotations, small_knowledge.terms.is_phenotype)
        leave_out = LeaveOut(small_knowledge, rows, PublicationCounts.of(cases, small_knowledge))
        return {
            small_knowledge.diseases.id(disease): {
                small_knowledge.terms.id(t): (int(n), int(m))
                for t, n, m in zip(kept.terms, kept.affected, kept.examined, strict=True)
            }
            for disease, kept in leave_out.changed(frozenset(pmids)).items()
        }

    return leave


def test_rows_of_the_paper_alone_go_and_others_stay(left):
    kept = left([case()], PAPER_1)
    assert kept.keys() == {LONG_LIMB}
    # Arachnodactyly 9/10 and Pectus excavatum cite the paper alone; what Orphanet says of arachnodactyly stays.
    assert kept[LONG_LIMB]["HP:0001166"] == (-1, -1)
    assert "HP:0000767" not in kept[LONG_LIMB]
    assert kept[LONG_LIMB]["HP:0002616"] == (8, 10)


def test_a_row_of_two_papers_loses_the_papers_own_patients(left):
    cases = [case([ECTOPIA]), case([ECTOPIA]), case(excluded=[ECTOPIA]), case([ECTOPIA], pmid=PAPER_2)]
    assert left(cases, PAPER_1)[LONG_LIMB][ECTOPIA] == (6 - 2, 10 - 3)


@pytest.mark.parametrize(
    "cases",
    [[case([ECTOPIA])] * 6, [case(excluded=[ECTOPIA])] * 10, [case([ECTOPIA])] * 20],
    ids=["none affected left", "none examined left", "more than there were"],
)
def test_a_row_with_no_patient_left_goes(left, cases):
    assert ECTOPIA not in left(cases, PAPER_1)[LONG_LIMB]


def test_patients_of_another_disease_are_not_taken_out(left):
    assert left([case([ECTOPIA], disease="OMIM:900002")], PAPER_1)[LONG_LIMB][ECTOPIA] == (6, 10)


def test_both_papers_left_out_take_the_row(left):
    assert ECTOPIA not in left([case()], PAPER_1, PAPER_2)[LONG_LIMB]


def test_a_paper_that_nobody_cites_changes_nothing(left):
    assert left([case()], "PMID:1") == {}
