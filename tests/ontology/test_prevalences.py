"""Orphanet's prevalences: which statement is kept, and how it is laid under the diseases of the hand-made release."""

from __future__ import annotations

import shutil
from math import isnan, sqrt
from pathlib import Path

import pytest

from ontology.compile.build import build
from ontology.compile.prevalence import read_prevalences
from ontology.compile.releases import ReleaseFile
from ontology.errors import SourceError
from ontology.knowledge import Knowledge
from ontology.prevalences import Basis

SMALL_RELEASE = Path(__file__).parent.parent / "small_release"
FILE = SMALL_RELEASE / "en_product9_prev.xml"


def read(path):
    return read_prevalences(ReleaseFile(path.name, "0", "test", lambda: path.open("rb")))


def test_validated_worldwide_point_prevalence_is_kept():
    # Beside it: one not validated, one of Europe, one at birth, and an incidence. 1-9 in a million: sqrt(1e-6 * 9e-6).
    kept = read(FILE).statements["ORPHA:900101"]
    assert kept.people == pytest.approx(3e-6)
    assert kept.words == "ORPHA:900101: Point prevalence, 1-9 / 1 000 000, Worldwide, Validated"


def test_of_two_places_alike_the_rarer_is_kept():
    assert read(FILE).statements["ORPHA:900102"].people == pytest.approx(3e-6)


def test_a_few_families_are_rarer_than_one_in_a_million():
    assert read(FILE).statements["ORPHA:900104"].people == pytest.approx(1e-6 / sqrt(10))


def test_incidence_tells_no_prevalence():
    assert "ORPHA:900999" not in read(FILE).statements


def test_a_value_stands_in_where_there_is_no_class(tmp_path):
    file = tmp_path / "prev.xml"
    file.write_text(FILE.read_text().replace(">Cases/families<", ">Point prevalence<"))
    # ValMoy is per 100 000.
    assert read(file).statements["ORPHA:900104"].people == pytest.approx(4e-5)


@pytest.mark.parametrize(("old", "new"), [('count="4"', 'count="5"'), ("</JDBOR>", ""), ("Prevalence ", "Else ")])
def test_a_file_that_is_not_whole_is_refused(tmp_path, old, new):
    file = tmp_path / "prev.xml"
    file.write_text(FILE.read_text().replace(old, new))
    with pytest.raises(SourceError):
        read(file)


@pytest.mark.parametrize(
    ("disease", "people", "basis"),
    [
        ("OMIM:900001", 3e-6, Basis.OWN),  # joined with ORPHA:900101
        ("OMIM:900002", 1.5e-6, Basis.SHARED),  # ORPHA:900102 is exactly this and OMIM:900003: half of it
        ("OMIM:900004", 1e-6 / sqrt(10), Basis.SHARED),  # ORPHA:900104 is broader, and lends to this one alone
        ("ORPHA:900102", 3e-6, Basis.OWN),
    ],
)
def test_entries_are_laid_under_their_diseases(small_knowledge, disease, people, basis):
    at = small_knowledge.diseases.position(disease)
    assert small_knowledge.prevalences.people[at] == pytest.approx(people)
    assert small_knowledge.prevalences.bases[at] == basis
    assert small_knowledge.prevalences.stated[at].startswith("ORPHA:9001")


def test_what_nobody_states_is_unknown(small_knowledge):
    at = small_knowledge.diseases.position("OMIM:900005")
    assert isnan(small_knowledge.prevalences.people[at])
    assert small_knowledge.prevalences.stated[at] == ""


def test_the_source_is_named_with_its_licence(small_knowledge):
    (source,) = (each for each in small_knowledge.manifest.sources if each.name == FILE.name)
    assert (source.name, source.version, source.licence) == ("en_product9_prev.xml", "2000-01-05", "CC-BY-4.0")


def test_a_release_without_the_file_knows_none_and_is_another(tmp_path, small_knowledge):
    source = shutil.copytree(SMALL_RELEASE, tmp_path / "source")
    (source / FILE.name).unlink()
    build(tmp_path / "knowledge", (), lambda message: None, source=source)
    knowledge = Knowledge.open(tmp_path / "knowledge")
    assert all(isnan(share) for share in knowledge.prevalences.people)
    assert knowledge.manifest.fingerprint != small_knowledge.manifest.fingerprint
