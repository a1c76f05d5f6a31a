from __future__ import annotations

import numpy as np
import pytest

from matching.genetic_tests import proposal
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.modalities import MODALITIES, panel_cost
from matching.genetic_tests.plan import plan_tests
from matching.genetic_tests.rows import LesionTableDamaged, packaged_lesions, read_lesions
from ontology.errors import PhenomapError
from ontology.knowledge import Knowledge

HEAD = (
    "disease_id\tdisease\tgene_or_locus\tgenes\tmechanism\tmodality\ttarget\ttest\tsecond_line\texome_misses\t"
    "exome_sees\tdetects\tsource\turl\twords\tverified"
)
ROW = (
    "OMIM:300624\tFragile X syndrome\tFMR1 CGG repeat\tFMR1\trepeat_expansion\trepeat_pcr\tFMR1\tFMR1 repeat PCR\t"
    "Southern blot\tthe repeat\tnone\t0.9\ta page\thttps://example.org\twords that were read\tyes"
)


def table(*rows: str) -> str:
    return "\n".join((HEAD, *rows))


def changed(**cells: str) -> str:
    return "\t".join({**dict(zip(HEAD.split("\t"), ROW.split("\t"), strict=True)), **cells}.values())


def test_a_row_is_read_as_it_stands():
    (lesion,) = read_lesions(table(ROW))
    assert (lesion.code, lesion.genes, lesion.exome_sees, lesion.detects) == ("repeat_pcr:FMR1", ("FMR1",), 0.0, 0.9)
    assert lesion.source.verified


def test_share_detected_is_the_modality_s_where_none_is_given():
    (lesion,) = read_lesions(table(changed(detects="")))
    assert lesion.detects == MODALITIES["repeat_pcr"].detects


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "columns"),
        (HEAD, "no rows"),
        (table("OMIM:300624\tFragile X syndrome"), "line 2"),
        (table(changed(modality="crystal_ball")), "crystal_ball"),
        (table(changed(mechanism="")), "mechanism"),
        (table(changed(exome_sees="mostly")), "mostly"),
        (table(changed(verified="maybe")), "maybe"),
        (table(changed(detects="1.4")), "detects"),
        (table(changed(detects="many")), "detects"),
        (table(changed(words="")), "verified"),
        (table(changed(test="")), "test is empty"),
        (table(ROW, ROW), "already has a row"),
        (table(ROW, changed(disease_id="OMIM:1", test="another name")), "two names"),
    ],
)
def test_malformed_table_is_refused(text, told):
    with pytest.raises(LesionTableDamaged, match=told) as refused:
        read_lesions(text)
    assert isinstance(refused.value, PhenomapError)


def test_lesion_of_a_disease_outside_the_release_is_reported(small_knowledge: Knowledge):
    rows = read_lesions(table(ROW, changed(disease_id="OMIM:1", disease="No such disease")))
    opened = LesionTable.of(small_knowledge, rows)
    assert [lesion.disease_id for lesion in opened.unresolved] == ["OMIM:1"]
    assert "OMIM:300624" in {lesion.disease_id for lesion in opened.lesions}


def test_every_packaged_row_is_either_resolved_or_reported(small_knowledge: Knowledge):
    opened = LesionTable.open(small_knowledge)
    ids = {lesion.disease_id for lesion in (*opened.lesions, *opened.unresolved)}
    assert {row.disease_id for row in packaged_lesions()} <= ids


@pytest.mark.parametrize("verified", ["yes", "no"])
def test_unverified_source_says_so(small_knowledge: Knowledge, verified: str):
    opened = LesionTable.of(small_knowledge, read_lesions(table(changed(verified=verified))))
    posterior = np.zeros(len(small_knowledge.diseases), np.float32)
    posterior[small_knowledge.diseases.position("OMIM:300624")] = 1
    (source,) = plan_tests(small_knowledge, posterior, opened).tests[0].sources
    assert (source.citation, source.verified) == ("a page", verified == "yes")


def test_rows_without_an_opened_source_call_themselves_unverified():
    for row in packaged_lesions():
        assert row.source.verified == bool(row.words)
        assert row.source.verified or row.source.citation.startswith("unverified"), row.disease_id


def test_table_covers_the_lesions_that_exomes_miss():
    kinds = {row.modality for row in packaged_lesions()}
    assert kinds == set(MODALITIES) - {"gene_panel", "exome"}
    assert len(packaged_lesions()) >= 60


def test_every_modality_is_named_where_suggestions_are_described():
    assert all(word in (proposal.TestSuggestion.__doc__ or "") for word in MODALITIES)
    assert all(modality.cannot_see and 0 < modality.detects <= 1 for modality in MODALITIES.values())


def test_panel_cost_grows_with_its_genes():
    # 1 + .35 log2 1 = 1; log2 128 = 7, so 1 + 2.45
    assert panel_cost(1) == 1
    assert panel_cost(128) == pytest.approx(3.45)


@pytest.mark.real
def test_every_lesion_id_resolves_in_the_real_release(real_knowledge: Knowledge):
    assert LesionTable.open(real_knowledge).unresolved == ()


@pytest.mark.real
def test_every_row_bears_the_name_of_its_record(real_knowledge: Knowledge):
    diseases = real_knowledge.diseases
    for row in packaged_lesions():
        assert row.disease == diseases.record_names[diseases.record(row.disease_id)], row.disease_id


@pytest.mark.real
@pytest.mark.parametrize(
    ("disease", "code"),
    [
        ("OMIM:176270", "methylation:15q11-q13"),  # Prader-Willi syndrome
        ("ORPHA:72", "methylation:15q11-q13"),  # Angelman syndrome, by its Orphanet id
        ("OMIM:300624", "repeat_pcr:FMR1"),
        ("OMIM:253300", "mlpa:SMN1"),
        ("OMIM:158900", "southern:D4Z4"),
        ("OMIM:188400", "microarray:genome"),
        ("OMIM:601808", "microarray:genome"),  # chromosome 18q deletion syndrome, told by its name
        ("ORPHA:3378", "karyotype:genome"),  # trisomy 13, told by its name
        ("OMIM:540000", "mitochondrial:genome"),
        ("ORPHA:663", "mitochondrial:genome"),  # told by its genes
        ("OMIM:261600", "enzyme:phenylalanine"),
        ("OMIM:154700", "gene_panel:virtual"),  # Marfan syndrome
    ],
)
def test_first_test_of_a_sure_diagnosis(real_knowledge: Knowledge, real_table: LesionTable, disease: str, code: str):
    posterior = np.full(len(real_knowledge.diseases), 0.1 / len(real_knowledge.diseases), np.float32)
    posterior[real_knowledge.diseases.position(disease)] += 0.9
    plan = plan_tests(real_knowledge, posterior, real_table)
    codes = [test.code for test in (*plan.biochemical, *plan.tests)]
    assert codes[0] == code
    assert len(set(codes)) == len(codes)  # what is raised before them is not suggested again


@pytest.fixture(scope="module")
def real_table(real_knowledge: Knowledge) -> LesionTable:
    return LesionTable.open(real_knowledge)


def test_a_fault_of_another_file_is_mended_in_that_file():
    with pytest.raises(LesionTableDamaged) as refused:
        read_lesions(table(changed(modality="crystal_ball")), "sequenced.tsv")
    assert refused.value.mend == "Correct sequenced.tsv."
