"""Chinese wordings in pinyin, and terms looked up by them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.chinese.lexicon import FOLDER
from nlp.chinese.look_up import By, Closeness, LookUp
from nlp.chinese.script import Script
from nlp.chinese.spelling import Spellings, syllables
from ontology.arrays import StringPool
from ontology.errors import KnowledgeDamaged

NAMES = ["眼距增宽", "咳嗽", "耳位低", "IgA缺乏", ""]
WORDINGS = {"眼距增宽": 0, "眼距宽": 0, "夜间咳": 1, "咳嗽": 1, "低位耳": 2, "iga缺乏": 3, "宽眼距": 0}
SCRIPT = Script({ord("寬"): "宽", ord("I"): "i", ord("A"): "a", ord("Y"): "y"})


@pytest.fixture
def look_up(tmp_path: Path) -> LookUp:
    return made(tmp_path, WORDINGS, NAMES)


def made(root: Path, wordings: dict[str, int], names: list[str]) -> LookUp:
    folder = root / FOLDER
    StringPool.of(sorted(wordings)).write(folder, "wordings")
    StringPool.of(names).write(folder, "names")
    SCRIPT.write(folder)
    LookUp.write(folder, wordings, names, SCRIPT, np.array([900, 20, 300, 5, 0]))
    return LookUp.open(root)


def found(look_up: LookUp, query: str) -> list[tuple[int, str]]:
    return [(hit.term, hit.wording) for hit in look_up.find(query)]


@pytest.mark.parametrize(
    ("wording", "spelt"),
    [
        ("眼距宽", "yan ju kuan"),
        ("第3趾", "di 3 zhi"),
        ("IgA缺乏（选择性）", "i g a que fa xuan ze xing"),
        ("绿色瘤", "lv se liu"),
        ("四肢长骨", "si zhi chang gu"),  # long, not growing
        ("生长迟缓", "sheng zhang chi huan"),
        ("胸椎血管瘤", "xiong zhui xue guan liu"),
        ("重复肾", "chong fu shen"),
        ("α地贫", "di pin"),
    ],
)
def test_wordings_are_spelt_as_physicians_say_them(wording: str, spelt: str) -> None:
    assert " ".join(syllables(wording)) == spelt


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=8), max_size=4))
def test_spellings_keep_their_order_and_begin_with_their_initials(wordings: list[str]) -> None:
    spelt = Spellings.of(wordings)
    assert len(spelt.letters) == len(spelt.initials) == len(wordings)
    for at, wording in enumerate(wordings):
        begins = spelt.begins[spelt.letters.offsets[at] : spelt.letters.offsets[at + 1]]
        assert int(begins.sum()) == len(list(syllables(wording)))
        marked = (letter for letter, begin in zip(spelt.letters[at].encode(), begins, strict=True) if begin)
        assert bytes(marked).decode("ascii", "replace")[:1] == spelt.initials[at][:1]


def test_characters_are_found_in_either_script_closest_first(look_up: LookUp) -> None:
    (hit,) = look_up.find("眼距寬")
    assert (hit.wording, hit.closeness, hit.by, hit.named) == ("眼距宽", Closeness.EQUAL, By.CHARACTERS, False)
    (hit,) = look_up.find("眼距")  # begins both; the name goes before the shorter synonym
    assert (hit.wording, hit.closeness, hit.named) == ("眼距增宽", Closeness.BEGINS, True)
    assert found(look_up, "低 耳") == [(2, "低位耳")]
    assert found(look_up, "鼻") == []


def test_pinyin_begins_at_syllables_with_or_without_spaces_and_tones(look_up: LookUp) -> None:
    for query in ("yanjukuan", "yan ju kuan", "YAN JU KUAN", "yǎn jù kuān", "yan'ju'kuan"):
        assert found(look_up, query) == [(0, "眼距宽")], query
    assert found(look_up, "kuany") == [(0, "宽眼距")]
    assert found(look_up, "an ju") == []  # inside the syllable yan
    assert found(look_up, "yanj ukuan") == []


def test_initials_of_equal_length_put_the_oftener_term_first(look_up: LookUp) -> None:
    # 眼距宽 and 夜间咳 both are yjk; 900 diseases are annotated with the first, 20 with the second
    assert found(look_up, "yjk") == [(0, "眼距宽"), (1, "夜间咳")]
    assert found(look_up, "y") == []
    assert found(look_up, "igaqf") == [(3, "IgA缺乏")]


def test_a_wording_that_names_a_second_term_finds_both(tmp_path: Path) -> None:
    look_up = made(tmp_path, {"多毛": 0}, ["", "多毛", "", "", ""])
    assert [(hit.term, hit.named) for hit in look_up.find("多毛")] == [(1, True), (0, False)]


def test_nothing_is_found_across_two_wordings(tmp_path: Path) -> None:
    look_up = made(tmp_path, {"咳": 0, "嗽": 1}, ["咳", "嗽", "", "", ""])
    assert found(look_up, "咳嗽") == found(look_up, "嗽咳") == found(look_up, "kesou") == []


def test_what_was_compiled_without_spellings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeDamaged, match="phenomap knowledge build"):
        LookUp.open(tmp_path)


@pytest.mark.real
@pytest.mark.parametrize(
    ("query", "label"),
    [("yanjukuan", "Hypertelorism"), ("yjk", "Hypertelorism"), ("癲癇", "Seizure"), ("fr", "Fever"), ("fare", "Fever")],
)
def test_look_up_in_the_real_release(real_knowledge, query: str, label: str) -> None:
    first = LookUp.open(real_knowledge.folder).find(query)[0]
    assert real_knowledge.terms.label(first.term) == label
