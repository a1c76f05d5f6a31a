"""The compact table and the shortlist: quick answers are the exact answers, and damage is noticed."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.lm.batch import BLOCK, in_blocks
from matching.lm.query import Query
from matching.lm.ranker import Ranker
from matching.lm.shortlist import Shortlist, at_least, best_of, score_exactly
from matching.lm.table import CompactTable, digest
from matching.report import PhenotypicFeature
from ontology.errors import KnowledgeDamaged, KnowledgeForeign
from ontology.features import Assertion

ARACHNODACTYLY, SCOLIOSIS = "HP:0001166", "HP:0002650"
NONE = np.zeros(0, np.int32)


@pytest.fixture(scope="module")
def ranker(small_knowledge):
    return Ranker.open(small_knowledge)


@pytest.fixture(scope="module")
def real_ranker(real_knowledge):
    found = Ranker.open(real_knowledge)
    if found.shortlist is None:
        pytest.skip("the release was compiled without a table: run `make`")
    return found


def queries(ranker, most=12):
    """Any findings of the release, whole, halved and quartered, some of them excluded."""
    phenotypes = np.flatnonzero(ranker.knowledge.terms.is_phenotype).tolist()
    root = ranker.knowledge.terms.position("HP:0000118")
    term = st.sampled_from([t for t in phenotypes if t != root])
    present = st.dictionaries(term, st.sampled_from((1.0, 0.5, 0.25)), min_size=1, max_size=most)
    return st.builds(
        lambda p, e: Query.at(p, e - set(p), ranker.knowledge.terms), present, st.sets(term, max_size=most // 3)
    )


def same_as_exact(ranker, query, limit, universe):
    considered = ranker.universe(universe)
    exact = score_exactly(ranker.model, ranker.knowledge.terms, query, considered)
    quick = ranker.shortlist.score(query, considered, limit)
    assert quick.first(limit) == exact.first(limit)
    assert np.array_equal(np.isfinite(quick.scores), considered)
    assert np.abs(quick.scores[considered] - exact.scores[considered]).max() <= quick.margin
    assert np.array_equal(quick.scores[quick.exact], exact.scores[quick.exact])


@given(st.data())
def test_quick_answers_are_the_exact_answers(ranker, data):
    query = data.draw(queries(ranker))
    same_as_exact(ranker, query, data.draw(st.integers(1, 12)), data.draw(st.sampled_from(("all", "omim"))))


@pytest.mark.real
def test_real_quick_answers_are_the_exact_answers_with_few_scored_exactly(real_ranker):
    dice = np.random.default_rng(618)
    phenotypes = np.flatnonzero(real_ranker.knowledge.terms.is_phenotype)
    counts = []
    for number in range(60):
        terms = dice.choice(phenotypes, dice.integers(1, 16), replace=False).tolist()
        present = {t: (1.0, 0.5, 0.25)[number % 3] if t % 2 else 1.0 for t in terms}
        query = Query.at(present, dice.choice(phenotypes, number % 4).tolist(), real_ranker.knowledge.terms)
        for limit in (1, 10, 50):
            same_as_exact(real_ranker, query, limit, ("all", "omim")[number % 2])
        scored = real_ranker.shortlist.score(query, real_ranker.universe("all"), 10)
        counts.append(len(scored.exact))
    assert np.median(counts) < 1000


def test_an_explained_answer_is_the_same_with_and_without_the_table(ranker):
    features = [
        PhenotypicFeature(ARACHNODACTYLY, "", Assertion.OBSERVED, 1.0, ()),
        PhenotypicFeature(SCOLIOSIS, "", Assertion.UNCERTAIN, 0.5, ()),
        PhenotypicFeature("HP:0001250", "", Assertion.EXCLUDED, 0.0, ()),
    ]
    alone = Ranker(ranker.knowledge, ranker.model)
    for limit in (1, 3, 11):
        assert ranker.rank(features, limit) == alone.rank(features, limit)


def test_more_are_scored_exactly_when_more_are_asked_for(ranker):
    features = [PhenotypicFeature(id, "", Assertion.OBSERVED, 1.0, ()) for id in (ARACHNODACTYLY, SCOLIOSIS)]
    scored = ranker.score(features, limit=1)
    assert ranker.standings(scored, 9) == Ranker(ranker.knowledge, ranker.model).standings(scored, 9)


def test_no_entry_is_further_off_than_half_a_step(ranker):
    table = ranker.shortlist.table
    assert 0 < table.error <= table.step / 2 * 1.0001
    assert whole(table, slice(None)).max() > 460  # of 510: the ceiling is a bound, not the maximum


def test_what_is_no_finding_has_no_row(ranker):
    terms = ranker.knowledge.terms
    row_of = ranker.shortlist.table.row_of
    assert row_of[terms.position("HP:0000118")] == -1
    assert np.array_equal(row_of >= 0, terms.is_phenotype & (np.arange(len(terms)) != terms.position("HP:0000118")))


@given(st.data())
def test_blocks_hold_the_best_by_the_table(ranker, data):
    asked = data.draw(st.lists(queries(ranker, 5), min_size=1, max_size=5))
    asked.append(Query(NONE, np.zeros(0, np.float32), NONE))
    considered = ranker.universe(data.draw(st.sampled_from(("all", "omim"))))
    (block,) = in_blocks(ranker.shortlist, asked, considered, 4)
    for query, positions, scores in zip(asked, block.positions, block.scores, strict=True):
        if not len(query.present):
            assert (positions == -1).all()
            continue
        _, best = best_of(ranker.shortlist.quick(query, considered), 4)
        assert scores[: len(best)] == pytest.approx(best, abs=1e-4)
        assert considered[positions[positions >= 0]].all()


@pytest.mark.real
def test_real_blocks_are_the_answers_one_by_one_in_order(real_ranker):
    dice = np.random.default_rng(618)
    terms = real_ranker.knowledge.terms
    phenotypes = np.flatnonzero(terms.is_phenotype)
    draws = [dice.choice(phenotypes, dice.integers(1, 12), replace=False).tolist() for _ in range(BLOCK + 9)]
    asked = [Query.at(dict.fromkeys(draw, 0.5 if n % 5 == 4 else 1.0), (), terms) for n, draw in enumerate(draws)]
    for universe in ("all", "omim"):
        considered = real_ranker.universe(universe)
        blocks = list(in_blocks(real_ranker.shortlist, asked, considered, 50))
        assert [len(block.positions) for block in blocks] == [BLOCK, 9]
        found = np.concatenate([block.positions for block in blocks])
        for query, positions in zip(asked, found, strict=True):
            assert np.array_equal(positions, best_of(real_ranker.shortlist.quick(query, considered), 50)[0])


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=700),
    st.integers(1, 700),
)
def test_a_threshold_that_enough_scores_reach(scores, limit):
    scores, limit = np.array(scores, np.float32), min(limit, len(scores))
    threshold = at_least(scores, limit)
    assert (scores >= threshold).sum() >= limit
    assert threshold <= np.sort(scores)[len(scores) - limit]


def test_a_table_of_other_profiles_is_refused(small_knowledge, tmp_path):
    folder = shutil.copytree(small_knowledge.folder / "ranking", tmp_path / "ranking")
    weights = np.load(folder / "weights.npy")
    np.save(folder / "weights.npy", weights * 2)
    with pytest.raises(KnowledgeForeign):
        Ranker.open(replace(small_knowledge, folder=tmp_path))


def test_everything_that_scoring_reads_is_in_the_digest(ranker):
    model, terms = ranker.model, ranker.knowledge.terms
    before = digest(model, terms)
    assert digest(replace(model, floor=model.floor * 2), terms) != before
    changed = replace(model.postings, own=model.postings.own + np.float32(1))
    assert digest(replace(model, postings=changed), terms) != before


def test_a_damaged_row_is_noticed_by_the_answer_that_reads_it(ranker):
    sound = ranker.shortlist.table
    term = ranker.knowledge.terms.position(SCOLIOSIS)
    codes = np.array(sound.codes)
    codes[sound.row_of[term], 3] ^= 1
    damaged = replace(sound, codes=codes)
    with pytest.raises(KnowledgeDamaged):
        damaged.scores(Query.at({term: 1.0}, (), ranker.knowledge.terms), 11)


def test_a_table_cut_short_is_refused(small_knowledge, tmp_path):
    folder = shutil.copytree(small_knowledge.folder / "ranking", tmp_path / "ranking")
    content = (folder / "table_codes.npy").read_bytes()
    (folder / "table_codes.npy").write_bytes(content[: len(content) // 2])
    with pytest.raises(KnowledgeDamaged):
        Ranker.open(replace(small_knowledge, folder=tmp_path))


def test_without_a_table_every_disease_is_scored_exactly(small_knowledge, tmp_path):
    folder = shutil.copytree(small_knowledge.folder / "ranking", tmp_path / "ranking")
    for path in folder.glob("table_*"):
        path.unlink()
    assert Ranker.open(replace(small_knowledge, folder=tmp_path)).shortlist is None


def whole(table, rows):
    """Bytes and what lies beyond them, (rows, diseases), worked out without the table's own sum."""
    codes = table.codes.astype(np.int64)
    owners = np.repeat(np.arange(len(codes)), np.diff(table.excess.pointers))
    codes[owners, table.excess.diseases] += table.excess.codes
    return codes[rows]


