"""Qualities and body parts that share words across a clause, on the real release."""

from __future__ import annotations

import pytest

from nlp.english import EnglishReader

pytestmark = pytest.mark.real


def labels(english: EnglishReader, text: str) -> set[str]:
    return {english.terms.label(english.terms.position(m.type)) for m in english.read("n", text).mentions}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("His ears sit low and are rotated back.", {"Low-set ears", "Posteriorly rotated ears"}),
        ("The thumbs were broad and short.", {"Broad thumb", "Short thumb"}),
        ("A wide nasal bridge that was depressed.", {"Wide nasal bridge", "Depressed nasal bridge"}),
        ("Eyes widely spaced and deep set.", {"Hypertelorism", "Deeply set eye"}),
        (
            "Limited mobility at the shoulders, elbows and hips.",
            {"Limited shoulder movement", "Limited elbow movement", "Limited hip movement"},
        ),
        ("Hypoplasia of the thumbs and radii.", {"Short thumb", "Hypoplasia of the radius"}),
        ("Lack of speech and eye contact.", {"Absent speech", "Reduced eye contact"}),  # and no missing eye
        ("Arched femurs.", {"Femoral bowing"}),  # paraphrase
        ("Broad halluces; hypoplastic thorax.", {"Broad hallux", "Thoracic hypoplasia"}),  # noun and adjective
        (
            "Serum lactate dehydrogenase (LDH) was raised.",
            {"Increased circulating lactate dehydrogenase concentration"},
        ),
        ("High levels of serum creatinine.", {"Elevated circulating creatinine concentration"}),
        ("She was pale and hyperreflexic.", {"Pallor", "Hyperreflexia"}),  # adjective to noun
        ("Small bowel follow-through; the maxillary bone.", set()),  # body parts alone are no findings
    ],
)
def test_shared_words_find_every_conjunct(real_english: EnglishReader, text: str, expected: set[str]) -> None:
    assert labels(real_english, text) == expected


def test_comma_does_not_join_subjects(real_english: EnglishReader) -> None:
    # "hand" is where the thumb is, not what is short.
    assert "Short palm" not in labels(real_english, "In the hand, the thumb was short.")


def test_list_that_is_a_subject_is_not_said_of_what_stands_before(real_english: EnglishReader) -> None:
    assert "Short palm" not in labels(real_english, "Hypoplastic nails, palms and soles were furrowed.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ASD and a heart murmur.", "Atrial septal defect"),
        ("ASD, ADHD and delayed language.", "Autistic behavior"),
        ("OCD of the knee.", "Osteochondritis dissecans"),
        ("OCD with anxiety.", "Compulsive behaviors"),
        ("CP with spastic diplegia.", "Cerebral palsy"),
        ("CP with a bifid uvula.", "Cleft palate"),
        ("Severe ID and epilepsy.", "Intellectual disability"),
    ],
)
def test_abbreviation_is_read_by_the_words_around_it(real_english: EnglishReader, text: str, expected: str) -> None:
    assert expected in labels(real_english, text)


@pytest.mark.parametrize("text", ["ASD at school.", "Patient ID 4711.", "CP was informed."])
def test_abbreviation_that_nothing_tells_of_is_left_out(real_english: EnglishReader, text: str) -> None:
    assert labels(real_english, text) == set()
