"""The table of reconcile.py, line by line, and what must hold for any mentions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.reconcile import reconcile
from matching.report import NoticeKind
from ontology.features import Assertion, Channel, ImageRegion, Mention, Statement, TextSpan

SEIZURE, FOCAL_SEIZURE, HYPOTONIA, ARACHNODACTYLY = "HP:0001250", "HP:0007359", "HP:0001252", "HP:0001166"
OBSOLETE_FIT, OBSOLETE_FLOPPINESS = "HP:9000001", "HP:9000002"  # replaced by Seizure; withdrawn
OBSERVED, EXCLUDED, UNCERTAIN = Assertion.OBSERVED, Assertion.EXCLUDED, Assertion.UNCERTAIN
FAMILY, HISTORICAL, HYPOTHETICAL = Assertion.FAMILY, Assertion.HISTORICAL, Assertion.HYPOTHETICAL


@pytest.fixture(scope="module")
def terms(small_knowledge):
    return small_knowledge.terms


def written(type, assertion=OBSERVED, note="n1", section=None, start=0):
    return Mention(type, assertion, TextSpan(note, start, start + 3, "abc", section))


def stated(type, assertion=OBSERVED):
    return Mention(type, assertion, Statement("dr.li"))


def seen(type, assertion=OBSERVED):
    return Mention(type, assertion, ImageRegion("photo", (0, 0, 10, 10)))


def only(reconciled):
    (feature,) = reconciled.features
    return feature


def kinds(reconciled):
    return [notice.kind for notice in reconciled.notices]


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        (stated(SEIZURE, EXCLUDED), written(SEIZURE, OBSERVED, "n2", "examination")),
        (written(SEIZURE, EXCLUDED), seen(SEIZURE, OBSERVED)),
        (written(SEIZURE, EXCLUDED, "n2"), written(SEIZURE, OBSERVED, "n1")),
        (written(SEIZURE, EXCLUDED, "n2", "history"), written(SEIZURE, OBSERVED, "n1", "examination")),
        (written(SEIZURE, EXCLUDED, "n1", "examination"), written(SEIZURE, OBSERVED, "n1", "history")),
        (written(SEIZURE, EXCLUDED, "n1", "examination"), written(SEIZURE, OBSERVED, "n1")),
        (written(SEIZURE, EXCLUDED, "n1"), written(SEIZURE, OBSERVED, "n1", "history")),
        (written(SEIZURE, EXCLUDED, "n1"), written(SEIZURE, OBSERVED, "a note of no known date")),
        (written(SEIZURE, OBSERVED), written(SEIZURE, EXCLUDED)),
    ],
)
def test_the_stronger_word_decides_and_the_weaker_is_shown(terms, winner, loser):
    result = reconcile([loser, winner], terms, ["n1", "n2"])
    feature = only(result)
    assert feature.assertion is winner.assertion
    assert feature.mentions == (winner,)
    assert feature.conflicts == (loser,)
    assert kinds(result) == [NoticeKind.CONTRADICTION]


@pytest.mark.parametrize(
    ("assertion", "weight"),
    [(OBSERVED, 1), (HISTORICAL, 1), (UNCERTAIN, 0.5), (FAMILY, 0.25), (EXCLUDED, 0), (HYPOTHETICAL, 0)],
)
def test_weight_of_each_assertion(terms, assertion, weight):
    assert only(reconcile([written(SEIZURE, assertion)], terms)).weight == weight


@pytest.mark.parametrize("aside", [FAMILY, HYPOTHETICAL])
def test_a_relative_or_a_possibility_never_overrules_the_patient(terms, aside):
    result = reconcile([stated(SEIZURE, aside), written(SEIZURE, EXCLUDED)], terms)
    assert only(result).assertion is EXCLUDED
    assert NoticeKind.CONTRADICTION not in kinds(result)


def test_doubt_and_certainty_do_not_contradict(terms):
    result = reconcile([written(SEIZURE, UNCERTAIN, "n2"), written(SEIZURE, OBSERVED, "n1")], terms, ["n1", "n2"])
    assert only(result).assertion is UNCERTAIN
    assert result.notices == ()


def test_an_obsolete_id_is_read_as_its_successor_and_said(terms):
    result = reconcile([stated(OBSOLETE_FIT)], terms)
    assert (only(result).type, only(result).replaces) == (SEIZURE, OBSOLETE_FIT)
    assert [(n.kind, n.terms) for n in result.notices] == [(NoticeKind.TERM_MAPPED, (OBSOLETE_FIT, SEIZURE))]


def test_a_withdrawn_id_is_said_with_what_its_editors_suggest(terms):
    result = reconcile([stated(OBSOLETE_FLOPPINESS), stated("not an id")], terms)
    assert result.features == ()
    assert kinds(result) == [NoticeKind.NOT_RANKED, NoticeKind.NOT_RANKED]
    assert (OBSOLETE_FLOPPINESS, HYPOTONIA) in [n.terms for n in result.notices]


def test_a_general_finding_is_shown_under_the_specific_one_and_both_count(terms):
    result = reconcile([written(SEIZURE), written(FOCAL_SEIZURE)], terms)
    general = next(f for f in result.features if f.type == SEIZURE)
    specific = next(f for f in result.features if f.type == FOCAL_SEIZURE)
    assert (general.implied_by, specific.implied_by) == ((FOCAL_SEIZURE,), ())
    assert (general.weight, specific.weight) == (1, 1)
    assert result.notices == ()


def test_a_specific_finding_under_an_excluded_general_one_is_a_contradiction(terms):
    general, specific = written(SEIZURE, EXCLUDED), written(FOCAL_SEIZURE, OBSERVED)
    result = reconcile([general, specific], terms)
    assert {f.type: f.conflicts for f in result.features} == {SEIZURE: (specific,), FOCAL_SEIZURE: (general,)}
    assert [n.terms for n in result.notices if n.kind is NoticeKind.CONTRADICTION] == [(FOCAL_SEIZURE, SEIZURE)]


def test_an_excluded_specific_finding_leaves_the_general_one(terms):
    result = reconcile([written(SEIZURE), written(FOCAL_SEIZURE, EXCLUDED)], terms)
    assert result.notices == ()
    assert all(f.conflicts == () for f in result.features)


@pytest.mark.parametrize("id", ["HP:0000006", "HP:0012828", "HP:0000118"])  # inheritance, severity, the root
def test_what_is_no_phenotypic_abnormality_does_not_rank(terms, id):
    result = reconcile([stated(id)], terms)
    assert only(result).weight == 0
    assert kinds(result) == [NoticeKind.NOT_RANKED]


def test_onset_and_severity_come_from_who_decides(terms):
    early = Mention(SEIZURE, OBSERVED, Statement("dr.li"), onset="HP:0003577")
    severe = Mention(SEIZURE, OBSERVED, TextSpan("n1", 0, 3, "fit"), onset="HP:0011463", severity="HP:0012828")
    feature = only(reconcile([severe, early], terms))
    assert (feature.onset, feature.severity) == ("HP:0003577", "HP:0012828")


def test_nothing_said_is_nothing_found(terms):
    assert reconcile([], terms).features == ()


MENTIONS = st.lists(
    st.builds(
        lambda type, assertion, how, note, section, start: (
            how(type, assertion) if how is not written else written(type, assertion, note, section, start)
        ),
        st.sampled_from([SEIZURE, FOCAL_SEIZURE, HYPOTONIA, ARACHNODACTYLY, OBSOLETE_FIT, OBSOLETE_FLOPPINESS]),
        st.sampled_from(list(Assertion)),
        st.sampled_from([written, stated, seen]),
        st.sampled_from(["n1", "n2", "n3"]),
        st.sampled_from([None, "history", "examination"]),
        st.integers(0, 50),
    ),
    max_size=12,
)


@given(MENTIONS, st.randoms(use_true_random=False))
def test_order_of_mentions_does_not_matter(terms, mentions, dice):
    shuffled = list(mentions)
    dice.shuffle(shuffled)
    assert reconcile(shuffled, terms, ["n1", "n2"]) == reconcile(mentions, terms, ["n1", "n2"])


@given(MENTIONS)
def test_no_mention_is_lost_and_no_term_is_doubled(terms, mentions):
    result = reconcile(mentions, terms, ["n1", "n2"])
    known = [m for m in mentions if m.type != OBSOLETE_FLOPPINESS]
    kept = {m for f in result.features for m in (*f.mentions, *f.conflicts)}
    assert kept == set(known)
    assert len({f.type for f in result.features}) == len(result.features)
    for feature in result.features:
        assert feature.assertion in {m.assertion for m in feature.mentions}


@given(MENTIONS)
def test_every_conflict_is_told(terms, mentions):
    result = reconcile(mentions, terms, ["n1", "n2"])
    told = {id for n in result.notices if n.kind is NoticeKind.CONTRADICTION for id in n.terms}
    assert {f.type for f in result.features if f.conflicts} == told


@pytest.mark.parametrize(("channel", "weight"), [(Channel.MEASURED, 0.5), (Channel.LABORATORY, 0.25)])
def test_finding_that_only_a_value_tells_weighs_less_until_a_word_says_it_too(terms, channel, weight):
    told = replace(written(SEIZURE), channel=channel)
    assert only(reconcile([told], terms)).weight == weight
    assert only(reconcile([told, written(SEIZURE, start=9)], terms)).weight == 1
    assert only(reconcile([told, stated(SEIZURE)], terms)).weight == 1
