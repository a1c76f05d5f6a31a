"""Orphanet's ages of onset and types of inheritance: how they are read, laid, and done without."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cli.companions import companions
from ontology.compile.build import build
from ontology.compile.natural_history import read_natural_histories
from ontology.compile.releases import ReleaseFile
from ontology.errors import SourceError
from ontology.knowledge import Knowledge
from ontology.natural_histories import Inheritance

SMALL_RELEASE = Path(__file__).parent.parent / "small_release"
FILE = SMALL_RELEASE / "en_product9_ages.xml"


def read(path):
    return read_natural_histories(ReleaseFile(path.name, "0", "test", lambda: path.open("rb")))


def changed(tmp_path, old, new):
    file = tmp_path / "ages.xml"
    text = FILE.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return file


def test_the_earliest_age_stands():
    # Adolescent, from 12 years on, comes before adult: 12 * 365.2425 days.
    assert read(FILE).histories["ORPHA:900101"].onset_from == 4383


def test_an_age_without_data_says_nothing():
    assert read(FILE).histories["ORPHA:900102"].onset_from == 730
    assert read(FILE).histories["ORPHA:900999"].onset_from == -1


def test_an_unknown_inheritance_says_nothing():
    assert read(FILE).histories["ORPHA:900104"].modes == Inheritance.X_LINKED_RECESSIVE


def test_an_age_that_is_not_understood_is_named_and_hides_the_others(tmp_path):
    read_anew = read(changed(tmp_path, ">Adolescent<", ">Twilight<"))
    assert read_anew.histories["ORPHA:900101"].onset_from == -1
    assert "Twilight" in read_anew.notes[0]


@pytest.mark.parametrize(("old", "new"), [('count="4"', 'count="5"'), ("</JDBOR>", ""), ("OfOnset ", "OfElse ")])
def test_a_file_that_is_not_whole_is_refused(tmp_path, old, new):
    with pytest.raises(SourceError):
        read(changed(tmp_path, old, new))


def test_histories_lie_beside_the_descriptions(small_knowledge):
    entries = list(small_knowledge.descriptions.entry_ids)
    onset_from = small_knowledge.histories.onset_from
    assert len(onset_from) == len(entries)
    assert onset_from[entries.index("ORPHA:900101")] == 4383
    assert "en_product9_ages.xml" in {source.name for source in small_knowledge.manifest.sources}


def test_a_release_without_ages_is_built_and_says_so(tmp_path):
    source = shutil.copytree(SMALL_RELEASE, tmp_path / "source")
    (source / "en_product9_ages.xml").unlink()
    said = []
    build(tmp_path / "knowledge", companions(), said.append, source=source)
    knowledge = Knowledge.open(tmp_path / "knowledge")
    assert (knowledge.histories.onset_from == -1).all()
    assert any(note.startswith("en_product9_ages.xml is not there") for note in knowledge.manifest.notes)
    assert any("en_product9_ages.xml is not there" in message for message in said)
