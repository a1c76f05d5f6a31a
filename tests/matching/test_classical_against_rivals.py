"""Information content and similarities against hpo3 and hpo-toolkit, reading the same release (extra `rivals`)."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
import pytest

from matching.classical.average import addends
from matching.classical.similarity import Columns, Measure, TermSimilarity
from matching.lm.background import Lattice
from ontology.annotations import Aspect, Relation
from ontology.compile.join import information_content
from ontology.errors import SourceError
from ontology.terms import PHENOTYPIC_ABNORMALITY

SMALL_RELEASE = Path(__file__).parent.parent / "small_release"
PAIRS = 500


@pytest.fixture(scope="module")
def hpo3(real_knowledge):
    pytest.importorskip("pyhpo", reason="hpo3 is not installed: pip install '.[rivals]'")
    from benchmarks.rivals_hpo3 import load_hpo3

    try:
        return load_hpo3(real_knowledge, Path(__file__).parents[2] / "downloads")
    except SourceError as error:
        pytest.skip(f"hpo3 cannot read our release: {error.what}")


@pytest.fixture(scope="module")
def hpotk():
    return pytest.importorskip("hpotk", reason="hpo-toolkit is not installed: pip install '.[rivals]'")


@pytest.fixture(scope="module")
def omim_content(real_knowledge):
    """Our information content over hpo3's corpus: OMIM records with every row that is not NOT, 0 of n included."""
    annotations, records = real_knowledge.annotations, real_knowledge.diseases.record_ids
    is_omim = np.array([id.startswith("OMIM:") for id in records])[annotations.records]
    keep = np.flatnonzero(is_omim & ~annotations.excluded & (annotations.relations == Relation.OWN))
    return content_of(real_knowledge.terms, annotations, annotations.records[keep], keep)


