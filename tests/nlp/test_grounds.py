"""Why words are read as a term, and what the words beside them add to it."""

from __future__ import annotations

import pytest

from nlp.english import EnglishReader
from nlp.rules import LanguageFolder
from ontology.features import Grounds, Mention
from ontology.knowledge import Knowledge


def only(english: EnglishReader, text: str) -> Mention:
    (mention,) = english.read("n", text).mentions
    return mention


@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("Microcephaly.", Grounds("Microcephaly", "label")),
        ("microcephalic", Grounds("Microcephaly", "label", ("inflection",))),
        ("microcefaly", Grounds("Microcephaly", "label", ("spelling",))),
        ("her ears are low set", Grounds("Low-set ears", "label", ("order",))),
        ("atrial and ventricular septal defect", Grounds("Atrial septal defect", "label", ("shared words",))),
        ("VSD", Grounds("Ventricular septal defect", "label", ("abbreviation",))),
    ],
)
def test_grounds_name_the_wording_and_what_was_done(english: EnglishReader, text: str, grounds: Grounds) -> None:
    assert grounds in [m.grounds for m in english.read("n", text).mentions]


@pytest.mark.parametrize(
    ("text", "onset"),
    [
        ("congenital myopia", "HP:0003577"),
        ("childhood-onset scoliosis", "HP:0011463"),
        ("congenital, severe scoliosis", None),  # a comma ends what belongs to a finding
        ("scoliosis", None),
    ],
)
def test_onset_beside_a_finding_is_kept(english: EnglishReader, text: str, onset: str | None) -> None:
    mention = only(english, text)
    assert mention.onset == onset


@pytest.mark.real
@pytest.mark.parametrize(
    ("text", "label", "modifiers"),
    [
        ("left hemiparesis", "Hemiparesis", ("HP:0012835",)),
        ("hemiparesis on the right", "Hemiparesis", ("HP:0012834",)),
        ("progressive bilateral ptosis", None, ("HP:0003676",)),  # "bilateral" is in the label
        ("hemiparesis, right ventricular hypertrophy", "Hemiparesis", ()),  # the side of what follows
        ("recurrent infections", "Recurrent infections", ()),  # the label says it
    ],
)
def test_side_and_course_are_kept(
    real_english: EnglishReader, text: str, label: str | None, modifiers: tuple[str, ...]
) -> None:
    first = real_english.read("n", text).mentions[0]
    assert first.modifiers == modifiers
    assert label in (None, real_english.terms.label(real_english.terms.position(first.type)))


@pytest.mark.real
def test_every_qualifier_is_a_modifier_or_onset_of_the_release(real_knowledge: Knowledge) -> None:
    terms = real_knowledge.terms
    root = terms.position("HP:0012823")  # Clinical modifier
    for word, id in LanguageFolder("en").qualifiers.items():
        assert terms.is_ancestor(root, terms.position(id)), word


def test_qualifiers_change_no_recognition(english: EnglishReader) -> None:
    plain = only(english, "scoliosis")
    assert only(english, "severe childhood-onset scoliosis").type == plain.type
