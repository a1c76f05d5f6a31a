"""Facts about the real release that everything else leans on."""

from threading import Barrier, get_ident

import numpy as np
import pytest

from ontology import manifest as module
from ontology.annotations import Aspect, Relation
from ontology.knowledge import Knowledge
from ontology.manifest import Manifest

pytestmark = pytest.mark.real


def test_no_disease_holds_two_omim_records(real_knowledge):
    diseases = real_knowledge.diseases
    for disease in range(len(diseases)):
        assert sum(id.startswith("OMIM:") for id in diseases.ids(disease)) <= 1


def test_every_record_belongs_to_exactly_one_disease(real_knowledge):
    held = np.sort(real_knowledge.diseases.records.values)
    assert np.array_equal(held, np.arange(len(real_knowledge.diseases.record_ids)))


def test_diseases_with_a_phenotype_row(real_knowledge):
    # 10,787 joined diseases in the release of 2026-06-06: the universe that rankings are measured in
    annotations = real_knowledge.annotations
    own = (annotations.aspects == Aspect.PHENOTYPE) & (annotations.relations == Relation.OWN)
    phenotype = np.concatenate([[0], np.cumsum(own)])
    pointers = annotations.pointers
    assert int((phenotype[pointers[1:]] > phenotype[pointers[:-1]]).sum()) == 10_787


def test_every_reference_is_an_id(real_knowledge):
    for reference in real_knowledge.annotations.reference_ids:
        assert ":" in reference


def test_marfan_syndrome_is_there_with_its_papers(real_knowledge):
    disease = real_knowledge.diseases.position("OMIM:154700")
    # Orphanet calls its Marfan entry broader than the OMIM record, so it lends and is not joined
    lent = {row.relation for row in real_knowledge.annotations.of_disease(disease)} - {Relation.OWN}
    assert lent == {Relation.BROADER}
    assert "FBN1" in [link.symbol for link in real_knowledge.genes.links(disease)]
    labels = {real_knowledge.terms.label(row.term) for row in real_knowledge.annotations.of_disease(disease)}
    assert "Ectopia lentis" in labels


def test_opening_takes_less_than_a_tenth_of_a_second(hashing_seconds, cpu_seconds, real_knowledge):
    # on the clock of two idle cores: sums are checked by two threads at once (as the next test sees), the rest by one
    folder, manifest = real_knowledge.folder, real_knowledge.manifest
    sums = hashing_seconds(lambda: manifest.verify(folder))
    rest = cpu_seconds(lambda: Knowledge.assemble(folder, Manifest.read(folder)))
    assert sums / 2 + rest < 0.1


def test_sums_are_checked_by_two_threads_at_once(real_knowledge, monkeypatch):
    matches, threads, both = module._matches, set(), Barrier(2, timeout=20)

    def watched(path, seal, whole):
        if get_ident() not in threads:
            threads.add(get_ident())
            both.wait()  # broken unless a second thread comes while the first is at work
        return matches(path, seal, whole)

    monkeypatch.setattr(module, "_matches", watched)
    real_knowledge.manifest.verify(real_knowledge.folder)
    assert len(threads) == 2


def test_sources_are_dated_licensed_and_checksummed(real_knowledge):
    for source in real_knowledge.manifest.sources:
        assert source.version[:2] == "20"
        assert len(source.sha256) == 64
        assert source.licence
        assert source.citation
