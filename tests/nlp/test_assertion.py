"""What is said of a finding; findings are given, marked by brackets in the note."""

from __future__ import annotations

import re

import pytest

from nlp.assertion import Asserted, AssertionReader
from nlp.rules import LanguageFolder
from nlp.sections import SectionFinder
from ontology.features import Assertion

RULES = LanguageFolder("en")
READER = AssertionReader.of(RULES.assertion)
SECTIONS = SectionFinder(RULES.sections)


def said_of(marked: str) -> list[str]:
    """Assertions of the [marked] findings, in order."""
    spans, text, at = [], "", 0
    for match in re.finditer(r"\[(.*?)\]", marked):
        text += marked[at : match.start()]
        spans.append((len(text), len(text) + len(match[1])))
        text += match[1]
        at = match.end()
    text += marked[at:]
    return [str(said.assertion) for said in READER.assert_spans(text, spans, SECTIONS.find(text))]


@pytest.mark.parametrize(
    "note",
    [
        "No [seizures].",
        "She denies [headache] or [vomiting].",
        "There is no evidence of [hepatomegaly].",
        "Without [rash], [fever] or [cough].",
        "Neither [ataxia] nor [tremor] was found.",
        "Examination was negative for [scoliosis].",
        "[Nystagmus] was not observed.",
        "[Hearing loss] has been ruled out.",
        "[Seizures]: none.",
        "He doesn't have [ptosis].",
        "Findings were not consistent with [cardiomyopathy].",
    ],
)
def test_negated_finding_is_excluded(note: str) -> None:
    assert set(said_of(note)) == {"excluded"}


def test_lack_of_x_and_y_excludes_both() -> None:
    assert said_of("There was lack of [tremor] and [ataxia].") == ["excluded", "excluded"]


def test_absence_of_a_finding_reaches_its_whole_list() -> None:
    assert said_of("Absence of [seizures], [hypotonia], and [ataxia].") == ["excluded"] * 3


def test_absence_of_a_body_part_denies_nothing_after_it() -> None:
    assert said_of("Absence of nails, [hypotonia] and [ataxia].") == ["observed", "observed"]


@pytest.mark.parametrize(
    "note",
    [
        "She has [microcephaly].",
        "Not only [ptosis] but a squint as well.",
        "There is no doubt that the [seizures] are focal.",
        "No fever but [cough].",
        "No fever. [Cough] since Monday.",
        "Hearing was normal, however [myopia] was found.",
        "[Hypotonia] with normal reflexes.",
        "Despite his [small ears], his hearing is normal.",
        "A two-year history of [ataxia].",
    ],
)
def test_negation_that_does_not_reach_leaves_the_finding_observed(note: str) -> None:
    assert said_of(note) == ["observed"]


def test_signs_deny_only_what_stands_before_them() -> None:
    assert said_of("[Fever] (-), [cough] (+), [rash] (neg).") == ["excluded", "observed", "excluded"]
    assert said_of("[Hypotonia], [seizures]: none.") == ["observed", "excluded"]


def test_denial_reaches_the_end_of_a_long_list() -> None:
    note = (
        "Denies: [fever], chills, headache, chest pain, abdominal pain, nausea, vomiting, diarrhea, rash, [seizures]."
    )
    assert said_of(note) == ["excluded", "excluded"]


def test_negation_reaches_the_last_of_a_long_alternative() -> None:
    note = (
        "No pes cavus or planus, wasting and weakness of foot muscles and of the anterior tibial ones or [areflexia]."
    )
    assert said_of(note) == ["excluded"]


def test_negation_ends_with_the_line_in_a_list() -> None:
    assert said_of("No [seizures]\n[Microcephaly]\n- [Ataxia]") == ["excluded", "observed", "observed"]


def test_negation_goes_on_over_a_wrapped_line() -> None:
    note = "On examination at the age of four years there was no evidence of any\n[skeletal dysplasia]."
    assert said_of(note) == ["excluded"]


@pytest.mark.parametrize(
    "note",
    [
        "His mother has [epilepsy].",
        "Mother with [epilepsy].",
        "Mother: [epilepsy].",
        "Family history of [deafness].",
        "Her older brother was diagnosed with [scoliosis].",
        "[Cleft lip] in a maternal cousin.",
        "Family history: [epilepsy], [deafness].",
        "FHx: [epilepsy] in a cousin. Exam: well.",
        "He has a brother (11 years old) with [epilepsy].",
        "The mother of the proband, who has [myopia].",
        "Pregnancy was complicated by maternal [fever].",
        "FAMILY HISTORY\nThe father is short.\n[Myopia] on his side.\n",
    ],
)
def test_mother_with_epilepsy_is_family(note: str) -> None:
    assert set(said_of(note)) == {"family"}


@pytest.mark.parametrize(
    "note",
    [
        "His mother reports [seizures].",
        "Born to consanguineous parents with [microcephaly].",
        "The patient and his mother had [ptosis].",
        "His mother noticed that he had [ptosis].",
        "A boy born to first cousin parents, presenting with [fever].",
        "Family history: unremarkable.\nExamination: [ptosis].",
    ],
)
def test_relative_who_only_tells_does_not_bear_the_finding(note: str) -> None:
    assert said_of(note) == ["observed"]


def test_absence_in_the_family_says_nothing_of_the_patient() -> None:
    assert said_of("No family history of [epilepsy].") == ["hypothetical"]


@pytest.mark.parametrize(
    "note",
    [
        "Possible [cleft palate].",
        "Suspected [seizures].",
        "[Cataract]?",
        "[Seizures] cannot be excluded.",
        "r/o [sepsis]",
    ],
)
def test_doubt_is_uncertain(note: str) -> None:
    assert said_of(note) == ["uncertain"]


@pytest.mark.parametrize(
    "note",
    [
        "No longer has [seizures].",
        "History of [febrile seizures].",
        "No further [seizures].",
        "His [rash] has resolved.",
    ],
)
def test_no_longer_has_is_historical_not_excluded(note: str) -> None:
    assert said_of(note) == ["historical"]


@pytest.mark.parametrize(
    "note", ["Return if [fever] develops.", "She is at risk of [fractures].", "Watch for [seizures]."]
)
def test_what_might_come_is_hypothetical(note: str) -> None:
    assert said_of(note) == ["hypothetical"]


def test_spans_without_words_are_observed() -> None:
    assert READER.assert_spans("...", [(0, 1), (3, 3)]) == [Asserted(Assertion.OBSERVED)] * 2


def test_endless_sentence_is_read_in_linear_time() -> None:
    text = "no fever " * 20_000  # 180,000 characters without a full stop
    spans = [(i * 9 + 3, i * 9 + 8) for i in range(20_000)]
    assert {said.assertion for said in READER.assert_spans(text, spans)} == {Assertion.EXCLUDED}
