"""Notes read with the hand-made release of forty terms (tests/small_release/hp.obo)."""

from __future__ import annotations

import pytest

from nlp.english import EnglishReader
from nlp.readers import open_readers
from ontology.features import TextSpan
from ontology.knowledge import Knowledge

MICROCEPHALY, SEIZURE, MYOPIA, LOW_SET_EARS = "HP:0000252", "HP:0001250", "HP:0000545", "HP:0000369"
VSD, ASD, SCOLIOSIS = "HP:0001629", "HP:0001631", "HP:0002650"


def found(english: EnglishReader, text: str) -> dict[str, str]:
    return {m.type: str(m.assertion) for m in english.read("n", text).mentions}


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Microcephaly.", MICROCEPHALY),
        ("microcephalic", MICROCEPHALY),  # adjective to noun
        ("micro-cephaly", MICROCEPHALY),  # hyphen
        ("microce-\nphaly", MICROCEPHALY),  # broken over a line end
        ("Epileptic seizures", SEIZURE),  # synonym, plural
        ("her ears are low set", LOW_SET_EARS),  # other order, stop words between
        ("low set, ears", None),  # a comma ends the window
        ("microcefaly", MICROCEPHALY),  # a slip
        ("MyoPya", None),  # a name, not a slip
        ("icrocephaly", MICROCEPHALY),  # a slip in the first letter
        ("ｍｙｏｐｉａ", MYOPIA),  # full width
        ("VSD", VSD),  # abbreviation of the release
        ("vsd", None),  # which is written in capitals
        ("ventricular and atrial septal defects", VSD),  # shared head
        ("atrial septal defect and scoliosis", ASD),
    ],
)
def test_wording_is_found(english: EnglishReader, text: str, term: str | None) -> None:
    types = found(english, text)
    assert term in types if term else not types


def test_shared_head_finds_both_conjuncts(english: EnglishReader) -> None:
    assert set(found(english, "Ventricular and atrial septal defects.")) == {VSD, ASD}


def test_abbreviation_means_what_the_note_defines(english: EnglishReader) -> None:
    assert found(english, "Autism spectrum disorder (ASD). ASD was severe.") == {}
    assert found(english, "Atrial septal defect (ASD). ASD closed.") == {ASD: "observed"}


def test_ambiguous_abbreviation_needs_its_surroundings(english: EnglishReader) -> None:
    assert found(english, "ASD and a heart murmur.") == {ASD: "observed"}
    assert found(english, "ASD at school.") == {}


def test_assertions_reach_the_mentions(english: EnglishReader) -> None:
    note = "He has microcephaly but no seizures. Possible scoliosis. Mother with myopia."
    assert found(english, note) == {
        MICROCEPHALY: "observed",
        SEIZURE: "excluded",
        SCOLIOSIS: "uncertain",
        MYOPIA: "family",
    }


def test_severity_beside_a_finding_is_kept(english: EnglishReader) -> None:
    (mention,) = english.read("n", "severe scoliosis").mentions
    assert mention.severity == "HP:0012828"


def test_section_is_told(english: EnglishReader) -> None:
    (mention,) = english.read("n", "Physical examination:\nscoliosis").mentions
    assert isinstance(mention.evidence, TextSpan)
    assert mention.evidence.section == "examination"


def test_root_and_terms_outside_phenotypes_are_not_findings(english: EnglishReader) -> None:
    assert found(english, "Phenotypic abnormality. Autosomal dominant inheritance. Congenital onset.") == {}


def test_longest_finding_wins_unless_nested_ones_are_asked_for(small_knowledge: Knowledge) -> None:
    text = "Focal-onset seizure."
    flat = open_readers(small_knowledge).read("n", text).mentions
    nested = open_readers(small_knowledge, nested=True).read("n", text).mentions
    assert [m.type for m in flat] == ["HP:0007359"]
    assert {m.type for m in nested} == {"HP:0007359", SEIZURE}


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\x00\x01\x7f", "!!!", "-", "\u0301", "'s", "(ASD", "5/5", "�"])
def test_nothing_to_find_is_no_fault(english: EnglishReader, text: str) -> None:
    assert english.read("n", text).mentions == ()


def test_removing_the_span_removes_the_finding(english: EnglishReader) -> None:
    note = "Microcephaly, low-set ears and scoliosis; ventricular septal defect."
    for mention in english.read("n", note).mentions:
        span = mention.evidence
        assert isinstance(span, TextSpan)
        without = note[: span.start] + " " * (span.end - span.start) + note[span.end :]
        assert mention.type not in found(english, without)
