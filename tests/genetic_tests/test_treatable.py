"""Fast tests of treatable disorders: how the table is read, and which tests are raised."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.genetic_tests.known import Known, TestDone, TestResult
from matching.genetic_tests.proposal import BiochemicalTest, Sample
from matching.genetic_tests.treatable import (
    ACUTE_FLOOR,
    FLOOR,
    MOST,
    NEWBORN_DAYS,
    TreatableTable,
    TreatableTableDamaged,
    biochemical_tests,
    packaged_treatable,
    read_treatable,
)
from ontology.errors import PhenomapError
from ontology.knowledge import Knowledge

HEAD = "code\tdisease_ids\ttest\tsamples\ttreatment\tturnaround\tacute\tsource\turl\twords\tverified"
ROW = (
    "enzyme:ammonia\tOMIM:900001 ORPHA:900101\tPlasma ammonia\tplasma urine\tstop protein\twithin hours\tyes\ta page\t"
    "https://example.org\twords that were read\tyes"
)


def table(*rows: str) -> str:
    return "\n".join((HEAD, *rows))


def changed(**cells: str) -> str:
    return "\t".join({**dict(zip(HEAD.split("\t"), ROW.split("\t"), strict=True)), **cells}.values())


#: One test for two groups of disorders, one of which cannot wait; three more tests, the last two for what cannot wait.
ROWS = (
    changed(code="enzyme:organic acids", test="Organic acids", disease_ids="OMIM:900001", treatment="glucose"),
    changed(
        code="enzyme:organic acids", test="Organic acids", disease_ids="OMIM:900002", treatment="biotin", acute="no"
    ),
    changed(code="enzyme:copper", test="Copper", disease_ids="OMIM:900003", acute="no", source="unverified: nothing"),
    changed(code="functional:burst", test="Oxidative burst", disease_ids="OMIM:900004"),
    changed(code="enzyme:ammonia", test="Ammonia", disease_ids="OMIM:900005"),
)


@pytest.fixture(scope="module")
def small_table(small_knowledge: Knowledge) -> TreatableTable:
    return TreatableTable.of(small_knowledge, read_treatable(table(*ROWS)))


def spread(knowledge: Knowledge, **held: float) -> NDArray[np.float64]:
    """Belief of each `_900001=.5`; the rest on fragile X syndrome, which no row treats."""
    belief = np.zeros(len(knowledge.diseases))
    for number, share in held.items():
        belief[knowledge.diseases.position(f"OMIM:{number.strip('_')}")] = share
    belief[knowledge.diseases.position("OMIM:300624")] = 1 - belief.sum()
    return belief


def codes(tests: tuple[BiochemicalTest, ...]) -> list[str]:
    return [test.code for test in tests]


def test_a_row_is_read_as_it_stands():
    (row,) = read_treatable(table(ROW))
    assert (row.code, row.disease_ids, row.acute) == ("enzyme:ammonia", ("OMIM:900001", "ORPHA:900101"), True)
    assert row.samples == (Sample.PLASMA, Sample.URINE)
    assert row.source.verified
    assert row.words == "words that were read"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "columns"),
        (HEAD, "no rows"),
        (table("enzyme:ammonia\tOMIM:900001"), "line 2"),
        (table(changed(code="ammonia")), "code"),
        (table(changed(code="exome:all")), "code"),
        (table(changed(samples="plasma tears")), "tears"),
        (table(changed(acute="perhaps")), "perhaps"),
        (table(changed(verified="")), "verified"),
        (table(changed(words="")), "no words"),
        (table(changed(treatment=" ")), "treatment is empty"),
        (table(ROW, changed(code="enzyme:copper")), "already has a row"),
        (table(ROW, changed(disease_ids="OMIM:900002", test="Ammonia")), "two names"),
        (table(ROW, changed(disease_ids="OMIM:900002", samples="urine")), "two names or samples"),
    ],
)
def test_malformed_table_is_refused(text: str, told: str):
    with pytest.raises(TreatableTableDamaged, match=told) as refused:
        read_treatable(text)
    assert isinstance(refused.value, PhenomapError)


def test_what_the_release_lacks_is_told(small_knowledge: Knowledge):
    opened = TreatableTable.of(small_knowledge, read_treatable(table(changed(disease_ids="OMIM:900001 OMIM:1"))))
    assert opened.unresolved == ("OMIM:1",)
    assert len(opened.diseases) == 1


def test_records_of_one_disease_count_once(small_knowledge: Knowledge):
    opened = TreatableTable.of(small_knowledge, read_treatable(table(ROW)))
    belief = spread(small_knowledge, _900001=0.4)
    (test,) = biochemical_tests(small_knowledge, belief, table=opened)
    assert test.mass == pytest.approx(0.4)
    assert [covered.disease for covered in test.covers] == ["OMIM:900001"]


def test_a_test_is_raised_from_the_floor_and_not_below(small_knowledge: Knowledge, small_table: TreatableTable):
    raised = biochemical_tests(small_knowledge, spread(small_knowledge, _900003=FLOOR), table=small_table)
    assert codes(raised) == ["enzyme:copper"]
    assert biochemical_tests(small_knowledge, spread(small_knowledge, _900003=FLOOR * 0.99), table=small_table) == ()


@pytest.mark.parametrize(
    ("known", "age_days"),
    [(Known(acutely_ill=True), None), (Known(acutely_ill=True), 4000), (Known(), 0), (Known(), NEWBORN_DAYS - 1)],
)
def test_little_belief_is_enough_where_days_count_in_patient_and_disorder(
    small_knowledge: Knowledge, small_table: TreatableTable, known: Known, age_days: int | None
):
    belief = spread(small_knowledge, _900003=ACUTE_FLOOR, _900005=ACUTE_FLOOR)
    assert codes(biochemical_tests(small_knowledge, belief, known, age_days, small_table)) == ["enzyme:ammonia"]


@pytest.mark.parametrize("age_days", [None, NEWBORN_DAYS, 4000, -3])
def test_little_belief_is_not_enough_otherwise(
    small_knowledge: Knowledge, small_table: TreatableTable, age_days: int | None
):
    belief = spread(small_knowledge, _900005=ACUTE_FLOOR)
    assert biochemical_tests(small_knowledge, belief, age_days=age_days, table=small_table) == ()


def test_one_test_stands_for_all_that_it_shows(small_knowledge: Knowledge, small_table: TreatableTable):
    """.02 and .025 are each under the floor of .03, and together over it; the likelier tells the treatment."""
    belief = spread(small_knowledge, _900001=0.02, _900002=0.025)
    (test,) = biochemical_tests(small_knowledge, belief, table=small_table)
    assert test.mass == pytest.approx(0.045)
    assert [covered.disease for covered in test.covers] == ["OMIM:900002", "OMIM:900001"]
    assert test.treatment == "biotin"


def test_no_more_than_three_and_the_likeliest_first(small_knowledge: Knowledge, small_table: TreatableTable):
    belief = spread(small_knowledge, _900001=0.1, _900003=0.3, _900004=0.2, _900005=0.15)
    assert codes(biochemical_tests(small_knowledge, belief, table=small_table)) == [
        "enzyme:copper",
        "functional:burst",
        "enzyme:ammonia",
    ]


def test_what_cannot_wait_goes_before_what_is_likelier(small_knowledge: Knowledge, small_table: TreatableTable):
    belief = spread(small_knowledge, _900001=0.02, _900003=0.3, _900004=0.05, _900005=0.03)
    raised = biochemical_tests(small_knowledge, belief, Known(acutely_ill=True), table=small_table)
    assert codes(raised) == ["functional:burst", "enzyme:ammonia", "enzyme:organic acids"]


@pytest.mark.parametrize("result", list(TestResult))
@pytest.mark.parametrize(
    "done",
    [
        {"modality": "enzyme", "target": "Organic Acids"},
        {"modality": "enzyme", "code": "enzyme:organic acids"},
    ],
)
def test_a_test_that_was_done_is_not_raised_again(
    small_knowledge: Knowledge, small_table: TreatableTable, done: dict[str, str], result: TestResult
):
    belief = spread(small_knowledge, _900001=0.3, _900005=0.2)
    known = Known(done=(TestDone(result=result, **done),))
    assert codes(biochemical_tests(small_knowledge, belief, known, table=small_table)) == ["enzyme:ammonia"]


def test_an_assay_of_one_gene_s_enzyme_answers_for_that_gene_alone(
    small_knowledge: Knowledge, small_table: TreatableTable
):
    diseases = small_knowledge.diseases
    long_limb = biochemical_tests(small_knowledge, spread(small_knowledge, _900001=0.3), table=small_table)
    (gene, *_) = long_limb[0].covers[0].genes
    known = Known(done=(TestDone(modality="enzyme", genes=(gene,)),))
    belief = spread(small_knowledge, _900001=0.3, _900002=0.1)
    (test,) = biochemical_tests(small_knowledge, belief, known, table=small_table)
    assert (test.covers[0].disease, test.mass) == ("OMIM:900002", pytest.approx(0.1))
    assert diseases.name(diseases.position("OMIM:900002")) == test.covers[0].name


def test_a_genetic_test_that_was_done_leaves_the_fast_one(small_knowledge: Knowledge, small_table: TreatableTable):
    known = Known(done=(TestDone(modality="exome"), TestDone(modality="gene_panel", target="copper")))
    belief = spread(small_knowledge, _900003=0.3)
    assert codes(biochemical_tests(small_knowledge, belief, known, table=small_table)) == ["enzyme:copper"]


@given(st.lists(st.floats(0, 1), min_size=6, max_size=6).filter(lambda shares: sum(shares) > 0), st.booleans())
def test_what_is_raised_holds_the_belief_it_tells(
    small_knowledge: Knowledge, small_table: TreatableTable, shares: list[float], acutely_ill: bool
):
    belief = np.zeros(len(small_knowledge.diseases))
    rows = [small_knowledge.diseases.position(f"OMIM:90000{n}") for n in range(1, 6)]
    belief[[*rows, small_knowledge.diseases.position("OMIM:300624")]] = np.array(shares) / sum(shares)
    raised = biochemical_tests(small_knowledge, belief, Known(acutely_ill=acutely_ill), table=small_table)
    assert len(raised) <= MOST
    assert len(set(codes(raised))) == len(raised)
    assert all(test.mass >= (ACUTE_FLOOR if acutely_ill else FLOOR) for test in raised)
    for test in raised:
        held = sum(belief[small_knowledge.diseases.position(covered.disease)] for covered in test.covers)
        assert held == pytest.approx(test.mass, abs=0.001 * len(belief))


def test_unopened_sources_say_so():
    for row in packaged_treatable():
        assert row.source.verified == bool(row.words)
        assert row.source.verified or row.source.citation.startswith("unverified"), row.code


@pytest.mark.real
@pytest.mark.parametrize(
    ("disease", "age_days", "code"),
    [
        ("OMIM:311250", 3, "enzyme:ammonia"),  # ornithine transcarbamylase deficiency
        ("ORPHA:664", 3, "enzyme:ammonia"),  # the same, by its Orphanet id
        ("OMIM:606054", 3, "enzyme:organic acids"),  # propionic acidaemia
        ("OMIM:248600", 3, "enzyme:organic acids"),  # maple syrup urine disease
        ("OMIM:606777", 900, "enzyme:CSF glucose"),  # GLUT1 deficiency
        ("OMIM:213700", 9000, "enzyme:cholestanol"),  # cerebrotendinous xanthomatosis
        ("OMIM:219700", 400, "enzyme:sweat chloride"),  # cystic fibrosis
        ("OMIM:300400", 60, "functional:lymphocytes"),  # X-linked severe combined immunodeficiency
    ],
)
def test_test_raised_for_a_likely_treatable_disorder(real_knowledge: Knowledge, disease: str, age_days: int, code: str):
    belief = np.full(len(real_knowledge.diseases), 0.7 / len(real_knowledge.diseases))
    belief[real_knowledge.diseases.position(disease)] += 0.3
    raised = biochemical_tests(real_knowledge, belief, age_days=age_days)
    assert raised[0].code == code
    assert raised[0].treatment


@pytest.mark.real
@pytest.mark.parametrize("disease", ["OMIM:300624", "OMIM:154700", "OMIM:176270", "OMIM:143100"])
def test_no_test_is_raised_where_none_is_treatable(real_knowledge: Knowledge, disease: str):
    belief = np.zeros(len(real_knowledge.diseases))
    belief[real_knowledge.diseases.position(disease)] = 1
    assert biochemical_tests(real_knowledge, belief, Known(acutely_ill=True), age_days=2) == ()
