"""Chinese names compiled into a release: ours, and behind them those that an operator imports."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from nlp.chinese import compile as chinese
from nlp.chinese.disease_names import DiseaseName, read_disease_names
from nlp.chinese.lexicon import FOLDER, ChineseLexicon
from nlp.chinese.names import ChineseNames, Standing
from nlp.chinese.term_wordings import LexiconFault, read_names, read_terms
from ontology.arrays import StringPool
from ontology.knowledge import Knowledge
from ontology.translations import Translations


def compiled(knowledge: Knowledge, root: Path, imported: dict[str, str]) -> Knowledge:
    """A copy of a release with its Chinese folder compiled again beside imported labels."""
    shutil.copytree(knowledge.folder, root / "release")
    shutil.rmtree(root / "release" / FOLDER)
    copy = replace(knowledge, folder=root / "release")
    terms = knowledge.terms
    labels = StringPool.of(imported.get(terms.id(term), "") for term in range(len(terms)))
    Translations(labels).write(copy.folder)
    chinese.write_lexicon(copy, copy.folder / FOLDER)
    return copy


def test_imported_labels_stand_behind_ours(small_knowledge, tmp_path, monkeypatch):
    rows = [row for row in read_terms() if row.id in ("HP:0001250", "HP:0002650")]
    rows = [replace(row, checked_by="a clinician") if row.id == "HP:0002650" else row for row in rows]
    monkeypatch.setattr(chinese, "read_terms", lambda: tuple(rows))
    imported = {"HP:0001250": "惊风", "HP:0000545": "近视", "HP:0002650": "癫痫", "HP:0000006": "显性"}
    knowledge = compiled(small_knowledge, tmp_path, imported)
    names, lexicon = ChineseNames.open(knowledge.folder), ChineseLexicon.open(knowledge.folder, lambda id: None)
    seizure, myopia, scoliosis, dominant = (knowledge.terms.position(id) for id in imported)
    # a name of ours stays; its official label is a further wording
    assert names.terms[seizure] == next(row.name for row in rows if row.id == "HP:0001250")
    assert lexicon.findings["惊风"] == seizure
    # where we have none the official label is the name, too
    assert (names.terms[myopia], names.term_standings[myopia]) == ("近视", Standing.IMPORTED)
    assert lexicon.findings["近视"] == myopia
    # a wording of ours keeps its term, whatever the import calls so
    assert lexicon.findings["癫痫"] == seizure
    assert [names.term_standings[term] for term in (seizure, scoliosis)] == [Standing.UNCHECKED, Standing.CHECKED]
    # what is no phenotypic abnormality is not looked for in notes
    assert "显性" not in lexicon.findings
    assert names.terms[dominant] == next(row.name for row in read_names() if row.id == "HP:0000006")


def test_without_an_import_no_name_is_imported(small_knowledge):
    names = ChineseNames.open(small_knowledge.folder)
    assert Standing.IMPORTED not in names.term_standings
    assert names.unchecked
    assert len(names.terms) == len(small_knowledge.terms)
    assert len(names.diseases) == len(small_knowledge.diseases)


def test_a_disease_is_named_by_any_of_its_records_and_the_first_row_counts(small_knowledge, tmp_path, monkeypatch):
    rows = (
        DiseaseName("ORPHA:900101", "长肢综合征"),  # the same disease as OMIM:900001
        DiseaseName("OMIM:900001", "另一个名称", checked_by="a clinician"),
        DiseaseName("OMIM:1", "此版没有的疾病"),
    )
    monkeypatch.setattr(chinese, "read_disease_names", lambda: rows)
    names = ChineseNames.open(compiled(small_knowledge, tmp_path, {}).folder)
    place = small_knowledge.diseases.position("OMIM:900001")
    assert [(at, name) for at, name in enumerate(names.diseases) if name] == [(place, "长肢综合征")]
    assert names.disease_standings[place] == Standing.UNCHECKED


def test_the_projects_own_names_of_diseases_are_one_a_record():
    rows = read_disease_names()
    assert len(rows) > 1_000
    assert len({row.id for row in rows}) == len(rows)
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in row.name) for row in rows)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id\tname\n", "line 1"),
        ("id\tname\tsynonyms\tlist\tnote\tchecked_by\nOMIM:1\t\n", "line 2"),
        ("id\tname\tsynonyms\tlist\tnote\tchecked_by\nHP:0001250\t癫痫\n", "line 2"),
        ("id\tname\tsynonyms\tlist\tnote\tchecked_by\nOMIM:1\t名\ta\tb\tc\td\te\n", "line 2"),
    ],
)
def test_a_faulty_row_of_disease_names_is_told(tmp_path, content, said):
    (tmp_path / "diseases.tsv").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconFault, match=said):
        read_disease_names(tmp_path / "diseases.tsv")


def test_a_build_without_names_of_diseases_fails(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_disease_names(tmp_path / "diseases.tsv")
