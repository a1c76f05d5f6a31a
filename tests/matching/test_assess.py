"""From a Case to a Report, on the hand-made release."""

from __future__ import annotations

from datetime import date

import pytest

from matching.assess import NO_TESTS, Assessor, in_order
from matching.case import Case, Note, Photo
from matching.report import NoticeKind
from ontology.errors import InputError
from ontology.features import Assertion, Mention, Statement

JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 64
SEIZURE, ARACHNODACTYLY = "HP:0001250", "HP:0001166"
NOTE = Note("n1", "She has arachnodactyly, ectopia lentis and scoliosis. There were no seizures.", "en")


@pytest.fixture(scope="module")
def assessor(small_knowledge):
    return Assessor.open(small_knowledge)


def stated(type, assertion=Assertion.OBSERVED):
    return Mention(type, assertion, Statement("dr.li"))


def kinds(report):
    return [notice.kind for notice in report.notices]


def test_a_note_becomes_findings_ranked_diseases_and_tests(assessor, small_knowledge):
    report = assessor.assess(Case("c1", (NOTE,)))
    said = {f.label: f.assertion for f in report.features}
    assert said["Arachnodactyly"] is Assertion.OBSERVED
    assert said["Seizure"] is Assertion.EXCLUDED
    assert report.ranking.diseases[0].id == "OMIM:900001"
    assert report.knowledge == small_knowledge.manifest.release
    assert report.tests.tests


def test_probabilities_are_shares_in_order_of_rank(assessor):
    shares = [d.probability for d in assessor.assess(Case("c1", (NOTE,)), limit=50).ranking.diseases]
    assert sum(shares) == pytest.approx(1, abs=1e-4)
    assert shares == sorted(shares, reverse=True)


def test_text_evidence_lies_where_it_says(assessor):
    for feature in assessor.assess(Case("c1", (NOTE,))).features:
        for mention in feature.mentions:
            assert NOTE.text[mention.evidence.start : mention.evidence.end] == mention.evidence.text


def test_the_clinician_beats_the_note_and_the_contradiction_is_told(assessor):
    report = assessor.assess(Case("c1", (NOTE,), stated=(stated(SEIZURE),)))
    seizure = next(f for f in report.features if f.type == SEIZURE)
    assert seizure.assertion is Assertion.OBSERVED
    assert len(seizure.conflicts) == 1
    assert NoticeKind.CONTRADICTION in kinds(report)


def test_the_later_note_decides_whatever_the_order_given(assessor):
    earlier = Note("old", "He had seizures.", "en", date(2020, 1, 1))
    later = Note("new", "There are no seizures.", "en", date(2024, 1, 1))
    for notes in ((earlier, later), (later, earlier)):
        (seizure,) = assessor.assess(Case("c1", notes)).features
        assert seizure.assertion is Assertion.EXCLUDED


def test_undated_notes_come_first_and_keep_their_order():
    notes = [Note("a", "", date=date(2021, 1, 1)), Note("b", ""), Note("c", "", date=date(2020, 1, 1)), Note("d", "")]
    assert [note.id for note in in_order(notes)] == ["b", "d", "c", "a"]


def test_a_photo_that_is_not_read_is_said(assessor):
    report = assessor.assess(Case("c1", (NOTE,), (Photo("p1", JPEG),)))
    assert [a.reader for a in report.abstentions] == ["facial"]
    assert NoticeKind.READER_ABSTAINED in kinds(report)


def test_a_note_in_a_language_that_is_not_read_is_said(assessor):
    report = assessor.assess(Case("c1", (Note("n1", "У ребёнка судороги."),)))
    assert [a.reader for a in report.abstentions] == ["nlp"]
    assert report.ranking.diseases == ()


def test_what_is_no_photo_is_refused(assessor):
    with pytest.raises(InputError):
        assessor.assess(Case("c1", (), (Photo("p1", b"%PDF-1.7"),)))


def test_two_notes_of_one_id_are_refused(assessor):
    with pytest.raises(InputError):
        assessor.assess(Case("c1", (NOTE, NOTE)))


def test_too_few_findings_are_said(assessor):
    assert NoticeKind.TOO_FEW_FINDINGS in kinds(assessor.assess(Case("c1", (NOTE,))))


def test_nothing_found_is_nothing_suggested(assessor):
    report = assessor.assess(Case("c1", (Note("n1", "He came alone today.", "en"),)))
    assert report.features == ()
    assert report.ranking.diseases == ()
    assert report.tests == NO_TESTS


def test_tests_can_be_left_out(assessor):
    assert assessor.assess(Case("c1", (NOTE,)), tests=False).tests == NO_TESTS


def test_each_step_by_itself_agrees_with_the_whole(assessor):
    report = assessor.assess(Case("c1", (NOTE,)), limit=3)
    mentions = assessor.read(NOTE).mentions
    features = assessor.reconcile(mentions, (NOTE,)).features
    assert features == report.features
    assert assessor.rank(features, limit=3) == report.ranking
    assert assessor.suggest(features) == report.tests


def test_an_assessor_keeps_nothing_of_a_patient(assessor):
    before = assessor.assess(Case("c2", stated=(stated(ARACHNODACTYLY),)))
    assessor.assess(Case("c1", (NOTE,)))
    assert assessor.assess(Case("c2", stated=(stated(ARACHNODACTYLY),))) == before


def test_what_a_clinician_struck_out_takes_no_part_and_stays_in_sight(assessor):
    note = Note("n1", "She has seizures and scoliosis.")
    read = assessor.assess(Case("c", (note,)))
    struck = assessor.assess(Case("c", (note,), dismissed=frozenset({SEIZURE})))
    assert {f.type for f in read.features} - {f.type for f in struck.features} == {SEIZURE}
    assert [f.type for f in struck.dismissed] == [SEIZURE]
    assert read.dismissed == ()


def test_a_clinicians_word_stands_where_the_reading_was_struck_out(assessor):
    said = stated(SEIZURE, Assertion.FAMILY)
    case = Case("c", (Note("n1", "She has seizures."),), stated=(said,), dismissed=frozenset({SEIZURE}))
    (feature,) = (f for f in assessor.assess(case).features if f.type == SEIZURE)
    assert feature.assertion is Assertion.FAMILY


def test_readings_made_before_are_not_made_again(assessor):
    case = Case("c", (Note("n1", "She has seizures."),))
    assert assessor.assess(case, readings=assessor.readings(case)) == assessor.assess(case)
