"""What the compiler makes of the hand-made release (small_release/)."""

import numpy as np
import pytest

from ontology.annotations import Aspect, Relation
from ontology.terms import Moved, SynonymKind, UnknownTerm


def rows(knowledge, disease_id):
    return knowledge.annotations.of_disease(knowledge.diseases.position(disease_id))


def test_exact_one_to_one_records_are_one_disease(small_knowledge):
    disease = small_knowledge.diseases.position("ORPHA:900101")
    assert small_knowledge.diseases.ids(disease) == ("OMIM:900001", "ORPHA:900101")
    assert small_knowledge.diseases.name(disease) == "Long-limb syndrome"


def test_an_entry_that_is_exactly_two_records_joins_neither_and_lends_to_both(small_knowledge):
    ids = small_knowledge.diseases.ids
    position = small_knowledge.diseases.position
    assert ids(position("ORPHA:900102")) == ("ORPHA:900102",)
    for omim in ("OMIM:900002", "OMIM:900003"):
        assert ids(position(omim)) == (omim,)
        lent = [row for row in rows(small_knowledge, omim) if row.relation is Relation.EXACT]
        assert [row.references for row in lent] == [("ORPHA:900102",)] * 2


def test_a_broader_entry_lends_its_rows_and_says_so(small_knowledge):
    lent = [row for row in rows(small_knowledge, "OMIM:900004") if row.relation is not Relation.OWN]
    assert {row.relation for row in lent} == {Relation.BROADER}
    assert {small_knowledge.diseases.record_ids[row.record] for row in lent} == {"ORPHA:900104"}


def test_counts_fractions_and_percentages_are_read(small_knowledge):
    of_term = {small_knowledge.terms.id(r.term): r for r in rows(small_knowledge, "OMIM:900003")[:3]}
    assert (of_term["HP:0007359"].of, of_term["HP:0007359"].frequency) == ((3, 3), 1.0)
    assert (of_term["HP:0001252"].of, of_term["HP:0001252"].frequency) == (None, 0.5)
    assert of_term["HP:0000252"].references == ("PMID:9000031", "PMID:9000032")
    assert small_knowledge.terms.id(of_term["HP:0007359"].onset) == "HP:0003577"


def test_excluded_and_never_seen_are_kept_apart(small_knowledge):
    scoliosis = next(r for r in rows(small_knowledge, "OMIM:900004") if r.excluded)
    assert small_knowledge.terms.label(scoliosis.term) == "Scoliosis"
    never = next(r for r in rows(small_knowledge, "OMIM:900001") if r.of == (0, 10))
    assert not never.excluded


def test_inheritance_is_an_annotation_of_another_aspect(small_knowledge):
    aspects = [r.aspect for r in rows(small_knowledge, "OMIM:900007")]
    assert aspects == [Aspect.INHERITANCE]


def test_information_content_counts_diseases_at_or_below(small_knowledge):
    # 11 diseases. Seizure: Fragile X, Fit 1, Fit 2 (by its focal seizures), ORPHA Fit syndrome = 4, own rows only.
    # Focal-onset seizure: Fit 2 alone. Scoliosis: Long-limb alone, for Wide-eyed heart excludes it.
    content = {small_knowledge.terms.id(i): float(c) for i, c in enumerate(small_knowledge.terms.content)}
    assert content["HP:0001250"] == pytest.approx(np.log(11 / 4))
    assert content["HP:0007359"] == pytest.approx(np.log(11))
    assert content["HP:0002650"] == pytest.approx(np.log(11))


def test_genes_carry_their_association_and_source(small_knowledge):
    links = small_knowledge.genes.links(small_knowledge.diseases.position("OMIM:900001"))
    # the OMIM record says MENDELIAN, the joined ORPHA record UNKNOWN: one link, the stronger word
    assert [(g.symbol, g.ncbi_id, g.association, g.source) for g in links] == [
        ("LIMB1", 901, "MENDELIAN", "genes_to_disease.txt")
    ]


def test_ancestors_include_the_term_and_every_superterm(small_knowledge):
    terms = small_knowledge.terms
    above = {terms.id(int(a)) for a in terms.ancestors[terms.position("HP:0000316")]}
    # hypertelorism is under the face and under the eye
    assert above == {
        "HP:0000316",
        "HP:0000271",
        "HP:0000152",
        "HP:0000478",
        "HP:0000118",
        "HP:0000001",
    }


def test_alternative_and_replaced_ids_lead_to_the_current_term(small_knowledge):
    resolve = small_knowledge.terms.resolve
    assert (resolve("HP:9000003").id, resolve("HP:9000003").moved) == ("HP:0001250", Moved.ALTERNATIVE)
    assert (resolve("HP:9000001").id, resolve("HP:9000001").moved) == ("HP:0001250", Moved.REPLACED)
    assert resolve("HP:0001250").moved is None


def test_a_withdrawn_id_names_what_its_editors_suggest(small_knowledge):
    with pytest.raises(UnknownTerm) as caught:
        small_knowledge.terms.resolve("HP:9000002")
    assert caught.value.suggestions == ("HP:0001252",)
    assert "HP:0001252" in caught.value.mend


@pytest.mark.parametrize("id", ["", "HP:1250", "hp:0001250", "HP:0001250 ", "HP:٠٠٠١٢٥٠", "OMIM:154700", "HP:9999999"])
def test_other_ids_are_unknown(small_knowledge, id):
    with pytest.raises(UnknownTerm):
        small_knowledge.terms.resolve(id)


def test_synonyms_keep_scope_and_kind(small_knowledge):
    found = small_knowledge.terms.synonyms_of(small_knowledge.terms.position("HP:0001631"))
    assert [(s.text, s.kind) for s in found] == [("ASD", SynonymKind.ABBREVIATION)]


def test_arrays_cannot_be_written_to(small_knowledge):
    with pytest.raises(ValueError):
        small_knowledge.annotations.terms[0] = 0