@pytest.fixture(scope="module")
def annotated_pairs(real_knowledge, omim_content):
    """Pairs of phenotype terms that some OMIM record has: half at random, half a term and one near it."""
    terms, dice = real_knowledge.terms, np.random.default_rng(4)
    pool = np.flatnonzero(terms.is_phenotype & (omim_content < omim_content.max()))
    pairs = [tuple(dice.choice(pool, 2).tolist()) for _ in range(PAIRS // 2)]
    for one in dice.choice(pool, PAIRS // 2).tolist():
        parents = terms.parents[one]
        near = terms.children[int(dice.choice(parents))]
        pairs.append((one, int(dice.choice(near[np.isin(near, pool)]))))
    return pairs


def content_of(terms, annotations, owners, rows):
    """`information_content` where row rows[i] is an annotation of owners[i]."""
    order = np.argsort(owners, kind="stable")
    names, counts = np.unique(owners, return_counts=True)
    rows = rows[order]
    corpus = replace(
        annotations,
        pointers=np.concatenate([[0], np.cumsum(counts)]),
        terms=annotations.terms[rows],
        aspects=np.full(len(rows), Aspect.PHENOTYPE),
        excluded=np.zeros(len(rows), np.bool_),
        relations=np.full(len(rows), Relation.OWN),
        frequency=np.full(len(rows), np.nan),
    )
    return information_content(terms, corpus, names)


def similarity_of(terms, measure, content, one, other):
    term_similarity = TermSimilarity(measure, Lattice.of(terms), content)
    return float(term_similarity.row(one, Columns.of(term_similarity.lattice, np.array([other], np.int32)))[0])


@pytest.mark.real
def test_information_content_is_hpo3s(hpo3, real_knowledge, omim_content):
    numbers = real_knowledge.terms.numbers.tolist()
    theirs = np.array([hpo3.Ontology.hpo(number).information_content["omim"] for number in numbers])
    annotated = theirs > 0  # where no record has a term, hpo3 says 0 and we say the most that can be
    assert annotated.sum() > 5000
    assert np.abs(omim_content[annotated] - theirs[annotated]).max() < 1e-4


@pytest.mark.real
@pytest.mark.parametrize("measure", [Measure.RESNIK, Measure.LIN])
def test_similarities_are_hpo3s(hpo3, real_knowledge, omim_content, annotated_pairs, measure):
    terms = real_knowledge.terms
    similarity = TermSimilarity(measure, Lattice.of(terms), omim_content)
    related = 0
    for one, other in annotated_pairs:
        columns = Columns.of(similarity.lattice, np.array([other], np.int32))
        ours = float(similarity.row(one, columns)[0])
        first, second = (hpo3.Ontology.hpo(int(terms.numbers[term])) for term in (one, other))
        assert ours == pytest.approx(first.similarity_score(second, "omim", measure.value), abs=1e-4)
        related += ours > 0.1
    assert related > PAIRS // 4


@pytest.mark.real
@pytest.mark.parametrize("measure", [Measure.RESNIK, Measure.LIN])
def test_best_match_averages_are_hpo3s(hpo3, real_knowledge, omim_content, annotated_pairs, measure):
    terms = real_knowledge.terms
    similarity = TermSimilarity(measure, Lattice.of(terms), omim_content)
    for start in range(0, 200, 10):
        patient, disease = (
            np.unique(side).astype(np.int32) for side in np.array(annotated_pairs[start : start + 10]).T
        )
        table = similarity.rows(patient, Columns.of(similarity.lattice, disease))
        ours = addends(table, np.ones(len(patient), np.float32)).sum()
        sets = [hpo3.HPOSet(terms.numbers[side].tolist()) for side in (patient, disease)]
        assert ours == pytest.approx(sets[0].similarity(sets[1], "omim", measure.value, "funSimAvg"), abs=1e-4)


def as_obographs(terms, path):
    """The terms as hpo-toolkit reads them."""
    purl = "http://purl.obolibrary.org/obo/HP_{:07d}".format
    nodes = [
        {"id": purl(int(number)), "lbl": terms.label(at), "type": "CLASS"} for at, number in enumerate(terms.numbers)
    ]
    edges = [
        {"sub": purl(int(terms.numbers[at])), "pred": "is_a", "obj": purl(int(terms.numbers[parent]))}
        for at in range(len(terms))
        for parent in terms.parents[at].tolist()
    ]
    meta = {"version": "http://purl.obolibrary.org/obo/hp/releases/2000-01-01/hp.json"}
    graph = {"id": "hp", "nodes": nodes, "edges": edges, "meta": meta}
    path.write_text(json.dumps({"graphs": [graph]}), encoding="utf-8")


def test_resnik_is_hpo_toolkits(hpotk, small_knowledge, tmp_path):
    """All pairs of the hand-made release. hpo-toolkit counts annotations, not diseases, so that is our corpus too."""
    from hpotk.algorithm.similarity import (
        calculate_ic_for_annotated_items,
        precalculate_ic_mica_for_hpo_concept_pairs,
    )
    from hpotk.annotations.load.hpoa import SimpleHpoaDiseaseLoader

    terms, annotations = small_knowledge.terms, small_knowledge.annotations
    as_obographs(terms, tmp_path / "hp.json")
    ontology = hpotk.load_minimal_ontology(str(tmp_path / "hp.json"))
    diseases = SimpleHpoaDiseaseLoader(ontology).load(str(SMALL_RELEASE / "phenotype.hpoa"))
    root = hpotk.TermId.from_curie(PHENOTYPIC_ABNORMALITY)
    theirs = calculate_ic_for_annotated_items(diseases, ontology, module_root=root)
    similarities = precalculate_ic_mica_for_hpo_concept_pairs(theirs, ontology)

    keep = (annotations.aspects == Aspect.PHENOTYPE) & ~annotations.excluded & ~(annotations.frequency == 0)
    keep = np.flatnonzero(keep & (annotations.relations == Relation.OWN))
    pairs = annotations.records[keep].astype(np.int64) * len(terms) + annotations.terms[keep]
    each, first = np.unique(pairs, return_index=True)
    ours = content_of(terms, annotations, np.arange(len(each)), keep[first])

    for term, content in theirs.items():
        assert ours[terms.position(term.value)] == pytest.approx(content, abs=1e-4)
    annotated = [terms.position(term.value) for term in theirs]
    for one, other in combinations_with_replacement(annotated, 2):
        expected = similarities.get_similarity(terms.id(one), terms.id(other))
        found = similarity_of(terms, Measure.RESNIK, ours, one, other)
        assert found == pytest.approx(expected, abs=1e-4)