def test_more_findings_than_sixteen_bits_can_sum(ranker):
    table = ranker.shortlist.table
    rows = np.full(300, int(table.sums.argmax()), np.int32)
    assert whole(table, rows).sum(0).max() > 65_535
    assert np.array_equal(table.added(rows), whole(table, rows).sum(0))


def test_the_excess_of_a_byte_is_added(ranker):
    table = ranker.shortlist.table
    assert len(table.excess.codes) > 0
    assert (table.codes[np.repeat(np.arange(len(table.codes)), np.diff(table.excess.pointers)), table.excess.diseases]
            == 255).all()  # fmt: skip
    rows = np.arange(len(table.codes), dtype=np.int32)
    assert np.array_equal(table.added(rows), whole(table, rows).sum(0))


def test_terms_of_one_row_differ_in_no_code(ranker):
    rows = whole(ranker.shortlist.table, slice(None))
    assert len(np.unique(rows, axis=0)) == len(rows)
    again = CompactTable.of(ranker.model, ranker.knowledge.terms)
    row_of = ranker.shortlist.table.row_of
    assert np.array_equal(whole(again, again.row_of[row_of >= 0]), rows[row_of[row_of >= 0]])


def test_what_is_written_is_what_was_derived(ranker, tmp_path):
    ranker.model.write(tmp_path)
    ranker.shortlist.write(tmp_path)
    read = Shortlist.open(tmp_path, ranker.model, ranker.knowledge.terms)
    for name in ("codes", "row_of", "sums", "floors"):
        assert np.array_equal(getattr(read.table, name), getattr(ranker.shortlist.table, name))
    for name in ("step", "error", "reach"):
        assert getattr(read.table, name) == getattr(ranker.shortlist.table, name)
