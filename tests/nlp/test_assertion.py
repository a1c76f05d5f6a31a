"""What is said of a finding; findings are given, marked by brackets in the note."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.assertion import Asserted, AssertionReader
from nlp.rules import LanguageFolder
from nlp.sections import SectionFinder
from ontology.features import Assertion

CpuSeconds = Callable[[Callable[[], object]], float]

RULES = LanguageFolder("en")
READER = AssertionReader.of(RULES.assertion)
SECTIONS = SectionFinder(RULES.sections)


def said_of(marked: str) -> list[str]:
    """Assertions of the [marked] findings, in order."""
    return [str(said.assertion) for said in asserted(marked)]


def asserted(marked: str) -> list[Asserted]:
    """What is said of the [marked] findings, in order."""
    spans, text, at = [], "", 0
    for match in re.finditer(r"\[(.*?)\]", marked):
        text += marked[at : match.start()]
        spans.append((len(text), len(text) + len(match[1])))
        text += match[1]
        at = match.end()
    text += marked[at:]
    return READER.assert_spans(text, spans, SECTIONS.find(text))


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
        "[Seizures] have never occurred.",
        "[Seizures] had not been reported.",
        "[Cleft palate], [ptosis] and [myopia] were absent.",
        "[Insulin autoantibody], and insulinoma-associated antigen-2 (IA-2) antibody in the serum were negative.",
        "Syndromic [hearing loss] could be excluded.",
        "Parents deny [seizures] and [regression].",
        "Nil [fever].",
        "The picture was not considered to be consistent with [Silver-Russell syndrome].",
        "It is seen in [sickle-cell anemia] (not present in our patient).",
        "[Aplasia cutis] was not a presenting feature.",
        "He was first misdiagnosed with [cerebral palsy].",
        "non-[dysmorphic]",
        "Findings were not consistent with [cardiomyopathy].",
    ],
)
def test_negated_finding_is_excluded(note: str) -> None:
    assert set(said_of(note)) == {"excluded"}


def test_lack_of_x_and_y_excludes_both() -> None:
    assert said_of("There was lack of [tremor] and [ataxia].") == ["excluded", "excluded"]


def test_absence_of_a_finding_reaches_its_whole_list() -> None:
    assert said_of("Absence of [seizures], [hypotonia], and [ataxia].") == ["excluded"] * 3


def test_a_sentence_that_only_denies_denies_its_whole_list() -> None:
    assert said_of("Without [seizures], [hypotonia], [ataxia].") == ["excluded"] * 3
    assert said_of("Without [seizures], [hypotonia] was noted.") == ["excluded", "observed"]
    assert said_of("Without treatment, [hypoglycemia].") == ["observed"]  # what is denied is no finding


def test_what_a_relative_denies_of_themselves_is_not_denied_of_the_patient() -> None:
    assert said_of("Her sister denies [seizures].") == ["hypothetical"]
    assert said_of("The mother denied having [seizures] herself.") == ["hypothetical"]
    assert said_of("Her mother denies [seizures].") == ["excluded"]  # she tells of the patient


def test_absence_of_a_body_part_denies_nothing_after_it() -> None:
    assert said_of("Absence of nails, [hypotonia] and [ataxia].") == ["observed", "observed"]
    assert said_of("Lack of the mandibular angle and [short ribs].") == ["observed"]


def test_a_finding_with_a_verb_of_its_own_is_not_denied_by_the_next_clause() -> None:
    assert said_of("The [ribs were fused], and several [toes] were absent.") == ["observed", "excluded"]


def test_comparisons_deny_nothing() -> None:
    assert said_of("The others had fewer or no [seizures].") == ["observed"]
    assert said_of("[Scoliosis] and [cervical ribs] were not found to be more frequent.") == ["observed"] * 2
    assert said_of("He was not found to be [hypotonic].") == ["excluded"]


def test_another_report_ends_what_is_told_of_a_relative() -> None:
    told = "His 24-year-old maternal uncle had severe [hypotonia]. Doe et al. (1992) reported [ataxia] in 4 males."
    assert said_of(told) == ["family", "observed"]


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
        "[Seizures] started at 3 years, EEG was normal.",
        "[Hypotonia] and [ptosis], MRI was normal.",
        "[Hearing loss] (he did not appear to have ptosis).",
        "No known cause for the [neuropathy].",
        "Nothing was found and no murmur was heard until, at four years, [cardiomyopathy] was seen.",
        "There was no improvement of [spasticity].",
        "No treatment for [epilepsy] was given.",
        "[Microcephaly] (not present at birth).",
    ],
)
def test_negation_that_does_not_reach_leaves_the_finding_observed(note: str) -> None:
    assert set(said_of(note)) == {"observed"}


def test_denial_of_one_does_not_reach_over_the_verb_of_another() -> None:
    assert said_of("[Myopia] was present, [glaucoma] was absent.") == ["observed", "excluded"]
    assert said_of("[Myopia] was seen and [glaucoma] was not.") == ["observed", "excluded"]
    assert said_of("There was no [cleft palate], and [hypertelorism] was present.") == ["excluded", "observed"]


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
        "Her mother and sister both suffer from [migraine].",
        "He has two sisters, one with [autism].",
        "The 53-year-old mother of the proband, CSA108, who had [myopia] and [deafness], had [cataract].",
        "The sister of the index patient (IV-2), now 3 years of age, also has [hypotonia].",
        "Examination of the proband's three younger brothers revealed [cataract] in two.",
        "Some members of her family were also found to have [leukoplakia].",
        "The proband's daughter has [myopia].",
        "There is a maternal history of [depression].",
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
        "She, like her mother, has [ptosis].",
        "Her face resembles that of her affected sister, with [hypertelorism].",
        "All affected siblings had [epilepsy]. They shared [hypotonia].",
        "Parents were healthy. [Hypotonia] was noted.",
        "The parents are first cousins, and [hypotonia] was noted.",
        "He was brought in by the mother with [fever].",
        "He lives with his mother and has [asthma].",
    ],
)
def test_relative_who_only_tells_does_not_bear_the_finding(note: str) -> None:
    assert set(said_of(note)) == {"observed"}


@pytest.mark.parametrize(
    "note",
    [
        "No family history of [epilepsy].",
        "His mother has no [epilepsy].",
        "No one else in the family has [deafness].",
        "The parents of the two affected patients had no [deafness].",
        "The parents were first cousins and had no [deafness].",
        "All other children are alive and well and none have [deafness].",
        "Neither side of the family had any history of [deafness].",
    ],
)
def test_absence_in_the_family_says_nothing_of_the_patient(note: str) -> None:
    assert said_of(note) == ["hypothetical"]


def test_sentences_that_go_on_about_a_relative_are_the_relatives_until_the_patient_is_spoken_of() -> None:
    note = (
        "The mother of the proband, aged 53, had [cataract]. Other features were [hair loss]. She had [ptosis]. "
        "The proband had [myopia]. He had [deafness]."
    )
    assert said_of(note) == ["family", "family", "family", "observed", "observed"]


@pytest.mark.parametrize(
    "note",
    [
        "Her brother died at 2 years with [seizures]. [Microcephaly] was noted.",
        "Her brother, aged 5, has [seizures]. On examination there is [microcephaly].",
        "Her brother, aged 5, has [seizures]. EEG showed [hypsarrhythmia].",
    ],
)
def test_an_examination_behind_a_relative_is_the_patients_and_the_dead_are_not_examined(note: str) -> None:
    assert said_of(note) == ["family", "observed"]


def test_sentence_of_the_other_sex_or_of_a_birth_is_the_patients() -> None:
    assert said_of("The patient's mother had [ptosis]. He has [myopia].") == ["family", "observed"]
    assert said_of("The patient's mother had [ptosis]. At birth [hypotonia] was noted.") == ["family", "observed"]


def test_relative_told_of_in_passing_does_not_take_the_next_sentence() -> None:
    assert said_of("Her mother had [migraine]. She has [myopia].") == ["family", "observed"]
    assert said_of("His sister is healthy. [Ptosis] was noted.") == ["observed"]


def test_name_in_the_pedigree_given_to_a_relative_is_the_relative() -> None:
    note = "Her sister (III-2) is deaf. Her son has ptosis. III-2 was diagnosed with [anemia]. II-1 had [myopia]."
    assert said_of(note) == ["family", "observed"]


def test_list_of_pedigree_names_that_holds_a_patient_is_not_a_relatives() -> None:
    assert said_of("Her father, I-1, is well. Individuals I-1 and II-2 had [fibrosis].") == ["observed"]


@pytest.mark.parametrize(
    "note",
    [
        "Possible [cleft palate].",
        "Suspected [seizures].",
        "[Cataract]?",
        "[Seizures] cannot be excluded.",
        "r/o [sepsis]",
        "? [sepsis]",
        "Differential diagnosis: [lupus].",
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
        "[Anemia] has not recurred.",
    ],
)
def test_no_longer_has_is_historical_not_excluded(note: str) -> None:
    assert said_of(note) == ["historical"]


@pytest.mark.parametrize(
    "note",
    [
        "Return if [fever] develops.",
        "She is at risk of [fractures].",
        "Watch for [seizures].",
        "Screening for [hearing loss] is recommended.",
        "Plan: rule out [hypothyroidism].",
        "Refer to cardiology to exclude [cardiomyopathy].",
        "Children with this variant may develop [cardiomyopathy].",
    ],
)
def test_what_might_come_is_hypothetical(note: str) -> None:
    assert said_of(note) == ["hypothetical"]


def test_spans_without_words_are_observed() -> None:
    assert READER.assert_spans("...", [(0, 1), (3, 3)]) == [Asserted(Assertion.OBSERVED)] * 2


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("She has no [ptosis].", "no"),
        ("[Ptosis] was not observed.", "was not observed"),
        ("His mother has [ptosis].", "mother"),
        ("The proband's mother had [ptosis]. She was deaf and had [myopia].", "mother"),
        ("No family history of [ptosis].", "No family history"),
        ("Family history: [ptosis].", "Family history"),
        ("FHx\nOn his side [ptosis].", "FHx"),
        ("Past medical history: [asthma].", "Past medical history:"),
        ("Possible [ptosis].", "Possible"),
        ("He is at risk of [ptosis].", "at risk of"),
        ("[Ptosis] has resolved.", "has resolved"),
        ("[Ptosis] was also present in his father.", "in his father"),
    ],
)
def test_assertion_names_the_words_it_was_read_by(note: str, words: str) -> None:
    start, end = asserted(note)[-1].cue or (0, 0)
    assert note.replace("[", "").replace("]", "")[start:end] == words


def test_only_what_is_observed_is_read_by_no_words() -> None:
    assert asserted("She has [ptosis].") == [Asserted(Assertion.OBSERVED)]


WORDS = (
    "no", "not", "mother", "her", "III-2", "(", ")", ",", ".", ";", ":", "[f]", "was", "absent", "and", "or", "patient",
    "with", "?", "history", "of", "family", "years", "\n",
)  # fmt: skip
MARKED = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)


@given(MARKED)
def test_every_assertion_but_observed_has_a_cue_inside_the_note(note: str) -> None:
    length = len(note.replace("[", "").replace("]", ""))
    for said in asserted(note):
        assert (said.cue is None) == (said.assertion is Assertion.OBSERVED)
        assert said.cue is None or 0 <= said.cue[0] < said.cue[1] <= length


def test_endless_sentence_is_read_in_linear_time() -> None:
    text = "no fever " * 20_000  # 180,000 characters without a full stop
    spans = [(i * 9 + 3, i * 9 + 8) for i in range(20_000)]
    assert {said.assertion for said in READER.assert_spans(text, spans)} == {Assertion.EXCLUDED}


@pytest.mark.parametrize("unit", ["her mother (I-1, I-2, fever ", "absence of fever, ", "Her mother (I-2) had fever. "])
def test_time_is_linear_in_persons_lists_and_sentences(cpu_seconds: CpuSeconds, unit: str) -> None:
    def seconds(times: int) -> float:
        text, at = unit * times, unit.index("fever")
        spans = [(i * len(unit) + at, i * len(unit) + at + 5) for i in range(times)]
        return cpu_seconds(lambda: READER.assert_spans(text, spans))

    seconds(100)
    assert seconds(8000) < 4 * 8 * max(seconds(1000), 0.001)  # eight times the text; a square would take 64 times
