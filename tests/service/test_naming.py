"""Names in the reader's language: Chinese where there is one, the English one never out of reach."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from nlp.chinese.lexicon import FOLDER
from ontology.arrays import StringPool
from service.naming import namings
from service.translate import Translator


@pytest.fixture
def named(small_knowledge, tmp_path):
    """The hand-made release, one of its diseases named in Chinese."""
    shutil.copytree(small_knowledge.folder, tmp_path / "release")
    place = small_knowledge.diseases.position("OMIM:900001")
    names = ["长肢综合征" if at == place else "" for at in range(len(small_knowledge.diseases))]
    StringPool.of(names).write(tmp_path / "release" / FOLDER, "disease_names")
    return replace(small_knowledge, folder=tmp_path / "release")


def test_a_disease_has_its_chinese_name_by_any_of_its_ids(named):
    chinese, english = namings(named)["zh"], namings(named)["en"]
    for id in ("OMIM:900001", "ORPHA:900101"):
        assert chinese.disease(id, "Long-limb syndrome") == "长肢综合征"
        assert chinese.disease_en(id, "Long-limb syndrome") == "Long-limb syndrome"
        assert english.disease(id, "Long-limb syndrome") == "Long-limb syndrome"
        assert english.disease_en(id, "Long-limb syndrome") is None


def test_what_has_no_chinese_name_keeps_the_english(named):
    chinese = namings(named)["zh"]
    assert chinese.disease("OMIM:900002", "Fit syndrome 1") == "Fit syndrome 1"
    assert chinese.disease_en("OMIM:900002", "Fit syndrome 1") is None
    assert chinese.disease("ORPHA:1", "An entry without annotations") == "An entry without annotations"
    assert chinese.label("HP:0000001") == "All"
    assert chinese.label_en("HP:0000001") is None


def test_a_record_in_chinese_is_named_so_and_its_sources_are_not(named, assessor):
    position = named.diseases.position("OMIM:900001")
    told = Translator.of(named, "zh").disease_record(position, assessor.readers)
    assert (told.name, told.name_en) == ("长肢综合征", "Long-limb syndrome")
    assert all("长肢" not in record.name for record in told.records)  # the records' own names are quoted
    assert [row.label_en for row in told.inheritance] == ["Autosomal dominant inheritance"]
    assert [row.label for row in told.inheritance] == ["常染色体显性遗传"]
