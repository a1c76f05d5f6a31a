"""A few notes read with the real release."""

from __future__ import annotations

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
        ("Absence of the corpus callosum.", {"Agenesis of corpus callosum"}),
        ("Absence of seizures.", {"Seizure"}),  # which it excludes; they are no absence seizures
        (
            "Clinodactyly of the 4th and 5th fingers.",
            {"Clinodactyly of the 4th finger", "Clinodactyly of the 5th finger"},
        ),
        ("Syndactyly of the second and third toes.", {"2-3 toe syndactyly"}),
        ("Hepato- and splenomegaly.", {"Hepatomegaly", "Splenomegaly"}),
        ("Small, low-set, posteriorly rotated ears.", {"Microtia", "Low-set ears", "Posteriorly rotated ears"}),
        ("EEG showed no epileptiform discharges.", set()),
        ("Allergies: penicillin.", set()),
        ("Glasgow Coma Scale 15; eye drops for a week.", set()),
        ("high\u2010arched palate", {"High palate"}),
        ("He was hypertensive and thrombocytopenic.", {"Hypertension", "Thrombocytopenia"}),
        ("There was thickening of the aortic valve leaflets.", set()),  # no thick aorta
        (
            "Agenesis of the corpus callosum and hypoplasia of the inferior vermis.",
            {"Agenesis of corpus callosum", "Inferior cerebellar vermis hypoplasia"},
        ),
        ("unilateralrenal agenesis", {"Unilateral renal agenesis"}),
        ("The parents are healthy and the house is big.", set()),
    ],
)
def test_note_is_read(real_knowledge: Knowledge, real_english: EnglishReader, text: str, expected: set[str]) -> None:
    assert labels(real_knowledge, real_english, text) == expected


NORMAL_EXAMINATION = """\
Well-developed, well-nourished male in no acute distress. Alert and oriented. Afebrile, anicteric.
HEENT: Normocephalic, atraumatic. Sclerae anicteric. Oropharynx clear. Mucous membranes moist. No thyromegaly.
Neck: supple, no lymphadenopathy. Lungs: clear to auscultation bilaterally, no wheezes, rales, or rhonchi.
Heart: regular rate and rhythm, no murmurs, rubs or gallops. Abdomen: soft, nontender, no hepatosplenomegaly or masses.
Extremities: no clubbing, cyanosis, or edema. Full range of motion. Skin: warm and dry, no rashes or lesions.
Neuro: Cranial nerves intact. Strength 5/5. Sensation intact. Gait steady. Normal tone and bulk. No focal deficits.
"""


def test_normal_examination_shows_nothing(real_english: EnglishReader) -> None:
    assert {str(m.assertion) for m in real_english.read("n", NORMAL_EXAMINATION).mentions} == {"excluded"}


def test_every_id_is_a_current_finding(real_knowledge: Knowledge, real_english: EnglishReader) -> None:
    terms = real_knowledge.terms
    for mention in real_english.read(
        "n", "Seizures, autosomal dominant, severe, childhood onset, tall stature"
    ).mentions:
        assert terms.resolve(mention.type).moved is None
        assert terms.is_phenotype[terms.position(mention.type)]


def test_our_own_lists_name_current_terms(real_knowledge: Knowledge) -> None:
    rules = LanguageFolder("en")
    meanings = [id for told in rules.abbreviations.curated.values() for id, _ in told]
    for id in [
        *(id for _, id in rules.everyday),
        *meanings,
        *rules.qualifiers.values(),
        *rules.words.severity.values(),
    ]:
        assert real_knowledge.terms.resolve(id).moved is None, id


def test_megabyte_takes_seconds_whatever_it_holds(cpu_seconds, real_english: EnglishReader) -> None:
    sentence = "She has microcephaly, seizures and no hearing loss, and his mother had short and broad thumbs "
    for text in (sentence * 10_000, "-" * 1_000_000, "a" * 1_000_000, "and or, " * 120_000, "(A) " * 250_000):
        assert cpu_seconds(lambda text=text: real_english.read("n", text)) < 30


def test_ordinary_words_are_no_slips(real_knowledge, english):
    text = "Conclusions: he was waiting for the decisions of his daughter. Infusions began after visiting."
    assert labels(real_knowledge, english, text) == set()
    assert labels(real_knowledge, english, "He had convulsoins.") == {"Seizure"}
