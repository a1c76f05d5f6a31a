"""A few notes read with the real release."""

from __future__ import annotations

import time

import pytest

from nlp.english import EnglishReader
from nlp.rules import LanguageFolder
from ontology.knowledge import Knowledge

pytestmark = pytest.mark.real


def labels(knowledge: Knowledge, english: EnglishReader, text: str) -> set[str]:
    mentions = english.read("n", text).mentions
    return {knowledge.terms.label(knowledge.terms.position(m.type)) for m in mentions}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Short and broad thumbs.", {"Short thumb", "Broad thumb"}),
        ("Hypoplasia of the thumbs and radii.", {"Short thumb", "Hypoplasia of the radius"}),
        ("Cleft lip and palate.", {"Cleft lip", "Cleft palate"}),
        ("The corpus callosum was hypoplastic.", {"Hypoplasia of the corpus callosum"}),
        ("Muscle weakness since infancy; she wears hearing aids.", {"Muscle weakness", "Hearing impairment"}),
        (
            "GERD, VSD and SNHL.",
            {"Gastroesophageal reflux", "Ventricular septal defect", "Sensorineural hearing impairment"},
        ),
        ("Glasgow Coma Scale 15; eye drops for a week.", set()),
        ("high\u2010arched palate", {"High palate"}),
        ("He was hypertensive and thrombocytopenic.", {"Hypertension", "Thrombocytopenia"}),
        ("unilateralrenal agenesis", {"Unilateral renal agenesis"}),
        ("The parents are healthy and the house is big.", set()),
    ],
)
def test_note_is_read(real_knowledge: Knowledge, real_english: EnglishReader, text: str, expected: set[str]) -> None:
    assert labels(real_knowledge, real_english, text) == expected


def test_every_id_is_a_current_finding(real_knowledge: Knowledge, real_english: EnglishReader) -> None:
    terms = real_knowledge.terms
    for mention in real_english.read(
        "n", "Seizures, autosomal dominant, severe, childhood onset, tall stature"
    ).mentions:
        assert terms.resolve(mention.type).moved is None
        assert terms.is_phenotype[terms.position(mention.type)]


def test_our_own_lists_name_current_terms(real_knowledge: Knowledge) -> None:
    rules = LanguageFolder("en")
    ids = [id for _, id in rules.everyday] + [id for id, _ in rules.abbreviations.curated.values()]
    for id in [*ids, *rules.words.severity.values()]:
        assert real_knowledge.terms.resolve(id).moved is None, id


def test_megabyte_takes_seconds_whatever_it_holds(real_english: EnglishReader) -> None:
    sentence = "She has microcephaly, seizures and no hearing loss, and his mother had short and broad thumbs "
    for text in (sentence * 10_000, "-" * 1_000_000, "a" * 1_000_000, "and or, " * 120_000, "(A) " * 250_000):
        started = time.perf_counter()
        real_english.read("n", text)
        assert time.perf_counter() - started < 30
